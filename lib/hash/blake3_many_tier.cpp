// SPDX-License-Identifier: Apache-2.0
// The kernel behind blake3_many: kLanes equal-length inputs in lock step, one per vector element.
//
// Compiled once for each CPU tier. All names but the kernel's have internal linkage and no standard
// library function is called, so that no code of a higher tier can be merged into a lower one by
// the linker. Needs gcc 12 or clang.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "field/packed.hpp"
#include "hash/blake3_many.hpp"
#include "hash/blake3_many_kernel.hpp"
#include "hash/blake3_rounds.hpp"

namespace mipzk::hash {
namespace {

// The compiler makes the best of vectors that are wider than the tier's registers.
constexpr int kLanes = field::kTierLanes < 4 ? 4 : field::kTierLanes;
using Lanes = uint32_t __attribute__((vector_size(4 * kLanes)));
using LaneIndex = std::make_integer_sequence<int, kLanes>;

// kMaxManyLength = 2^20 chunks.
constexpr unsigned kMaxManyDepth = 20;
static_assert(kMaxManyLength == size_t{kChunkSize} << kMaxManyDepth);

// Rotations by whole bytes are one byte shuffle on some tiers, against two shifts and an or.
using LaneBytes = uint8_t __attribute__((vector_size(4 * kLanes)));
using ByteIndex = std::make_integer_sequence<int, 4 * kLanes>;

template <int kBytes, int... kJ>
[[gnu::always_inline]] inline Lanes rotate_bytes(Lanes x, std::integer_sequence<int, kJ...>) {
  LaneBytes b = reinterpret_cast<LaneBytes>(x);
  return reinterpret_cast<Lanes>(
      __builtin_shufflevector(b, b, ((kJ & ~3) | ((kJ + kBytes) & 3))...));
}
template <int kN>
[[gnu::always_inline]] inline Lanes rotate_by_bytes(Lanes x) {
  if constexpr (field::kShufflesBytes) return rotate_bytes<kN / 8>(x, ByteIndex{});
  return (x >> kN) | (x << (32 - kN));
}
template <>
[[gnu::always_inline]] inline Lanes rotate_right<16, Lanes>(Lanes x) {
  return rotate_by_bytes<16>(x);
}
template <>
[[gnu::always_inline]] inline Lanes rotate_right<8, Lanes>(Lanes x) {
  return rotate_by_bytes<8>(x);
}

[[gnu::always_inline]] inline Lanes splat(uint32_t x) { return Lanes{} + x; }

[[gnu::always_inline]] inline Lanes to_little_endian(Lanes x) {
  if constexpr (std::endian::native == std::endian::big)
    x = (x >> 24) | ((x >> 8) & 0xff00u) | ((x << 8) & 0xff0000u) | (x << 24);
  return x;
}

// One step of the transposition: exchanges bit kBit of the row number with that of the lane number.
template <int kBit, int... kJ>
[[gnu::always_inline]] inline void exchange(Lanes& a, Lanes& b, std::integer_sequence<int, kJ...>) {
  Lanes low = __builtin_shufflevector(a, b, ((kJ & kBit) != 0 ? kLanes + kJ - kBit : kJ)...);
  Lanes high = __builtin_shufflevector(a, b, ((kJ & kBit) != 0 ? kLanes + kJ : kJ + kBit)...);
  a = low;
  b = high;
}

template <int kBit>
[[gnu::always_inline]] inline void transpose_from(Lanes* r) {
  if constexpr (kBit < kLanes) {
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i)
      if ((i & kBit) == 0) exchange<kBit>(r[i], r[i + kBit], LaneIndex{});
    transpose_from<2 * kBit>(r);
  }
}

// Word i of the 64-byte block of every lane into m[i].
[[gnu::always_inline]] inline void load_block(const uint8_t* const* inputs, size_t offset,
                                              Lanes (&m)[16]) {
#pragma GCC unroll 4
  for (int group = 0; group < 16 / kLanes; ++group) {
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) {
      Lanes row;
      std::memcpy(&row, inputs[i] + offset + 4 * kLanes * group, sizeof row);
      m[group * kLanes + i] = to_little_endian(row);
    }
    transpose_from<1>(m + group * kLanes);
  }
}

[[gnu::always_inline]] inline void compress_lanes(Lanes (&chain)[8], const Lanes (&m)[16],
                                                  uint64_t counter, uint32_t length,
                                                  uint32_t flags) {
  Lanes v[16];
  blake3_state(v, chain, m, counter, length, flags);
  for (int i = 0; i < 8; ++i) chain[i] = v[i] ^ v[i + 8];
}

