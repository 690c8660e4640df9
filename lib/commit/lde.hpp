// SPDX-License-Identifier: Apache-2.0
// Low-degree extension of trace matrices.
#pragma once

#include <cstddef>

#include "base/pool.hpp"
#include "field/fp.hpp"

namespace mipzk::commit {

using field::Fp;

inline constexpr uint32_t kCosetShift = 3;  // s, the same for all heights
inline constexpr unsigned kSmallLog = 9;    // the small coset is 9 * <w_512>
inline constexpr uint32_t kSmallShift = 9;

// `evals`: 2^log_n rows of `width` columns, row-major without gaps; row i holds the values of the
// columns' polynomials (degree < 2^log_n) at w^i, w = root_of_unity(log_n). Only read.
//
// `out`: 2^(log_n + log_blowup) rows of the same width in bit-reversed order: row j holds the
// values at kCosetShift * W^bitrev(j), W = root_of_unity(log_n + log_blowup). The first half of an
// extension by 2^b is the extension by 2^(b-1).
//
// `small_out`: null, or 512 rows of the same width: row i holds the values of the same polynomials
// at kSmallShift * w_512^i. Needs log_n >= 9.
//
// The three do not overlap. log_n + log_blowup <= 24, width >= 1. For log_n > 11 a temporary copy
// of (at most) the size of `evals` is allocated; std::bad_alloc is passed on.
void coset_lde(Pool& pool, const Fp* evals, unsigned log_n, size_t width, unsigned log_blowup,
               Fp* out, Fp* small_out);

}  // namespace mipzk::commit
