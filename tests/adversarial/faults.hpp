// SPDX-License-Identifier: Apache-2.0
// Kinds of faults: what can go wrong in a machine, or in the story that a prover tells of it.
#pragma once

#include <span>

#include "adversarial/false_run.hpp"
#include "adversarial/mutator.hpp"

namespace mipzk::attack {

// Makes one fault at a random place of the subject's run; everything after it follows from the
// false state. Nothing: the subject has no such place, or the falsified run has no end.
using MakeFault = std::optional<Story> (*)(const Subject&, Rng&);

struct FaultKind {
  const char* name;
  MakeFault make;
};

// In an instruction or between two of them.
std::span<const FaultKind> machine_faults();
// In what is recorded and claimed.
std::span<const FaultKind> story_faults();

// A value that is not `v`, by preference one that a careless rule would let pass.
uint32_t other_value(Rng& rng, uint32_t v);
template <class T, class A>
const T& one_of(Rng& rng, const std::vector<T, A>& list) {
  return list[rng() % list.size()];
}
template <class T>
T one_of(Rng& rng, std::initializer_list<T> list) {
  return list.begin()[rng() % list.size()];
}
bool is_load(const Step& step);
// Keys of the words of memory that the honest run touches.
std::vector<uint32_t> touched_memory(const Subject& s);

}  // namespace mipzk::attack
