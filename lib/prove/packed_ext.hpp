// Extension elements in lanes, and how the constraint evaluator computes with them. Lanes are rows.
//
// For the files that are compiled once per instruction set (field/packed.hpp). They compute with
// packed types only: an ordinary inline function compiled with their flags could be merged with the
// copy that other files use.
#pragma once

#include "air/constraints.hpp"
#include "field/packed.hpp"

namespace mipzk::prove {
inline namespace MIPZK_PACKED_ISA {

using field::Fp;
using field::Fp5;
using V = field::PackedFp<field::kPackedWidth>;

// An extension element per lane.
struct E {
  V c[5];

  friend MIPZK_PACKED_INLINE E operator+(const E& a, const E& b) {
    E r;
    for (int i = 0; i < 5; ++i) r.c[i] = a.c[i] + b.c[i];
    return r;
  }
  friend MIPZK_PACKED_INLINE E operator-(const E& a, const E& b) {
    E r;
    for (int i = 0; i < 5; ++i) r.c[i] = a.c[i] - b.c[i];
    return r;
  }
  MIPZK_PACKED_INLINE E& operator+=(const E& b) {
    for (int i = 0; i < 5; ++i) c[i] += b.c[i];
    return *this;
  }
  // X^5 = 1 - X^2, as in Fp5.
  friend E operator*(const E& a, const E& b) {
    V d[9];
    for (int k = 0; k < 9; ++k) {
      const int low = k < 5 ? 0 : k - 4, high = k < 5 ? k : 4;
      d[k] = a.c[low] * b.c[k - low];
      for (int i = low + 1; i <= high; ++i) d[k] += a.c[i] * b.c[k - i];
    }
    E r;
    r.c[0] = d[0] + d[5] - d[8];
    r.c[1] = d[1] + d[6];
    r.c[2] = d[2] - d[5] + d[7] + d[8];
    r.c[3] = d[3] - d[6] + d[8];
    r.c[4] = d[4] - d[7];
    return r;
  }
};

MIPZK_PACKED_INLINE E broadcast(const Fp5& x) {
  E r;
  for (int i = 0; i < 5; ++i) r.c[i] = V(x.c[i]);
  return r;
}

}  // namespace MIPZK_PACKED_ISA
}  // namespace mipzk::prove

namespace mipzk::air {

template <>
struct Ops<prove::V, prove::E> {
  using V = prove::V;
  using E = prove::E;
  using K = V;
  static MIPZK_PACKED_INLINE V constant(uint32_t n) { return V(Fp(n)); }
  static MIPZK_PACKED_INLINE V k(uint32_t n) { return V(Fp(n)); }
  static MIPZK_PACKED_INLINE E ext(const Fp5& c) { return prove::broadcast(c); }
  static MIPZK_PACKED_INLINE E from_base(const V& v) {
    E r = ext(Fp5());
    r.c[0] = v;
    return r;
  }
  static MIPZK_PACKED_INLINE E mul_base(const E& e, const V& v) {
    E r;
    for (int i = 0; i < 5; ++i) r.c[i] = e.c[i] * v;
    return r;
  }
  static MIPZK_PACKED_INLINE E mul_const(const Fp5& c, const E& e) { return ext(c) * e; }
};

}  // namespace mipzk::air

namespace mipzk::prove {
inline namespace MIPZK_PACKED_ISA {

constexpr size_t kLanes = field::kPackedWidth;

// Column `c` of rows row[0], row[1], ... of a row-major matrix.
MIPZK_PACKED_INLINE V gather(const Fp* matrix, size_t width, const size_t* row, size_t c) {
  Fp lanes[kLanes];
  for (size_t l = 0; l < kLanes; ++l) lanes[l] = matrix[row[l] * width + c];
  return V::load(lanes);
}
MIPZK_PACKED_INLINE E gather_ext(const Fp* matrix, size_t width, const size_t* row, size_t ext) {
  E r;
  for (size_t k = 0; k < 5; ++k) r.c[k] = gather(matrix, width, row, 5 * ext + k);
  return r;
}

}  // namespace MIPZK_PACKED_ISA
}  // namespace mipzk::prove
