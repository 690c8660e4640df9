// From a recording to the base matrices of every table instance of a shard.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "base/pool.hpp"
#include "trace/preprocessed.hpp"
#include "vm/machine.hpp"

namespace mipzk::trace {

// A table instance: row-major base matrix in natural order; the last `tail_rows` rows are zero.
struct InstanceTrace {
  uint8_t table = 0;
  uint8_t log_height = 0;
  std::vector<field::Fp> base;
};

// Instances in canonical order: ascending table id, then descending height.
// Fails with kUnprovable when a table would be higher than 2^22 rows, kInternal on a defect.
Result<std::vector<InstanceTrace>> build(Pool& pool, const isa::Program& program,
                                         const ProgramTables& tables,
                                         const vm::Recording& recording, unsigned tail_rows);

}  // namespace mipzk::trace
