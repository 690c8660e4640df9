// SPDX-License-Identifier: Apache-2.0
#include "support/watched_transcript.hpp"

#include <cstring>
#include <type_traits>

namespace mipzk::test {

using field::Fp5;
using hash::Challenges;
using hash::Transcript;

// The shipped functions and those that are called in their place, by their names for the linker.
Challenges shipped(const Transcript* self,
                   uint32_t label) __asm__("__real__ZNK5mipzk4hash10Transcript10challengesEj");
Challenges watched(const Transcript* self,
                   uint32_t label) __asm__("__wrap__ZNK5mipzk4hash10Transcript10challengesEj");
Fp5 shipped_fp5(Challenges* self) __asm__("__real__ZN5mipzk4hash10Challenges3fp5Ev");
Fp5 watched_fp5(Challenges* self) __asm__("__wrap__ZN5mipzk4hash10Challenges3fp5Ev");

namespace {
Watch* current = nullptr;
}

// A transcript is its state.
static_assert(sizeof(Transcript) == sizeof(hash::Digest) &&
              std::is_trivially_copyable_v<Transcript>);

Challenges watched(const Transcript* self, uint32_t label) {
  if (current == nullptr) return shipped(self, label);
  Transcript t = *self;
  const auto frozen = current->frozen.find(label);
  if (frozen != current->frozen.end()) std::memcpy(&t, frozen->second.data(), sizeof t);
  SeenDraw seen{label, t.state(), {}, {}};
  Challenges c = shipped(&t, label), copy = c;
  for (uint32_t& w : seen.words) w = copy.word();
  current->draws.push_back(seen);
  return c;
}

Fp5 watched_fp5(Challenges* self) {
  const Fp5 x = shipped_fp5(self);
  if (current != nullptr && !current->draws.empty()) current->draws.back().taken.push_back(x);
  return x;
}

Watch::Watch(Frozen states) : frozen(std::move(states)) { current = this; }
Watch::~Watch() { current = nullptr; }

}  // namespace mipzk::test
