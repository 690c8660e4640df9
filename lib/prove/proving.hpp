// SPDX-License-Identifier: Apache-2.0
// What every call that proves does around its work.
#pragma once

#include "base/pool.hpp"
#include "base/random.hpp"
#include "base/secret_memory.hpp"
#include "commit/panel.hpp"
#include "prove/progress.hpp"

namespace mipzk::prove {

// Calls f(options, progress) with a seed, and tidies up. `cells`: of all shards.
template <class F>
Status proving(const Options& options, uint64_t cells, const F& f) {
  Options seeded = options;
  if (seeded.seed.empty()) {
    seeded.seed.resize(32);
    if (!system_random(seeded.seed))
      return Error(Errc::kInternal, "the system's random number generator failed");
  }
  const Status result = wiping_stack([&]() -> Status {
    Progress progress(seeded, cells);
    const CancelScope scope(progress.flags());
    const Arena arena;
    try {
      return f(seeded, progress);
    } catch (const Cancelled&) {
      return Error(Errc::kCancelled, "cancelled while proving");
    }
  });
  commit::release_scratch();
  return result;
}

}  // namespace mipzk::prove
