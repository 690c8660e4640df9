// SPDX-License-Identifier: Apache-2.0
// The first run of a program that is to be proved, and what follows from it.
#include <algorithm>

#include "prove/bounds.hpp"
#include "prove/memory.hpp"
#include "prove/run.hpp"

namespace mipzk::prove {
namespace {

// About the bytes of a shard's part of a proof, which are kept to the end.
constexpr uint64_t kProofBytes = uint64_t{3} << 20;

class Planner {
 public:
  Planner(Pool& pool, const LoadedProgram& program, const Options& options)
      : pool_(pool), program_(program), options_(options) {}

  // Shards in their order.
  void add(const vm::ShardRecord& record) {
    RunPlan::Shard& shard = plan_.shards.emplace_back();
    const auto number = static_cast<uint32_t>(plan_.shards.size());
    shard.cycles = record.cycles;
    shard.witness_digest = digest_of(pool_, record);
    rows_.push_back(trace::rows_of(pool_, program_.program, {record, number, {}}));
    record_bytes_ = std::max(record_bytes_, record.host_bytes());
  }

  // `peak_bytes`: what the run took; `kept_bytes`: what is still held when shards are proved.
  Result<RunPlan> finish(vm::Outcome outcome, SecretVector<vm::SourceWord> sources,
                         uint64_t peak_bytes, uint64_t kept_bytes) {
    trace::add_sources(rows_[0], program_.program, sources);
    const auto count = static_cast<uint32_t>(rows_.size());
    if (count != 1 && !options_.shape.empty())
      return Error(Errc::kUnprovable, "a run with a fixed shape has one shard");
    proof::SecurityInput all;
    uint64_t shard = 0, shared = 0;
    for (uint32_t number = 1; number <= count; ++number) {
      const auto shape = plan_rows(program_, rows_[number - 1], options_, number);
      if (!shape) return shape.error();
      const auto instances = (*shape)->instances();
      plan_.shards[number - 1].instances.assign(instances.begin(), instances.end());
      all.add(proof::security_input(**shape));
      shard = std::max(shard, shard_bytes(**shape, *options_.profile, record_bytes_));
      shared = std::max(shared, shared_bytes(**shape, *options_.profile, pool_.threads()));
    }
    if (Status s = check_shards(all, *options_.profile); !s) return s.error();

    if (count != 1) shared += kept_bytes + count * kProofBytes;
    const auto total = [&](unsigned workers) {
      return std::max(peak_bytes, shared + workers * shard);
    };
    unsigned workers = std::min(pool_.threads(), count);
    while (workers > 1 && total(workers) > options_.memory.bytes) --workers;
    plan_.workers = workers;
    plan_.memory_bytes = total(workers);
    plan_.outcome = std::move(outcome);
    plan_.sources = std::move(sources);
    return std::move(plan_);
  }

 private:
  Pool& pool_;
  const LoadedProgram& program_;
  const Options& options_;
  RunPlan plan_;
  std::vector<trace::RowCounts> rows_;
  uint64_t record_bytes_ = 0;
};

}  // namespace

Result<RunPlan> plan_run(Pool& pool, const LoadedProgram& program, const Run& run,
                         const vm::Hooks& hooks, const Options& options, vm::FaultReport* report) {
  if (!options.shape.empty())
    if (Status s = check_shape(program, *options.profile, options.shape); !s) return s.error();
  if (Status s = vm::Windows::check(run.inputs); !s) return s.error();
  vm::Hooks watched = hooks;
  watched.watch = [&](const vm::Progress& p) -> Status {
    if (hooks.watch)
      if (Status s = hooks.watch(p); !s) return s;
    return check_progress(program, p, options, pool.threads());
  };
  vm::Limits limits = run.limits;
  if (!options.shape.empty()) limits.max_shards = 1;
  vm::ShardedRun machine(program.program, run.inputs, limits, watched);
  Planner planner(pool, program, options);
  std::shared_ptr<vm::ShardRecord> record;
  uint32_t count = 0;
  while (!machine.halted()) {
    record = std::make_shared<vm::ShardRecord>();
    ++count;
    if (Status s = machine.next(*record, report); !s) return s.error();
    planner.add(*record);
  }
  if (count != 1) record = nullptr;
  auto plan = planner.finish(machine.outcome(), machine.source_words(), machine.peak_bytes(),
                             machine.peak_bytes());
  if (!plan) return plan;
  plan->limits = limits;
  plan->only = std::move(record);
  return plan;
}

Result<RunPlan> plan_recording(Pool& pool, const LoadedProgram& program,
                               const vm::Recording& recording, const Options& options) {
  if (!options.shape.empty())
    if (Status s = check_shape(program, *options.profile, options.shape); !s) return s.error();
  Planner planner(pool, program, options);
  for (const vm::ShardRecord& shard : recording.shards) planner.add(shard);
  return planner.finish(recording.outcome, recording.finals, recording.peak_bytes,
                        recording.host_bytes());
}

}  // namespace mipzk::prove
