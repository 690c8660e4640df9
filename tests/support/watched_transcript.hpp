// SPDX-License-Identifier: Apache-2.0
// Watches and freezes the challenges of code that draws them from hash::Transcript, such as the
// verifier. The transcript itself is the shipped one: the linker sends calls of
// Transcript::challenges and Challenges::fp5 here first (--wrap, see CMakeLists.txt).
#pragma once

#include <array>
#include <map>
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

// One at a time, on one thread.
class Watch {
 public:
  explicit Watch(Frozen frozen = {});
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  Frozen frozen;
  std::vector<SeenDraw> draws;
};

}  // namespace mipzk::test
