/* SPDX-License-Identifier: Apache-2.0 */
/* Double precision arithmetic: fast paths for normal numbers, normal results and rounding to nearest; everything else goes
 * through fp_core.c. */
#include "fp_impl.h"

#define FRACTION(hi) (((hi) & 0x000fffffu) | 0x00100000u)
#define EXPONENT(hi) ((hi) >> 20 & 0x7ff)

typedef void operation(struct fp_env* env, struct fp_num* r, const struct fp_num* a, const struct fp_num* b);

static inline uint64_t any(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl, operation* f) {
  struct fp_num a, b;
  struct fp_env env = {fp_csr(), 0};
  fp_unpack_d(&a, ah, al);
  fp_unpack_d(&b, bh, bl);
  f(&env, &a, &a, &b);
  const uint64_t result = fp_pack_d(&env, &a);
  fp_signal(env.csr, env.exceptions);
  return result;
}

#define SLOW static __attribute__((noinline)) uint64_t
SLOW any_add(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl) { return any(ah, al, bh, bl, fp_add); }
SLOW any_mul(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl) { return any(ah, al, bh, bl, fp_mul); }
SLOW any_div(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl) { return any(ah, al, bh, bl, fp_div); }

/* Rounds (hi:lo) to nearest, where hi:lo holds sign, exponent and fraction already and `rest` is the word below; sets FCSR. */
static inline uint64_t round_nearest(uint32_t csr, uint32_t hi, uint32_t lo, uint32_t rest) {
  if (rest != 0) {
    const uint32_t half = 0x7fffffffu + (lo & 1);
    const uint32_t up = rest + half < half;
    lo += up;
    hi += lo < up;
  }
  fp_done(csr, rest);
  return fp_pair(hi, lo);
}

/* For exact results in rounding to nearest. */
static inline uint64_t exact(uint32_t csr, uint32_t hi, uint32_t lo) {
  fp_done(csr, 0);
  return fp_pair(hi, lo);
}

uint64_t fp_add_d(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl) {
  const uint32_t csr = fp_csr();
  uint32_t xh = ah;
  uint32_t xl = al;
  uint32_t yh = bh;
  uint32_t yl = bl;
  if (xh << 1 < yh << 1) { /* now y's exponent is not the larger one */
    xh = bh;
    xl = bl;
    yh = ah;
    yl = al;
  }
  const uint32_t e = EXPONENT(xh);
  const uint32_t f = EXPONENT(yh);
  const uint32_t distance = e - f;
  if (e >= 0x7fe || f == 0 || (csr & FP_CSR_SLOW)) {
    if (e - 1 < 0x7fd && (yh << 1 | yl) == 0 && !(csr & FP_CSR_SLOW)) return exact(csr, xh, xl);
    return any_add(ah, al, bh, bl);
  }
  /* (zh:zl:rest) = y's fraction, shifted right by the distance */
  const uint32_t fh = FRACTION(yh);
  const uint32_t left = ~distance & 31;
  const uint32_t right = distance & 31;
  uint32_t zh = 0;
  uint32_t zl = 0;
  uint32_t rest = 1;
  if (distance < 32) {
    rest = yl << 1 << left;
    zl = fh << 1 << left | yl >> right;
    zh = fh >> right;
  } else if (distance < 64) {
    rest = fh << 1 << left | yl >> right | (yl << 1 << left != 0);
    zl = fh >> right;
  }
  const uint32_t sign = xh & FP_SIGN;
  uint32_t h = FRACTION(xh);
  uint32_t l;
  if ((int32_t)(xh ^ yh) >= 0) {
    l = xl + zl;
    h += zh + (l < zl);
    if (h >> 21 == 0) return round_nearest(csr, sign + ((e - 1) << 20) + h, l, rest);
    rest = rest >> 1 | (rest & 1) | l << 31;
    l = l >> 1 | h << 31;
    return round_nearest(csr, sign + (e << 20) + (h >> 1), l, rest);
  }
  const uint32_t borrow = rest != 0;
  rest = -rest;
  l = xl - zl;
  h -= zh + (xl < zl) + (l < borrow);
  l -= borrow;
  if (h >> 20 == 1) return round_nearest(csr, sign + ((e - 1) << 20) + h, l, rest);
  /* Bits were cancelled. If more than one, the distance was 0 or 1, and at most bit 31 of rest is set. Negative: the
   * distance was 0 and y was larger. */
  uint32_t negative = sign;
  if ((int32_t)h < 0) {
    negative = ~sign & FP_SIGN;
    h = ~h + (l == 0);
    l = -l;
  }
  uint32_t n;
  if (h != 0) {
    n = (uint32_t)__builtin_clz(h) - 11;
    h = h << n | l >> 1 >> (31 - n);
    l = l << n | rest >> 1 >> (31 - n);
    rest <<= n;
  } else if (l != 0) {
    n = (uint32_t)__builtin_clz(l);
    const uint32_t m = l << n | rest >> 1 >> (31 - n);
    h = m >> 11;
    l = m << 21 | rest << n >> 11;
    rest = 0;
    n += 21;
  } else {
    if (rest == 0) return exact(csr, 0, 0);
    return any_add(ah, al, bh, bl);
  }
  if (e <= n) return any_add(ah, al, bh, bl);
  return round_nearest(csr, negative + ((e - n - 1) << 20) + h, l, rest);
}

