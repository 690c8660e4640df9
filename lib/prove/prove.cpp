// SPDX-License-Identifier: Apache-2.0
#include "prove/prove.hpp"

#include <algorithm>
#include <exception>
#include <mutex>

#include "prove/bounds.hpp"
#include "prove/kept.hpp"
#include "prove/part_writer.hpp"
#include "prove/proving.hpp"
#include "prove/run.hpp"
#include "prove/shard.hpp"
#include "trace/build.hpp"

namespace mipzk::prove {

namespace {

// Gives what f(attempt) gives, for the first attempt whose global challenges serve, counted from
// `first`. Those that do not have a probability below 2^-29.
template <class F>
auto attempts(const F& f, uint32_t first = 0) -> decltype(f(uint32_t{})) {
  for (uint32_t attempt = first; attempt < first + 3; ++attempt) {
    try {
      return f(attempt);
    } catch (const Restart&) {
    }
  }
  return Error(Errc::kInternal, "the prover restarted too often");
}

// Calls work() by so many workers at the same time. After an error or an exception, the first of
// which is given, the others stop.
template <class Work>
Status by_workers(Pool& pool, unsigned workers, Progress& progress, const Work& work) {
  std::mutex mutex;
  Status first;
  std::exception_ptr failure;
  bool cancelled = false;
  const auto body = [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      try {
        const CancelScope scope(progress.flags());
        if (Status s = work(); !s) {
          const std::lock_guard lock(mutex);
          if (first) first = s;
          progress.stop();
        }
      } catch (const Cancelled&) {
        const std::lock_guard lock(mutex);
        cancelled = true;
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        progress.stop();
      }
    }
    commit::release_scratch();
  };
  try {
    pool.parallel_for(workers, 1, body);
  } catch (const Cancelled&) {
    cancelled = true;  // of workers who had not begun when the first one failed
  }
  if (failure) std::rethrow_exception(failure);
  if (first && cancelled) throw Cancelled{};
  return first;
}

// The shards of a planned run, by workers that take them one after the other.
class ShardProver {
 public:
  ShardProver(Pool& pool, const LoadedProgram& program, const RunPlan& plan, ShardSource& source,
              const Options& options, Progress& progress)
      : pool_(pool),
        program_(program),
        plan_(plan),
        source_(source),
        options_(options),
        progress_(progress),
        trees_(pool, program, *options.profile) {
    for (const RunPlan::Shard& shard : plan.shards)
      hedge_.add(shard.instances, shard.witness_digest);
  }

  // Throws Restart before anything is written, and so do the others.
  Status prove(const Claims& claims, uint32_t attempt, const ProofSink& sink) {
    const auto count = static_cast<uint32_t>(plan_.shards.size());
    Session session(pool_, program_, options_, claims, count);
    const RunBlinding run = hedge_.blinding(options_.seed, session.bytes(), attempt);
    if (count == 1) return prove_only(session, run, sink);
    std::vector<std::vector<uint8_t>> heads(count);
    const std::vector<bool> none(count);
    Status s = each(trace::Part::kPassOne, none, [&](Shard& shard, uint32_t number) {
      heads[number - 1] = commit_step(shard, run.of_shard(number));
      return Status();
    });
    if (!s) return s;
    for (const std::vector<uint8_t>& head : heads) session.add_head(head);
    session.draw_challenges();
    if (s = sink(session.bytes()); !s) return s;
    PartWriter parts(sink, plan_.workers, progress_.flags());
    s = each(
        trace::Part::kAll, none,
        [&](Shard& shard, uint32_t number) -> Status {
          auto part = prove_step(shard, run.of_shard(number), session, heads[number - 1]);
          if (!part) return part.error();
          return parts.put(number, std::move(*part));
        },
        &parts);
    if (!s) return s;
    if (s = parts.write(); !s) return s;
    progress_.finish();
    return {};
  }

