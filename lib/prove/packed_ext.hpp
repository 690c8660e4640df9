// SPDX-License-Identifier: Apache-2.0
// Extension elements in lanes. Lanes are rows.
//
// For the files that are compiled once for each CPU tier (base/cpu_tier_list.hpp). They compute
// with packed types only: an ordinary inline function compiled with their flags could be merged
// with the copy that other files use.
#pragma once

#include "field/fp5.hpp"
#include "field/packed.hpp"

namespace mipzk::prove {
inline namespace MIPZK_TIER_NAMESPACE {

using field::Fp;
using field::Fp5;
using V = field::PackedFp<field::kPackedWidth>;
using Sum = field::PackedSum<field::kPackedWidth>;
constexpr size_t kLanes = field::kPackedWidth;

// Coordinate k of x in all lanes.
MIPZK_TIER_INLINE V coordinate(const Fp5& x, size_t k) {
  Fp word;
  __builtin_memcpy(&word, reinterpret_cast<const unsigned char*>(&x) + k * sizeof(Fp), sizeof word);
  return V(word);
}

// An extension element per lane.
struct E {
  V c[5];

  static MIPZK_TIER_INLINE E zero() {
    return {{V::zero(), V::zero(), V::zero(), V::zero(), V::zero()}};
  }
  static MIPZK_TIER_INLINE E one() {
    constexpr Fp kOne = Fp::one();
    return {{V(kOne), V::zero(), V::zero(), V::zero(), V::zero()}};
  }
  static MIPZK_TIER_INLINE E broadcast(const Fp5& x) {
    E r;
    for (size_t k = 0; k < 5; ++k) r.c[k] = coordinate(x, k);
    return r;
  }
  friend MIPZK_TIER_INLINE E operator+(const E& a, const E& b) {
    E r;
    for (int i = 0; i < 5; ++i) r.c[i] = a.c[i] + b.c[i];
    return r;
  }
  friend MIPZK_TIER_INLINE E operator-(const E& a, const E& b) {
    E r;
    for (int i = 0; i < 5; ++i) r.c[i] = a.c[i] - b.c[i];
    return r;
  }
  friend MIPZK_TIER_INLINE E operator*(const E& a, const V& b) {
    E r;
    for (int i = 0; i < 5; ++i) r.c[i] = a.c[i] * b;
    return r;
  }
};

// A polynomial of degree 8 in X is reduced with X^5 = 1 - X^2.
MIPZK_TIER_INLINE E reduce_degree(const V* d) {
  E r;
  r.c[0] = d[0] + d[5] - d[8];
  r.c[1] = d[1] + d[6];
  r.c[2] = d[2] - d[5] + d[7] + d[8];
  r.c[3] = d[3] - d[6] + d[8];
  r.c[4] = d[4] - d[7];
  return r;
}

// sum += coefficient k of a b as polynomials.
MIPZK_TIER_INLINE void add_coefficient(Sum& sum, int k, const E& a, const E& b) {
  int i = k < 5 ? 0 : k - 4;
  const int last = k < 5 ? k : 4;
  for (; i < last; i += 2) sum.add_products(a.c[i], b.c[k - i], a.c[i + 1], b.c[k - i - 1]);
  if (i == last) sum.add_products(a.c[i], b.c[k - i], V::zero(), V::zero());
}

inline E operator*(const E& a, const E& b) {
  V d[9];
  for (int k = 0; k < 9; ++k) {
    Sum sum;
    add_coefficient(sum, k, a, b);
    d[k] = sum.sum();
  }
  return reduce_degree(d);
}

// a b - c d
inline E cross(const E& a, const E& b, const E& c, const E& d) {
  const E minus = E::zero() - c;
  V s[9];
  for (int k = 0; k < 9; ++k) {
    Sum sum;
    add_coefficient(sum, k, a, b);
    add_coefficient(sum, k, minus, d);
    s[k] = sum.sum();
  }
  return reduce_degree(s);
}

// A sum of products with factors that are equal in all lanes, still to be reduced.
struct WeightedSum {
  Sum d[9];

  // += a0 b0 + a1 b1
  MIPZK_TIER_INLINE void add(const V& a0, const Fp5& b0, const V& a1, const Fp5& b1) {
    for (size_t k = 0; k < 5; ++k) d[k].add_scaled(a0, coordinate(b0, k), a1, coordinate(b1, k));
  }
  // += a b
  MIPZK_TIER_INLINE void add(const E& a, const Fp5& b) {
    for (size_t k = 0; k < 9; ++k) {
      size_t i = k < 5 ? 0 : k - 4;
      const size_t last = k < 5 ? k : 4;
      for (; i < last; i += 2)
        d[k].add_scaled(a.c[i], coordinate(b, k - i), a.c[i + 1], coordinate(b, k - i - 1));
      if (i == last) d[k].add_scaled(a.c[i], coordinate(b, k - i), V::zero(), V::zero());
    }
  }
  MIPZK_TIER_INLINE E reduce() const {
    V v[9];
    for (int k = 0; k < 9; ++k) v[k] = d[k].sum();
    return reduce_degree(v);
  }
};

// Column `c` of rows row[0], row[1], ... of a row-major matrix.
MIPZK_TIER_INLINE V gather(const Fp* matrix, size_t width, const size_t* row, size_t c) {
  Fp lanes[kLanes];
  for (size_t l = 0; l < kLanes; ++l) lanes[l] = matrix[row[l] * width + c];
  return V::load(lanes);
}

}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::prove
