// SPDX-License-Identifier: Apache-2.0
// Kernels of commit/deep.hpp; a part of kernels_tier.cpp.
#include <utility>

#include "commit/kernels.hpp"
#include "field/packed/ext.hpp"

namespace mipzk::commit {
namespace {

using field::coordinate;
using Ext = field::PackedFp5<kW>;

// The sums over `rows` rows of the columns [0, n), n <= P::kWidth, that begin at `matrix`.
template <class P>
MIPZK_TIER_INLINE void weigh_lanes(Fp5* out, const Fp* matrix, size_t rows, size_t pitch, int n,
                                     const Fp5* weights) {
  constexpr int kWidth = P::kWidth;
  field::PackedDot<kWidth> sum;
  const auto load = [&](size_t r) {
    return n == kWidth ? P::load(matrix + r * pitch) : P::load_partial(matrix + r * pitch, n);
  };
  size_t r = 0;
  for (; r + 2 <= rows; r += 2) {
    const P a = load(r), b = load(r + 1);
    sum.add(a, weights[r], b, weights[r + 1]);
  }
  if (r < rows) sum.add(load(r), weights[r]);
  sum.sum().store(out, 1, static_cast<size_t>(n));
}

void weigh_rows(Fp5* out, const Fp* matrix, size_t rows, size_t pitch, size_t width,
                const Fp5* weights) {
  size_t c = 0;
  for (; c + kW <= width; c += kW)
    weigh_lanes<PackedFp<kW>>(out + c, matrix + c, rows, pitch, kW, weights);
  if (width - c >= 8) {
    weigh_lanes<PackedFp<8>>(out + c, matrix + c, rows, pitch, 8, weights);
    c += 8;
  }
  if (c < width)
    weigh_lanes<PackedFp<8>>(out + c, matrix + c, rows, pitch, static_cast<int>(width - c),
                             weights);
}

// Square blocks of one register's lanes.
constexpr size_t kLanes = PackedFp<kW>::kLanes;

// In log2(kLanes) steps; step s exchanges the lanes with bit s of rows i and i + s.
template <size_t S, size_t... Is>
MIPZK_TIER_INLINE void transpose_step(PackedFp<kLanes>* r, std::index_sequence<Is...> lanes) {
  if constexpr (S < kLanes) {
    typedef uint32_t Words __attribute__((vector_size(4 * kLanes)));
    for (size_t i = 0; i < kLanes; ++i) {
      if (i & S) continue;
      Words a, b;
      __builtin_memcpy(&a, &r[i], sizeof a);
      __builtin_memcpy(&b, &r[i + S], sizeof b);
      const Words low = __builtin_shufflevector(a, b, (Is & S ? Is - S + kLanes : Is)...);
      const Words high = __builtin_shufflevector(a, b, (Is & S ? Is + kLanes : Is + S)...);
      __builtin_memcpy(&r[i], &low, sizeof low);
      __builtin_memcpy(&r[i + S], &high, sizeof high);
    }
    transpose_step<2 * S>(r, lanes);
  }
}

// tile[c][r] = rows[r][c] for `count` <= kW rows, zero for the others, and `cols` <= kTile columns.
constexpr size_t kTile = 32;
inline void transpose(Fp (*tile)[kW], const Fp* rows, size_t pitch, size_t count, size_t cols) {
  using P = PackedFp<kLanes>;
  for (size_t r = 0; r < kW; r += kLanes)
    for (size_t c = 0; c < cols; c += kLanes) {
      const size_t left = cols - c < kLanes ? cols - c : kLanes;
      P block[kLanes];
      for (size_t i = 0; i < kLanes; ++i) {
        const Fp* from = rows + (r + i) * pitch + c;
        block[i] = r + i >= count   ? P::zero()
                   : left == kLanes ? P::load(from)
                                    : P::load_partial(from, static_cast<int>(left));
      }
      transpose_step<1>(block, std::make_index_sequence<kLanes>());
      for (size_t i = 0; i < left; ++i) block[i].store(tile[c + i] + r);
    }
}

// Lanes are rows here, so that sums over columns stay within lanes.
void combine_rows(Fp5* acc, const Fp* matrix, size_t rows, size_t pitch, size_t width,
                  const Fp5* coefficients) {
  using P = PackedFp<kW>;
  alignas(64) Fp tile[kTile][kW] = {};
  for (size_t r = 0; r < rows; r += kW) {
    const size_t count = rows - r < kW ? rows - r : kW;
    field::PackedDot<kW> sum;
    for (size_t first = 0; first < width; first += kTile) {
      const size_t cols = width - first < kTile ? width - first : kTile;
      transpose(tile, matrix + r * pitch + first, pitch, count, cols);
      size_t c = 0;
      for (; c + 2 <= cols; c += 2) {
        const P a = P::load(tile[c]), b = P::load(tile[c + 1]);
        sum.add(a, coefficients[first + c], b, coefficients[first + c + 1]);
      }
      if (c < cols) sum.add(P::load(tile[c]), coefficients[first + c]);
    }
    (Ext::load(acc + r, 1, count) + sum.sum()).store(acc + r, 1, count);
  }
}

template <class P>
MIPZK_TIER_INLINE P inverse(const P& x) {  // x^(p-2), p - 2 = 0x7effffff
  P r = x;
  constexpr uint32_t kExponent = field::kP - 2;
  for (int bit = 29; bit >= 0; --bit) {
    r = r * r;
    if (kExponent >> bit & 1) r = r * x;
  }
  return r;
}

// Calls use(first, count, points, 1 / (points - z)) for all of x[0..n), in vectors, backwards.
template <class P, class Use>
MIPZK_TIER_INLINE void for_inverses(const Fp* x, size_t n, const LinearInverse& z, Use&& use) {
  P points[kInverseBatch / kW], values[kInverseBatch / kW], prefix[kInverseBatch / kW];
  const size_t vectors = (n + kW - 1) / kW;
  // Montgomery's trick in each lane: prefix[i] is the product of the values before i.
  P product = P::from_raw(Fp::one().raw());
  for (size_t i = 0; i < vectors; ++i) {
    if (i * kW + kW <= n) {
      points[i] = P::load(x + i * kW);
    } else {
      Fp padded[kW];  // repeats the last point, whose value is not zero
      for (size_t j = 0; j < kW; ++j) padded[j] = x[i * kW + j < n ? i * kW + j : n - 1];
      points[i] = P::load(padded);
    }
    P m = points[i] + P(z.m[4]);
    for (size_t k = 4; k-- > 0;) m = m * points[i] + P(z.m[k]);
    values[i] = m;
    prefix[i] = product;
    product = product * m;
  }
  P rest = inverse(product);
  for (size_t i = vectors; i-- > 0;) {
    const P inv = rest * prefix[i];
    rest = rest * values[i];
    Ext q;
    for (size_t k = 0; k < 5; ++k) {
      P c(coordinate(z.q[3], k));
      if (k == 0) c = c + points[i];
      for (size_t d = 3; d-- > 0;) c = c * points[i] + P(coordinate(z.q[d], k));
      q.c[k] = c * inv;
    }
    use(i * kW, n - i * kW < kW ? n - i * kW : size_t{kW}, points[i], q);
  }
}

void inverse_linear(Fp5* out, const Fp* x, size_t n, const LinearInverse& z, bool times_x) {
  using P = PackedFp<kW>;
  for_inverses<P>(x, n, z, [&](size_t first, size_t count, const P& points, Ext q) {
    if (times_x)
      for (P& c : q.c) c = c * points;
    q.store(out + first, 1, count);
  });
}

void add_quotients(Fp5* acc, const Fp5* f, const Fp5& v, const Fp* x, size_t n,
                   const LinearInverse& z) {
  using P = PackedFp<kW>;
  const Ext value = Ext::broadcast(v);
  for_inverses<P>(x, n, z, [&](size_t first, size_t count, const P&, const Ext& q) {
    const Ext sum = field::multiply<false>(Ext::load(f + first, 1, count) - value, q);
    (sum + Ext::load(acc + first, 1, count)).store(acc + first, 1, count);
  });
}

// Lanes are rows.
void fold_rows_by(Fp5* out, const Fp5* word, size_t rows, unsigned log_fold,
                  const Fp* const* inverse_points, const Fp5* betas) {
  using P = PackedFp<kW>;
  const size_t fold = size_t{1} << log_fold;
  constexpr uint32_t kHalf = Fp((field::kP + 1) / 2).raw();
  const P half = P::from_raw(kHalf);
  for (size_t row = 0; row < rows; row += kW) {
    const size_t count = rows - row < kW ? rows - row : kW;
    Ext values[8];
    for (size_t e = 0; e < fold; ++e) values[e] = Ext::load(word + row * fold + e, fold, count);
    for (unsigned step = 0; step < log_fold; ++step) {
      const size_t pairs = fold >> (step + 1);
      const Ext beta = Ext::broadcast(betas[step]);
      for (size_t t = 0; t < pairs; ++t) {
        Fp lanes[kW] = {};
        for (size_t i = 0; i < count; ++i) lanes[i] = inverse_points[step][(row + i) * pairs + t];
        const P inv = P::load(lanes) * half;
        const Ext&a = values[2 * t], &b = values[2 * t + 1];
        values[t] = (a + b) * half + field::multiply<true>((a - b) * inv, beta);
      }
    }
    values[0].store(out + row, 1, count);
  }
}

}  // namespace
}  // namespace mipzk::commit
