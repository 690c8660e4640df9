// SPDX-License-Identifier: Apache-2.0
// Fp5 against polynomial arithmetic modulo X^5 + X^2 - 1 with exact integers.
#include "field/fp5.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/multiprecision/cpp_int.hpp>
#include <random>
#include <vector>

namespace mipzk::field {
namespace {

using Integer = boost::multiprecision::cpp_int;
using Poly = std::array<Integer, 5>;  // canonical coefficients

const Integer kModulus = 2130706433;

Poly poly_of(const Fp5& a) {
  Poly r;
  for (size_t i = 0; i < 5; ++i) r[i] = a.c[i].value();
  return r;
}

// Schoolbook product over the integers, then long division by X^5 + X^2 - 1.
Poly product(const Poly& a, const Poly& b) {
  std::array<Integer, 9> t;
  for (size_t i = 0; i < 5; ++i)
    for (size_t j = 0; j < 5; ++j) t[i + j] += a[i] * b[j];
  for (size_t k = 8; k >= 5; --k) {
    t[k - 5] += t[k];
    t[k - 3] -= t[k];
    t[k] = 0;
  }
  Poly r;
  for (size_t i = 0; i < 5; ++i) r[i] = (t[i] % kModulus + kModulus) % kModulus;
  return r;
}

Poly power(Poly b, Integer e) {
  Poly r = {1, 0, 0, 0, 0};
  for (; e != 0; e >>= 1) {
    if ((e & 1) != 0) r = product(r, b);
    b = product(b, b);
  }
  return r;
}

Fp5 make(uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e) {
  return Fp5(std::array<Fp, 5>{Fp(a), Fp(b), Fp(c), Fp(d), Fp(e)});
}

// Random elements, and ones whose raw words are extreme: the accumulators of the product are
// largest for raw words p - 1.
std::vector<Fp5> sample(size_t random_count) {
  std::vector<Fp5> v = {Fp5::zero(), Fp5::one(), make(0, 1, 0, 0, 0), make(0, 0, 0, 0, 1),
                        make(kP - 1, kP - 1, kP - 1, kP - 1, kP - 1)};
  const Fp big = Fp::from_raw(kP - 1);
  for (unsigned set = 1; set < 32; ++set) {
    Fp5 x;
    for (unsigned i = 0; i < 5; ++i)
      if ((set >> i & 1) != 0) x.c[i] = big;
    v.push_back(x);
  }
  std::mt19937_64 random(1);
  for (size_t n = 0; n < random_count; ++n) {
    Fp5 x;
    for (Fp& c : x.c) c = Fp(static_cast<uint32_t>(random()));
    v.push_back(x);
  }
  return v;
}

TEST(Fp5, ArithmeticAgreesWithPolynomials) {
  std::vector<Fp5> values = sample(60);
  for (const Fp5& a : values)
    for (const Fp5& b : values) {
      Poly pa = poly_of(a), pb = poly_of(b), sum, difference;
      for (size_t i = 0; i < 5; ++i) {
        sum[i] = (pa[i] + pb[i]) % kModulus;
        difference[i] = (pa[i] + kModulus - pb[i]) % kModulus;
      }
      ASSERT_EQ(poly_of(a + b), sum);
      ASSERT_EQ(poly_of(a - b), difference);
      ASSERT_EQ(poly_of(a * b), product(pa, pb));
      for (Fp c : (a * b).c) ASSERT_LT(c.raw(), kP);
      // Mixed forms equal the embedded ones.
      ASSERT_EQ(a * b.c[0], a * Fp5(b.c[0]));
      ASSERT_EQ(b.c[0] * a, a * Fp5(b.c[0]));
      ASSERT_EQ(a + b.c[0], a + Fp5(b.c[0]));
      ASSERT_EQ(a - b.c[0], a - Fp5(b.c[0]));
      Fp5 c = a;
      ASSERT_EQ(c += b, a + b);
      c = a;
      ASSERT_EQ(c -= b, a - b);
      c = a;
      ASSERT_EQ(c *= b, a * b);
      ASSERT_EQ(a == b, pa == pb);
    }
}

TEST(Fp5, IsACommutativeRingWithInverses) {
  std::vector<Fp5> values = sample(20);
  for (const Fp5& a : values) {
    EXPECT_EQ(a + Fp5::zero(), a);
    EXPECT_EQ(a * Fp5::one(), a);
    EXPECT_EQ(a + (-a), Fp5::zero());
    EXPECT_EQ(a * Fp5::zero(), Fp5::zero());
    EXPECT_EQ(a.is_zero(), a == Fp5::zero());
    if (a.is_zero())
      EXPECT_EQ(a.inverse(), Fp5::zero());
    else
      EXPECT_EQ(a * a.inverse(), Fp5::one());
    for (const Fp5& b : values) {
      ASSERT_EQ(a * b, b * a);
      for (const Fp5& c : values) {
        ASSERT_EQ((a * b) * c, a * (b * c));
        ASSERT_EQ(a * (b + c), a * b + a * c);
      }
    }
  }
}

// Rabin's test for degree 5: X^(p^5) = X, and X^p - X is invertible modulo f (5 is prime, so the
// only proper divisor of the degree is 1). The exact powers are taken with the oracle.
TEST(Fp5, ReductionPolynomialIsIrreducible) {
  const Poly x = {0, 1, 0, 0, 0};
  Poly xp = power(x, kModulus);
  EXPECT_NE(xp, x);
  Poly y = xp;
  for (int i = 1; i < 5; ++i) y = power(y, kModulus);
  EXPECT_EQ(y, x);

  // gcd(X^p - X, f) = 1, by Euclid's algorithm on plain coefficient vectors.
  using Coefficients = std::vector<Integer>;
  auto trim = [](Coefficients& a) {
    while (!a.empty() && a.back() == 0) a.pop_back();
  };
  auto remainder = [&](Coefficients a, const Coefficients& b) {
    Integer lead = powm(b.back(), kModulus - 2, kModulus);
    while (a.size() >= b.size()) {
      Integer q = a.back() * lead % kModulus;
      size_t shift = a.size() - b.size();
      for (size_t i = 0; i < b.size(); ++i)
        a[shift + i] = ((a[shift + i] - q * b[i]) % kModulus + kModulus) % kModulus;
      trim(a);
    }
    return a;
  };
  Coefficients f = {kModulus - 1, 0, 1, 0, 0, 1};
  Coefficients g(xp.begin(), xp.end());
  g[1] = (g[1] + kModulus - 1) % kModulus;
  trim(g);
  while (!g.empty()) {
    Coefficients r = remainder(f, g);
    f = g;
    g = r;
  }
  EXPECT_EQ(f.size(), 1u);  // the gcd is a constant
}

TEST(Fp5, FrobeniusIsThePthPower) {
  for (const Fp5& a : sample(10)) {
    EXPECT_EQ(poly_of(a.frobenius()), power(poly_of(a), kModulus));
    EXPECT_EQ(a.frobenius(), a.pow(kP));
    Fp5 b = a;
    for (int i = 0; i < 5; ++i) b = b.frobenius();
    EXPECT_EQ(b, a);
  }
  EXPECT_EQ(Fp5(7).frobenius(), Fp5(7));
  EXPECT_NE(make(0, 1, 0, 0, 0).frobenius(), make(0, 1, 0, 0, 0));
}

TEST(Fp5, PowersAgreeWithPolynomials) {
  for (const Fp5& a : sample(5))
    for (uint64_t e : {uint64_t{0}, uint64_t{1}, uint64_t{2}, uint64_t{17}, uint64_t{kP} - 1,
                       uint64_t{0xfedcba9876543210u}})
      EXPECT_EQ(poly_of(a.pow(e)), power(poly_of(a), e)) << e;
}

TEST(Fp5, InverseAgreesWithFermat) {
  Integer order = boost::multiprecision::pow(kModulus, 5) - 2;
  for (const Fp5& a : sample(3)) EXPECT_EQ(poly_of(a.inverse()), power(poly_of(a), order));
}

TEST(Fp5, BatchInverseKeepsZeros) {
  std::vector<Fp5> values = sample(100);
  std::vector<std::vector<Fp5>> batches = {
      {}, {Fp5::zero()}, {Fp5(3)}, std::vector<Fp5>(4), {Fp5::zero(), Fp5(2), Fp5::zero()}, values};
  values.insert(values.begin() + 50, 3, Fp5::zero());
  values.push_back(Fp5::zero());
  batches.push_back(values);
  for (const std::vector<Fp5>& batch : batches) {
    std::vector<Fp5> inverses = batch, scratch(batch.size());
    batch_inverse(inverses, scratch);
    for (size_t i = 0; i < batch.size(); ++i) EXPECT_EQ(inverses[i], batch[i].inverse()) << i;
  }
}

}  // namespace
}  // namespace mipzk::field
