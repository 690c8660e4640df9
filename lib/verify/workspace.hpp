// SPDX-License-Identifier: Apache-2.0
// What the verifier keeps besides the proof itself; it lives in the caller's memory.
#pragma once

#include "commit/fri_verify.hpp"
#include "commit/merkle.hpp"
#include "proof/protocol.hpp"

namespace mipzk::verify {

using field::Fp;
using field::Fp5;

// Opened values: each column once, 15 of an instance's running extension columns twice.
inline constexpr unsigned kMaxOpenings = proof::kMaxColumns + 15 * proof::kMaxInstances;
// Of a stack of c columns at one point, stacked columns and slots together: at most c + 1.
inline constexpr unsigned kMaxWeights = kMaxOpenings + 2 * proof::kMaxStacks;
inline constexpr unsigned kHeights = air::kMaxLogHeight + 1;

// What a shard's part of the proof says, and what is drawn from it.
struct Shard {
  proof::Shape shape;
  hash::Digest roots[proof::kTreeCount];
  hash::Transcript transcript;
  proof::Challenges challenges;
  air::Published published[proof::kMaxInstances];
  Fp5 openings[kMaxOpenings];
  unsigned log_domain = 0;  // of the largest domain
};

// Room for the steps after the openings.
struct Scratch {
  Fp5 values[air::kMaxOperands];  // while the rules of a table are evaluated
  // The coefficients lambda by (stacked column, point), then the values by (slot, point).
  Fp5 weights[kMaxWeights];
  uint32_t index[proof::kMaxQueries];
  uint32_t tree_index[proof::kMaxQueries];
  Fp5 word[proof::kMaxQueries];
  commit::OpenedRows rows[proof::kTreeCount];
  commit::MerkleWorkspace merkle;
  commit::FriVerifier fri;
};

struct Workspace {
  Shard shard;
  Scratch scratch;
};

}  // namespace mipzk::verify
