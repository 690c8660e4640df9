// SPDX-License-Identifier: Apache-2.0
#include "prove/bounds.hpp"

#include <algorithm>

#include "air/table_info.hpp"
#include "base/format.hpp"
#include "proof/security.hpp"
#include "proof/shape.hpp"
#include "prove/memory.hpp"

namespace mipzk::prove {
namespace {

using ull = unsigned long long;

constexpr const char* kTooLong = "the run is too long for one proof";
constexpr const char* kNoShape = "no proof can have the fixed shape";

// Rows that a shape has for a table.
uint64_t room_of(std::span<const air::Instance> shape, uint8_t table, unsigned tail_rows) {
  uint64_t rows = 0;
  for (const air::Instance& i : shape)
    if (i.table == table) rows += (uint64_t{1} << i.log_height) - tail_rows;
  return rows;
}

// Why no proof has these tables, with the table that takes the largest share.
Error too_large(const char* what, std::span<const air::Instance> instances, const Status& status) {
  struct Sum {
    const char* what;
    uint64_t most, total = 0, largest = 0;
    const char* table = "";

    void add(const air::TableInfo& t, uint64_t n) {
      total += n;
      if (n <= largest) return;
      largest = n;
      table = t.name;
    }
  };
  Sum sums[] = {{"bus messages", proof::kMaxMessages},
                {"slots for instructions", proof::kMaxTicks / 4 - 1},
                {"columns", proof::kMaxColumns}};
  for (const air::Instance& i : instances) {
    const air::TableInfo& t = *air::find_table(i.table);
    const uint64_t rows = uint64_t{1} << i.log_height;
    sums[0].add(t, rows * t.layout.messages());
    sums[1].add(t, rows * t.slots);
    sums[2].add(t, t.layout.pre_columns + t.layout.base_columns + 5u * t.layout.ext_columns());
  }
  for (const Sum& s : sums) {
    if (s.total <= s.most) continue;
    return format_error(
        Errc::kUnprovable,
        "%s: the tables have at least %llu %s, most of them in %s, and a proof has at "
        "most %llu",
        what, static_cast<ull>(s.total), s.what, s.table, static_cast<ull>(s.most));
  }
  return format_error(Errc::kUnprovable, "%s: %s", what, status.error().message);
}

}  // namespace

Status check_shards(const proof::SecurityInput& all, const proof::Profile& profile) {
  if (all.global_messages > proof::kMaxMessages)
    return Error(Errc::kUnprovable,
                 "the words that the shards of the run hand on are too many for one proof: longer "
                 "shards have fewer");
  const double bits = proof::security(profile, all).total;
  if (all.shards == 1 || bits >= profile.target_bits) return {};
  return format_error(Errc::kUnprovable,
                      "%u shards are too many for profile %s: a proof would have %d bits of "
                      "security; longer shards, or profile S100 or S128, have more",
                      all.shards, profile.name, static_cast<int>(bits));
}

Result<std::unique_ptr<proof::Shape>> plan_rows(const LoadedProgram& program,
                                                const trace::RowCounts& rows,
                                                const Options& options, uint32_t shard) {
  const proof::Profile& profile = *options.profile;
  std::span<const air::Instance> fixed;
  if (!options.shapes.empty()) fixed = options.shapes[shard - 1];
  auto instances = trace::plan(rows, program.tables, profile.tail_rows, fixed, shard);
  if (!instances) return instances.error();
  auto shape = std::make_unique<proof::Shape>();
  if (Status s = proof::Shape::make(*instances, program.header, profile, *shape, shard); !s)
    return too_large(fixed.empty() ? kTooLong : kNoShape, *instances, s);
  return shape;
}

// Given shapes, with the heights of the program's and the protocol's own tables, must be such that
// a verifier accepts them: found out before anything is laid out in them.
Status check_shapes(const LoadedProgram& program, const Options& options) {
  if (options.shapes.size() > proof::kMaxShards)
    return format_error(Errc::kUnprovable, "%s: it has %llu shards, and a proof has at most %u",
                        kNoShape, static_cast<ull>(options.shapes.size()), proof::kMaxShards);
  proof::SecurityInput security;
  for (uint32_t shard = 1; shard <= options.shapes.size(); ++shard) {
    auto shape = plan_rows(program, {}, options, shard);
    if (!shape) return shape.error();
    security.add(**shape);
    if (Status s = check_shards(security, *options.profile); !s) return s;
  }
  return {};
}

std::vector<vm::ShardRoom> rooms_of(const Options& options) {
  const unsigned tail = options.profile->tail_rows;
  std::vector<vm::ShardRoom> rooms;
  for (const std::vector<air::Instance>& shape : options.shapes) {
    vm::ShardRoom& room = rooms.emplace_back();
    for (const air::TableInfo& t : air::tables())
      if (t.role == air::Role::kInstruction)
        room.instructions[t.id] = static_cast<uint32_t>(t.slots * room_of(shape, t.id, tail));
    for (size_t i = 0; i < vm::kFaultTables; ++i)
      room.faults[i] = room_of(shape, trace::kFaultTables[i], tail);
    room.touched = room_of(shape, air::kTableBoundary, tail);
    room.entries = room_of(shape, air::kTableFetch, tail);
    room.bumps = room_of(shape, air::kTableBump, tail);
  }
  return rooms;
}

Status check_progress(const LoadedProgram& program, const vm::Progress& progress,
                      const Options& options, unsigned threads) {
  const trace::RowCounts rows = trace::rows_so_far(*progress.counts, progress.touched);
  const auto so_far =
      plan_rows(program, rows, options, options.shapes.empty() ? 1 : progress.shard);
  if (!so_far) return so_far.error();
  // A fixed shape tells all at once; otherwise the whole run is recorded for the whole figure.
  if (options.shapes.empty()) return check_memory(progress.host_bytes, options.memory, "at least");
  const uint64_t bytes =
      shared_bytes(program.header, (*so_far)->height_mask(), *options.profile, threads) +
      shard_bytes(**so_far, *options.profile);
  return check_memory(bytes, options.memory, "about");
}

Status check_memory(uint64_t bytes, const MemoryBound& bound, const char* how) {
  if (bytes <= bound.bytes) return {};
  const uint64_t needed = ((bytes + bound.in_use) >> 20) + 1;
  Error error = format_error(
      Errc::kNoMemory,
      "proving the run takes %s %llu MiB of memory, more than the %llu MiB that %s%s", how,
      static_cast<ull>(needed), static_cast<ull>((bound.bytes + bound.in_use) >> 20),
      bound.halved ? "are half of what " : "", bound.text);
  error.detail = static_cast<uint32_t>(needed);
  return error;
}

}  // namespace mipzk::prove
