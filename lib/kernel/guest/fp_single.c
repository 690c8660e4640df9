/* SPDX-License-Identifier: Apache-2.0 */
/* Single precision arithmetic, as fp_double.c. */
#include "fp_impl.h"

#define FRACTION(a) (((a) & 0x007fffffu) | 0x00800000u)
#define EXPONENT(a) ((a) >> 23 & 0xff)

typedef void operation(struct fp_env* env, struct fp_num* r, const struct fp_num* a, const struct fp_num* b);

static inline uint32_t any(uint32_t a, uint32_t b, operation* f) {
  struct fp_num x, y;
  struct fp_env env = {fp_csr(), 0};
  fp_unpack_s(&x, a);
  fp_unpack_s(&y, b);
  f(&env, &x, &x, &y);
  const uint32_t result = fp_pack_s(&env, &x);
  fp_signal(env.csr, env.exceptions);
  return result;
}

#define SLOW static __attribute__((noinline)) uint32_t
SLOW any_add(uint32_t a, uint32_t b) { return any(a, b, fp_add); }
SLOW any_mul(uint32_t a, uint32_t b) { return any(a, b, fp_mul); }
SLOW any_div(uint32_t a, uint32_t b) { return any(a, b, fp_div); }

static inline uint32_t exact(uint32_t csr, uint32_t a) {
  fp_done(csr, 0);
  return a;
}

uint32_t fp_add_s(uint32_t a, uint32_t b) {
  const uint32_t csr = fp_csr();
  uint32_t x = a;
  uint32_t y = b;
  if (x << 1 < y << 1) { /* now y is not larger */
    x = b;
    y = a;
  }
  const uint32_t e = EXPONENT(x);
  const uint32_t f = EXPONENT(y);
  if (e >= 0xfe || f == 0 || (csr & FP_CSR_SLOW)) {
    if (e - 1 < 0xfd && y << 1 == 0 && !(csr & FP_CSR_SLOW)) return exact(csr, x);
    return any_add(a, b);
  }
  const uint32_t distance = e - f;
  uint32_t m = FRACTION(y) << 6;
  m = distance < 31 ? m >> distance | (m << 1 << (31 - distance) != 0) : 1;
  const uint32_t sum = (int32_t)(x ^ y) >= 0 ? (FRACTION(x) << 6) + m : (FRACTION(x) << 6) - m;
  if (sum == 0) return exact(csr, 0);
  const uint32_t n = (uint32_t)__builtin_clz(sum) - 1;
  if (e + 1 <= n) return any_add(a, b);
  return fp_round_nearest_s(csr, x & FP_SIGN, e + 1 - n, sum << n);
}

uint32_t fp_sub_s(uint32_t a, uint32_t b) { return fp_add_s(a, b ^ FP_SIGN); }

uint32_t fp_mul_s(uint32_t a, uint32_t b) {
  const uint32_t csr = fp_csr();
  const uint32_t e = EXPONENT(a);
  const uint32_t f = EXPONENT(b);
  const uint32_t sign = (a ^ b) & FP_SIGN;
  uint32_t g = e + f - 126;
  if (e - 1 >= 0xfe || f - 1 >= 0xfe || g - 2 >= 0xfc || (csr & FP_CSR_SLOW)) {
    if ((a << 1 == 0 || b << 1 == 0) && e != 0xff && f != 0xff) return exact(csr, sign);
    return any_mul(a, b);
  }
  const uint64_t product = (uint64_t)(FRACTION(a) << 7) * (FRACTION(b) << 8);
  uint32_t m = (uint32_t)(product >> 32) | ((uint32_t)product != 0);
  if (m >> 30 == 0) {
    m <<= 1;
    g--;
  }
  return fp_round_nearest_s(csr, sign, g, m);
}

uint32_t fp_div_s(uint32_t a, uint32_t b) {
  const uint32_t csr = fp_csr();
  const uint32_t e = EXPONENT(a);
  const uint32_t f = EXPONENT(b);
  uint32_t g = e - f + 127;
  if (e - 1 >= 0xfe || f - 1 >= 0xfe || g - 2 >= 0xfc || (csr & FP_CSR_SLOW)) return any_div(a, b);
  uint32_t r = FRACTION(a);
  const uint32_t d = FRACTION(b);
  if (r < d) {
    r <<= 1;
    g--;
  }
  /* 31 bits of the quotient, by digits of 8, 8, 8 and 7 bits. */
  r <<= 7;
  uint32_t q = r / d;
  r = r % d << 8;
  q = q << 8 | r / d;
  r = r % d << 8;
  q = q << 8 | r / d;
  r = r % d << 7;
  q = q << 7 | r / d;
  return fp_round_nearest_s(csr, (a ^ b) & FP_SIGN, g, q | (r % d != 0));
}

uint32_t fp_sqrt_s(uint32_t a) {
  const uint32_t csr = fp_csr();
  const uint32_t e = a >> 23; /* with the sign */
  if (e - 1 < 0xfe && !(csr & FP_CSR_SLOW)) {
    const uint32_t m = FP_SIGN | a << 8;
    const uint64_t root = fp_root(e & 1 ? m >> 1 : m, 0); /* e is odd: an even exponent */
    const uint32_t h = (uint32_t)(root >> 32);
    const uint32_t l = (uint32_t)root;
    return fp_round_nearest_s(csr, 0, (e + 127) >> 1, h << 7 | l >> 25 | (l << 7 != 0));
  }
  struct fp_num x;
  struct fp_env env = {csr, 0};
  fp_unpack_s(&x, a);
  fp_sqrt(&env, &x, &x);
  const uint32_t result = fp_pack_s(&env, &x);
  fp_signal(env.csr, env.exceptions);
  return result;
}

uint32_t fp_abs_s(uint32_t a) { return a & ~FP_SIGN; }

uint32_t fp_neg_s(uint32_t a) { return a ^ FP_SIGN; }

uint32_t fp_recip_s(uint32_t a) { return fp_div_s(0x3f800000u, a); }

/* Instructions of two operations: each rounds and signals; the causes of both are kept. */
uint32_t fp_rsqrt_s(uint32_t a) {
  const uint32_t root = fp_sqrt_s(a);
  const uint32_t first = fp_csr() & FP_CSR_CAUSES;
  const uint32_t result = fp_recip_s(root);
  fp_set_csr(fp_csr() | first);
  return result;
}

uint32_t fp_madd_s(uint32_t s, uint32_t t, uint32_t r) {
  const uint32_t product = fp_mul_s(s, t);
  const uint32_t first = fp_csr() & FP_CSR_CAUSES;
  const uint32_t result = fp_add_s(product, r);
  fp_set_csr(fp_csr() | first);
  return result;
}

uint32_t fp_msub_s(uint32_t s, uint32_t t, uint32_t r) { return fp_madd_s(s, t, r ^ FP_SIGN); }

uint32_t fp_nmadd_s(uint32_t s, uint32_t t, uint32_t r) { return fp_madd_s(s, t, r) ^ FP_SIGN; }

uint32_t fp_nmsub_s(uint32_t s, uint32_t t, uint32_t r) { return fp_madd_s(s, t, r ^ FP_SIGN) ^ FP_SIGN; }
