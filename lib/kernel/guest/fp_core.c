/* SPDX-License-Identifier: Apache-2.0 */
/* Any operand, any rounding mode: the paths behind the fast ones. Both formats are unpacked to 64-bit fractions, the exact
 * result is formed with a sticky last bit, and packing rounds it once. */
#include "fp_impl.h"

static void unpack_fraction(struct fp_num* n, int32_t exp_of_bit63) {
  if ((n->hi | n->lo) == 0) {
    n->kind = FP_IS_ZERO;
    return;
  }
  n->kind = FP_IS_FINITE;
  n->exp = exp_of_bit63 - (int32_t)fp_normalize(&n->hi, &n->lo);
}

void fp_unpack_s(struct fp_num* n, uint32_t a) {
  const uint32_t e = a >> 23 & 0xff;
  n->sign = a & FP_SIGN;
  n->lo = 0;
  n->hi = a << 8 & 0x7fffff00u;
  if (e == 0xff) {
    n->kind = n->hi == 0 ? FP_IS_INFINITE : (a & 0x400000) ? FP_IS_SIGNALLING : FP_IS_QUIET;
  } else if (e == 0) {
    unpack_fraction(n, 1 - 127);
  } else {
    n->kind = FP_IS_FINITE;
    n->hi |= 0x80000000u;
    n->exp = (int32_t)e - 127;
  }
}

void fp_unpack_d(struct fp_num* n, uint32_t hi, uint32_t lo) {
  const uint32_t e = hi >> 20 & 0x7ff;
  n->sign = hi & FP_SIGN;
  n->hi = (hi << 11 & 0x7fffffffu) | lo >> 21;
  n->lo = lo << 11;
  if (e == 0x7ff) {
    n->kind = (n->hi | n->lo) == 0 ? FP_IS_INFINITE : (hi & 0x80000) ? FP_IS_SIGNALLING : FP_IS_QUIET;
  } else if (e == 0) {
    unpack_fraction(n, 1 - 1023);
  } else {
    n->kind = FP_IS_FINITE;
    n->hi |= 0x80000000u;
    n->exp = (int32_t)e - 1023;
  }
}

uint32_t fp_round_up(uint32_t csr, uint32_t sign, uint32_t rest, uint32_t half, uint32_t odd) {
  switch (csr & 3) {
    case FP_ROUND_NEAREST:
      return rest > half || (rest == half && odd);
    case FP_ROUND_ZERO:
      return 0;
    case FP_ROUND_UP:
      return rest != 0 && !sign;
    default:
      return rest != 0 && sign;
  }
}

/* 1 if a number too large for the format becomes infinite, 0 if it becomes the largest finite one. */
static uint32_t overflow(struct fp_env* env, uint32_t sign) {
  env->exceptions |= FP_OVERFLOW | FP_INEXACT;
  const uint32_t mode = env->csr & 3;
  return mode == FP_ROUND_NEAREST || (mode == FP_ROUND_UP && !sign) || (mode == FP_ROUND_DOWN && sign);
}

uint32_t fp_pack_s(struct fp_env* env, const struct fp_num* n) {
  const uint32_t sign = n->sign;
  if (n->kind >= FP_IS_QUIET) return FP_NAN_S;
  if (n->kind == FP_IS_INFINITE) return sign | 0x7f800000u;
  if (n->kind == FP_IS_ZERO) return sign;
  uint32_t m = n->hi | (n->lo != 0);
  int32_t e = n->exp + 127;
  uint32_t tiny = 0;
  if (e <= 0) {
    if (env->csr & FP_CSR_FLUSH) return sign;
    /* Tiny unless rounding to the full precision would reach the smallest normal number. */
    tiny = e < 0 || m < 0xffffff00u || !fp_round_up(env->csr, sign, m & 0xff, 0x80, 1);
    uint32_t zero = 0;
    fp_shift_right(&m, &zero, (uint32_t)(1 - e));
    m |= zero != 0;
    e = 1; /* what the hidden bit would add is missing in m */
  }
  const uint32_t rest = m & 0xff;
  if (rest) env->exceptions |= tiny ? FP_INEXACT | FP_UNDERFLOW : FP_INEXACT;
  m = (m >> 8) + fp_round_up(env->csr, sign, rest, 0x80, m & 0x100);
  if (e < 0xff) m += (uint32_t)(e - 1) << 23;
  if (e >= 0xff || m >= 0x7f800000u) m = overflow(env, sign) ? 0x7f800000u : 0x7f7fffffu;
  return sign | m;
}

