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
  explicit Progress(const Options& options) : options_(options) {}

  // A step is done. Throws Cancelled when the caller wants no more.
  void step(Phase phase) {
    ++done_;
    if (options_.progress && options_.progress(phase, done_, kProveSteps)) throw Cancelled{};
  }
  // Back to the commitments: the tables are filled.
  void restart() { done_ = 1; }

 private:
  const Options& options_;
  uint64_t done_ = 0;
};

}  // namespace mipzk::prove
