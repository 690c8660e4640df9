// SPDX-License-Identifier: Apache-2.0
// The checks of PackedFp, compiled once for each CPU tier (packed_cases_tier.cpp) into its
// namespace.
#pragma once

#include <cstdint>

namespace packed_cases {
// Counts lanes that differ from scalar arithmetic.
struct Counts {
  unsigned lanes;  // of the widest register
  uint64_t checked;
  uint64_t different;
};
using Cases = Counts();
}  // namespace packed_cases