uint64_t fp_pack_d(struct fp_env* env, const struct fp_num* n) {
  const uint32_t sign = n->sign;
  if (n->kind >= FP_IS_QUIET) return fp_pair(FP_NAN_D_HI, FP_NAN_D_LO);
  if (n->kind == FP_IS_INFINITE) return fp_pair(sign | 0x7ff00000u, 0);
  if (n->kind == FP_IS_ZERO) return fp_pair(sign, 0);
  uint32_t hi = n->hi;
  uint32_t lo = n->lo;
  int32_t e = n->exp + 1023;
  uint32_t tiny = 0;
  if (e <= 0) {
    if (env->csr & FP_CSR_FLUSH) return fp_pair(sign, 0);
    tiny = e < 0 || hi != 0xffffffffu || lo < 0xfffff800u ||
           !fp_round_up(env->csr, sign, lo & 0x7ff, 0x400, 1);
    fp_shift_right(&hi, &lo, (uint32_t)(1 - e));
    e = 1;
  }
  const uint32_t rest = lo & 0x7ff;
  if (rest) env->exceptions |= tiny ? FP_INEXACT | FP_UNDERFLOW : FP_INEXACT;
  const uint32_t up = fp_round_up(env->csr, sign, rest, 0x400, lo & 0x800);
  lo = (lo >> 11 | hi << 21) + up;
  hi = (hi >> 11) + (lo < up);
  if (e < 0x7ff) hi += (uint32_t)(e - 1) << 20;
  if (e >= 0x7ff || hi >= 0x7ff00000u) {
    return overflow(env, sign) ? fp_pair(sign | 0x7ff00000u, 0) : fp_pair(sign | 0x7fefffffu, 0xffffffffu);
  }
  return fp_pair(sign | hi, lo);
}

/* A NaN among the operands: r is NaN, 1. */
static uint32_t propagate(struct fp_env* env, struct fp_num* r, const struct fp_num* a, const struct fp_num* b) {
  if (a->kind == FP_IS_SIGNALLING || b->kind == FP_IS_SIGNALLING) env->exceptions |= FP_INVALID;
  if (a->kind < FP_IS_QUIET && b->kind < FP_IS_QUIET) return 0;
  r->kind = FP_IS_QUIET;
  return 1;
}

static void invalid(struct fp_env* env, struct fp_num* r) {
  env->exceptions |= FP_INVALID;
  r->kind = FP_IS_QUIET;
}

void fp_add(struct fp_env* env, struct fp_num* r, const struct fp_num* a, const struct fp_num* b) {
  if (propagate(env, r, a, b)) return;
  if (a->kind == FP_IS_INFINITE || b->kind == FP_IS_INFINITE) {
    if (a->kind == b->kind && a->sign != b->sign) {
      invalid(env, r);
    } else {
      *r = a->kind == FP_IS_INFINITE ? *a : *b;
    }
    return;
  }
  const uint32_t zero_sign = (env->csr & 3) == FP_ROUND_DOWN ? FP_SIGN : 0; /* of x - x */
  if (a->kind == FP_IS_ZERO || b->kind == FP_IS_ZERO) {
    const uint32_t sign = a->sign == b->sign ? a->sign : zero_sign;
    *r = a->kind == FP_IS_ZERO ? *b : *a;
    if (r->kind == FP_IS_ZERO) r->sign = sign;
    return;
  }
  if (a->exp < b->exp || (a->exp == b->exp && (a->hi < b->hi || (a->hi == b->hi && a->lo < b->lo)))) {
    const struct fp_num* larger = b;
    b = a;
    a = larger;
  }
  uint32_t bh = b->hi;
  uint32_t bl = b->lo;
  fp_shift_right(&bh, &bl, (uint32_t)(a->exp - b->exp));
  const uint64_t m = fp_pair(a->hi, a->lo);
  const uint32_t same = a->sign == b->sign;
  const uint64_t sum = same ? m + fp_pair(bh, bl) : m - fp_pair(bh, bl);
  r->kind = FP_IS_FINITE;
  r->sign = a->sign;
  r->exp = a->exp;
  r->hi = (uint32_t)(sum >> 32);
  r->lo = (uint32_t)sum;
  if (same) {
    if (sum < m) {
      fp_shift_right(&r->hi, &r->lo, 1);
      r->hi |= 0x80000000u;
      r->exp++;
    }
  } else if (sum == 0) {
    r->kind = FP_IS_ZERO;
    r->sign = zero_sign;
  } else {
    r->exp -= (int32_t)fp_normalize(&r->hi, &r->lo);
  }
}

