// SPDX-License-Identifier: Apache-2.0
// Which CPU tier's kernels this process uses (cpu_tier_list.hpp). Prover only. Results are the same
// on every tier.
#pragma once

#include <cstddef>
#include <span>

namespace mipzk {

struct CpuTier {
  const char* name;  // "avx2"
  bool available;    // on this processor
};

// The tiers of this build, slowest first.
std::span<const CpuTier> cpu_tiers();

// The tier that all kernels use, as an index into cpu_tiers(): the last available one, or the
// forced one.
size_t cpu_tier();

// For tests and benchmarks; the tier must be available. Affects the whole process, from the next
// call of a kernel on.
void force_cpu_tier(size_t tier);
void unforce_cpu_tier();

}  // namespace mipzk
