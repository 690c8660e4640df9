// Kernels of commit/deep.hpp; a part of kernels.inl.
#include "commit/kernels.hpp"
#include "field/packed.hpp"

namespace mipzk::commit {
namespace {

using field::PackedSum;

inline Fp raw_word(const Fp5& x, size_t k) {
  Fp word;
  __builtin_memcpy(&word, reinterpret_cast<const unsigned char*>(&x) + k * sizeof(Fp), sizeof word);
  return word;
}
inline void put_word(Fp5& x, size_t k, const Fp& word) {
  __builtin_memcpy(reinterpret_cast<unsigned char*>(&x) + k * sizeof(Fp), &word, sizeof word);
}

// The sums over `rows` rows of the columns [0, n), n <= P::kWidth, that begin at `matrix`.
template <class P>
MIPZK_PACKED_INLINE void weigh_lanes(Fp5* out, const Fp* matrix, size_t rows, size_t pitch, int n,
                                     const Fp5* weights) {
  constexpr int kWidth = P::kWidth;
  PackedSum<kWidth> sums[5];
  const auto load = [&](size_t r) {
    return n == kWidth ? P::load(matrix + r * pitch) : P::load_partial(matrix + r * pitch, n);
  };
  size_t r = 0;
  for (; r + 2 <= rows; r += 2) {
    const P a = load(r), b = load(r + 1);
    for (size_t k = 0; k < 5; ++k)
      sums[k].add_scaled(a, P(raw_word(weights[r], k)), b, P(raw_word(weights[r + 1], k)));
  }
  if (r < rows) {
    const P a = load(r);
    for (size_t k = 0; k < 5; ++k)
      sums[k].add_scaled(a, P(raw_word(weights[r], k)), P::zero(), P::zero());
  }
  Fp lanes[kWidth];
  for (size_t k = 0; k < 5; ++k) {
    sums[k].sum().store(lanes);
    for (int i = 0; i < n; ++i) put_word(out[i], k, lanes[i]);
  }
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

// tile[c][r] = rows[r][c] for kW rows and `cols` <= kTile columns.
constexpr size_t kTile = 32;
inline void transpose(Fp (*tile)[kW], const Fp* rows, size_t pitch, size_t count, size_t cols) {
  for (size_t r = 0; r < count; ++r)
    for (size_t c = 0; c < cols; ++c) tile[c][r] = rows[r * pitch + c];
}

// Lanes are rows here, so that sums over columns stay within lanes.
void combine_rows(Fp5* acc, const Fp* matrix, size_t rows, size_t pitch, size_t width,
                  const Fp5* coefficients) {
  using P = PackedFp<kW>;
  alignas(64) Fp tile[kTile][kW] = {};
  for (size_t r = 0; r < rows; r += kW) {
    const size_t count = rows - r < kW ? rows - r : kW;
    PackedSum<kW> sums[5];
    for (size_t first = 0; first < width; first += kTile) {
      const size_t cols = width - first < kTile ? width - first : kTile;
      transpose(tile, matrix + r * pitch + first, pitch, count, cols);
      size_t c = 0;
      for (; c + 2 <= cols; c += 2) {
        const P a = P::load(tile[c]), b = P::load(tile[c + 1]);
        const Fp5 &x = coefficients[first + c], &y = coefficients[first + c + 1];
        for (size_t k = 0; k < 5; ++k)
          sums[k].add_scaled(a, P(raw_word(x, k)), b, P(raw_word(y, k)));
      }
      if (c < cols) {
        const P a = P::load(tile[c]);
        for (size_t k = 0; k < 5; ++k)
          sums[k].add_scaled(a, P(raw_word(coefficients[first + c], k)), P::zero(), P::zero());
      }
    }
    Fp old[kW], lanes[kW];
    for (size_t k = 0; k < 5; ++k) {
      for (size_t i = 0; i < count; ++i) old[i] = raw_word(acc[r + i], k);
      for (size_t i = count; i < kW; ++i) old[i] = Fp();
      (P::load(old) + sums[k].sum()).store(lanes);
      for (size_t i = 0; i < count; ++i) put_word(acc[r + i], k, lanes[i]);
    }
  }
}

template <class P>
MIPZK_PACKED_INLINE P inverse(const P& x) {  // x^(p-2), p - 2 = 0x7effffff
  P r = x;
  constexpr uint32_t kExponent = field::kP - 2;
  for (int bit = 29; bit >= 0; --bit) {
    r = r * r;
    if (kExponent >> bit & 1) r = r * x;
  }
  return r;
}

void inverse_linear(Fp5* out, const Fp* x, size_t n, const LinearInverse& z, bool times_x) {
  using P = PackedFp<kW>;
  const P one = P::from_raw(Fp::one().raw());
  P points[kInverseBatch / kW], values[kInverseBatch / kW], prefix[kInverseBatch / kW];
  const size_t vectors = (n + kW - 1) / kW;
  // Montgomery's trick in each lane: prefix[i] is the product of the values before i.
  P product = one;
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
    P inv = rest * prefix[i];
    rest = rest * values[i];
    if (times_x) inv = inv * points[i];
    const size_t count = n - i * kW < kW ? n - i * kW : kW;
    for (size_t k = 0; k < 5; ++k) {
      P q = P(raw_word(z.q[3], k));
      if (k == 0) q = q + points[i];
      for (size_t d = 3; d-- > 0;) q = q * points[i] + P(raw_word(z.q[d], k));
      Fp lanes[kW];
      (q * inv).store(lanes);
      for (size_t j = 0; j < count; ++j) put_word(out[i * kW + j], k, lanes[j]);
    }
  }
}

}  // namespace
}  // namespace mipzk::commit
