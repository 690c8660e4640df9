// SPDX-License-Identifier: Apache-2.0
// What the verifier keeps besides the proof itself; it lives in the caller's memory.
#pragma once

#include "commit/fri_verify.hpp"
#include "commit/merkle.hpp"
#include "proof/protocol.hpp"

namespace mipzk::verify {

using field::Fp;
using field::Fp5;

inline constexpr unsigned kMaxPairs = proof::kMaxColumns + 15 * proof::kMaxInstances;
inline constexpr unsigned kHeights = air::kMaxLogHeight + 1;

// The opened rows of a tree, by height, tallest first.
struct TreeRows {
  commit::HeightShape shapes[kHeights];
  commit::OpenedHeight opened[kHeights];
  uint16_t positions[kHeights][proof::kMaxQueries];  // of each query's row among the opened ones
  unsigned heights = 0;
};

// What a shard's part of the proof says, and what is drawn from it.
struct Shard {
  proof::Shape shape;
  hash::Digest roots[proof::kTreeCount];
  hash::Transcript transcript;
  proof::Challenges challenges;
  air::Published published[proof::kMaxInstances];
  Fp5 openings[kMaxPairs];
  unsigned log_domain = 0;  // of the largest domain
};

// Room for the steps after the openings.
struct Scratch {
  Fp5 values[air::kMaxOperands];  // while the rules of a table are evaluated
  Fp5 lambda[kMaxPairs];
  uint32_t index[proof::kMaxQueries];
  uint32_t tree_index[proof::kMaxQueries];
  Fp5 word[proof::kMaxQueries];
  TreeRows trees[proof::kTreeCount];
  commit::MerkleWorkspace merkle;
  commit::FriVerifier fri;
};

struct Workspace {
  Shard shard;
  Scratch scratch;
};

}  // namespace mipzk::verify