void fp_mul(struct fp_env* env, struct fp_num* r, const struct fp_num* a, const struct fp_num* b) {
  if (propagate(env, r, a, b)) return;
  r->sign = a->sign ^ b->sign;
  if (a->kind == FP_IS_ZERO || b->kind == FP_IS_ZERO) {
    if (a->kind == FP_IS_INFINITE || b->kind == FP_IS_INFINITE) {
      invalid(env, r);
    } else {
      r->kind = FP_IS_ZERO;
    }
    return;
  }
  if (a->kind == FP_IS_INFINITE || b->kind == FP_IS_INFINITE) {
    r->kind = FP_IS_INFINITE;
    return;
  }
  const uint64_t low = (uint64_t)a->lo * b->lo;
  const uint64_t mid = (uint64_t)a->hi * b->lo + (low >> 32);
  const uint64_t mid2 = (uint64_t)a->lo * b->hi + (uint32_t)mid;
  const uint64_t high = (uint64_t)a->hi * b->hi + (mid >> 32) + (mid2 >> 32);
  r->kind = FP_IS_FINITE;
  r->exp = a->exp + b->exp + 1;
  r->hi = (uint32_t)(high >> 32);
  r->lo = (uint32_t)high;
  uint32_t rest = (uint32_t)mid2;
  const uint32_t sticky = (uint32_t)low;
  if (!(r->hi & 0x80000000u)) {
    r->hi = r->hi << 1 | r->lo >> 31;
    r->lo = r->lo << 1 | rest >> 31;
    rest <<= 1;
    r->exp--;
  }
  r->lo |= (rest | sticky) != 0;
}

/* v with 2^63 / (b + 1) - 16 < v <= 2^63 / (b + 1), for b with bit 31 set: 16 bits by division, then one step of Newton's
 * iteration. */
static inline uint32_t reciprocal(uint32_t b) {
  const uint32_t u = 0xffffffffu / ((b >> 16) + 1);
  const uint64_t error = (1ull << 48) - (uint64_t)u * b; /* 0 <= error < 2^34 */
  return (u << 15) + (uint32_t)(((uint64_t)u * (uint32_t)(error >> 2)) >> 31) - 3;
}

/* One digit of 28 bits: returns floor(2^28 r / b) and replaces r by the remainder, for r < b, 2^59 <= b < 2^60. The
 * estimate is never too large and at most 3 too small: before the correction, the remainder is less than 4 b. */
static inline uint32_t digit(uint64_t* r, uint32_t bh, uint32_t bl, uint32_t v) {
  const uint32_t rh = (uint32_t)(*r >> 32);
  const uint32_t rl = (uint32_t)*r;
  const uint64_t b = fp_pair(bh, bl);
  uint32_t q = (uint32_t)((uint64_t)(rh << 4 | rl >> 28) * v >> 32) >> 3;
  uint64_t rest = fp_pair((rh << 28 | rl >> 4) - q * bh, rl << 28) - (uint64_t)q * bl;
  while (rest >= b) {
    rest -= b;
    q++;
  }
  *r = rest;
  return q;
}

