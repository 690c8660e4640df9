// SPDX-License-Identifier: Apache-2.0
// The checks of PackedFp, compiled once for every set of -m flags (packed_cases_*.cpp) into a
// namespace of its own. Each returns the number of lanes that differ from scalar arithmetic.
#pragma once

#include <cstdint>

namespace packed_cases {
struct Counts {
  unsigned lanes;  // of the widest register
  uint64_t checked;
  uint64_t different;
};
Counts run_baseline();
Counts run_avx2();
Counts run_avx512();
}  // namespace packed_cases
