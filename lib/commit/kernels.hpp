// SPDX-License-Identifier: Apache-2.0
// The inner loops of the prover's transforms and row sums, compiled once for each CPU tier
// (base/cpu_tier.hpp).
//
// All of them give the same words on every tier. Panels are row-major with contiguous rows of
// `cols` elements; `cols` is a multiple of 8. "Node" below refers to the tree of a
// natural-to-bit-reversed transform: node b of level l reduces modulo X^(n / 2^l) - r, and its
// twiddle is a square root of r.
#pragma once

#include <cstddef>

#include "field/fp5.hpp"

namespace mipzk::commit {

using field::Fp;
using field::Fp5;

inline constexpr size_t kInverseBatch = 1024;

// What the inverses of x - z, x in the base field, need of z: with m the polynomial of degree 5
// whose roots are the conjugates of z, 1 / (x - z) = (m / (X - z))(x) / m(x), and m(x) is in the
// base field.
struct LinearInverse {
  Fp m[5];   // m = X^5 + m[4] X^4 + .. + m[0]
  Fp5 q[4];  // m / (X - z) = X^4 + q[3] X^3 + .. + q[0]
};

struct Kernels {
  // In place, on 2^log_n rows: the subtree under node `block`, all log_n levels. With block 0 this
  // is the whole transform. `twiddles` is that of commit/twiddles.hpp, of at least 2^(log_n - 1) *
  // (block + 1) entries.
  void (*transform)(Fp* panel, unsigned log_n, size_t cols, const Fp* twiddles, size_t block);

  // The inverse of `transform`, given the inverse twiddles, times 2^log_n.
  void (*untransform)(Fp* panel, unsigned log_n, size_t cols, const Fp* twiddles, size_t block);

  // dst row i = src row bitrev(i) * scale[i], for 2^log_n rows.
  void (*permute_scale)(Fp* dst, const Fp* src, unsigned log_n, size_t cols, const Fp* scale);

  // acc row (i mod 2^log_rows) += src row bitrev(i) * scale[i], for 2^log_n rows of src.
  void (*fold_rows)(Fp* acc, unsigned log_rows, const Fp* src, unsigned log_n, size_t cols,
                    const Fp* scale);

  // Copies `rows` rows of `cols` (any) elements. The pitches are in elements. `pad`: behind a row
  // that is no multiple of 8 zeros are written up to the next multiple.
  void (*copy_rows)(Fp* dst, size_t dst_pitch, const Fp* src, size_t src_pitch, size_t rows,
                    size_t cols, bool pad);

  // dst row i = src row bitrev(i), for 2^log_rows rows of `cols` (any) elements.
  void (*copy_reversed)(Fp* dst, size_t dst_pitch, const Fp* src, size_t src_pitch,
                        unsigned log_rows, size_t cols);

  // dst[i] = src[i] * factor
  void (*scale)(Fp* dst, const Fp* src, size_t n, Fp factor);

  // out[c] = sum over r < rows of weights[r] * matrix[r * pitch + c], for c < width (any).
  void (*weigh_rows)(Fp5* out, const Fp* matrix, size_t rows, size_t pitch, size_t width,
                     const Fp5* weights);

  // acc[r] += sum over c < width of coefficients[c] * matrix[r * pitch + c], for r < rows (any).
  void (*combine_rows)(Fp5* acc, const Fp* matrix, size_t rows, size_t pitch, size_t width,
                       const Fp5* coefficients);

  // out[j] = 1 / (x[j] - z) for j < n <= kInverseBatch, times x[j] if `times_x`. No x[j] equals z.
  void (*inverse_linear)(Fp5* out, const Fp* x, size_t n, const LinearInverse& z, bool times_x);

  // acc[j] += (f[j] - v) / (x[j] - z), under the same conditions.
  void (*add_quotients)(Fp5* acc, const Fp5* f, const Fp5& v, const Fp* x, size_t n,
                        const LinearInverse& z);

  // out[r] = entries r k .. r k + k - 1 of `word` folded as in commit/fri.hpp, k = 2^log_fold <= 8.
  // In step s the pair t of row r has the inverse point inverse_points[s][r (k >> (s + 1)) + t],
  // and the challenge betas[s].
  void (*fold)(Fp5* out, const Fp5* word, size_t rows, unsigned log_fold,
               const Fp* const* inverse_points, const Fp5* betas);
};

// Those of the tier that this process uses.
const Kernels& kernels();

}  // namespace mipzk::commit
