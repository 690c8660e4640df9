// SPDX-License-Identifier: Apache-2.0
#include "prove/prove.hpp"

#include "base/random.hpp"
#include "commit/panel.hpp"
#include "prove/bounds.hpp"
#include "prove/shard.hpp"
#include "trace/build.hpp"

namespace mipzk::prove {

Result<std::vector<uint8_t>> prove_shard(Pool& pool, const LoadedProgram& program,
                                         const Options& options, const Claims& claims,
                                         Progress& progress, Shard& shard) {
  // A restart happens with probability below 2^-29.
  for (uint32_t attempt = 0; attempt < 3; ++attempt) {
    try {
      progress.restart();
      Session session(pool, program, options, claims);
      session.add_head(shard.commit_pass_one(session.bytes(), attempt));
      session.draw_challenges();
      progress.step(Phase::kCommit);
      const std::vector<uint8_t> proof = shard.prove(session);
      return std::move(session).assemble({&proof, 1});
    } catch (const Restart&) {
    }
  }
  return Error(Errc::kInternal, "the prover restarted too often");
}

namespace {

Result<std::vector<uint8_t>> run_prover(Pool& pool, const LoadedProgram& program,
                                        const Claims& claims,
                                        std::vector<trace::InstanceTrace> traces,
                                        const Options& options) {
  try {
    Progress progress(options);
    Shard shard(pool, program, options, 1, progress);
    if (Status s = shard.prepare(std::move(traces)); !s) return s.error();
    return prove_shard(pool, program, options, claims, progress, shard);
  } catch (const Cancelled&) {
    return Error(Errc::kCancelled, "cancelled while proving");
  }
}

}  // namespace

Result<std::vector<uint8_t>> prove_traces(Pool& pool, const LoadedProgram& program,
                                          const Claims& claims,
                                          std::vector<trace::InstanceTrace> traces,
                                          const Options& options) {
  Options seeded = options;
  if (seeded.seed.empty()) {
    seeded.seed.resize(32);
    if (!system_random(seeded.seed))
      return Error(Errc::kInternal, "the system's random number generator failed");
  }
  auto result =
      wiping_stack([&] { return run_prover(pool, program, claims, std::move(traces), seeded); });
  commit::release_scratch();
  return result;
}

Result<std::vector<uint8_t>> prove(Pool& pool, const LoadedProgram& program, ByteView public_input,
                                   vm::Recording recording, const Options& options) {
  if (!options.shape.empty())
    if (Status s = check_shape(program, *options.profile, options.shape); !s) return s.error();
  auto planned = plan_run(pool, program, recording, options);
  if (!planned) return planned.error();
  if (Status s = check_memory(planned->memory_bytes, options.memory, "about"); !s) return s.error();
  auto traces = trace::build(pool, program.program, program.tables, recording,
                             options.profile->tail_rows, planned->instances);
  if (!traces) return traces.error();
  const vm::Outcome outcome = std::move(recording.outcome);
  recording = {};
  return prove_traces(pool, program, {public_input, outcome.output, outcome.exit_code},
                      std::move(*traces), options);
}

}  // namespace mipzk::prove
