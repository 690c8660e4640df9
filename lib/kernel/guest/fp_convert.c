/* SPDX-License-Identifier: Apache-2.0 */
/* Conversions between formats, and comparisons. */
#include "fp_impl.h"

enum { TRUNC_W = 0x0d, CVT_W = 0x24 };

/* To a 32-bit integer: round, trunc, ceil, floor (functions 0c..0f) in their own rounding mode, cvt.w (24) in that of FCSR. */
static uint32_t to_word(const struct fp_num* n) {
  const uint32_t csr = fp_csr();
  const uint32_t function = fp_word() & 0x3f;
  const uint32_t mode = function == CVT_W ? csr : function;
  uint32_t result = 0;
  uint32_t exceptions = 0;
  uint32_t fits = n->kind == FP_IS_ZERO;
  if (n->kind == FP_IS_FINITE && n->exp < 32) {
    uint32_t rest = n->lo;
    result = n->hi;
    fp_shift_right(&result, &rest, (uint32_t)(31 - n->exp));
    if (rest) exceptions = FP_INEXACT;
    const uint32_t up = fp_round_up(mode, n->sign, rest, 0x80000000u, result & 1);
    result += up;
    fits = result >= up && result <= (n->sign ? 0x80000000u : 0x7fffffffu);
    if (n->sign) result = -result;
  }
  if (!fits) {
    result = 0x7fffffffu;
    exceptions = FP_INVALID;
  }
  fp_signal(csr, exceptions);
  return result;
}

uint32_t fp_to_word_s(uint32_t a) {
  const uint32_t csr = fp_csr();
  const uint32_t e = a >> 23 & 0xff;
  if ((fp_word() & 0x3f) == TRUNC_W && e < 127 + 31 && !(csr & FP_CSR_SLOW)) {
    if (e < 127) {
      fp_done(csr, a << 1);
      return 0;
    }
    const uint32_t f = FP_SIGN | a << 8;
    const uint32_t result = f >> (127 + 31 - e);
    fp_done(csr, f << 1 << (e - 127));
    return (int32_t)a < 0 ? -result : result;
  }
  struct fp_num n;
  fp_unpack_s(&n, a);
  return to_word(&n);
}

uint32_t fp_to_word_d(uint32_t ah, uint32_t al) {
  const uint32_t csr = fp_csr();
  const uint32_t e = ah >> 20 & 0x7ff;
  if ((fp_word() & 0x3f) == TRUNC_W && e < 1023 + 31 && !(csr & FP_CSR_SLOW)) {
    if (e < 1023) {
      fp_done(csr, ah << 1 | al);
      return 0;
    }
    const uint32_t f = FP_SIGN | ah << 11 | al >> 21;
    const uint32_t result = f >> (1023 + 31 - e);
    fp_done(csr, f << 1 << (e - 1023) | al << 11);
    return (int32_t)ah < 0 ? -result : result;
  }
  struct fp_num n;
  fp_unpack_d(&n, ah, al);
  return to_word(&n);
}

uint64_t fp_cvt_d_w(uint32_t a) {
  fp_signal(fp_csr(), 0);
  if (a == 0) return 0;
  const uint32_t sign = a & FP_SIGN;
  const uint32_t m = sign ? -a : a;
  const uint32_t n = (uint32_t)__builtin_clz(m);
  const uint32_t f = m << n;
  return fp_pair(sign + ((1023 + 30 - n) << 20) + (f >> 11), f << 21);
}

uint32_t fp_cvt_s_w(uint32_t a) {
  const uint32_t sign = a & FP_SIGN;
  const uint32_t csr = fp_csr();
  if (a != 0 && !(csr & FP_CSR_SLOW)) {
    const uint32_t magnitude = sign ? -a : a;
    const uint32_t left = (uint32_t)__builtin_clz(magnitude);
    const uint32_t f = magnitude << left;
    return fp_round_nearest_s(csr, sign, 127 + 31 - left, f >> 1 | (f & 1));
  }
  struct fp_env env = {csr, 0};
  struct fp_num n = {FP_IS_ZERO, sign, 31, sign ? -a : a, 0};
  if (a != 0) {
    n.kind = FP_IS_FINITE;
    n.exp -= (int32_t)fp_normalize(&n.hi, &n.lo);
  }
  const uint32_t result = fp_pack_s(&env, &n);
  fp_signal(env.csr, env.exceptions);
  return result;
}

