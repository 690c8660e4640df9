// SPDX-License-Identifier: Apache-2.0
// Elements of the extension in the lanes of registers, for sources that are compiled once for each
// CPU tier.
#pragma once

#include "field/fp5.hpp"
#include "field/packed.hpp"

namespace mipzk::field {
inline namespace MIPZK_TIER_NAMESPACE {

// Coordinate k of x. Not by x.c[k]: that is a function of std::array, which may not be called here.
MIPZK_TIER_INLINE Fp coordinate(const Fp5& x, size_t k) {
  Fp word;
  __builtin_memcpy(&word, reinterpret_cast<const unsigned char*>(&x) + k * sizeof(Fp), sizeof word);
  return word;
}
MIPZK_TIER_INLINE void set_coordinate(Fp5& x, size_t k, const Fp& word) {
  __builtin_memcpy(reinterpret_cast<unsigned char*>(&x) + k * sizeof(Fp), &word, sizeof word);
}

// W elements, coordinate by coordinate.
template <int W>
struct PackedFp5 {
  using V = PackedFp<W>;
  V c[5];

  static MIPZK_TIER_INLINE PackedFp5 zero() {
    return {{V::zero(), V::zero(), V::zero(), V::zero(), V::zero()}};
  }
  static MIPZK_TIER_INLINE PackedFp5 one() {
    constexpr Fp kOne = Fp::one();
    return {{V(kOne), V::zero(), V::zero(), V::zero(), V::zero()}};
  }
  static MIPZK_TIER_INLINE PackedFp5 broadcast(const Fp5& x) {
    PackedFp5 r;
    for (size_t k = 0; k < 5; ++k) r.c[k] = V(coordinate(x, k));
    return r;
  }
  // Lane i is from[i * step], for i < count <= W; the others are zero.
  static MIPZK_TIER_INLINE PackedFp5 load(const Fp5* from, size_t step, size_t count) {
    Fp lanes[5][W] = {};
    for (size_t i = 0; i < count; ++i)
      for (size_t k = 0; k < 5; ++k) lanes[k][i] = coordinate(from[i * step], k);
    PackedFp5 x;
    for (size_t k = 0; k < 5; ++k) x.c[k] = V::load(lanes[k]);
    return x;
  }
  MIPZK_TIER_INLINE void store(Fp5* to, size_t step, size_t count) const {
    Fp lanes[5][W];
    for (size_t k = 0; k < 5; ++k) c[k].store(lanes[k]);
    for (size_t i = 0; i < count; ++i)
      for (size_t k = 0; k < 5; ++k) set_coordinate(to[i * step], k, lanes[k][i]);
  }

  friend MIPZK_TIER_INLINE PackedFp5 operator+(const PackedFp5& a, const PackedFp5& b) {
    PackedFp5 r;
    for (int i = 0; i < 5; ++i) r.c[i] = a.c[i] + b.c[i];
    return r;
  }
  friend MIPZK_TIER_INLINE PackedFp5 operator-(const PackedFp5& a, const PackedFp5& b) {
    PackedFp5 r;
    for (int i = 0; i < 5; ++i) r.c[i] = a.c[i] - b.c[i];
    return r;
  }
  friend MIPZK_TIER_INLINE PackedFp5 operator*(const PackedFp5& a, const V& b) {
    PackedFp5 r;
    for (int i = 0; i < 5; ++i) r.c[i] = a.c[i] * b;
    return r;
  }
};

// sum += coefficient k of a b as polynomials. kScaled: b is equal in all lanes.
template <bool kScaled, int W>
MIPZK_TIER_INLINE void add_coefficient(PackedSum<W>& sum, size_t k, const PackedFp5<W>& a,
                                       const PackedFp5<W>& b) {
  const size_t first = k < 5 ? 0 : k - 4, last = k < 5 ? k : 4;  // indices in a
  for (size_t i = first; i <= last; i += 2) {
    const bool pair = i < last;
    const PackedFp<W>& a1 = pair ? a.c[i + 1] : PackedFp<W>::zero();
    const PackedFp<W>& b1 = pair ? b.c[k - i - 1] : PackedFp<W>::zero();
    if (kScaled)
      sum.add_scaled(a.c[i], b.c[k - i], a1, b1);
    else
      sum.add_products(a.c[i], b.c[k - i], a1, b1);
  }
}

template <bool kScaled, int W>
MIPZK_TIER_INLINE PackedFp5<W> multiply(const PackedFp5<W>& a, const PackedFp5<W>& b) {
  PackedFp<W> d[9];
  for (size_t k = 0; k < 9; ++k) {
    PackedSum<W> sum;
    add_coefficient<kScaled>(sum, k, a, b);
    d[k] = sum.sum();
  }
  PackedFp5<W> r;
  reduce_degree(d, r.c);
  return r;
}
template <int W>
inline PackedFp5<W> operator*(const PackedFp5<W>& a, const PackedFp5<W>& b) {
  return multiply<false>(a, b);
}

// a b - c d
template <int W>
inline PackedFp5<W> cross(const PackedFp5<W>& a, const PackedFp5<W>& b, const PackedFp5<W>& c,
                          const PackedFp5<W>& d) {
  const PackedFp5<W> minus = PackedFp5<W>::zero() - c;
  PackedFp<W> s[9];
  for (size_t k = 0; k < 9; ++k) {
    PackedSum<W> sum;
    add_coefficient<false>(sum, k, a, b);
    add_coefficient<false>(sum, k, minus, d);
    s[k] = sum.sum();
  }
  PackedFp5<W> r;
  reduce_degree(s, r.c);
  return r;
}

// A sum of elements of the base field with weights that are equal in all lanes.
template <int W>
struct PackedDot {
  PackedSum<W> s[5];

  // += a0 b0 + a1 b1
  MIPZK_TIER_INLINE void add(const PackedFp<W>& a0, const Fp5& b0, const PackedFp<W>& a1,
                             const Fp5& b1) {
    for (size_t k = 0; k < 5; ++k)
      s[k].add_scaled(a0, PackedFp<W>(coordinate(b0, k)), a1, PackedFp<W>(coordinate(b1, k)));
  }
  // += a b
  MIPZK_TIER_INLINE void add(const PackedFp<W>& a, const Fp5& b) {
    for (size_t k = 0; k < 5; ++k)
      s[k].add_scaled(a, PackedFp<W>(coordinate(b, k)), PackedFp<W>::zero(), PackedFp<W>::zero());
  }
  MIPZK_TIER_INLINE PackedFp5<W> sum() const {
    PackedFp5<W> r;
    for (size_t k = 0; k < 5; ++k) r.c[k] = s[k].sum();
    return r;
  }
};

// The same of elements of both fields: a polynomial of degree 8, still to be reduced.
template <int W>
struct PackedDot5 {
  PackedDot<W> low;
  PackedSum<W> high[4];

  // += a b
  MIPZK_TIER_INLINE void add(const PackedFp5<W>& a, const Fp5& b) {
    const PackedFp5<W> weight = PackedFp5<W>::broadcast(b);
    for (size_t k = 0; k < 5; ++k) add_coefficient<true>(low.s[k], k, a, weight);
    for (size_t k = 5; k < 9; ++k) add_coefficient<true>(high[k - 5], k, a, weight);
  }
  MIPZK_TIER_INLINE PackedFp5<W> sum() const {
    PackedFp<W> d[9];
    for (size_t k = 0; k < 5; ++k) d[k] = low.s[k].sum();
    for (size_t k = 5; k < 9; ++k) d[k] = high[k - 5].sum();
    PackedFp5<W> r;
    reduce_degree(d, r.c);
    return r;
  }
};

}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::field
