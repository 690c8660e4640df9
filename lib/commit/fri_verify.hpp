// SPDX-License-Identifier: Apache-2.0
// The verifier's side of FRI. Total on any bytes; no heap; bounded work.
#pragma once

#include <span>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "commit/fri.hpp"
#include "commit/merkle.hpp"
#include "hash/transcript.hpp"

namespace mipzk::commit {

// Needs no initialisation. Calls: read_commitments, then once check_queries; only after success of
// the former. About 9 KB.
class FriVerifier {
 public:
  // Reads roots, nonces and last coefficients, absorbs them and derives the fold challenges.
  // log_blowup <= log_n <= kMaxFriLogSize, fold_bits <= hash::kMaxWorkBits.
  // Errors: kArgument, kMalformed (cut short, a word >= p), kRejected (work not done).
  Status read_commitments(Reader& reader, hash::Transcript& transcript, unsigned log_n,
                          unsigned log_blowup, unsigned fold_bits);

  // Reads the layers' openings and follows every query from words[q] = G[indices[q]] to the last
  // polynomial. Indices ascending, distinct, below 2^log_n, 1 to kMaxQueries many.
  // Errors: kArgument, kMalformed, kRejected (a message for each reason).
  Status check_queries(Reader& reader, std::span<const uint32_t> indices,
                       std::span<const Fp5> words, MerkleWorkspace& merkle);

 private:
  Status check_layer(Reader& reader, unsigned layer, size_t queries, MerkleWorkspace& merkle);

  FriPlan plan_;
  unsigned log_n_ = 0;
  hash::Digest roots_[kMaxFriLayers];
  Fp5 betas_[kMaxFriLayers][kMaxLogFold];
  Fp5 last_[size_t{1} << kLogFriFinal];
  // Per query, in the current layer.
  uint32_t index_[kMaxQueries];
  Fp5 value_[kMaxQueries];
  uint32_t leaves_[kMaxQueries];
};

}  // namespace mipzk::commit
