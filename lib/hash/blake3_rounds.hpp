// SPDX-License-Identifier: Apache-2.0
// The BLAKE3 compression over any word type: uint32_t for one input, a vector for several inputs in
// lock step. Constants and structure: the BLAKE3 specification, sections 2.1 to 2.4.
//
// Everything here has internal linkage or is forced inline, because files of different instruction
// sets include it and must not share the machine code of one another.
#pragma once

#include <cstdint>

namespace mipzk::hash {
namespace {

constexpr uint32_t kBlake3Iv[8] = {0x6a09e667u, 0xbb67ae85u, 0x3c6ef372u, 0xa54ff53au,
                                   0x510e527fu, 0x9b05688cu, 0x1f83d9abu, 0x5be0cd19u};

enum Blake3Flag : uint32_t {
  kChunkStart = 1,
  kChunkEnd = 2,
  kParent = 4,
  kRoot = 8,
  kKeyedHash = 16,
};

constexpr unsigned kBlockSize = 64;
constexpr unsigned kChunkSize = 1024;

struct Blake3Schedule {
  uint8_t word[7][16];
};

// Message order of each of the seven rounds: the permutation of the specification, iterated.
constexpr Blake3Schedule make_blake3_schedule() {
  constexpr uint8_t step[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};
  Blake3Schedule s{};
  for (unsigned i = 0; i < 16; ++i) s.word[0][i] = static_cast<uint8_t>(i);
  for (unsigned r = 1; r < 7; ++r)
    for (unsigned i = 0; i < 16; ++i) s.word[r][i] = s.word[r - 1][step[i]];
  return s;
}
constexpr Blake3Schedule kBlake3Schedule = make_blake3_schedule();

template <int kN, class W>
[[gnu::always_inline]] inline W rotate_right(W x) {
  return (x >> kN) | (x << (32 - kN));
}

template <class W>
[[gnu::always_inline]] inline void blake3_mix(W& a, W& b, W& c, W& d, const W& x, const W& y) {
  a += b + x;
  d = rotate_right<16>(d ^ a);
  c += d;
  b = rotate_right<12>(b ^ c);
  a += b + y;
  d = rotate_right<8>(d ^ a);
  c += d;
  b = rotate_right<7>(b ^ c);
}

template <int kRound, class W>
[[gnu::always_inline]] inline void blake3_rounds(W (&v)[16], const W (&m)[16]) {
  if constexpr (kRound < 7) {
    constexpr const uint8_t(&s)[16] = kBlake3Schedule.word[kRound];
    blake3_mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
    blake3_mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
    blake3_mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
    blake3_mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
    blake3_mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
    blake3_mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
    blake3_mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
    blake3_mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
    blake3_rounds<kRound + 1>(v, m);
  }
}

// A block of `length` bytes, with the words `m`: v[i] ^ v[i + 8], i < 8, is the chaining value.
template <class W>
[[gnu::always_inline]] inline void blake3_state(W (&v)[16], const W (&chain)[8], const W (&m)[16],
                                                uint64_t counter, uint32_t length, uint32_t flags) {
#pragma GCC unroll 8
  for (unsigned i = 0; i < 8; ++i) v[i] = chain[i];
#pragma GCC unroll 4
  for (unsigned i = 0; i < 4; ++i) v[8 + i] = W{} + kBlake3Iv[i];
  v[12] = W{} + static_cast<uint32_t>(counter);
  v[13] = W{} + static_cast<uint32_t>(counter >> 32);
  v[14] = W{} + length;
  v[15] = W{} + flags;
  blake3_rounds<0>(v, m);
}

// The flags of a block of a chunk.
constexpr uint32_t chunk_flags(bool first, bool last) {
  return (first ? kChunkStart : 0u) | (last ? kChunkEnd : 0u);
}

// The block of a parent, from the chaining values of its children.
template <class W>
[[gnu::always_inline]] inline void parent_block(W (&m)[16], const W* left, const W* right) {
#pragma GCC unroll 8
  for (unsigned i = 0; i < 8; ++i) {
    m[i] = left[i];
    m[i + 8] = right[i];
  }
}

}  // namespace
}  // namespace mipzk::hash
