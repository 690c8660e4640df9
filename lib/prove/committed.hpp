// SPDX-License-Identifier: Apache-2.0
// A matrix that is committed to.
#pragma once

#include "base/pool.hpp"
#include "base/secret_memory.hpp"
#include "commit/lde.hpp"
#include "commit/merkle_tree.hpp"
#include "field/fp.hpp"

namespace mipzk::prove {

using commit::kSmallLog;  // the small coset has 2^9 points, more than any R

// Evaluations on H, the extension, and the values on the small coset; row-major.
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
  commit::MatrixView view(unsigned log_blowup) const {
    return {log_height + log_blowup, width, lde.data()};
  }
};

}  // namespace mipzk::prove
