// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string_view>

#include "base/cpu_tier_list.hpp"
#include "support/cpu_tiers.hpp"
#include "unit/field/packed_cases.hpp"

namespace packed_cases {

MIPZK_CPU_TIERS(MIPZK_TIER_DECLARATION, Cases run)
namespace tier_plain {  // compiled for this test in all builds
extern Cases run;
}

namespace {

void expect_right(const Counts& counts, unsigned lanes) {
  EXPECT_EQ(counts.lanes, lanes);
  EXPECT_GT(counts.checked, 100000u);
  EXPECT_EQ(counts.different, 0u);
}

TEST(Packed, EveryTierAgreesWithScalar) {
  Cases* const of_tier[] = {MIPZK_CPU_TIERS(MIPZK_TIER_ADDRESS, run)};
  mipzk::test::on_each_tier([&](const mipzk::CpuTier& tier) {
    const std::string_view name = tier.name;
    expect_right(of_tier[mipzk::cpu_tier()](), name == "avx512"  ? 16
                                               : name == "avx2"  ? 8
                                               : name == "plain" ? 1
                                                                 : 4);
  });
}

TEST(Packed, PlainAgreesWithScalar) { expect_right(tier_plain::run(), 1); }

}  // namespace
}  // namespace packed_cases
