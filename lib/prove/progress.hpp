// SPDX-License-Identifier: Apache-2.0
// How far a proof is, and how it ends early.
#pragma once

#include "prove/prove.hpp"

namespace mipzk::prove {

struct Cancelled {};
// The challenges hit a zero, a pole, a domain or dependent masks: begin again with fresh masks.
struct Restart {};

class Progress {
 public:
  explicit Progress(const Options& options, uint32_t shards = 1)
      : options_(options), shards_(shards) {}

  // A step is done. Throws Cancelled when the caller wants no more.
  void step(Phase phase) {
    ++done_;
    if (options_.progress && options_.progress(phase, done_, kProveSteps * shards_))
      throw Cancelled{};
  }
  // Back to the commitments: the tables are filled.
  void restart() { done_ = shards_; }

 private:
  const Options& options_;
  const uint64_t shards_;
  uint64_t done_ = 0;
};

}  // namespace mipzk::prove
