// SPDX-License-Identifier: Apache-2.0
#include "base/cpu_tier.hpp"

#include <atomic>

#include "base/cpu_tier_list.hpp"

namespace mipzk {
namespace {

constexpr size_t kNotForced = ~size_t{0};
std::atomic<size_t> forced{kNotForced};

size_t fastest() {
  size_t found = 0;
  for (size_t i = 0; i < cpu_tiers().size(); ++i)
    if (cpu_tiers()[i].available) found = i;
  return found;
}

}  // namespace

std::span<const CpuTier> cpu_tiers() {
  // The compiler's run-time support also asks whether the operating system saves the registers.
#define MIPZK_TIER_ENTRY(name, flags, available, what) {#name, (available) != 0},
  static const CpuTier tiers[] = {MIPZK_CPU_TIERS(MIPZK_TIER_ENTRY, )};
#undef MIPZK_TIER_ENTRY
  return tiers;
}

size_t cpu_tier() {
  static const size_t best = fastest();
  const size_t tier = forced.load(std::memory_order_relaxed);
  return tier == kNotForced ? best : tier;
}

void force_cpu_tier(size_t tier) { forced.store(tier, std::memory_order_relaxed); }
void unforce_cpu_tier() { forced.store(kNotForced, std::memory_order_relaxed); }

}  // namespace mipzk
