// SPDX-License-Identifier: Apache-2.0
// Opening the columns of matrices outside their domain and combining them into one word.
//
// Values on H = <w>, w = root_of_unity(log_n), are in natural order: row i at w^i. Everything here
// is deterministic: the same words for any number of threads and any processor.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/pool.hpp"
#include "field/fp5.hpp"

namespace mipzk::commit {

using field::Fp;
using field::Fp5;

// The Lagrange polynomials of H at a point z outside H: L_i(z) = factor * weights[i].
struct LagrangeWeights {
  std::vector<Fp5> weights;  // w^i / (z - w^i)
  Fp5 factor;                // (z^N - 1) / N
};

LagrangeWeights lagrange_weights(Pool& pool, unsigned log_n, const Fp5& z);

// out[c] = value at z * w^rotation of column c, for c < width. `matrix` has 2^log_n rows, `pitch`
// elements apart (pitch >= width), with the values on H. The weights are those of z, of the same
// log_n. With rotation 1 this is the opening at the next row's point, without weights of its own.
void evaluate_columns(Pool& pool, const Fp* matrix, unsigned log_n, size_t pitch, size_t width,
                      const LagrangeWeights& weights, size_t rotation, Fp5* out);

// acc[r] += sum over c < width of coefficients[c] * matrix[r * pitch + c], for r < rows.
void combine_rows(Pool& pool, const Fp* matrix, size_t rows, size_t pitch, size_t width,
                  const Fp5* coefficients, Fp5* acc);

// out[j] = 1 / (shift * W^bitrev(j) - z) for j < 2^log_n, W = root_of_unity(log_n). z must differ
// from all these points. shift != 0.
void inverse_differences(Pool& pool, unsigned log_n, Fp shift, const Fp5& z, Fp5* out);

// acc[j] += (f[j] - v) / (shift * W^bitrev(j) - z) for j < 2^log_n, under the same conditions.
void add_quotients(Pool& pool, unsigned log_n, Fp shift, const Fp5& z, const Fp5* f, const Fp5& v,
                   Fp5* acc);

}  // namespace mipzk::commit
