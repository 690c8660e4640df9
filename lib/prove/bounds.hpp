// SPDX-License-Identifier: Apache-2.0
// Whether a run can be proved: the heights of its tables, the bounds of a proof, and memory. Told
// as early as possible, so that no work is spent on a run that cannot be.
#pragma once

#include "proof/security.hpp"
#include "proof/shape.hpp"
#include "prove/prove.hpp"
#include "trace/plan.hpp"

namespace mipzk::prove {

// The shape of a shard (from 1) with so many rows. Errors: kUnprovable.
Result<std::unique_ptr<proof::Shape>> plan_rows(const LoadedProgram& program,
                                                const trace::RowCounts& rows,
                                                const Options& options, uint32_t shard);

// What a verifier asks of all shards together. Errors: kUnprovable.
Status check_shards(const proof::SecurityInput& all, const proof::Profile& profile);

// For vm::Hooks::watch of a recording: fails when a shard that is so far can no longer be proved,
// or when the recording alone, or with a fixed shape proving, takes more memory than there may be.
// Errors: kUnprovable, kNoMemory.
Status check_progress(const LoadedProgram& program, const vm::Progress& progress,
                      const Options& options, unsigned threads);

// Fails with kNoMemory when `bytes`, which proving takes, are more than the bound; Error::detail:
// MiB needed. `how`: "about" or "at least".
Status check_memory(uint64_t bytes, const MemoryBound& bound, const char* how);

}  // namespace mipzk::prove