  // The same with pieces that are kept: what is there is not made, and the proof is put together in
  // the end.
  Status prove_kept(const Claims& claims, uint32_t attempt, Kept& kept, const ProofSink& sink) {
    const auto count = static_cast<uint32_t>(plan_.shards.size());
    Session session(pool_, program_, options_, claims, count);
    const RunBlinding* run = nullptr;
    Status s = kept.begin(attempt, options_.seed, run);
    if (!s) return s;
    std::vector<std::vector<uint8_t>> heads(count);
    if (s = kept.load_heads(heads); !s) return s;
    std::vector<bool> there(count);
    for (uint32_t i = 0; i < count; ++i) there[i] = !heads[i].empty();
    s = each(trace::Part::kPassOne, there, [&](Shard& shard, uint32_t number) {
      heads[number - 1] = commit_step(shard, run->of_shard(number));
      return kept.keep_head(number, heads[number - 1]);
    });
    if (!s) return s;
    for (const std::vector<uint8_t>& head : heads) session.add_head(head);
    session.draw_challenges();
    if (s = kept.load_parts(session.bytes(), there); !s) return s;
    s = each(trace::Part::kAll, there, [&](Shard& shard, uint32_t number) -> Status {
      auto part = prove_step(shard, run->of_shard(number), session, heads[number - 1]);
      if (!part) return part.error();
      return kept.keep_part(number, *part);
    });
    if (!s) return s;
    if (s = sink(session.bytes()); !s) return s;
    for (uint32_t number = 1; number <= count; ++number)
      if (s = kept.give_part(number, sink); !s) return s;
    progress_.finish();
    return {};
  }

 private:
  // The only shard stays as it is between its two parts.
  Status prove_only(Session& session, const RunBlinding& run, const ProofSink& sink) {
    Status s = source_.begin();
    if (!s) return s;
    auto record = source_.next();
    if (!record) return record.error();
    const auto shard = make_shard(1);
    if (s = fill(*shard, **record, 1, trace::Part::kAll); !s) return s;
    *record = nullptr;
    shard->step(Phase::kTrace, Step::kTrace);
    auto proof = prove_filled(session, run, *shard);
    if (!proof) return proof.error();
    if (s = sink(*proof); !s) return s;
    progress_.finish();
    return {};
  }

  // Calls f(shard, number) for all shards that are not done, with the tables of the part, by the
  // workers; `parts`: what f gives its results, if anything.
  template <class F>
  Status each(trace::Part part, const std::vector<bool>& done, const F& f,
              PartWriter* parts = nullptr) {
    uint32_t taken = 0, last = 0;
    for (uint32_t i = 0; i < done.size(); ++i) {
      if (done[i])
        progress_.skip(part, plan_.cells / done.size());
      else
        last = i + 1;
    }
    if (last == 0) return {};
    if (Status s = source_.begin(); !s) return s;
    std::mutex mutex;
    return by_workers(pool_, plan_.workers, progress_, [&]() -> Status {
      const PartWriter::Presence present(parts);
      for (;;) {
        std::shared_ptr<const vm::ShardRecord> record;
        uint32_t number;
        {
          const std::lock_guard lock(mutex);
          if (taken == last) return {};
          auto next = source_.next();
          if (!next) return next.error();
          number = ++taken;
          if (done[number - 1]) continue;
          record = std::move(*next);
        }
        const auto shard = make_shard(number);
        if (Status s = fill(*shard, *record, number, part); !s) return s;
        record = nullptr;
        if (Status s = f(*shard, number); !s) return s;
      }
    });
  }

  // A shard is large, and the stack is wiped to a certain depth.
  std::unique_ptr<Shard> make_shard(uint32_t number) {
    return std::make_unique<Shard>(pool_, program_, trees_, options_, number, progress_);
  }

  Status fill(Shard& shard, const vm::ShardRecord& record, uint32_t number, trace::Part part) {
    return fill_from_record(shard, pool_, program_,
                            {record, number, plan_.sources, plan_.code_last},
                            plan_.shards[number - 1], *options_.profile, part);
  }

