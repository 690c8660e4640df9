// SPDX-License-Identifier: Apache-2.0
// Random programs with branches, delay slots and memory that run to their end.
#pragma once

#include <random>

#include "unit/vm/guest.hpp"

namespace mipzk::test {

inline constexpr unsigned kRandomDataWords = 1024;  // of their data, from kData on

// `rounds` times a random body, then HALT. No branch sits in a delay slot, but branches may lead
// into the delay slot of another.
Guest random_guest(std::mt19937& rng, unsigned length, unsigned rounds);

}  // namespace mipzk::test
