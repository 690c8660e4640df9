// The quotient kernel, included by one source file per instruction set.
//
// Lanes are points. Only packed types are computed with here: an ordinary inline function compiled
// with this file's flags could be merged with the copy that other files use.
#include "commit/ntt.hpp"
#include "field/packed.hpp"
#include "prove/quotient.hpp"

namespace mipzk::prove {
inline namespace MIPZK_PACKED_ISA {

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

template <class T>
void quotient_points(const InstanceScope& s, const PointSet& set, const PointFactors& f,
                     size_t begin, size_t end, Fp5* acc) {
  constexpr air::Layout L = air::compute_layout<T>();
  constexpr size_t ext_width = 5 * L.ext_columns();
  V pre[L.pre_columns + 1], base[L.base_columns];
  E ext[L.ext_columns() + 1];
  for (size_t j = begin; j < end; j += kLanes) {
    size_t row[kLanes], next[kLanes];
    for (size_t l = 0; l < kLanes; ++l) row[l] = j + l;
    for (size_t c = 0; c < L.pre_columns; ++c) pre[c] = gather(set.pre, L.pre_columns, row, c);
    for (size_t c = 0; c < L.base_columns; ++c) base[c] = gather(set.base, L.base_columns, row, c);
    for (size_t c = 0; c < L.ext_columns(); ++c) ext[c] = gather_ext(set.ext, ext_width, row, c);

    air::PointCells<V, E> cells{};
    cells.pre = pre;
    cells.base = base;
    cells.ext = ext;
    if constexpr (L.running_columns() != 0) {
      const bool given = set.next != nullptr;
      if (!given) {
        // The trace's generator is the square of the domain's.
        const size_t mask = (size_t{1} << set.log_points) - 1;
        for (size_t l = 0; l < kLanes; ++l) {
          size_t i = commit::bit_reverse(j + l, set.log_points);
          next[l] = commit::bit_reverse((i + 2) & mask, set.log_points);
        }
      }
      unsigned k = 0;
      auto running = [&](E& out, unsigned index) {
        out = given ? gather_ext(set.next, 5 * L.running_columns(), row, k)
                    : gather_ext(set.ext, ext_width, next, index);
        ++k;
      };
      if constexpr (L.has_p()) running(cells.p_next, L.p_index());
      if constexpr (L.has_g()) running(cells.g_next, L.g_index());
      if constexpr (L.has_s()) running(cells.s_next, L.s_index());
    }
    air::ConstraintEval<T, V, E> eval(*s.local, *s.global, *s.published, s.gamma, cells);
    eval.run();
    using O = air::Ops<V, E>;
    E sum = O::mul_base(eval.row, V::load(&f.row[j]));
    sum += O::mul_base(eval.first, V::load(&f.first[j]));
    sum += O::mul_base(eval.closing, V::load(&f.closing[j]));
    for (size_t k = 0; k < 5; ++k) {
      Fp lanes[kLanes];
      (gather(reinterpret_cast<const Fp*>(acc), 5, row, k) + sum.c[k]).store(lanes);
      for (size_t l = 0; l < kLanes; ++l) acc[j + l].c[k] = lanes[l];
    }
  }
}

inline void quotient_any(const InstanceScope& s, const PointSet& set, const PointFactors& f,
                         size_t begin, size_t end, Fp5* acc) {
  air::for_each_table([&]<class T>() {
    if (air::kTableId<T> == s.table) quotient_points<T>(s, set, f, begin, end, acc);
  });
}

}  // namespace MIPZK_PACKED_ISA
}  // namespace mipzk::prove