void set_chain(Lanes (&chain)[8], const uint32_t key[8]) {
  for (int i = 0; i < 8; ++i) chain[i] = splat(key[i]);
}

// The chaining value of one chunk; `flags` go to its last block in addition to kChunkEnd.
void hash_chunk(const uint32_t key[8], const uint8_t* const* inputs, uint64_t index, size_t begin,
                size_t size, uint32_t flags, Lanes (&chain)[8]) {
  set_chain(chain, key);
  bool first = true;
  Lanes m[16];
  size_t at = 0;
  for (; size - at > kBlockSize; at += kBlockSize, first = false) {
    load_block(inputs, begin + at, m);
    compress_lanes(chain, m, index, kBlockSize, kKeyedHash | chunk_flags(first, false));
  }
  const size_t rest = size - at;  // 0 only for the empty input
  if (rest == kBlockSize) {
    load_block(inputs, begin + at, m);
  } else {
    uint8_t padded[kLanes][kBlockSize] = {};
    const uint8_t* rows[kLanes];
    for (int i = 0; i < kLanes; ++i) {
      if (rest != 0) std::memcpy(padded[i], inputs[i] + begin + at, rest);
      rows[i] = padded[i];
    }
    load_block(rows, 0, m);
  }
  compress_lanes(chain, m, index, static_cast<uint32_t>(rest),
                 kKeyedHash | chunk_flags(first, true) | flags);
}

void hash_parent(const uint32_t key[8], const Lanes (&left)[8], const Lanes (&right)[8],
                 uint32_t flags, Lanes (&out)[8]) {
  Lanes m[16];
  parent_block(m, left, right);
  Lanes chain[8];
  set_chain(chain, key);
  compress_lanes(chain, m, 0, kBlockSize, kKeyedHash | kParent | flags);
  for (int i = 0; i < 8; ++i) out[i] = chain[i];
}

void hash_long(const uint32_t key[8], const uint8_t* const* inputs, size_t length,
               Lanes (&chain)[8]) {
  Lanes stack[kMaxManyDepth + 1][8];
  unsigned depth = 0;
  size_t chunks = 0;
  size_t begin = 0;
  for (; length - begin > kChunkSize; begin += kChunkSize) {
    hash_chunk(key, inputs, chunks, begin, kChunkSize, 0, chain);
    for (size_t n = ++chunks; (n & 1) == 0; n >>= 1)
      hash_parent(key, stack[--depth], chain, 0, chain);
    for (int i = 0; i < 8; ++i) stack[depth][i] = chain[i];
    ++depth;
  }
  hash_chunk(key, inputs, chunks, begin, length - begin, 0, chain);
  while (depth != 0) {
    --depth;
    hash_parent(key, stack[depth], chain, depth == 0 ? kRoot : 0u, chain);
  }
}

void store_digests(const Lanes (&chain)[8], size_t count, uint8_t* out) {
  uint32_t words[8][kLanes];
  for (int i = 0; i < 8; ++i) {
    Lanes x = to_little_endian(chain[i]);
    std::memcpy(words[i], &x, sizeof x);
  }
  for (size_t lane = 0; lane < count; ++lane)
    for (size_t i = 0; i < 8; ++i) std::memcpy(out + 32 * lane + 4 * i, &words[i][lane], 4);
}

// See ManyKernel.
void hash_groups(const uint32_t key[8], const uint8_t* base, size_t stride, size_t length,
                 size_t count, uint8_t* out) {
  for (size_t first = 0; first < count; first += kLanes) {
    size_t n = count - first < size_t{kLanes} ? count - first : size_t{kLanes};
    const uint8_t* inputs[kLanes];
    for (size_t i = 0; i < size_t{kLanes}; ++i)  // spare lanes repeat the last input
      inputs[i] = base + (first + (i < n ? i : n - 1)) * stride;
    Lanes chain[8];
    if (length <= kChunkSize)
      hash_chunk(key, inputs, 0, 0, length, kRoot, chain);
    else
      hash_long(key, inputs, length, chain);
    store_digests(chain, n, out + 32 * first);
  }
}

}  // namespace

namespace MIPZK_TIER_NAMESPACE {

extern const ManyKernel kManyKernel;
const ManyKernel kManyKernel{kLanes, hash_groups};

}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::hash
