// SPDX-License-Identifier: Apache-2.0
#include "hash/grind.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "base/pool.hpp"
#include "hash/blake3_many.hpp"

namespace mipzk::hash {
namespace {

constexpr size_t kGroup = 64;  // nonces hashed together
constexpr size_t kInput = 40;  // state || nonce

// Lowers `best` to the smallest working nonce of [begin, end), if there is one below it.
void search(const Transcript& transcript, uint64_t mask, uint64_t begin, uint64_t end,
            std::atomic<uint64_t>& best) {
  uint8_t inputs[kGroup][kInput];
  uint8_t digests[kGroup][32];
  for (auto& input : inputs) std::memcpy(input, transcript.state().data(), 32);
  for (uint64_t first = begin; first < end; first += kGroup) {
    if (best.load(std::memory_order_relaxed) < first) return;
    const size_t n = static_cast<size_t>(std::min<uint64_t>(kGroup, end - first));
    for (size_t i = 0; i < n; ++i) store_le64(inputs[i] + 32, first + i);
    keyed_hash_many(kGrindKey, inputs[0], kInput, kInput, n, digests[0]);
    for (size_t i = 0; i < n; ++i) {
      if ((load_le64(digests[i]) & mask) != 0) continue;
      uint64_t seen = best.load(std::memory_order_relaxed);
      while (first + i < seen && !best.compare_exchange_weak(seen, first + i)) {
      }
      return;
    }
  }
}

}  // namespace

uint64_t find_nonce(const Transcript& transcript, unsigned bits, Pool* pool) {
  if (bits == 0) return 0;
  const uint64_t mask = (uint64_t{1} << bits) - 1;
  // Windows are searched whole, so the smallest nonce of the first window that has one is the
  // smallest of all.
  constexpr size_t kWindow = size_t{1} << 16;
  std::atomic<uint64_t> best{UINT64_MAX};
  for (uint64_t start = 0;; start += kWindow) {
    auto part = [&](size_t begin, size_t end) {
      search(transcript, mask, start + begin, start + end, best);
    };
    if (pool != nullptr)
      pool->parallel_for(kWindow, 4 * kGroup, part);
    else
      part(0, kWindow);
    if (best != UINT64_MAX) return best;
  }
}

}  // namespace mipzk::hash
