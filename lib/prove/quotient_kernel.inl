// The quotient kernel, included by one source file per instruction set. Lanes are points.
#include "commit/ntt.hpp"
#include "prove/packed_ext.hpp"
#include "prove/quotient.hpp"

namespace mipzk::prove {
inline namespace MIPZK_PACKED_ISA {

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
