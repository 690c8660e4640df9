// SPDX-License-Identifier: Apache-2.0
// Whether a run can be proved: the heights of its tables, the bounds of a proof, and memory. Told
// as early as possible, so that no work is spent on a run that cannot be.
#pragma once

#include <vector>

#include "prove/prove.hpp"

namespace mipzk::prove {

struct RunPlan {
  std::vector<std::vector<air::Instance>> shards;  // for trace::build, in their order
  uint64_t memory_bytes = 0;                       // that recording and proving take
};

// Of a recorded run. Errors: kUnprovable.
Result<RunPlan> plan_run(Pool& pool, const LoadedProgram& program, const vm::Recording& recording,
                         const Options& options);

// For vm::Hooks::watch of a recording: fails when a run that is so far can no longer be proved, or
// when the recording alone, or with a fixed shape proving, takes more memory than there may be.
// Errors: kUnprovable, kNoMemory.
Status check_progress(const LoadedProgram& program, const vm::Progress& progress,
                      const Options& options, unsigned threads);

// Fails with kNoMemory when `bytes`, which proving takes, are more than the bound; Error::detail:
// MiB needed. `how`: "about" or "at least".
Status check_memory(uint64_t bytes, const MemoryBound& bound, const char* how);

}  // namespace mipzk::prove
