/* SPDX-License-Identifier: Apache-2.0 */
/* Random operands in the classes where floating point goes wrong. Deterministic. */
#ifndef OPERANDS_H
#define OPERANDS_H
#include <stdint.h>

static uint64_t random_state = 1;

static uint32_t random32(void) { /* xorshift64* */
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  return (uint32_t)((random_state * 0x2545f4914f6cdd1dull) >> 32);
}

static uint64_t random64(void) {
  const uint64_t hi = random32();
  return hi << 32 | random32();
}

static uint32_t below(uint32_t n) { return random32() % n; }

/* A fraction of the given number of bits: random; sparse; runs of zeros or ones; near the ends. */
static uint64_t random_fraction(uint32_t bits) {
  const uint64_t mask = (1ull << bits) - 1;
  const uint32_t a = below(bits);
  const uint32_t b = below(bits);
  switch (below(8)) {
    case 0:
      return 0;
    case 1:
      return mask;
    case 2:
      return below(4);
    case 3:
      return mask - below(4);
    case 4:
      return (1ull << a) ^ (1ull << b);
    case 5:
      return mask ^ (1ull << a) ^ (1ull << b);
    case 6:
      return (mask >> a) ^ (mask >> b) ^ (below(2) ? 0 : 1);
    default:
      return random64() & mask;
  }
}

/* A number of the format with `exponent` exponent bits and `bits` fraction bits. `other` is a number to be near to. */
static uint64_t random_operand(uint32_t exponent, uint32_t bits, uint64_t other) {
  const uint64_t top = (1ull << exponent) - 1;
  const uint64_t bias = top >> 1;
  const uint64_t sign = (uint64_t)below(2) << (exponent + bits);
  const uint64_t other_exponent = other >> bits & top;
  uint64_t e;
  switch (below(20)) {
    case 0:
      return sign; /* zero */
    case 1:
      return sign | top << bits; /* infinity */
    case 2:
      return sign | top << bits | random_fraction(bits); /* NaN of either kind, or infinity */
    case 3:
      return sign | random_fraction(bits); /* denormal */
    case 4:
      e = below(4); /* smallest */
      break;
    case 5:
      e = top - below(4); /* largest */
      break;
    case 6:
      e = bias + below(66) - 2; /* integers and near them */
      break;
    case 7:
      e = bias + below(5) - 2;
      break;
    case 8: /* product or quotient near an end of the range */
      e = (below(2) ? bias - other_exponent : other_exponent + bias) + below(7) - 3 - below(2) * (bits + 2);
      break;
    case 9:
    case 10:
      e = other_exponent + below(5) - 2; /* cancellation */
      break;
    case 11:
      e = other_exponent + below(2 * bits + 10) - bits - 5;
      break;
    case 12:
      return other + below(5) - 2;
    case 13: /* an addend below and across the end of the other */
    case 14:
      e = other_exponent - bits / 2 - below(bits / 2 + 4);
      return sign | (e & top) << bits | (random_fraction(bits) & (below(2) ? 0 : 3)) | (uint64_t)below(2) << below(bits);
    case 15: /* for conversion to single: ends of its range, halfway cases */
      if (bits < 52) return sign | random_fraction(bits);
      e = below(3) ? bias - 127 + below(4) - below(2) * below(25) : bias + 125 + below(5);
      return sign | e << bits | random_fraction(23) << 29 | random_fraction(29);
    case 16: /* for conversion to integers: halfway cases */
      e = bias + below(34);
      return sign | e << bits | (random_fraction(bits) & ~((1ull << (bits - below(bits))) - 1)) | (below(4) == 0);
    default:
      e = random64() & top;
      break;
  }
  return sign | (e & top) << bits | random_fraction(bits);
}
#endif
