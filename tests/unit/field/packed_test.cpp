// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "unit/field/packed_cases.hpp"

namespace {

TEST(Packed, BaselineAgreesWithScalar) {
  const packed_cases::Counts c = packed_cases::run_baseline();
  EXPECT_GT(c.checked, 100000u);
  EXPECT_EQ(c.different, 0u);
}

#if defined(__x86_64__)
TEST(Packed, Avx2AgreesWithScalar) {
  if (!__builtin_cpu_supports("avx2")) GTEST_SKIP() << "no AVX2 on this processor";
  const packed_cases::Counts c = packed_cases::run_avx2();
  EXPECT_EQ(c.lanes, 8u);
  EXPECT_GT(c.checked, 100000u);
  EXPECT_EQ(c.different, 0u);
}

TEST(Packed, Avx512AgreesWithScalar) {
  if (!__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl") ||
      !__builtin_cpu_supports("avx512bw"))
    GTEST_SKIP() << "no AVX-512 on this processor";
  const packed_cases::Counts c = packed_cases::run_avx512();
  EXPECT_EQ(c.lanes, 16u);
  EXPECT_GT(c.checked, 100000u);
  EXPECT_EQ(c.different, 0u);
}
#endif

}  // namespace
