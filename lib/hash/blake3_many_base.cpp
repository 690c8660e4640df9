// SPDX-License-Identifier: Apache-2.0
#define MIPZK_LANES 4
#include "hash/blake3_lanes.hpp"
#include "hash/blake3_many_tiers.hpp"

namespace mipzk::hash {

void keyed_hash_many_base(const uint32_t key[8], const uint8_t* base, size_t stride, size_t length,
                          size_t count, uint8_t* out) {
  hash_groups(key, base, stride, length, count, out);
}

}  // namespace mipzk::hash
