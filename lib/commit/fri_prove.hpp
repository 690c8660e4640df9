// SPDX-License-Identifier: Apache-2.0
// The prover's side of FRI.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/pool.hpp"
#include "base/secret_memory.hpp"
#include "commit/fri.hpp"
#include "commit/merkle_tree.hpp"
#include "hash/transcript.hpp"

namespace mipzk::commit {

class FriProver {
 public:
  // Commits to `word` (2^log_n entries, bit-reversed order) and its folds, and appends the first
  // part of the proof to `out`. log_blowup <= log_n <= kMaxFriLogSize; fold_bits <=
  // hash::kMaxWorkBits. Gives false when the word is not of degree < 2^(log_n - log_blowup): the
  // proof will then be rejected for most queries. May be called once more for another word; throws
  // std::bad_alloc.
  bool commit(Pool& pool, hash::Transcript& transcript, SecretVector<Fp5> word, unsigned log_n,
              unsigned log_blowup, unsigned fold_bits, std::vector<uint8_t>& out);

  // Appends the layers' openings for queries at these indices of the word (ascending, distinct, 1
  // to kMaxQueries many, below 2^log_n). After commit.
  void open(std::span<const uint32_t> indices, std::vector<uint8_t>& out) const;

 private:
  FriPlan plan_;
  std::vector<SecretVector<Fp5>> words_;  // of the layers, which the trees refer to
  std::vector<std::unique_ptr<MerkleTree>> trees_;
};

// One fold of a word of 2^log_size entries by 2^betas.size(); 1 to kMaxLogFold betas.
std::vector<Fp5> fold_word(Pool& pool, std::span<const Fp5> word, unsigned log_size,
                           std::span<const Fp5> betas);

}  // namespace mipzk::commit
