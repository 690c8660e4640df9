/* SPDX-License-Identifier: Apache-2.0 */
/* 64-bit division for a machine that divides 32-bit words: the functions that GCC calls for / and %
 * on 64-bit integers. Debian's libgcc cannot serve, it holds MIPS32r2 code. A zero divisor reaches
 * a 32-bit division below and faults there, as a 32-bit division by zero does. */
#include <stdint.h>

int __clzsi2(uint32_t x);

uint64_t __udivmoddi4(uint64_t n, uint64_t d, uint64_t* remainder);
uint64_t __udivdi3(uint64_t n, uint64_t d);
uint64_t __umoddi3(uint64_t n, uint64_t d);
int64_t __divdi3(int64_t n, int64_t d);
int64_t __moddi3(int64_t n, int64_t d);
int64_t __divmoddi4(int64_t n, int64_t d, int64_t* remainder);

/* One 16-bit digit of a long division (Knuth, TAOCP 4.3.1, algorithm D): the quotient of
 * high * 2^16 + digit by d, where d has its top bit set and high < d; *high becomes the remainder.
 */
static uint32_t divide_digit(uint32_t* high, uint32_t digit, uint32_t d) {
  uint32_t d_high = d >> 16, d_low = d & 0xffff;
  uint32_t q = *high / d_high;
  uint32_t r = *high - q * d_high;
  /* q is at most two too large. It is at most 0x10001, so q * d_low fits in 32 bits; the test does
   * as long as r fits in 16, and once it does not, q is right. */
  while (q * d_low > (r << 16 | digit)) {
    --q;
    r += d_high;
    if (r > 0xffff) {
      break;
    }
  }
  /* The true remainder is below d, so arithmetic modulo 2^32 gives it exactly. */
  *high = (*high << 16 | digit) - q * d;
  return q;
}

/* Quotient of high * 2^32 + low by d; d has its top bit set, high < d. */
static uint32_t divide_normalized(uint32_t high, uint32_t low, uint32_t d, uint32_t* remainder) {
  uint32_t q = divide_digit(&high, low >> 16, d) << 16;
  q |= divide_digit(&high, low & 0xffff, d);
  *remainder = high;
  return q;
}

static uint64_t divide_by_word(uint64_t n, uint32_t d, uint64_t* remainder) {
  uint32_t high = (uint32_t)(n >> 32), low = (uint32_t)n;
  uint32_t q_high = 0, q_low, rest;
  if (high == 0) {
    q_low = low / d;
    rest = low - q_low * d;
  } else {
    q_high = high / d;
    high -= q_high * d;
    if (d <= 0xffff) {
      uint32_t part = high << 16 | low >> 16;
      q_low = part / d;
      part = (part - q_low * d) << 16 | (low & 0xffff);
      q_low = q_low << 16 | part / d;
      rest = part % d;
    } else {
      int shift = __clzsi2(d);
      if (shift != 0) {
        high = high << shift | low >> (32 - shift);
      }
      q_low = divide_normalized(high, low << shift, d << shift, &rest);
      rest >>= shift;
    }
  }
  *remainder = rest;
  return (uint64_t)q_high << 32 | q_low;
}

uint64_t __udivmoddi4(uint64_t n, uint64_t d, uint64_t* remainder) {
  uint64_t q, rest;
  uint32_t d_high = (uint32_t)(d >> 32);
  if (d_high == 0) {
    q = divide_by_word(n, (uint32_t)d, &rest);
  } else {
    /* Estimate with the top 32 bits of d (Hacker's Delight, 2nd edition, section 9-5): dividing n /
     * 2 keeps the quotient below 2^32, and after the decrement it is exact or one too small. */
    int shift = __clzsi2(d_high);
    uint32_t top = shift == 0 ? d_high : d_high << shift | (uint32_t)d >> (32 - shift);
    uint64_t half = n >> 1;
    uint32_t unused;
    uint32_t guess = divide_normalized((uint32_t)(half >> 32), (uint32_t)half, top, &unused);
    guess >>= 31 - shift;
    if (guess != 0) {
      --guess;
    }
    rest = n - d * guess;
    if (rest >= d) {
      rest -= d;
      ++guess;
    }
    q = guess;
  }
  if (remainder != 0) {
    *remainder = rest;
  }
  return q;
}

uint64_t __udivdi3(uint64_t n, uint64_t d) { return __udivmoddi4(n, d, 0); }

uint64_t __umoddi3(uint64_t n, uint64_t d) {
  uint64_t remainder;
  (void)__udivmoddi4(n, d, &remainder);
  return remainder;
}

/* |x| as an unsigned number, right for the smallest one too. */
static uint64_t magnitude(int64_t x) { return x < 0 ? 0 - (uint64_t)x : (uint64_t)x; }

int64_t __divmoddi4(int64_t n, int64_t d, int64_t* remainder) {
  uint64_t rest;
  uint64_t q = __udivmoddi4(magnitude(n), magnitude(d), &rest);
  if (remainder != 0) {
    *remainder = (int64_t)(n < 0 ? 0 - rest : rest);
  }
  return (int64_t)((n < 0) != (d < 0) ? 0 - q : q);
}

int64_t __divdi3(int64_t n, int64_t d) { return __divmoddi4(n, d, 0); }

int64_t __moddi3(int64_t n, int64_t d) {
  int64_t remainder;
  (void)__divmoddi4(n, d, &remainder);
  return remainder;
}
