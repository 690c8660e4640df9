// SPDX-License-Identifier: Apache-2.0
// Transforms between the coefficients and the values of polynomials, many at a time.
//
// A matrix is row-major, 2^log_n rows of `width` field elements without gaps; each column is one
// polynomial of degree < 2^log_n. In coefficient form row k holds the coefficients of X^k; in value
// form row i holds the values at shift * w^i (natural order) or at shift * w^bitrev(i)
// (bit-reversed order), w = root_of_unity(log_n). 0 <= log_n <= 24, width >= 1, shift != 0.
#pragma once

#include <cstddef>

#include "base/pool.hpp"
#include "field/fp5.hpp"

namespace mipzk::commit {

using field::Fp;
using field::Fp5;

enum class RowOrder { kNatural, kBitReversed };

// In place.
void values_from_coeffs(Pool& pool, Fp* matrix, unsigned log_n, size_t width, Fp shift,
                        RowOrder order);
void coeffs_from_values(Pool& pool, Fp* matrix, unsigned log_n, size_t width, Fp shift,
                        RowOrder order);

// The same for one polynomial over the extension: a matrix of width 5.
void values_from_coeffs(Pool& pool, Fp5* values, unsigned log_n, Fp shift, RowOrder order);
void coeffs_from_values(Pool& pool, Fp5* values, unsigned log_n, Fp shift, RowOrder order);

// Swaps rows i and bitrev(i).
void bit_reverse_rows(Pool& pool, Fp* matrix, unsigned log_n, size_t width);

// The lowest `bits` bits of x in reverse order; x < 2^bits.
constexpr size_t bit_reverse(size_t x, unsigned bits) {
  size_t r = 0;
  for (unsigned i = 0; i < bits; ++i) r = r << 1 | (x >> i & 1);
  return r;
}

}  // namespace mipzk::commit
