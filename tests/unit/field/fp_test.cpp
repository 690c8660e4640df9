// SPDX-License-Identifier: Apache-2.0
// Fp against plain 64-bit arithmetic modulo p.
#include "field/fp.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace mipzk::field {
namespace {

constexpr uint64_t kMod = 2130706433;  // 2^31 - 2^24 + 1
static_assert(kP == kMod);

uint64_t power(uint64_t b, uint64_t e, uint64_t mod = kMod) {
  uint64_t r = 1 % mod;
  for (b %= mod; e != 0; e >>= 1, b = b * b % mod)
    if ((e & 1) != 0) r = r * b % mod;
  return r;
}

// Values near all the places where a reduction could go wrong, and random ones.
std::vector<uint32_t> sample() {
  std::vector<uint32_t> v;
  for (uint64_t centre :
       {uint64_t{0}, kMod / 2, kMod, (uint64_t{1} << 24), (uint64_t{1} << 30), (uint64_t{1} << 31),
        uint64_t{0x01fffffe}, uint64_t{0x81000001}, 2 * kMod, (uint64_t{1} << 32)})
    for (int64_t d = -12; d <= 12; ++d) {
      int64_t x = static_cast<int64_t>(centre) + d;
      if (x >= 0 && x <= 0xffffffff) v.push_back(static_cast<uint32_t>(x));
    }
  for (unsigned bit = 0; bit < 32; ++bit) v.push_back(uint32_t{1} << bit);
  std::mt19937_64 random(1);
  for (int i = 0; i < 600; ++i) v.push_back(static_cast<uint32_t>(random()));
  return v;
}

TEST(Fp, ModulusIsPrimeAndThreeGenerates) {
  for (uint64_t d = 2; d * d <= kMod; ++d) ASSERT_NE(kMod % d, 0u) << d;
  EXPECT_EQ(kMod - 1, (uint64_t{127} << 24));
  EXPECT_EQ(kTwoAdicity, 24u);
  EXPECT_EQ(power(kGenerator, kMod - 1), 1u);
  EXPECT_NE(power(kGenerator, (kMod - 1) / 2), 1u);
  EXPECT_NE(power(kGenerator, (kMod - 1) / 127), 1u);
}

TEST(Fp, ConversionsAreExact) {
  for (uint32_t x : sample()) {
    Fp a(x);
    EXPECT_EQ(a.value(), x % kMod);
    EXPECT_EQ(a.raw(), (uint64_t{x} << 32) % kMod);  // (x * 2^32) mod p; x < 2^32
    EXPECT_LT(a.raw(), kP);
    EXPECT_EQ(Fp::from_raw(a.raw()), a);
    int64_t s = static_cast<int32_t>(x);
    EXPECT_EQ(Fp::from_i32(static_cast<int32_t>(x)).value(),
              static_cast<uint64_t>((s % int64_t{kMod} + int64_t{kMod}) % int64_t{kMod}));
  }
  EXPECT_EQ(Fp::zero().value(), 0u);
  EXPECT_EQ(Fp::one().value(), 1u);
  EXPECT_EQ(Fp(), Fp::zero());
}

TEST(Fp, AllPairsAgreeWithPlainArithmetic) {
  std::vector<uint32_t> values = sample();
  for (uint32_t x : values)
    for (uint32_t y : values) {
      const uint64_t a = x % kMod, b = y % kMod;
      const Fp fa(x), fb(y);
      const Fp sum = fa + fb, difference = fa - fb, product = fa * fb;
      ASSERT_EQ(sum.value(), (a + b) % kMod) << a << " " << b;
      ASSERT_EQ(difference.value(), (a + kMod - b) % kMod) << a << " " << b;
      ASSERT_EQ(product.value(), a * b % kMod) << a << " " << b;
      // Fully reduced words: equality of values is equality of words.
      ASSERT_LT(sum.raw(), kP);
      ASSERT_LT(difference.raw(), kP);
      ASSERT_LT(product.raw(), kP);
      ASSERT_EQ(fa == fb, a == b);
      Fp c = fa;
      ASSERT_EQ(c += fb, sum);
      c = fa;
      ASSERT_EQ(c -= fb, difference);
      c = fa;
      ASSERT_EQ(c *= fb, product);
    }
}

// The raw words themselves, since code that works on them (packing, hashing) relies on them.
TEST(Fp, MontgomeryReductionIsExactAtItsBounds) {
  const uint64_t inverse_of_r = power((uint64_t{1} << 32) % kMod, kMod - 2);
  const uint64_t limit = kMod << 32;  // x < p * 2^32
  std::vector<uint64_t> xs;
  for (uint64_t d = 0; d < 2000; ++d) {
    xs.push_back(d);
    xs.push_back(limit - 1 - d);
    xs.push_back(limit / 2 + d);
    xs.push_back((kMod - 1) * (kMod - 1) - d);
    xs.push_back((d << 32) + 0xffffffff);
  }
  std::mt19937_64 random(2);
  for (int i = 0; i < 100000; ++i) xs.push_back(random() % limit);
  for (uint64_t x : xs) {
    ASSERT_EQ(Fp::mont(x), x % kMod * inverse_of_r % kMod) << x;
  }
}

TEST(Fp, NegationInverseAndPowers) {
  for (uint32_t x : sample()) {
    const uint64_t a = x % kMod;
    const Fp f(x);
    EXPECT_EQ((-f).value(), (kMod - a) % kMod);
    EXPECT_LT((-f).raw(), kP);
    EXPECT_EQ(f.inverse().value(), power(a, kMod - 2));
    if (a != 0) {
      EXPECT_EQ(f * f.inverse(), Fp::one());
    }
    for (uint64_t e : {uint64_t{0}, uint64_t{1}, uint64_t{2}, uint64_t{5}, kMod - 1, kMod,
                       uint64_t{0x123456789abcdef}})
      EXPECT_EQ(f.pow(e).value(), power(a, e)) << a << "^" << e;
  }
  EXPECT_EQ(Fp::zero().inverse(), Fp::zero());
  EXPECT_EQ(Fp::zero().pow(0), Fp::one());
}

TEST(Fp, RootsOfUnityHaveTheirOrders) {
  EXPECT_EQ(root_of_unity(0), Fp::one());
  EXPECT_EQ(root_of_unity(1), -Fp::one());
  for (unsigned k = 1; k <= kTwoAdicity; ++k) {
    Fp w = root_of_unity(k);
    EXPECT_EQ(w.pow(uint64_t{1} << (k - 1)), -Fp::one()) << k;  // the order is 2^k exactly
    EXPECT_EQ(w * w, root_of_unity(k - 1)) << k;
    EXPECT_EQ(w.value(), power(3, (kMod - 1) >> k)) << k;
  }
}

}  // namespace
}  // namespace mipzk::field
