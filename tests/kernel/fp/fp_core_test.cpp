// SPDX-License-Identifier: Apache-2.0
// The quotient and the square root of fractions against exact integer arithmetic, on the host.
#include <gtest/gtest.h>

#include <random>

extern "C" {
#define _Noreturn __attribute__((noreturn))
#include "fp_impl.h"
#undef _Noreturn
volatile uint32_t fp_test_csr, fp_test_word, fp_test_fcc[8];
void fp_raise(uint32_t) { std::abort(); }
}

namespace {

__extension__ using Wide = unsigned __int128;

// A fraction of 53 bits at the top of 64: random, sparse, dense, and near both ends of the range.
uint64_t fraction(std::mt19937_64& random) {
  uint64_t f = random();
  switch (random() % 8) {
    case 0:
      f = ~uint64_t{0} << (random() % 53 + 11);
      break;
    case 1:
      f = uint64_t{1} << (random() % 53 + 11);
      break;
    case 2:
      f = random() & random() & random() & random();
      break;
    case 3:
      f = ~(random() & random() & random() & random());
      break;
    case 4:
      f = ~uint64_t{0} - (random() % 16 << 11);
      break;
    case 5:
      f = random() % 16 << 11;
      break;
    case 6: {  // a square, so that roots come out exact
      const uint64_t root = (random() & 0x3ffffff) | 0x4000000;
      f = root * root << 10;
      break;
    }
    default:
      break;
  }
  return (f | uint64_t{1} << 63) & ~uint64_t{0x7ff};
}

TEST(FpCore, QuotientIsExact) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000000; i++) {
    const uint64_t a = fraction(random), b = fraction(random);
    const uint64_t q = fp_divide(uint32_t(a >> 32), uint32_t(a), uint32_t(b >> 32), uint32_t(b));
    const Wide n = Wide{a} << 55;
    ASSERT_EQ(q, uint64_t(n / b) | uint64_t{n % b != 0}) << std::hex << a << " / " << b;
  }
}

TEST(FpCore, RootIsExact) {
  std::mt19937_64 random(2);
  int exact = 0;
  for (int i = 0; i < 2000000; i++) {
    const uint64_t m = fraction(random) >> (random() & 1);
    const uint64_t x = fp_root(uint32_t(m >> 32), uint32_t(m));
    const Wide n = Wide{m} << 48;
    if (Wide{x} * x == n) {
      exact++;
      continue;
    }
    // Not exact: the last bit is set, and the integer part of the root is x or x - 1.
    ASSERT_EQ(x & 1, 1u) << std::hex << m;
    ASSERT_TRUE(Wide{x - 1} * (x - 1) < n && n < Wide{x + 1} * (x + 1)) << std::hex << m;
  }
  EXPECT_GT(exact, 1000);
}

}  // namespace
