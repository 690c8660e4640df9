// From a recording to the base matrices of every table instance of a shard.
#pragma once

#include <span>
#include <vector>

#include "air/instance.hpp"
#include "base/error.hpp"
#include "base/pool.hpp"
#include "base/secret_memory.hpp"
#include "trace/preprocessed.hpp"
#include "vm/machine.hpp"

namespace mipzk::trace {

// Changes when the same run gets other cells than before: masks must not be used for both
// (tests/zk compares).
inline constexpr uint32_t kTraceVersion = 0;

// A table instance: row-major base matrix in natural order; the last `tail_rows` rows are zero.
struct InstanceTrace {
  uint8_t table = 0;
  uint8_t log_height = 0;
  SecretVector<field::Fp> base;
};

// Instances in canonical order: ascending table id, then descending height. `fixed`, if not empty,
// is the list of instances to use, in that order, whatever the run needs of them. Otherwise the
// number of rows of each table is rounded up to 2^k or 3 * 2^k, the latter from 3 * 2^13 on; a
// table without rows is left out. Fails with kUnprovable when a table would be higher than 2^22
// rows or the run does not fit the fixed list, kInternal on a defect.
Result<std::vector<InstanceTrace>> build(Pool& pool, const isa::Program& program,
                                         const ProgramTables& tables,
                                         const vm::Recording& recording, unsigned tail_rows,
                                         std::span<const air::Instance> fixed = {});

}  // namespace mipzk::trace
