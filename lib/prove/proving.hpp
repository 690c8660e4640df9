// SPDX-License-Identifier: Apache-2.0
// What every call that proves does around its work.
#pragma once

#include "base/pool.hpp"
#include "base/random.hpp"
#include "base/secret_memory.hpp"
#include "commit/panel.hpp"
#include "prove/progress.hpp"

namespace mipzk::prove {

// Gives back what transforms keep for the calling thread, after exceptions, too.
struct ScratchScope {
  ScratchScope() = default;
  ScratchScope(const ScratchScope&) = delete;
  ScratchScope& operator=(const ScratchScope&) = delete;
  ~ScratchScope() { commit::release_scratch(); }
};

// Calls f(options, progress) with a seed, and tidies up. `cells`: of all shards.
template <class F>
Status proving(const Options& options, uint64_t cells, const F& f) {
  const ScratchScope scratch;
  Options seeded = options;
  if (seeded.seed.empty()) {
    seeded.seed.resize(32);
    if (!system_random(seeded.seed))
      return Error(Errc::kInternal, "the system's random number generator failed");
  }
  return wiping_stack([&]() -> Status {
    Progress progress(seeded, cells);
    const CancelScope scope(progress.flags());
    const Arena arena;
    try {
      return f(seeded, progress);
    } catch (const Cancelled&) {
      return Error(Errc::kCancelled, "cancelled while proving");
    }
  });
}

}  // namespace mipzk::prove
