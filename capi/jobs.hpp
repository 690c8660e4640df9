// SPDX-License-Identifier: Apache-2.0
// What the files that work on jobs have in common.
#pragma once

#include "guard.hpp"
#include "objects.hpp"
#include "prove/kept.hpp"

namespace mipzk::capi {

// Those that end its calls.
StopFlags flags_of(const mipzk_job& job);
vm::Inputs inputs_of(const mipzk_job& job);
// The prover's seed, bound to the job.
Status derive_seed(const mipzk_job& job, prove::Seed& out);
// What may be taken beyond what the process has. `most`: MIPZK_OPT_MAX_MEMORY.
MemoryBound memory_of(uint64_t most);
prove::Options options_of(const mipzk_job& job);
// What the job asks for; `shape`: shape_bytes() of it.
prove::Request request_of(const mipzk_job& job, const std::vector<uint8_t>& shape);
// Of the fixed shape, if there is one.
std::vector<uint8_t> shape_bytes(const mipzk_job& job);
// Makes the plan that of the job, and its outcome the result.
void set_plan(mipzk_job& job, std::shared_ptr<const prove::RunPlan> plan);
// Runs the program for what it asks for, unless nobody answers or that was done.
Status ask_for_answers(mipzk_job& job);
// Runs the program for a proof, unless that was done for these inputs, this shape and this memory,
// by this job or by one that kept its plan in the same store.
Status plan(mipzk_job& job, const prove::Options& options);

// Of a job with a store; otherwise they do nothing. Finds the kept plan, which must be for what the
// job asks for.
Status find_kept_plan(mipzk_job& job, const prove::Options& options);
// After a run: keeps its plan, or compares it with the one that is kept.
Status keep_plan(mipzk_job& job, const prove::Options& options);
// Proves with the plan that is kept.
Status prove_kept(mipzk_job& job, const prove::Options& options, const prove::ProofSink& sink);

// A call that needs the job and nothing else. It leaves nothing on the stack: wiping comes last,
// after exceptions have ended, too.
template <class F>
mipzk_status with_job(mipzk_job* job, mipzk_error* err, const F& f) noexcept {
  return wiping_stack([&] {
    return guarded(err, [&]() -> Status {
      if (job == nullptr) return Error(Errc::kArgument, "job is NULL");
      const Use use(job->in_use);
      if (Status s = use.status(); !s) return s;
      return f();
    });
  });
}

}  // namespace mipzk::capi