uint64_t fp_sub_d(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl) {
  return fp_add_d(ah, al, bh ^ FP_SIGN, bl);
}

uint64_t fp_mul_d(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl) {
  const uint32_t csr = fp_csr();
  const uint32_t e = EXPONENT(ah);
  const uint32_t f = EXPONENT(bh);
  const uint32_t sign = (ah ^ bh) & FP_SIGN;
  uint32_t g = e + f - 1023;
  if (e - 1 >= 0x7fe || f - 1 >= 0x7fe || g - 1 >= 0x7fc || (csr & FP_CSR_SLOW)) {
    /* A product with 0 is common. */
    if (((ah << 1 | al) == 0 || (bh << 1 | bl) == 0) && e != 0x7ff && f != 0x7ff) return exact(csr, sign, 0);
    return any_mul(ah, al, bh, bl);
  }
  const uint32_t xh = FRACTION(ah);
  const uint32_t yh = FRACTION(bh);
  const uint64_t low = (uint64_t)al * bl;
  uint64_t mid = low >> 32;
  mid += (uint64_t)xh * bl; /* both products are below 2^53 */
  mid += (uint64_t)al * yh;
  uint64_t high = mid >> 32;
  high += (uint64_t)xh * yh;
  const uint32_t p3 = (uint32_t)(high >> 32);
  const uint32_t p2 = (uint32_t)high;
  const uint32_t p1 = (uint32_t)mid;
  const uint32_t sticky = (uint32_t)low != 0;
  if (p3 >> 9) {
    return round_nearest(csr, sign + (g << 20) + (p3 << 11 | p2 >> 21), p2 << 11 | p1 >> 21, p1 << 11 | sticky);
  }
  return round_nearest(csr, sign + ((g - 1) << 20) + (p3 << 12 | p2 >> 20), p2 << 12 | p1 >> 20,
                       p1 << 12 | sticky);
}

