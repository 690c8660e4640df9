// SPDX-License-Identifier: Apache-2.0
#include "hash/blake3_many.hpp"

#include "base/cpu_tier.hpp"
#include "base/cpu_tier_list.hpp"
#include "hash/blake3_many_kernel.hpp"

namespace mipzk::hash {

MIPZK_CPU_TIERS(MIPZK_TIER_DECLARATION, const ManyKernel kManyKernel)

namespace {

const ManyKernel& kernel() {
  static constexpr const ManyKernel* kOfTier[] = {MIPZK_CPU_TIERS(MIPZK_TIER_ADDRESS, kManyKernel)};
  return *kOfTier[cpu_tier()];
}

}  // namespace

size_t hash_many_lanes() { return kernel().lanes; }

void keyed_hash_many(const Key& key, const uint8_t* base, size_t stride, size_t length,
                     size_t count, uint8_t* out) {
  // A group costs a few times as much as one input, however few of its lanes are used.
  if (count <= 2) {
    for (size_t i = 0; i < count; ++i) {
      Blake3 h(key);
      h.update({base + i * stride, length});
      h.finalize(out + 32 * i, 32);
    }
    return;
  }
  uint32_t words[8];
  key_words(key, words);
  kernel().run(words, base, stride, length, count, out);
}

}  // namespace mipzk::hash
