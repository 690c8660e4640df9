// SPDX-License-Identifier: Apache-2.0
// How many rows a run needs of each table, and the heights of the instances that hold them.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "air/instance.hpp"
#include "air/table_info.hpp"
#include "base/error.hpp"
#include "base/pool.hpp"
#include "trace/preprocessed.hpp"
#include "vm/machine.hpp"

namespace mipzk::trace {

// Rows with content of each table, by its id. Those of the tables of the program and the protocol
// do not count: their heights are known.
using RowCounts = std::array<uint64_t, 256>;

// The tables of faults, in the order of vm::FaultTable.
inline constexpr air::TableId kFaultTables[vm::kFaultTables] = {
    air::kTableAccessFault, air::kTableOperandFault, air::kTableFetchFault};

// At least what a run will need, from the instructions of each class and the words that it has
// touched until now.
RowCounts rows_so_far(const vm::ClassCounts& counts, uint64_t touched);

// What a shard needs; without that of its source tables if it has no sources. Replays it to count
// the rows of BUMP.
RowCounts rows_of(Pool& pool, const isa::Program& program, const vm::RecordedShard& shard);
// Adds what the source tables need, which only the first shard has.
void add_sources(RowCounts& rows, const isa::Program& program,
                 std::span<const vm::SourceWord> sources);

// Instances in canonical order: ascending table id, then descending height. `fixed`, if not empty,
// lists those to use, whatever the run needs of them (in canonical order; what it says of the
// tables of the program and the protocol, and of those of the first shard in later ones, is not
// used). Otherwise the number of rows of each table is rounded up to 2^k, above 2^14 to eighths of
// it; a table without rows is left out. The last `tail_rows` rows of each instance
// hold nothing. Fails with kUnprovable when a table would be higher than 2^22 rows, or than the
// fixed list has.
Result<std::vector<air::Instance>> plan(const RowCounts& rows, const ProgramTables& tables,
                                        unsigned tail_rows,
                                        std::span<const air::Instance> fixed = {},
                                        uint32_t shard = 1);

}  // namespace mipzk::trace
