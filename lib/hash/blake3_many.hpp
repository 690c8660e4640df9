// SPDX-License-Identifier: Apache-2.0
// Keyed BLAKE3 of many inputs of equal length at once, with the vectors of the CPU tier
// (base/cpu_tier.hpp). Prover only. The results equal those of keyed_hash.
#pragma once

#include <cstddef>
#include <cstdint>

#include "hash/blake3.hpp"

namespace mipzk::hash {

inline constexpr size_t kMaxManyLength = size_t{1} << 30;

// Input i is the `length` bytes (at most kMaxManyLength) at base + i * stride, 0 <= i < count; its
// digest goes to out + 32 * i. Inputs may overlap each other, but not `out`.
void keyed_hash_many(const Key& key, const uint8_t* base, size_t stride, size_t length,
                     size_t count, uint8_t* out);

// How many inputs should come together for best speed: a call is efficient with a multiple of it.
size_t hash_many_lanes();

}  // namespace mipzk::hash
