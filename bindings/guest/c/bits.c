/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that GCC calls for 64-bit shifts and comparisons and for its bit-counting builtins,
 * which MIPS I has no instructions for. They work on 32-bit halves: a 64-bit shift by a variable
 * amount here would call itself. Signatures are those of the GCC internals manual, section 4.1. */
#include <stdint.h>

uint64_t __ashldi3(uint64_t x, int amount);
uint64_t __lshrdi3(uint64_t x, int amount);
int64_t __ashrdi3(int64_t x, int amount);
uint64_t __muldi3(uint64_t a, uint64_t b);
uint64_t __negdi2(uint64_t x);
int __cmpdi2(int64_t a, int64_t b);
int __ucmpdi2(uint64_t a, uint64_t b);
int __clzsi2(uint32_t x);
int __clzdi2(uint64_t x);
int __ctzsi2(uint32_t x);
int __ctzdi2(uint64_t x);
int __ffssi2(uint32_t x);
int __ffsdi2(uint64_t x);
int __popcountsi2(uint32_t x);
int __popcountdi2(uint64_t x);
int __paritysi2(uint32_t x);
int __paritydi2(uint64_t x);
uint32_t __bswapsi2(uint32_t x);
uint64_t __bswapdi2(uint64_t x);

static uint32_t high_of(uint64_t x) { return (uint32_t)(x >> 32); }
static uint32_t low_of(uint64_t x) { return (uint32_t)x; }
static uint64_t join(uint32_t high, uint32_t low) { return (uint64_t)high << 32 | low; }

uint64_t __ashldi3(uint64_t x, int amount) {
  uint32_t high = high_of(x), low = low_of(x);
  if (amount == 0) {
    return x;
  }
  if (amount >= 32) {
    return join(low << (amount - 32), 0);
  }
  return join(high << amount | low >> (32 - amount), low << amount);
}

uint64_t __lshrdi3(uint64_t x, int amount) {
  uint32_t high = high_of(x), low = low_of(x);
  if (amount == 0) {
    return x;
  }
  if (amount >= 32) {
    return join(0, high >> (amount - 32));
  }
  return join(high >> amount, low >> amount | high << (32 - amount));
}

int64_t __ashrdi3(int64_t x, int amount) {
  uint32_t low = low_of((uint64_t)x);
  int32_t high = (int32_t)high_of((uint64_t)x);
  if (amount == 0) {
    return x;
  }
  if (amount >= 32) {
    return (int64_t)join((uint32_t)(high >> 31), (uint32_t)(high >> (amount - 32)));
  }
  return (int64_t)join((uint32_t)(high >> amount), low >> amount | (uint32_t)high << (32 - amount));
}

uint64_t __muldi3(uint64_t a, uint64_t b) {
  uint64_t low = (uint64_t)low_of(a) * low_of(b); /* multu */
  return join(high_of(low) + high_of(a) * low_of(b) + low_of(a) * high_of(b), low_of(low));
}

uint64_t __negdi2(uint64_t x) {
  uint32_t low = 0 - low_of(x);
  return join(0 - high_of(x) - (low != 0), low);
}

/* 0, 1, 2 for less, equal, greater. */
int __ucmpdi2(uint64_t a, uint64_t b) {
  if (high_of(a) != high_of(b)) {
    return high_of(a) < high_of(b) ? 0 : 2;
  }
  return low_of(a) == low_of(b) ? 1 : low_of(a) < low_of(b) ? 0 : 2;
}

int __cmpdi2(int64_t a, int64_t b) {
  const uint64_t flip = (uint64_t)1 << 63;
  return __ucmpdi2((uint64_t)a ^ flip, (uint64_t)b ^ flip);
}

/* 32 for 0, where the builtin leaves the result open. */
int __clzsi2(uint32_t x) {
  int count = 0;
  if (x == 0) {
    return 32;
  }
  if (x >> 16 == 0) {
    count += 16;
    x <<= 16;
  }
  if (x >> 24 == 0) {
    count += 8;
    x <<= 8;
  }
  if (x >> 28 == 0) {
    count += 4;
    x <<= 4;
  }
  if (x >> 30 == 0) {
    count += 2;
    x <<= 2;
  }
  return count + (x >> 31 == 0);
}

int __clzdi2(uint64_t x) {
  return high_of(x) != 0 ? __clzsi2(high_of(x)) : 32 + __clzsi2(low_of(x));
}

int __ctzsi2(uint32_t x) { return x == 0 ? 32 : 31 - __clzsi2(x & (0 - x)); }

int __ctzdi2(uint64_t x) {
  return low_of(x) != 0 ? __ctzsi2(low_of(x)) : 32 + __ctzsi2(high_of(x));
}

int __ffssi2(uint32_t x) { return x == 0 ? 0 : 1 + __ctzsi2(x); }

int __ffsdi2(uint64_t x) { return x == 0 ? 0 : 1 + __ctzdi2(x); }

/* Sums of ever wider groups of bits. */
int __popcountsi2(uint32_t x) {
  x = x - (x >> 1 & 0x55555555u);
  x = (x & 0x33333333u) + (x >> 2 & 0x33333333u);
  x = (x + (x >> 4)) & 0x0f0f0f0fu;
  x = x + (x >> 8);
  return (int)((x + (x >> 16)) & 0x3f);
}

int __popcountdi2(uint64_t x) { return __popcountsi2(high_of(x)) + __popcountsi2(low_of(x)); }

int __paritysi2(uint32_t x) { return __popcountsi2(x) & 1; }

int __paritydi2(uint64_t x) { return __paritysi2(high_of(x) ^ low_of(x)); }

uint32_t __bswapsi2(uint32_t x) {
  return x << 24 | (x & 0xff00) << 8 | (x >> 8 & 0xff00) | x >> 24;
}

uint64_t __bswapdi2(uint64_t x) { return join(__bswapsi2(low_of(x)), __bswapsi2(high_of(x))); }
