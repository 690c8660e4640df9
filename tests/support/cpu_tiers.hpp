// SPDX-License-Identifier: Apache-2.0
// For tests that run on every CPU tier.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>

#include "base/cpu_tier.hpp"

namespace mipzk::test {

// Calls f(tier) with each tier forced that this processor has, and prints the others.
template <class F>
void on_each_tier(F&& f) {
  for (size_t i = 0; i < cpu_tiers().size(); ++i) {
    const CpuTier& tier = cpu_tiers()[i];
    if (!tier.available) {
      std::printf("this processor does not have the CPU tier %s\n", tier.name);
      continue;
    }
    SCOPED_TRACE(tier.name);
    force_cpu_tier(i);
    f(tier);
  }
  unforce_cpu_tier();
}

}  // namespace mipzk::test
