// SPDX-License-Identifier: Apache-2.0
#include "trace/plan.hpp"

#include <algorithm>
#include <atomic>

#include "base/format.hpp"
#include "trace/sources.hpp"
#include "vm/code.hpp"
#include "vm/replay.hpp"

namespace mipzk::trace {
namespace {

constexpr unsigned kMinLog = air::kMinLogHeight, kMaxLog = air::kMaxLogHeight;
// Tables higher than this are cut into instances where that saves an eighth of the rows or more.
constexpr unsigned kSplitLog = 14;

// Of a table of the program or the protocol, otherwise 0.
unsigned own_height(const ProgramTables& tables, air::TableId id) {
  if (const PreMatrix* m = tables.find(id)) return m->log_height;
  return id == air::kTableFixed ? air::kFixedLogRows : 0;
}

// Heights for `rows` rows of content, descending; empty when they do not fit.
std::vector<unsigned> heights_for(uint64_t rows, unsigned tail) {
  auto fits = [&](unsigned log, uint64_t n) { return n + tail <= uint64_t{1} << log; };
  unsigned log = kMinLog;
  while (log <= kMaxLog && !fits(log, rows)) ++log;
  if (log > kMaxLog) return {};
  if (log > kSplitLog) {
    // In eighths: 4 + 1, 4 + 2, 4 + 2 + 1, 8.
    const std::vector<unsigned> cuts[] = {
        {log - 1, log - 3}, {log - 1, log - 2}, {log - 1, log - 2, log - 3}};
    for (const std::vector<unsigned>& cut : cuts) {
      uint64_t room = 0;
      for (const unsigned part : cut) room += (uint64_t{1} << part) - tail;
      if (rows <= room) return cut;
    }
  }
  return {log};
}

Error too_low(const air::TableInfo& table, uint64_t rows, uint64_t room) {
  return format_error(Errc::kUnprovable,
                      "the run is too long for one proof: table %s has at most %llu rows, and the "
                      "run needs at least %llu",
                      table.name, static_cast<unsigned long long>(room),
                      static_cast<unsigned long long>(rows));
}

Error does_not_fit(const air::TableInfo& table, uint64_t rows, uint64_t room, uint32_t shard) {
  return format_error(Errc::kUnprovable,
                      "the run does not fit the fixed shape: its table %s of shard %u has room for "
                      "%llu rows, and the run needs at least %llu",
                      table.name, shard, static_cast<unsigned long long>(room),
                      static_cast<unsigned long long>(rows));
}

}  // namespace

RowCounts rows_so_far(const vm::ClassCounts& counts, uint64_t touched) {
  RowCounts rows{};
  for (const air::TableInfo& t : air::tables())
    if (t.role == air::Role::kInstruction)
      rows[t.id] = (uint64_t{counts[t.id]} + t.slots - 1) / t.slots;
  rows[air::kTableBoundary] = touched + 1;  // and STATE
  const bool idle = std::ranges::all_of(counts, [](uint32_t n) { return n == 0; });
  rows[air::kTableFetch] = idle ? 0 : 1;
  rows[air::kTableFresh] = 1;   // the end of the chain
  rows[air::kTablePublic] = 1;  // the exit code
  return rows;
}

void add_sources(RowCounts& rows, const isa::Program& program,
                 std::span<const vm::SourceWord> words) {
  const Sources sources = sort_sources(program, words);
  rows[air::kTableFresh] = sources.fresh.size();
  rows[air::kTablePublic] = sources.publics.size();
}

RowCounts rows_of(Pool& pool, const isa::Program& program, const vm::RecordedShard& shard) {
  const vm::ShardRecord& record = shard.record;
  RowCounts rows = rows_so_far(record.counts, 0);
  rows[air::kTableBoundary] = record.touched.size();
  rows[air::kTableFetch] = record.executed.size();
  const vm::FaultCounts faults = record.fault_counts();
  for (size_t i = 0; i < vm::kFaultTables; ++i) rows[kFaultTables[i]] = faults[i];
  if (shard.number == 1) add_sources(rows, program, shard.sources);

  const vm::Code code(program);
  std::atomic<uint64_t> bumps{0};
  pool.parallel_for(record.blocks.size(), 8, [&](size_t begin, size_t end) {
    vm::Replay replay(code, record);
    for (size_t b = begin; b < end; ++b) {
      replay.run(b);
      bumps += replay.bumps().size();
    }
  });
  rows[air::kTableBump] = bumps;
  return rows;
}

Result<std::vector<air::Instance>> plan(const RowCounts& rows, const ProgramTables& tables,
                                        unsigned tail_rows, std::span<const air::Instance> fixed,
                                        uint32_t shard) {
  std::vector<air::Instance> list;
  for (const air::TableInfo& table : air::tables()) {
    if (table.first_shard_only && shard != 1) continue;
    const uint64_t needed = rows[table.id];
    const auto add = [&](unsigned log) {
      list.push_back({table.id, static_cast<uint8_t>(log)});
      return (uint64_t{1} << log) - tail_rows;
    };
    if (const unsigned own = own_height(tables, table.id); own != 0) {
      add(own);
    } else if (!fixed.empty()) {
      uint64_t room = 0;
      for (const air::Instance& given : fixed)
        if (given.table == table.id) room += add(given.log_height);
      if (needed > room) return does_not_fit(table, needed, room, shard);
    } else if (needed != 0) {
      const std::vector<unsigned> heights = heights_for(needed, tail_rows);
      if (heights.empty()) return too_low(table, needed, (uint64_t{1} << kMaxLog) - tail_rows);
      for (const unsigned log : heights) add(log);
    }
  }
  return list;
}

}  // namespace mipzk::trace
