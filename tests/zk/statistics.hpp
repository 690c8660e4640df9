// SPDX-License-Identifier: Apache-2.0
// Tests of hypotheses, by normal approximations that are good for the sizes at hand.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "field/fp.hpp"

namespace mipzk::test {

// One-sided probability of 1e-6.
inline constexpr double kZ = 4.753;

// The least number of right guesses among n that a coin reaches with probability below 1e-6, and,
// symmetrically, n minus it: the binomial distribution, summed exactly.
inline bool at_chance(size_t right, size_t n) {
  const size_t far = right > n - right ? right : n - right;
  double p = 0;
  for (size_t k = far; k <= n; ++k)
    p += std::exp(
        std::lgamma(static_cast<double>(n) + 1) - std::lgamma(static_cast<double>(k) + 1) -
        std::lgamma(static_cast<double>(n - k) + 1) - static_cast<double>(n) * std::log(2.0));
  return 2 * p > 1e-6;
}

// The high bits of field elements, counted.
struct Histogram {
  static constexpr size_t kClasses = 64;
  std::array<double, kClasses> count{};
  double total = 0;

  void add(field::Fp x) {
    ++count[static_cast<size_t>(uint64_t{x.raw()} * kClasses / field::kP)];
    ++total;
  }
};

// The value that chi-square with `freedom` degrees exceeds with probability 1e-6 (Wilson,
// Hilferty).
inline double chi_square_limit(double freedom) {
  const double a = 2 / (9 * freedom);
  return freedom * std::pow(1 - a + kZ * std::sqrt(a), 3);
}

inline double chi_square_uniform(const Histogram& h) {
  const double expected = h.total / Histogram::kClasses;
  double chi = 0;
  for (double c : h.count) chi += (c - expected) * (c - expected) / expected;
  return chi;
}

// That two histograms come from one distribution.
inline double chi_square_equal(const Histogram& a, const Histogram& b) {
  const double ka = std::sqrt(b.total / a.total), kb = 1 / ka;
  double chi = 0;
  for (size_t i = 0; i < Histogram::kClasses; ++i) {
    const double d = ka * a.count[i] - kb * b.count[i], sum = a.count[i] + b.count[i];
    if (sum > 0) chi += d * d / sum;
  }
  return chi;
}

}  // namespace mipzk::test