uint64_t fp_cvt_d_s(uint32_t a) {
  const uint32_t e = a >> 23 & 0xff;
  if (e - 1 < 0xfe || a << 1 == 0) {
    fp_signal(fp_csr(), 0);
    if (a << 1 == 0) return fp_pair(a, 0);
    return fp_pair((a & FP_SIGN) + ((a & 0x7fffffffu) >> 3) + ((1023 - 127) << 20), a << 29);
  }
  struct fp_num n;
  struct fp_env env = {fp_csr(), 0};
  fp_unpack_s(&n, a);
  if (n.kind == FP_IS_SIGNALLING) env.exceptions = FP_INVALID;
  const uint64_t result = fp_pack_d(&env, &n);
  fp_signal(env.csr, env.exceptions);
  return result;
}

uint32_t fp_cvt_s_d(uint32_t ah, uint32_t al) {
  const uint32_t csr = fp_csr();
  const uint32_t e = (ah >> 20 & 0x7ff) - (1023 - 127);
  if (e - 1 < 0xfd && !(csr & FP_CSR_SLOW)) {
    const uint32_t m = 0x40000000u | (ah << 10 & 0x3ffffc00u) | al >> 22 | (al << 10 != 0);
    return fp_round_nearest_s(csr, ah & FP_SIGN, e, m);
  }
  struct fp_num n;
  struct fp_env env = {csr, 0};
  fp_unpack_d(&n, ah, al);
  if (n.kind == FP_IS_SIGNALLING) env.exceptions = FP_INVALID;
  const uint32_t result = fp_pack_s(&env, &n);
  fp_signal(env.csr, env.exceptions);
  return result;
}

/* Bits of a condition: 0 unordered, 1 equal, 2 less, 3 signalling (a quiet NaN is invalid too). */
enum { UNORDERED = 1, EQUAL = 2, LESS = 4, SIGNALLING = 8 };

static inline uint32_t compare(uint32_t relation, uint32_t signalling_nan) {
  const uint32_t condition = fp_word();
  uint32_t exceptions = 0;
  if (relation == UNORDERED && (signalling_nan || (condition & SIGNALLING))) exceptions = FP_INVALID;
  fp_signal(fp_csr(), exceptions);
  return (condition & relation) != 0;
}

uint32_t fp_compare_s(uint32_t a, uint32_t b) {
  if ((a & 0x7fffffffu) > 0x7f800000u || (b & 0x7fffffffu) > 0x7f800000u) {
    return compare(UNORDERED, (a & 0x7fffffffu) >= 0x7fc00000u || (b & 0x7fffffffu) >= 0x7fc00000u);
  }
  if (a == b || (a | b) << 1 == 0) return compare(EQUAL, 0);
  /* With a negative operand the order of the words, taken as signed numbers, is inverted if both are negative. */
  const uint32_t less = (int32_t)a < (int32_t)b;
  return compare((less ^ (a & b) >> 31) ? LESS : 0, 0);
}

uint32_t fp_compare_d(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl) {
  const uint32_t x = ah & 0x7fffffffu;
  const uint32_t y = bh & 0x7fffffffu;
  if (x >= 0x7ff00000u || y >= 0x7ff00000u) {
    if (x > 0x7ff00000u || y > 0x7ff00000u || (x == 0x7ff00000u && al != 0) || (y == 0x7ff00000u && bl != 0)) {
      return compare(UNORDERED, x >= 0x7ff80000u || y >= 0x7ff80000u);
    }
  }
  if ((ah == bh && al == bl) || (x | y | al | bl) == 0) return compare(EQUAL, 0);
  const uint32_t less = ah == bh ? al < bl : (int32_t)ah < (int32_t)bh;
  return compare((less ^ (ah & bh) >> 31) ? LESS : 0, 0);
}
