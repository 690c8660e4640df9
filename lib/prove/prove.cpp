// SPDX-License-Identifier: Apache-2.0
#include "prove/prove.hpp"

#include "base/random.hpp"
#include "commit/panel.hpp"
#include "prove/bounds.hpp"
#include "prove/shard.hpp"
#include "trace/build.hpp"

namespace mipzk::prove {

namespace {

// Proves the run whose shards `each` visits: each(f) calls f(shard) for all of them, prepared, in
// their order. `kept`: they are the same objects every time. Tries until the challenges are good.
template <class Each>
Result<std::vector<uint8_t>> prove_visited(Pool& pool, const LoadedProgram& program,
                                           const Options& options, const Claims& claims,
                                           Progress& progress, uint32_t shards, bool kept,
                                           const Each& each) {
  Hedge hedge;
  Status s = each([&](Shard& shard) {
    hedge.add(shard);
    progress.step(Phase::kTrace);
  });
  if (!s) return s.error();
  // A restart happens with probability below 2^-29 in each shard.
  for (uint32_t attempt = 0; attempt < 3; ++attempt) {
    try {
      progress.restart();
      Session session(pool, program, options, claims, shards);
      const RunBlinding run = hedge.blinding(options.seed, session.bytes(), attempt);
      std::vector<std::vector<uint8_t>> heads, proofs;
      s = each([&](Shard& shard) {
        heads.push_back(shard.commit_pass_one(run));
        session.add_head(heads.back());
        progress.step(Phase::kCommit);
      });
      if (!s) return s.error();
      session.draw_challenges();
      bool same = true;
      s = each([&](Shard& shard) {
        same = same && (kept || shard.commit_pass_one(run) == heads[proofs.size()]);
        if (same) proofs.push_back(shard.prove(session));
      });
      if (!s) return s.error();
      if (!same)
        return Error(Errc::kInternal, "a shard is not what it was when it was committed to");
      return std::move(session).assemble(proofs);
    } catch (const Restart&) {
    }
  }
  return Error(Errc::kInternal, "the prover restarted too often");
}

}  // namespace

Result<std::vector<uint8_t>> prove_shard(Pool& pool, const LoadedProgram& program,
                                         const Options& options, const Claims& claims,
                                         Progress& progress, Shard& shard) {
  const auto each = [&](const auto& f) -> Status {
    f(shard);
    return {};
  };
  return prove_visited(pool, program, options, claims, progress, 1, true, each);
}

Result<std::vector<uint8_t>> prove_shards(Pool& pool, const LoadedProgram& program,
                                          const Options& options, const Claims& claims,
                                          Progress& progress, uint32_t shards,
                                          const TraceSource& traces) {
  const auto each = [&](const auto& f) -> Status {
    for (uint32_t index = 1; index <= shards; ++index) {
      auto filled = traces(index);
      if (!filled) return filled.error();
      Shard shard(pool, program, options, index, progress);
      if (Status s = shard.prepare(std::move(*filled)); !s) return s;
      f(shard);
    }
    return {};
  };
  return prove_visited(pool, program, options, claims, progress, shards, false, each);
}

namespace {

Result<std::vector<uint8_t>> run_prover(Pool& pool, const LoadedProgram& program,
                                        const Claims& claims, uint32_t shards,
                                        const TraceSource& traces, const Options& options) {
  try {
    Progress progress(options, shards);
    if (shards != 1) return prove_shards(pool, program, options, claims, progress, shards, traces);
    auto filled = traces(1);
    if (!filled) return filled.error();
    Shard shard(pool, program, options, 1, progress);
    if (Status s = shard.prepare(std::move(*filled)); !s) return s.error();
    return prove_shard(pool, program, options, claims, progress, shard);
  } catch (const Cancelled&) {
    return Error(Errc::kCancelled, "cancelled while proving");
  }
}

Result<std::vector<uint8_t>> prove_source(Pool& pool, const LoadedProgram& program,
                                          const Claims& claims, uint32_t shards,
                                          const TraceSource& traces, const Options& options) {
  Options seeded = options;
  if (seeded.seed.empty()) {
    seeded.seed.resize(32);
    if (!system_random(seeded.seed))
      return Error(Errc::kInternal, "the system's random number generator failed");
  }
  auto result =
      wiping_stack([&] { return run_prover(pool, program, claims, shards, traces, seeded); });
  commit::release_scratch();
  return result;
}

}  // namespace

Result<std::vector<uint8_t>> prove_traces(Pool& pool, const LoadedProgram& program,
                                          const Claims& claims,
                                          std::vector<trace::InstanceTrace> traces,
                                          const Options& options) {
  const TraceSource once = [&](uint32_t) { return std::move(traces); };
  return prove_source(pool, program, claims, 1, once, options);
}

Result<std::vector<uint8_t>> prove(Pool& pool, const LoadedProgram& program, ByteView public_input,
                                   vm::Recording recording, const Options& options) {
  if (!options.shape.empty())
    if (Status s = check_shape(program, *options.profile, options.shape); !s) return s.error();
  auto planned = plan_run(pool, program, recording, options);
  if (!planned) return planned.error();
  if (Status s = check_memory(planned->memory_bytes, options.memory, "about"); !s) return s.error();
  const vm::Outcome outcome = recording.outcome;
  const auto shards = static_cast<uint32_t>(recording.shards.size());
  const TraceSource traces = [&](uint32_t shard) {
    auto filled = trace::build(pool, program.program, program.tables, recording,
                               options.profile->tail_rows, planned->shards[shard - 1], shard);
    if (shards == 1) recording = {};  // it is not needed any more
    return filled;
  };
  return prove_source(pool, program, {public_input, outcome.output, outcome.exit_code}, shards,
                      traces, options);
}

}  // namespace mipzk::prove
