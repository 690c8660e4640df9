// Evaluates the constraints of an instance on the points that determine its quotient.
//
// The quotient of a height class has degree below 2N + R. It is evaluated on the coset 3<w_2N> (rows of
// the low-degree extensions, in bit-reversed order) and, for the part that overflows 2N coefficients, on
// the small coset 9<w_512> in natural order.
#pragma once

#include <vector>

#include "air/constraints.hpp"
#include "base/pool.hpp"

namespace mipzk::prove {

using field::Fp;
using field::Fp5;

// Row-major cells of one instance on a set of points. `pre`, `base`, `ext` have the widths of the
// layout. `next` gives the running columns (P, G, S, those that exist) one trace row on.
struct PointSet {
  size_t points = 0;
  const Fp* pre = nullptr;
  const Fp* base = nullptr;
  const Fp* ext = nullptr;
  const Fp* next = nullptr;  // row-major, 5 * running columns; null: take rows of `ext` by next_row
  unsigned log_points = 0;   // when `next` is null: the bit-reversed domain of 2N points
};

// Base-field factors of each point, shared by a height class.
struct PointFactors {
  std::vector<Fp> row;      // E(x) / Z_H(x)
  std::vector<Fp> first;    // 1 / (x - 1)
  std::vector<Fp> closing;  // 1 / (x - g^(N - R))
};

inline size_t bit_reverse(size_t i, unsigned bits) {
  size_t r = 0;
  for (unsigned b = 0; b < bits; ++b) r |= (i >> b & 1) << (bits - 1 - b);
  return r;
}
// On the domain of 2N points, the trace's generator is the square of the domain's.
inline size_t next_row(size_t j, unsigned log_points) {
  size_t i = bit_reverse(j, log_points);
  return bit_reverse((i + 2) & ((size_t{1} << log_points) - 1), log_points);
}

// acc[j] += the instance's share of the quotient at point j.
template <class T>
void add_quotient(Pool& pool, const air::FormBases& local, const air::FormBases& global,
                  const air::Published& published, const Fp5* gamma, const PointSet& set,
                  const PointFactors& factors, Fp5* acc) {
  constexpr air::Layout L = air::compute_layout<T>();
  pool.parallel_for(set.points, 256, [&](size_t begin, size_t end) {
    for (size_t j = begin; j < end; ++j) {
      air::PointCells<Fp, Fp5> cells{};
      cells.pre = set.pre + j * L.pre_columns;
      cells.base = set.base + j * L.base_columns;
      cells.ext = reinterpret_cast<const Fp5*>(set.ext) + j * L.ext_columns();
      if (set.next != nullptr) {
        const Fp5* next = reinterpret_cast<const Fp5*>(set.next) + j * L.running_columns();
        unsigned k = 0;
        if constexpr (L.has_p()) cells.p_next = next[k++];
        if constexpr (L.has_g()) cells.g_next = next[k++];
        if constexpr (L.has_s()) cells.s_next = next[k++];
        (void)k;
      } else if constexpr (L.running_columns() != 0) {
        const Fp5* next = reinterpret_cast<const Fp5*>(set.ext) +
                          next_row(j, set.log_points) * L.ext_columns();
        if constexpr (L.has_p()) cells.p_next = next[L.p_index()];
        if constexpr (L.has_g()) cells.g_next = next[L.g_index()];
        if constexpr (L.has_s()) cells.s_next = next[L.s_index()];
      }
      air::ConstraintEval<T, Fp, Fp5> eval(local, global, published, gamma, cells);
      eval.run();
      acc[j] += eval.row * factors.row[j] + eval.first * factors.first[j] +
                eval.closing * factors.closing[j];
    }
  });
}

}  // namespace mipzk::prove
