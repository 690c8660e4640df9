/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: the 64-bit arithmetic of the runtime (division, shifts, bit counts, byte swaps) and
 * the 32-bit divider. Private input: pairs (a, b) of 8 bytes each, b != 0; output per pair: 24
 * numbers of 8 bytes, in the order of the code. Signed division leaves out the one case that
 * overflows. */
#include "guest_util.h"

static void arithmetic(uint64_t a, uint64_t b) {
  int overflows = a == (uint64_t)1 << 63 && b == ~(uint64_t)0;
  int64_t sa = (int64_t)a, sb = (int64_t)b;
  put_u64(a / b);
  put_u64(a % b);
  put_u64(overflows ? 0 : (uint64_t)(sa / sb));
  put_u64(overflows ? 0 : (uint64_t)(sa % sb));
  put_u64(a * b);
  put_u64(a - b);

  uint32_t x = (uint32_t)(a >> 32), y = (uint32_t)b | 1;
  put_u64((uint64_t)(x / y) << 32 | x % y);
  overflows = x == 0x80000000u && y == 0xffffffffu;
  put_u64(overflows ? 0
                    : (uint64_t)(uint32_t)((int32_t)x / (int32_t)y) << 32 |
                          (uint32_t)((int32_t)x % (int32_t)y));
  put_u64((uint64_t)x * y);
  put_u64((uint64_t)((int64_t)(int32_t)x * (int32_t)y));
}

static void bits(uint64_t a, uint64_t b) {
  unsigned amount = b & 63;
  put_u64(a << amount);
  put_u64(a >> amount);
  put_u64((uint64_t)((int64_t)a >> amount));
  put_u64((uint64_t)__builtin_clzll(a | 1));
  put_u64((uint64_t)__builtin_ctzll(a | (uint64_t)1 << 63));
  put_u64((uint64_t)__builtin_clz((uint32_t)b | 1));
  put_u64((uint64_t)__builtin_ctz((uint32_t)b | 0x80000000u));
  put_u64((uint64_t)__builtin_popcountll(a));
  put_u64((uint64_t)__builtin_parityll(a));
  put_u64((uint64_t)__builtin_ffsll((long long)b));
  put_u64(__builtin_bswap32((uint32_t)a));
  put_u64(__builtin_bswap64(a));
  put_u64(a < b);
  put_u64((int64_t)a < (int64_t)b);
}

int main(void) {
  Reader in = open_private();
  while (remaining(&in) != 0) {
    uint64_t a = take_u64(&in), b = take_u64(&in);
    if (b == 0) {
      return EXIT_MALFORMED;
    }
    arithmetic(a, b);
    bits(a, b);
  }
  return 0;
}
