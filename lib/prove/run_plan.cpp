// SPDX-License-Identifier: Apache-2.0
// The first run of a program that is to be proved, and what follows from it.
#include <algorithm>
#include <functional>

#include "prove/bounds.hpp"
#include "prove/memory.hpp"
#include "prove/run.hpp"

namespace mipzk::prove {
namespace {

class Planner {
 public:
  Planner(Pool& pool, const LoadedProgram& program, const Options& options)
      : pool_(pool), program_(program), options_(options) {}

  // Shards in their order. Errors: kUnprovable, as soon as there are too many.
  Status add(const vm::ShardRecord& record) {
    RunPlan::Shard& shard = plan_.shards.emplace_back();
    const auto number = static_cast<uint32_t>(plan_.shards.size());
    if (!options_.shapes.empty() && number > options_.shapes.size())
      return Error(Errc::kUnprovable, "the run has more shards than the fixed shape");
    shard.cycles = record.cycles;
    shard.witness_digest = digest_of(pool_, record);
    shard_.push_back(record.host_bytes());
    const trace::RowCounts rows = trace::rows_of(pool_, program_.program, {record, number, {}, {}});
    if (number != 1) return add_shape(number, rows);
    first_rows_ = rows;
    return {};
  }

  // `peak_bytes`: what the run took of memory that grows with it; `kept_bytes`: what is still held
  // when shards are proved.
  Result<RunPlan> finish(vm::Outcome outcome, SecretVector<vm::SourceWord> sources,
                         SecretVector<uint16_t> code_last, uint64_t peak_bytes,
                         uint64_t kept_bytes) {
    trace::add_sources(first_rows_, program_.program, sources);
    const auto count = static_cast<uint32_t>(plan_.shards.size());
    if (!options_.shapes.empty() && count != options_.shapes.size())
      return Error(Errc::kUnprovable, "the run has fewer shards than the fixed shape");
    if (Status s = add_shape(1, first_rows_); !s) return s.error();

    const uint64_t of_all =
        shared_bytes(program_.header, heights_, *options_.profile, pool_.threads());
    const uint64_t shared = of_all + (count != 1 ? kept_bytes : 0);
    std::ranges::sort(shard_, std::greater<>());
    const auto total = [&](unsigned workers) {
      uint64_t shards = 0;  // those that take most, at the same time
      for (unsigned i = 0; i < workers; ++i) shards += shard_[i];
      // What the arena keeps above what is in use, when one shard comes after the other.
      if (count > workers) shards += shards / 16;
      return std::max(peak_bytes + of_all, shared + shards);
    };
    const uint64_t kept = options_.keeps_proof ? plan_.proof_bytes : 0;
    unsigned workers = std::min(pool_.threads(), count);
    while (workers > 1 && total(workers) + kept > options_.memory.bytes) --workers;
    plan_.workers = workers;
    plan_.memory_bytes = total(workers);
    plan_.outcome = std::move(outcome);
    plan_.sources = std::move(sources);
    plan_.code_last = std::move(code_last);
    return std::move(plan_);
  }

 private:
  Status add_shape(uint32_t number, const trace::RowCounts& rows) {
    const proof::Profile& profile = *options_.profile;
    const auto shape = plan_rows(program_, rows, options_, number);
    if (!shape) return shape.error();
    const auto instances = (*shape)->instances();
    plan_.shards[number - 1].instances.assign(instances.begin(), instances.end());
    const uint64_t part = proof_bytes(**shape, profile);
    plan_.proof_bytes += part;
    plan_.cells += committed_cells(**shape);
    // Its own part, and one that waits for another to be written.
    shard_[number - 1] += shard_bytes(**shape, profile) + 2 * part;
    heights_ |= (*shape)->height_mask();
    security_.add(proof::security_input(**shape));
    return check_shards(security_, profile);
  }

  Pool& pool_;
  const LoadedProgram& program_;
  const Options& options_;
  RunPlan plan_;
  trace::RowCounts first_rows_{};
  proof::SecurityInput security_;
  std::vector<uint64_t> shard_;  // bytes that proving each of them takes
  uint32_t heights_ = 0;         // of the tables of all of them, as bits
};

// With shards as the limits say.
Result<RunPlan> plan_once(Pool& pool, const LoadedProgram& program, const vm::Inputs& inputs,
                          const vm::Limits& limits, const vm::Hooks& hooks, const Options& options,
                          vm::FaultReport* report) {
  vm::Hooks watched = hooks;
  watched.watch = [&](const vm::Progress& p) -> Status {
    if (hooks.watch)
      if (Status s = hooks.watch(p); !s) return s;
    return check_progress(program, p, options, pool.threads());
  };
  vm::ShardedRun machine(program.program, inputs, limits, watched);
  Planner planner(pool, program, options);
  std::shared_ptr<vm::ShardRecord> record;
  uint32_t count = 0;
  while (!machine.done()) {
    record = std::make_shared<vm::ShardRecord>();
    ++count;
    if (Status s = machine.next(*record, report); !s) return s.error();
    if (Status s = planner.add(*record); !s) return s.error();
    // Shards after the end of the run do not look.
    if (hooks.cancel.any()) return Error(Errc::kCancelled, "cancelled");
  }
  if (count != 1) record = nullptr;
  auto plan = planner.finish(machine.outcome(), machine.source_words(), machine.code_last(),
                             machine.peak_bytes(), machine.peak_bytes());
  if (!plan) return plan;
  plan->limits = limits;
  plan->only = std::move(record);
  return plan;
}

}  // namespace

Result<RunPlan> plan_run(Pool& pool, const LoadedProgram& program, const Run& run,
                         const vm::Hooks& hooks, const Options& options, vm::FaultReport* report) {
  if (Status s = check_shapes(program, options); !s) return s.error();
  if (Status s = vm::Windows::check(run.inputs); !s) return s.error();
  vm::Limits limits = run.limits;
  limits.rooms = rooms_of(options);
  auto plan = plan_once(pool, program, run.inputs, limits, hooks, options, report);
  if (!options.smaller_shards || !options.shapes.empty()) return plan;
  vm::Hooks silent;
  silent.cancel = hooks.cancel;
  for (const uint64_t cells : kSmallerShardCells) {
    if (!plan) break;
    const uint64_t kept = options.keeps_proof ? plan->proof_bytes : 0;
    if (plan->memory_bytes + kept <= options.memory.bytes) break;
    if (cells >= limits.shard_size.cells) continue;
    limits.shard_size = shard_size(cells);
    plan = plan_once(pool, program, run.inputs, limits, silent, options, report);
  }
  return plan;
}

Result<RunPlan> plan_recording(Pool& pool, const LoadedProgram& program,
                               const vm::Recording& recording, const Options& options) {
  if (Status s = check_shapes(program, options); !s) return s.error();
  Planner planner(pool, program, options);
  for (const vm::ShardRecord& shard : recording.shards)
    if (Status s = planner.add(shard); !s) return s.error();
  return planner.finish(recording.outcome, recording.finals, recording.code_last,
                        recording.peak_bytes, recording.host_bytes());
}

}  // namespace mipzk::prove