uint64_t fp_div_d(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl) {
  const uint32_t csr = fp_csr();
  const uint32_t e = EXPONENT(ah);
  const uint32_t f = EXPONENT(bh);
  const uint32_t g = e - f + 1023; /* of the quotient if a's fraction is not less than b's */
  if (e - 1 >= 0x7fe || f - 1 >= 0x7fe || g - 2 >= 0x7fc || (csr & FP_CSR_SLOW)) return any_div(ah, al, bh, bl);
  const uint64_t q = fp_divide(FP_SIGN | ah << 11 | al >> 21, al << 11, FP_SIGN | bh << 11 | bl >> 21, bl << 11);
  const uint32_t h = (uint32_t)(q >> 32);
  const uint32_t l = (uint32_t)q;
  const uint32_t sign = (ah ^ bh) & FP_SIGN;
  if (h >> 23) return round_nearest(csr, sign + ((g - 1) << 20) + (h >> 3), l >> 3 | h << 29, l << 29);
  return round_nearest(csr, sign + ((g - 2) << 20) + (h >> 2), l >> 2 | h << 30, l << 30);
}

uint64_t fp_sqrt_d(uint32_t ah, uint32_t al) {
  const uint32_t csr = fp_csr();
  const uint32_t e = ah >> 20; /* with the sign */
  if (e - 1 < 0x7fe && !(csr & FP_CSR_SLOW)) {
    uint32_t h = FP_SIGN | ah << 11 | al >> 21;
    uint32_t l = al << 11;
    if (e & 1) { /* an even exponent */
      l = l >> 1 | h << 31;
      h >>= 1;
    }
    const uint64_t root = fp_root(h, l);
    h = (uint32_t)(root >> 32);
    l = (uint32_t)root;
    return round_nearest(csr, ((e + 1021) >> 1 << 20) + (h >> 3), l >> 3 | h << 29, l << 29);
  }
  struct fp_num a;
  struct fp_env env = {csr, 0};
  fp_unpack_d(&a, ah, al);
  fp_sqrt(&env, &a, &a);
  const uint64_t result = fp_pack_d(&env, &a);
  fp_signal(env.csr, env.exceptions);
  return result;
}

uint64_t fp_abs_d(uint32_t ah, uint32_t al) { return fp_pair(ah & ~FP_SIGN, al); }

uint64_t fp_neg_d(uint32_t ah, uint32_t al) { return fp_pair(ah ^ FP_SIGN, al); }

uint64_t fp_recip_d(uint32_t ah, uint32_t al) { return fp_div_d(0x3ff00000u, 0, ah, al); }

/* Instructions of two operations: each rounds and signals; the causes of both are kept. */
static inline uint32_t causes(void) { return fp_csr() & FP_CSR_CAUSES; }

uint64_t fp_rsqrt_d(uint32_t ah, uint32_t al) {
  const uint64_t root = fp_sqrt_d(ah, al);
  const uint32_t first = causes();
  const uint64_t result = fp_recip_d((uint32_t)(root >> 32), (uint32_t)root);
  fp_set_csr(fp_csr() | first);
  return result;
}

uint64_t fp_madd_d(uint32_t sh, uint32_t sl, uint32_t th, uint32_t tl, uint32_t rh, uint32_t rl) {
  const uint64_t product = fp_mul_d(sh, sl, th, tl);
  const uint32_t first = causes();
  const uint64_t result = fp_add_d((uint32_t)(product >> 32), (uint32_t)product, rh, rl);
  fp_set_csr(fp_csr() | first);
  return result;
}

uint64_t fp_msub_d(uint32_t sh, uint32_t sl, uint32_t th, uint32_t tl, uint32_t rh, uint32_t rl) {
  return fp_madd_d(sh, sl, th, tl, rh ^ FP_SIGN, rl);
}

uint64_t fp_nmadd_d(uint32_t sh, uint32_t sl, uint32_t th, uint32_t tl, uint32_t rh, uint32_t rl) {
  return fp_madd_d(sh, sl, th, tl, rh, rl) ^ (uint64_t)FP_SIGN << 32;
}

uint64_t fp_nmsub_d(uint32_t sh, uint32_t sl, uint32_t th, uint32_t tl, uint32_t rh, uint32_t rl) {
  return fp_msub_d(sh, sl, th, tl, rh, rl) ^ (uint64_t)FP_SIGN << 32;
}
