// SPDX-License-Identifier: Apache-2.0
// The degree-5 extension F_p[X] / (X^5 + X^2 - 1) of KoalaBear, 155 bits: challenges, products and
// sums.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "field/fp.hpp"

namespace mipzk::field {

inline constexpr size_t kExtDegree = 5;

// r = d[0] + d[1] X + ... + d[8] X^8 modulo X^5 + X^2 - 1, for elements or vectors of them:
// X^5 = 1 - X^2, X^6 = X - X^3, X^7 = X^2 - X^4, X^8 = X^3 - X^5 = X^3 + X^2 - 1.
template <class T>
[[gnu::always_inline]] constexpr void reduce_degree(const T* d, T* r) {
  r[0] = d[0] + d[5] - d[8];
  r[1] = d[1] + d[6];
  r[2] = d[2] - d[5] + d[7] + d[8];
  r[3] = d[3] - d[6] + d[8];
  r[4] = d[4] - d[7];
}

class Fp5 {
 public:
  std::array<Fp, 5> c{};  // c[0] + c[1] X + ... + c[4] X^4

  constexpr Fp5() = default;
  constexpr Fp5(Fp a) : c{a, Fp(), Fp(), Fp(), Fp()} {}
  constexpr Fp5(uint32_t a) : Fp5(Fp(a)) {}
  constexpr explicit Fp5(const std::array<Fp, 5>& a) : c(a) {}

  friend constexpr Fp5 operator+(const Fp5& a, const Fp5& b) {
    Fp5 r;
    for (size_t i = 0; i < 5; ++i) r.c[i] = a.c[i] + b.c[i];
    return r;
  }
  friend constexpr Fp5 operator-(const Fp5& a, const Fp5& b) {
    Fp5 r;
    for (size_t i = 0; i < 5; ++i) r.c[i] = a.c[i] - b.c[i];
    return r;
  }
  friend constexpr Fp5 operator*(const Fp5& a, Fp b) {
    Fp5 r;
    for (size_t i = 0; i < 5; ++i) r.c[i] = a.c[i] * b;
    return r;
  }
  friend constexpr Fp5 operator*(Fp a, const Fp5& b) { return b * a; }
  friend constexpr Fp5 operator+(const Fp5& a, Fp b) {
    Fp5 r = a;
    r.c[0] += b;
    return r;
  }
  friend constexpr Fp5 operator-(const Fp5& a, Fp b) {
    Fp5 r = a;
    r.c[0] -= b;
    return r;
  }
  friend constexpr Fp5 operator*(const Fp5& a, const Fp5& b) {
    // Accumulates products of words below 2^31; at most five sum to less than 5 * 2^62 < 2^64.5, so
    // each partial sum is reduced once by subtracting p * 2^32 when it exceeds it.
    std::array<uint64_t, 9> t{};
    for (size_t i = 0; i < 5; ++i)
      for (size_t j = 0; j < 5; ++j) {
        uint64_t s = t[i + j] + uint64_t{a.c[i].raw()} * b.c[j].raw();
        uint64_t cut = uint64_t{kP} << 32;
        t[i + j] = s >= cut ? s - cut : s;
      }
    Fp d[9];
    for (size_t k = 0; k < 9; ++k) d[k] = Fp::from_raw(Fp::mont(t[k]));
    Fp5 r;
    reduce_degree(d, r.c.data());
    return r;
  }
  constexpr Fp5 operator-() const { return Fp5() - *this; }
  constexpr Fp5& operator+=(const Fp5& b) { return *this = *this + b; }
  constexpr Fp5& operator-=(const Fp5& b) { return *this = *this - b; }
  constexpr Fp5& operator*=(const Fp5& b) { return *this = *this * b; }
  friend constexpr bool operator==(const Fp5& a, const Fp5& b) = default;

  constexpr Fp5 pow(uint64_t e) const {
    Fp5 base = *this, r(Fp::one());
    for (; e != 0; e >>= 1, base *= base)
      if (e & 1) r *= base;
    return r;
  }
  Fp5 frobenius() const;  // x -> x^p
  Fp5 inverse() const;    // 0 -> 0
  constexpr bool is_zero() const { return *this == Fp5(); }
  // Times X: X^5 = 1 - X^2.
  constexpr Fp5 times_x() const {
    return Fp5(std::array<Fp, 5>{c[4], c[0], c[1] - c[4], c[2], c[3]});
  }
  static constexpr Fp5 zero() { return Fp5(); }
  static constexpr Fp5 one() { return Fp5(Fp::one()); }
};

// x[0] + x[1] X + ... + x[4] X^4: the value of an extension column whose base columns have these
// values at some point.
constexpr Fp5 combine_coordinates(const Fp5* x) {
  Fp5 r = x[4];
  for (size_t i = 4; i-- > 0;) r = r.times_x() + x[i];
  return r;
}

// Replaces each element by its inverse; zeros stay zero. `scratch` has the size of `values`.
void batch_inverse(std::span<Fp5> values, std::span<Fp5> scratch);

}  // namespace mipzk::field
