// SPDX-License-Identifier: Apache-2.0
// FRI over the extension field: what prover and verifier share.
//
// The word G has n = 2^log_n entries, G[j] at w^bitrev(j), w = root_of_unity(log_n): the subgroup
// itself, without a shift. FRI shows that it is close to a polynomial of degree < n / 2^log_blowup.
//
// While the degree bound D is above 32, the current word is committed and folded by k = min(8,
// D/32) with log2 k independent challenges beta_0, beta_1, ...: with f(X) = sum over i < k of
// X^i f_i(X^k), the next word has the values of sum c_i f_i at y = x^k, where c_i is the product of
// the beta_j for the set bits j of i, and the bound D / k. That is folding by two with beta_0, then
// with beta_1, and so on (docs/SECURITY.md says why not with powers of one challenge). The layer's
// tree is unsalted; its row r has entries k r .. k r + k - 1 of the word, the values at the k-th
// roots of one y, as 5 k words. The last polynomial is sent.
//
// Proof bytes: per fold the root (32) and, if there is work to do, its nonce (le64); then the last
// polynomial's coefficients, constant first (20 each); after the queries are drawn, the layers'
// openings (commit/merkle.hpp), first layer first.
#pragma once

#include <cstddef>
#include <cstdint>

#include "field/fp5.hpp"

namespace mipzk::commit {

using field::Fp;
using field::Fp5;

inline constexpr unsigned kMaxFriLogSize = 24;
inline constexpr unsigned kMaxFriLayers = 8;
inline constexpr unsigned kMaxLogFold = 3;
inline constexpr unsigned kLogFriFinal = 5;  // log2 of the last polynomial's length

// Transcript labels.
inline constexpr uint32_t kLabelFriRoot = 0x20;   // root of a layer
inline constexpr uint32_t kLabelFriFold = 0x21;   // draws the betas of a fold, beta_0 first
inline constexpr uint32_t kLabelFriFinal = 0x22;  // last coefficients
inline constexpr uint32_t kLabelFriWork = 0x23;   // nonce before the betas

// The schedule of folds, a function of the two sizes.
struct FriPlan {
  struct Layer {
    unsigned log_size;  // of the word
    unsigned log_fold;  // log2 k
  };
  Layer layers[kMaxFriLayers] = {};
  unsigned count = 0;
  unsigned log_last_size = 0;    // of the word after all folds
  unsigned log_last_degree = 0;  // its bound, at most kLogFriFinal

  // log_blowup <= log_n <= kMaxFriLogSize
  constexpr FriPlan() = default;
  constexpr FriPlan(unsigned log_n, unsigned log_blowup) {
    unsigned size = log_n, degree = log_n - log_blowup;
    while (degree > kLogFriFinal) {
      const unsigned spare = degree - kLogFriFinal;
      const unsigned fold = spare < kMaxLogFold ? spare : kMaxLogFold;
      layers[count++] = {size, fold};
      size -= fold;
      degree -= fold;
    }
    log_last_size = size;
    log_last_degree = degree;
  }

  constexpr size_t last_degree() const { return size_t{1} << log_last_degree; }
};
static_assert(FriPlan(kMaxFriLogSize, 0).count <= kMaxFriLayers);

inline constexpr Fp kHalf = Fp((field::kP + 1) / 2);

// The value at x^2 of f_0 + beta f_1, where f = f_0(X^2) + X f_1(X^2) has the values a at x and b
// at -x.
inline Fp5 fold_pair(const Fp5& a, const Fp5& b, Fp inverse_x, const Fp5& beta) {
  return ((a + b) + (a - b) * inverse_x * beta) * kHalf;
}

}  // namespace mipzk::commit
