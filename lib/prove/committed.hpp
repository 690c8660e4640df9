// SPDX-License-Identifier: Apache-2.0
// A matrix that is committed to.
#pragma once

#include "base/pool.hpp"
#include "base/secret_memory.hpp"
#include "commit/lde.hpp"
#include "commit/ntt.hpp"
#include "commit/stack.hpp"
#include "field/fp.hpp"

namespace mipzk::prove {

using commit::kSmallLog;  // the small coset has 2^9 points, more than any R

// Evaluations on H, the extension, and the values on the small coset; row-major. The first
// 2^log_height rows of the extension hold the values on the coset of H, in bit-reversed order: all
// that comes after the extension works with these, so that the evaluations need not be kept.
struct Committed {
  unsigned log_height = 0;
  size_t width = 0;
  SecretVector<field::Fp> evals;
  SecretBuffer<field::Fp> lde;
  SecretVector<field::Fp> small;

  void extend(Pool& pool, unsigned log_blowup, bool with_small) {
    lde = SecretBuffer<field::Fp>((width << log_height) << log_blowup);
    if (with_small) small.resize(width << kSmallLog);
    commit::coset_lde(pool, evals.data(), log_height, width, log_blowup, lde.data(),
                      with_small ? small.data() : nullptr);
  }
  // What `evals` was when the matrix was extended.
  SecretVector<field::Fp> evals_of_extension(Pool& pool) const {
    SecretVector<field::Fp> out(lde.data(), lde.data() + (width << log_height));
    commit::coeffs_from_values(pool, out.data(), log_height, width, field::Fp(commit::kCosetShift),
                               commit::RowOrder::kBitReversed);
    commit::values_from_coeffs(pool, out.data(), log_height, width, field::Fp::one(),
                               commit::RowOrder::kNatural);
    return out;
  }
  // `count` columns of the extension from `column` on.
  commit::Columns columns(size_t column, size_t count) const {
    return {lde.data() + column, width, count};
  }
};

}  // namespace mipzk::prove
