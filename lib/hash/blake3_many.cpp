// SPDX-License-Identifier: Apache-2.0
#include "hash/blake3_many.hpp"

#include <atomic>

#include "hash/blake3_many_tiers.hpp"

namespace mipzk::hash {
namespace {

#if defined(MIPZK_X86_TIERS)
constexpr size_t kTiers = 3;
#else
constexpr size_t kTiers = 1;
#endif

struct Tiers {
  HashManyTier tier[kTiers];
};

Tiers find_tiers() {
#if defined(MIPZK_X86_TIERS)
  // The compiler's run-time support also asks the operating system for the registers (xgetbv).
  __builtin_cpu_init();
  return {{{"base", 4, true, keyed_hash_many_base},
           {"avx2", 8, __builtin_cpu_supports("avx2") != 0, keyed_hash_many_avx2},
           {"avx512", 16, __builtin_cpu_supports("avx512f") != 0, keyed_hash_many_avx512}}};
#else
  return {{{"base", 4, true, keyed_hash_many_base}}};
#endif
}

const Tiers& tiers() {
  static const Tiers t = find_tiers();
  return t;
}

std::atomic<const HashManyTier*> best_tier{nullptr};

const HashManyTier& best() {
  const HashManyTier* found = best_tier.load(std::memory_order_acquire);
  if (found == nullptr) {
    for (const HashManyTier& t : tiers().tier)
      if (t.supported) found = &t;
    best_tier.store(found, std::memory_order_release);
  }
  return *found;
}

}  // namespace

std::span<const HashManyTier> hash_many_tiers() { return tiers().tier; }

size_t hash_many_lanes() { return best().lanes; }

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
  for (size_t i = 0; i < 8; ++i) words[i] = load_le32(key.bytes.data() + 4 * i);
  best().run(words, base, stride, length, count, out);
}

}  // namespace mipzk::hash
