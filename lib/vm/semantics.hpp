// SPDX-License-Identifier: Apache-2.0
// What instructions compute, apart from registers and memory (docs/MACHINE.md, "Instructions").
#pragma once

#include <cstdint>

namespace mipzk::vm {

struct HiLo {
  uint32_t hi, lo;
};

inline int32_t as_signed(uint32_t v) { return static_cast<int32_t>(v); }
inline uint32_t low(uint64_t v) { return static_cast<uint32_t>(v); }
inline uint32_t high(uint64_t v) { return static_cast<uint32_t>(v >> 32); }

inline HiLo multiply(uint32_t a, uint32_t b, bool is_signed) {
  const uint64_t product =
      is_signed ? static_cast<uint64_t>(int64_t{as_signed(a)} * as_signed(b)) : uint64_t{a} * b;
  return {high(product), low(product)};
}

// Division by zero gives LO = the dividend, HI = 0.
inline HiLo divide(uint32_t a, uint32_t b, bool is_signed) {
  if (b == 0) return {0, a};
  if (!is_signed) return {a % b, a / b};
  const int64_t n = as_signed(a), d = as_signed(b);  // 64 bits, because of INT_MIN / -1
  return {low(static_cast<uint64_t>(n % d)), low(static_cast<uint64_t>(n / d))};
}

// HI:LO plus or minus the product.
inline HiLo multiply_add(const HiLo& acc, const HiLo& product, bool subtract) {
  const uint64_t a = uint64_t{acc.hi} << 32 | acc.lo;
  const uint64_t p = uint64_t{product.hi} << 32 | product.lo;
  const uint64_t sum = subtract ? a - p : a + p;
  return {high(sum), low(sum)};
}

inline uint32_t swap_halves_bytes(uint32_t v) {
  return (v & 0x00ff00ffu) << 8 | (v >> 8 & 0x00ff00ffu);
}

inline uint32_t sign_extend(uint32_t v, unsigned bits) {
  return static_cast<uint32_t>(as_signed(v << (32 - bits)) >> (32 - bits));
}

// Big-endian: byte 0 of a word is its most significant one.
inline uint32_t byte_shift(uint32_t address) { return 24 - 8 * (address & 3); }
inline uint32_t half_shift(uint32_t address) { return 16 - 8 * (address & 2); }

inline uint32_t load_byte(uint32_t word, uint32_t a) { return word >> byte_shift(a) & 0xff; }
inline uint32_t load_half(uint32_t word, uint32_t a) { return word >> half_shift(a) & 0xffff; }
inline uint32_t store_byte(uint32_t word, uint32_t a, uint32_t v) {
  const uint32_t mask = 0xffu << byte_shift(a);
  return (word & ~mask) | (v << byte_shift(a) & mask);
}
inline uint32_t store_half(uint32_t word, uint32_t a, uint32_t v) {
  const uint32_t mask = 0xffffu << half_shift(a);
  return (word & ~mask) | (v << half_shift(a) & mask);
}

// The four unaligned accesses; k = address mod 4.
inline uint32_t load_left(uint32_t word, uint32_t a, uint32_t old) {
  const uint32_t shift = 8 * (a & 3);
  return word << shift | (old & ((1u << shift) - 1));
}
inline uint32_t load_right(uint32_t word, uint32_t a, uint32_t old) {
  const uint32_t shift = 24 - 8 * (a & 3);
  return word >> shift | (old & ~(~0u >> shift));
}
inline uint32_t store_left(uint32_t word, uint32_t a, uint32_t v) {
  const uint32_t shift = 8 * (a & 3);
  return (word & ~(~0u >> shift)) | v >> shift;
}
inline uint32_t store_right(uint32_t word, uint32_t a, uint32_t v) {
  const uint32_t shift = 24 - 8 * (a & 3);
  return (word & ((1u << shift) - 1)) | v << shift;
}

}  // namespace mipzk::vm