  Pool& pool_;
  const LoadedProgram& program_;
  const RunPlan& plan_;
  ShardSource& source_;
  const Options& options_;
  Progress& progress_;
  const PublicTrees trees_;
  Hedge hedge_;
};

Status prove_source(Pool& pool, const LoadedProgram& program, ByteView public_input,
                    const RunPlan& plan, ShardSource& source, const Options& options,
                    const ProofSink& sink) {
  const uint64_t kept = options.keeps_proof ? plan.proof_bytes : 0;
  if (Status s = check_memory(plan.memory_bytes + kept, options.memory, "about"); !s) return s;
  const Claims claims{public_input, plan.outcome.output, plan.outcome.exit_code};
  return proving(options, plan.cells, [&](const Options& seeded, Progress& progress) {
    ShardProver prover(pool, program, plan, source, seeded, progress);
    return attempts([&](uint32_t attempt) { return prover.prove(claims, attempt, sink); });
  });
}

}  // namespace

Result<std::vector<uint8_t>> prove_filled(Session& session, const RunBlinding& run, Shard& shard) {
  session.add_head(shard.commit_pass_one(run.of_shard(1)));
  shard.step(Phase::kCommit, Step::kPassOne);
  session.draw_challenges();
  auto proof = shard.prove(session);
  if (!proof) return proof;
  return std::move(session).assemble({&*proof, 1});
}

Result<std::vector<uint8_t>> prove_traces(Pool& pool, const LoadedProgram& program,
                                          const Claims& claims,
                                          std::vector<trace::InstanceTrace> traces,
                                          const Options& options) {
  std::vector<air::Instance> instances;
  for (const trace::InstanceTrace& t : traces) instances.push_back({t.table, t.log_height});
  std::vector<uint8_t> proof;
  const Status s = proving(options, 0, [&](const Options& seeded, Progress& progress) -> Status {
    Hedge hedge;
    hedge.add(instances, digest_of(traces));
    const PublicTrees trees(pool, program, *seeded.profile);
    const auto shard = std::make_unique<Shard>(pool, program, trees, seeded, 1, progress);
    if (Status laid = shard->lay_out(instances); !laid) return laid;
    if (Status filled = shard->fill(std::move(traces)); !filled) return filled;
    return attempts([&](uint32_t attempt) -> Status {
      Session session(pool, program, seeded, claims, 1);
      auto result =
          prove_filled(session, hedge.blinding(seeded.seed, session.bytes(), attempt), *shard);
      if (!result) return result.error();
      proof = std::move(*result);
      return {};
    });
  });
  if (!s) return s.error();
  return proof;
}

Status prove_run(Pool& pool, const LoadedProgram& program, const Run& run, const RunPlan& plan,
                 const Options& options, const ProofSink& sink) {
  RepeatedRun source(program.program, run, plan, options.cancel);
  return prove_source(pool, program, run.inputs.public_input, plan, source, options, sink);
}

Status prove_kept(Pool& pool, const LoadedProgram& program, const Request& request, ProofPlan& plan,
                  const Options& options, PieceStore& store, const ProofSink& sink) {
  const RunPlan& run_plan = *plan.run;
  if (Status s = check_memory(run_plan.memory_bytes, options.memory, "about"); !s) return s;
  const Run run{request.inputs, run_plan.limits};
  RepeatedRun source(program.program, run, run_plan, options.cancel);
  const vm::Outcome& outcome = run_plan.outcome;
  const Claims claims{request.inputs.public_input, outcome.output, outcome.exit_code};
  Kept kept(store, request, plan);
  return proving(options, run_plan.cells, [&](const Options& seeded, Progress& progress) {
    ShardProver prover(pool, program, run_plan, source, seeded, progress);
    return attempts(
        [&](uint32_t attempt) { return prover.prove_kept(claims, attempt, kept, sink); },
        kept.attempt());
  });
}

Result<std::vector<uint8_t>> prove(Pool& pool, const LoadedProgram& program, ByteView public_input,
                                   const vm::Recording& recording, const Options& options) {
  const auto plan = plan_recording(pool, program, recording, options);
  if (!plan) return plan.error();
  RecordedShards source(recording);
  std::vector<uint8_t> proof;
  const Status s =
      prove_source(pool, program, public_input, *plan, source, options, [&](ByteView bytes) {
        append(proof, bytes);
        return Status();
      });
  if (!s) return s.error();
  return proof;
}

}  // namespace mipzk::prove
