// SPDX-License-Identifier: Apache-2.0
// The provable security of a proof's actual parameters and shape, in bits, round by round.
//
// Formulas: docs/SECURITY.md; the same in tests/model/soundness.py, which a test compares with.
// Only proven bounds: unique decoding, or the Johnson regime with the bound for lines of BCHKS25
// (ePrint 2025/2055, Theorem 1.5).
#pragma once

#include "proof/shape.hpp"

namespace mipzk::proof {

inline constexpr unsigned kMaxFolds = 8;

struct Security {
  double lookup = 0, constraints = 0, deep = 0, batch = 0;
  double fold[kMaxFolds] = {};
  unsigned folds = 0;
  double query = 0, hash = 0;
  double total = 0;           // the least of them, at least 0
  unsigned multiplicity = 0;  // m of the Johnson regime, 0 otherwise
};

// What the bounds depend on. Of several shards the greatest counts: each has its own challenges,
// and whoever cheats must win in one round of one of them.
struct SecurityInput {
  unsigned log_height = 0;  // of the tallest matrix
  uint64_t messages = 0;    // bus messages of a shard, reads and writes counted separately
  uint32_t constraints = 0;
  uint32_t pairs = 0;            // opened (column, point) pairs
  uint64_t global_messages = 0;  // under the global challenges, of all shards
  uint32_t shards = 0;

  void add(const Shape& shape);
  void add(const SecurityInput& others);
};

// In the profile's own regime, which is what a verifier's policy is about.
Security security(const Profile& profile, const SecurityInput& input);

// In either regime: a proof has the bits of both. For a profile that is not meant for the Johnson
// regime m is chosen so that the total is greatest.
Security security(const Profile& profile, const SecurityInput& input, Regime regime);

// Of a proof of one shard.
inline SecurityInput security_input(const Shape& shape) {
  SecurityInput in;
  in.add(shape);
  return in;
}

// log2 of a positive number, to about 1e-12; the verifier has no mathematics library.
double log2_positive(double x);

}  // namespace mipzk::proof