uint64_t fp_divide(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl) {
  const uint32_t v = reciprocal(bh);
  const uint32_t h = bh >> 4;
  const uint32_t l = bl >> 4 | bh << 28;
  uint64_t r = fp_pair(ah >> 5, al >> 5 | ah << 27);
  const uint32_t first = digit(&r, h, l, v);
  const uint32_t second = digit(&r, h, l, v);
  return fp_pair(first >> 4, first << 28 | second | (r != 0));
}

uint64_t fp_root(uint32_t mh, uint32_t ml) {
  /* 16 bits by Newton's iteration: the error of the first guess, at most 1/8, is squared and halved each time. */
  uint32_t s = (mh >> 17) + 0x7000;
  s = (s + mh / s) >> 1;
  s = (s + mh / s) >> 1;
  s = (s + mh / s) >> 1;
  /* 28 bits: root is the integer part of the root of t = m / 2^8. */
  const uint64_t t = fp_pair(mh >> 8, mh << 24 | ml >> 8);
  s--;
  uint32_t root = s << 12;
  root += (uint32_t)((t - (uint64_t)root * root) >> 13) / s;
  int32_t r = (int32_t)((uint32_t)t - root * root);
  if (r < 0) {
    root--;
    r += (int32_t)(2 * root + 1);
  }
  while (r > (int32_t)(2 * root)) {
    r -= (int32_t)(2 * root + 1);
    root++;
  }
  /* 56 bits: (2^28 root + q)^2 = 2^48 m. The remainder, less than 2^60 in magnitude, is computed modulo 2^64. */
  const uint32_t q = (uint32_t)((uint64_t)(uint32_t)r * reciprocal(root << 4) >> 32);
  uint64_t x = ((uint64_t)root << 28) + q;
  int64_t rest = (int64_t)(((uint64_t)(uint32_t)r << 56) - ((uint64_t)q * root << 29) - (uint64_t)q * q);
  if (rest < 0) {
    x--;
    rest += (int64_t)(2 * x + 1);
  }
  while (rest > (int64_t)(2 * x)) {
    rest -= (int64_t)(2 * x + 1);
    x++;
  }
  return x | (rest != 0);
}

void fp_div(struct fp_env* env, struct fp_num* r, const struct fp_num* a, const struct fp_num* b) {
  if (propagate(env, r, a, b)) return;
  r->sign = a->sign ^ b->sign;
  if (a->kind == FP_IS_INFINITE || b->kind == FP_IS_ZERO) {
    if (a->kind == b->kind) {
      invalid(env, r);
      return;
    }
    if (a->kind != FP_IS_INFINITE) env->exceptions |= FP_DIVIDE;
    r->kind = FP_IS_INFINITE;
    return;
  }
  if (a->kind == FP_IS_ZERO || b->kind == FP_IS_INFINITE) {
    r->kind = FP_IS_ZERO;
    return;
  }
  r->kind = FP_IS_FINITE;
  const uint64_t q = fp_divide(a->hi, a->lo, b->hi, b->lo) << 8;
  r->exp = a->exp - b->exp;
  r->hi = (uint32_t)(q >> 32);
  r->lo = (uint32_t)q;
  r->exp -= (int32_t)fp_normalize(&r->hi, &r->lo);
}

void fp_sqrt(struct fp_env* env, struct fp_num* r, const struct fp_num* a) {
  if (propagate(env, r, a, a)) return;
  if (a->kind == FP_IS_ZERO) {
    *r = *a;
    return;
  }
  if (a->sign) {
    invalid(env, r);
    return;
  }
  if (a->kind == FP_IS_INFINITE) {
    *r = *a;
    return;
  }
  uint32_t mh = a->hi;
  uint32_t ml = a->lo;
  if (!(a->exp & 1)) {
    ml = ml >> 1 | mh << 31;
    mh >>= 1;
  }
  r->kind = FP_IS_FINITE;
  r->sign = 0;
  r->exp = a->exp >> 1;
  const uint64_t root = fp_root(mh, ml) << 8;
  r->hi = (uint32_t)(root >> 32);
  r->lo = (uint32_t)root;
}
