// SPDX-License-Identifier: Apache-2.0
#include "prove/bounds.hpp"

#include <algorithm>
#include <iterator>

#include "air/table_info.hpp"
#include "base/format.hpp"
#include "proof/security.hpp"
#include "proof/shape.hpp"
#include "prove/memory.hpp"
#include "trace/plan.hpp"

namespace mipzk::prove {
namespace {

using ull = unsigned long long;

constexpr const char* kTooLong = "the run is too long for one proof";
constexpr const char* kNoShape = "no proof can have the fixed shape";

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

struct ShardPlan {
  std::vector<air::Instance> instances;
  uint64_t memory_bytes = 0;
  proof::SecurityInput security;
};

// About the bytes of a shard's part of a proof, which are kept to the end.
constexpr uint64_t kProofBytes = uint64_t{3} << 20;

// What a verifier asks of all shards together.
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

Result<ShardPlan> plan_rows(const LoadedProgram& program, const trace::RowCounts& rows,
                            const Options& options, unsigned threads, uint64_t recording_bytes,
                            uint32_t shard) {
  const proof::Profile& profile = *options.profile;
  auto instances = trace::plan(rows, program.tables, profile.tail_rows, options.shape, shard);
  if (!instances) return instances.error();
  proof::Shape shape;
  if (Status s = proof::Shape::make(*instances, program.header, profile, shape, shard); !s)
    return too_large(kTooLong, *instances, s);
  const uint64_t bytes = proving_bytes(shape, profile, threads, recording_bytes);
  return ShardPlan{std::move(*instances), bytes, proof::security_input(shape)};
}

}  // namespace

Result<RunPlan> plan_run(Pool& pool, const LoadedProgram& program, const vm::Recording& recording,
                         const Options& options) {
  const auto shards = static_cast<uint32_t>(recording.shards.size());
  if (shards != 1 && !options.shape.empty())
    return Error(Errc::kUnprovable, "a run with a fixed shape has one shard");
  // The recording of one shard is gone when it is proved; that of several is needed to the end.
  const uint64_t freed = shards == 1 ? recording.host_bytes() : 0;
  const uint64_t kept = shards == 1 ? 0 : recording.host_bytes() + shards * kProofBytes;
  RunPlan run;
  run.memory_bytes = recording.peak_bytes;
  proof::SecurityInput all;
  for (uint32_t shard = 1; shard <= shards; ++shard) {
    auto plan = plan_rows(program, trace::rows_of(pool, program.program, recording, shard), options,
                          pool.threads(), freed, shard);
    if (!plan) return plan.error();
    run.memory_bytes = std::max(run.memory_bytes, plan->memory_bytes + kept);
    run.shards.push_back(std::move(plan->instances));
    all.add(plan->security);
  }
  if (Status s = check_shards(all, *options.profile); !s) return s.error();
  return run;
}

// A given shape, with the heights of the program's and the protocol's own tables, must be one that
// a verifier accepts: found out before anything is laid out in it.
Status check_shape(const LoadedProgram& program, const proof::Profile& profile,
                   std::span<const air::Instance> shape) {
  std::vector<proof::Instance> instances = {
      {air::kTableRom, program.header.log_rom},
      {air::kTableFixed, static_cast<uint8_t>(air::kFixedLogRows)},
      {air::kTableRegion, program.header.log_region},
      {air::kTableImage, program.header.log_image}};
  auto is_given = [](uint8_t id) {
    return id != air::kTableRom && id != air::kTableFixed && id != air::kTableRegion &&
           id != air::kTableImage;
  };
  std::ranges::copy_if(shape, std::back_inserter(instances),
                       [&](const air::Instance& i) { return is_given(i.table); });
  std::ranges::stable_sort(instances, [](const proof::Instance& a, const proof::Instance& b) {
    return a.table != b.table ? a.table < b.table : a.log_height > b.log_height;
  });
  proof::Shape out;
  if (Status s = proof::Shape::make(instances, program.header, profile, out); !s)
    return too_large(kNoShape, instances, s);
  return {};
}

Status check_progress(const LoadedProgram& program, const vm::Progress& progress,
                      const Options& options, unsigned threads) {
  const trace::RowCounts rows = trace::rows_so_far(*progress.counts, progress.touched);
  const auto so_far = plan_rows(program, rows, options, threads, progress.host_bytes, 1);
  if (!so_far) return so_far.error();
  // A fixed shape tells all at once; otherwise the whole run is recorded for the whole figure.
  return options.shape.empty() ? check_memory(progress.host_bytes, options.memory, "at least")
                               : check_memory(so_far->memory_bytes, options.memory, "about");
}

Status check_memory(uint64_t bytes, const MemoryBound& bound, const char* how) {
  if (bytes <= bound.bytes) return {};
  Error error = format_error(
      Errc::kNoMemory,
      "proving the run takes %s %llu MiB of memory, more than the %llu MiB that %s", how,
      static_cast<ull>(bytes >> 20) + 1, static_cast<ull>(bound.bytes >> 20), bound.text);
  error.detail = static_cast<uint32_t>((bytes >> 20) + 1);
  return error;
}

}  // namespace mipzk::prove
