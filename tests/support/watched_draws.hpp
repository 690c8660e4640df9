// SPDX-License-Identifier: Apache-2.0
// Watches and freezes the challenges of code that draws them from hash::Transcript, such as the
// verifier.
#pragma once

#include <array>
#include <map>
#include <utility>
#include <vector>

#include "hash/transcript.hpp"

namespace mipzk::test {

struct SeenDraw {
  uint32_t label = 0;
  hash::Digest state{};           // that the challenges were made from
  std::array<uint32_t, 8> words;  // the first ones of the stream
  std::vector<field::Fp5> taken;  // the elements of F_q that were taken before the next draw
};

// Draws under these labels are made from these states instead of the transcript's own: they do not
// depend on what was absorbed.
using Frozen = std::map<uint32_t, hash::Digest>;

class WatchedDraws final : public hash::DrawObserver {
 public:
  explicit WatchedDraws(Frozen states = {}) : frozen(std::move(states)) {}

  hash::Challenges draw(const hash::Digest& state, uint32_t label) override {
    const auto found = frozen.find(label);
    SeenDraw seen{label, found != frozen.end() ? found->second : state, {}, {}};
    const hash::Challenges challenges(seen.state, label, this);
    hash::Challenges copy = challenges;
    for (uint32_t& w : seen.words) w = copy.word();
    draws.push_back(std::move(seen));
    return challenges;
  }
  void take(const field::Fp5& x) override { draws.back().taken.push_back(x); }

  Frozen frozen;
  std::vector<SeenDraw> draws;
};

}  // namespace mipzk::test
