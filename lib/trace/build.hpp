// SPDX-License-Identifier: Apache-2.0
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
inline constexpr uint32_t kTraceVersion = 2;

// A table instance: row-major base matrix in natural order; the last `tail_rows` rows are zero.
struct InstanceTrace {
  uint8_t table = 0;
  uint8_t log_height = 0;
  SecretVector<field::Fp> base;
};

// The tables of a shard that a call builds.
enum class Part { kAll, kPassOne };

// A shard laid out in `instances`, which plan() gave for it (empty: those that it needs); in
// canonical order. kInternal on a defect; without instances also the errors of plan().
Result<std::vector<InstanceTrace>> build(Pool& pool, const isa::Program& program,
                                         const ProgramTables& tables,
                                         const vm::RecordedShard& shard, unsigned tail_rows,
                                         std::span<const air::Instance> instances = {},
                                         Part part = Part::kAll);

}  // namespace mipzk::trace
