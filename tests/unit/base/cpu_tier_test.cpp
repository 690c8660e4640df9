// SPDX-License-Identifier: Apache-2.0
#include "base/cpu_tier.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace mipzk {
namespace {

TEST(CpuTier, TheFastestAvailableOneIsUsed) {
  const std::string_view used = cpu_tiers()[cpu_tier()].name;
#if defined(MIPZK_PORTABLE)
  EXPECT_EQ(used, "plain");
#elif defined(__x86_64__)
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
  EXPECT_EQ(used, avx512 ? "avx512" : __builtin_cpu_supports("avx2") ? "avx2" : "sse2");
#else
  EXPECT_EQ(cpu_tier(), cpu_tiers().size() - 1);
#endif
}

TEST(CpuTier, IsTheForcedOneUntilReleased) {
  const size_t best = cpu_tier();
  force_cpu_tier(0);
  EXPECT_EQ(cpu_tier(), 0u);
  EXPECT_TRUE(cpu_tiers()[0].available);
  unforce_cpu_tier();
  EXPECT_EQ(cpu_tier(), best);
}

}  // namespace
}  // namespace mipzk
