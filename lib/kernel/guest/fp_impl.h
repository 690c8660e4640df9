/* SPDX-License-Identifier: Apache-2.0 */
/* Internals of the floating point emulation. A double is a pair of words (hi, lo): the machine has 32-bit registers and
 * there is no libgcc for 64-bit shifts. Every operation function takes the raw operands and returns the raw result; it
 * reads FCSR and updates its cause and flag bits, or raises an enabled exception and does not return. */
#ifndef MIPZK_KERNEL_FP_IMPL_H
#define MIPZK_KERNEL_FP_IMPL_H

#include <stdint.h>

/* fp_trap.S does not save these: fewer saved registers are worth more than what the compiler gains by four more. */
#if defined(__mips__) && !defined(FP_FIXED_REGISTERS)
#error "compile with -ffixed-14 -ffixed-15 -ffixed-24 -ffixed-25 -DFP_FIXED_REGISTERS"
#endif

/* FCSR: rounding mode in bits 1..0, flags 6..2, enables 11..7, causes 16..12 (17: unimplemented), FS 24. The five
 * exceptions are in the same order in each field: */
enum { FP_INEXACT = 1, FP_UNDERFLOW = 2, FP_OVERFLOW = 4, FP_DIVIDE = 8, FP_INVALID = 16 };
enum { FP_ROUND_NEAREST = 0, FP_ROUND_ZERO = 1, FP_ROUND_UP = 2, FP_ROUND_DOWN = 3 };
#define FP_CSR_CAUSES 0x0003f000u
#define FP_CSR_FLUSH 0x01000000u
#define FP_CSR_INEXACT 0x00001004u /* cause and flag */
/* Not zero: another rounding mode than nearest, flush to zero, or inexact enabled. The fast paths need none of them. */
#define FP_CSR_SLOW 0x01000083u

#define FP_SIGN 0x80000000u
/* The NaN that every operation returns that returns a NaN. (In this encoding the top bit of the fraction means signalling.) */
#define FP_NAN_S 0x7fbfffffu
#define FP_NAN_D_HI 0x7ff7ffffu
#define FP_NAN_D_LO 0xffffffffu

static inline uint64_t fp_pair(uint32_t hi, uint32_t lo) { return (uint64_t)hi << 32 | lo; }

#ifdef FP_TEST /* on another machine: its FCSR, FCC and USER_LOCAL are not ours */
extern volatile uint32_t fp_test_csr, fp_test_word, fp_test_fcc[8];
static inline uint32_t fp_csr(void) { return fp_test_csr; }
static inline void fp_set_csr(uint32_t csr) { fp_test_csr = csr; }
static inline uint32_t fp_word(void) { return fp_test_word; }
static inline uint32_t fp_fcc(uint32_t cc) { return fp_test_fcc[cc]; }
static inline uint32_t fp_conditions(void) {
  uint32_t mask = 0;
  for (uint32_t cc = 0; cc < 8; cc++) mask |= fp_test_fcc[cc] << cc;
  return mask;
}
static inline void fp_set_conditions(uint32_t mask) {
  for (uint32_t cc = 0; cc < 8; cc++) fp_test_fcc[cc] = mask >> cc & 1;
}
#else
static inline uint32_t fp_csr(void) {
  uint32_t csr;
  __asm__ volatile(".set push; .set hardfloat; cfc1 %0, $24; .set pop" : "=r"(csr));
  return csr;
}
static inline void fp_set_csr(uint32_t csr) {
  __asm__ volatile(".set push; .set hardfloat; ctc1 %0, $24; .set pop" : : "r"(csr));
}
/* The instruction being emulated: fp_trap keeps it in USER_LOCAL. */
static inline uint32_t fp_word(void) {
  uint32_t word;
  __asm__("rdhwr %0, $29" : "=r"(word));
  return word;
}
/* One condition bit; all of them, FCC0 in bit 0 (fp_regs.S). */
uint32_t fp_fcc(uint32_t cc);
uint32_t fp_conditions(void);
void fp_set_conditions(uint32_t mask);
#endif

/* Ends the emulation with a signal (assembly: calls fp_fault with the instruction and its address). */
_Noreturn void fp_raise(uint32_t signal);

/* Puts the exceptions of an instruction into FCSR; raises SIGFPE if one of them is enabled. */
static inline void fp_signal(uint32_t csr, uint32_t exceptions) {
  csr = (csr & ~FP_CSR_CAUSES) | exceptions << 12;
  if (csr >> 7 & exceptions) fp_raise(8);
  fp_set_csr(csr | exceptions << 2);
}

/* The end of a fast path: no exception that could be enabled, but perhaps inexact (and that is not enabled). */
static inline void fp_done(uint32_t csr, uint32_t inexact) {
  csr &= ~FP_CSR_CAUSES;
  if (inexact) csr |= FP_CSR_INEXACT;
  fp_set_csr(csr);
}

/* Rounds to single precision, to nearest, a fraction m with bit 30 set and a sticky bit 0; `e` is the biased exponent. */
static inline uint32_t fp_round_nearest_s(uint32_t csr, uint32_t sign, uint32_t e, uint32_t m) {
  const uint32_t inexact = m & 0x7f;
  if (inexact) m += 0x3f + (m >> 7 & 1);
  fp_done(csr, inexact);
  return sign + ((e - 1) << 23) + (m >> 7);
}

/* An unpacked operand or result. A finite number other than 0 is (hi:lo) * 2^(exp - 63), with bit 31 of hi set. */
enum fp_kind { FP_IS_ZERO, FP_IS_FINITE, FP_IS_INFINITE, FP_IS_QUIET, FP_IS_SIGNALLING };
struct fp_num {
  uint32_t kind;
  uint32_t sign; /* 0 or FP_SIGN */
  int32_t exp;
  uint32_t hi, lo;
};
struct fp_env {
  uint32_t csr;
  uint32_t exceptions; /* collected so far */
};

/* (hi:lo) shifted right by n >= 0; bit 0 of the result also tells whether a 1 was shifted out ("sticky"). */
static inline void fp_shift_right(uint32_t* hi, uint32_t* lo, uint32_t n) {
  uint32_t lost;
  if (n == 0) return;
  if (n < 32) {
    lost = *lo << (32 - n);
    *lo = *hi << (32 - n) | *lo >> n;
    *hi >>= n;
  } else if (n < 64) {
    lost = *lo | (*hi << 1) << (63 - n);
    *lo = *hi >> (n - 32);
    *hi = 0;
  } else {
    lost = *hi | *lo;
    *hi = *lo = 0;
  }
  *lo |= lost != 0;
}

/* Shifts (hi:lo), not 0, left until bit 31 of hi is set; returns by how much. */
static inline uint32_t fp_normalize(uint32_t* hi, uint32_t* lo) {
  uint32_t n = 0;
  if (*hi == 0) {
    *hi = *lo;
    *lo = 0;
    n = 32;
  }
  const uint32_t m = (uint32_t)__builtin_clz(*hi);
  *hi = *hi << m | (*lo >> 1) >> (31 - m);
  *lo <<= m;
  return n + m;
}

void fp_unpack_s(struct fp_num* n, uint32_t a);
void fp_unpack_d(struct fp_num* n, uint32_t hi, uint32_t lo);
uint32_t fp_pack_s(struct fp_env* env, const struct fp_num* n);
uint64_t fp_pack_d(struct fp_env* env, const struct fp_num* n);

/* 1 if a magnitude has to be rounded away from zero: `rest` is what is cut off, `half` half a unit, `odd` its last bit. */
uint32_t fp_round_up(uint32_t csr, uint32_t sign, uint32_t rest, uint32_t half, uint32_t odd);

/* 2^55 a / b of two fractions with bit 63 set and bits 10..0 clear; 2^54 < result < 2^56, bit 0 sticky. */
uint64_t fp_divide(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl);

/* 2^24 sqrt(m) of a fraction 2^62 <= m < 2^64 with bits 9..0 clear; 2^55 <= result < 2^56, bit 0 sticky. */
uint64_t fp_root(uint32_t mh, uint32_t ml);

/* r = the exact result of the operation, with a sticky bit 0, ready for packing. r may be a or b. */
void fp_add(struct fp_env* env, struct fp_num* r, const struct fp_num* a, const struct fp_num* b);
void fp_mul(struct fp_env* env, struct fp_num* r, const struct fp_num* a, const struct fp_num* b);
void fp_div(struct fp_env* env, struct fp_num* r, const struct fp_num* a, const struct fp_num* b);
void fp_sqrt(struct fp_env* env, struct fp_num* r, const struct fp_num* a);

/* Single precision operations. */
uint32_t fp_add_s(uint32_t a, uint32_t b);
uint32_t fp_sub_s(uint32_t a, uint32_t b);
uint32_t fp_mul_s(uint32_t a, uint32_t b);
uint32_t fp_div_s(uint32_t a, uint32_t b);
uint32_t fp_sqrt_s(uint32_t a);
uint32_t fp_abs_s(uint32_t a);
uint32_t fp_neg_s(uint32_t a);
uint32_t fp_recip_s(uint32_t a);
uint32_t fp_rsqrt_s(uint32_t a);
uint32_t fp_madd_s(uint32_t s, uint32_t t, uint32_t r);  /*  (s t + r) */
uint32_t fp_msub_s(uint32_t s, uint32_t t, uint32_t r);  /*  (s t - r) */
uint32_t fp_nmadd_s(uint32_t s, uint32_t t, uint32_t r); /* -(s t + r) */
uint32_t fp_nmsub_s(uint32_t s, uint32_t t, uint32_t r); /* -(s t - r) */

/* Double precision operations. */
uint64_t fp_add_d(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl);
uint64_t fp_sub_d(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl);
uint64_t fp_mul_d(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl);
uint64_t fp_div_d(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl);
uint64_t fp_sqrt_d(uint32_t ah, uint32_t al);
uint64_t fp_abs_d(uint32_t ah, uint32_t al);
uint64_t fp_neg_d(uint32_t ah, uint32_t al);
uint64_t fp_recip_d(uint32_t ah, uint32_t al);
uint64_t fp_rsqrt_d(uint32_t ah, uint32_t al);
uint64_t fp_madd_d(uint32_t sh, uint32_t sl, uint32_t th, uint32_t tl, uint32_t rh, uint32_t rl);
uint64_t fp_msub_d(uint32_t sh, uint32_t sl, uint32_t th, uint32_t tl, uint32_t rh, uint32_t rl);
uint64_t fp_nmadd_d(uint32_t sh, uint32_t sl, uint32_t th, uint32_t tl, uint32_t rh, uint32_t rl);
uint64_t fp_nmsub_d(uint32_t sh, uint32_t sl, uint32_t th, uint32_t tl, uint32_t rh, uint32_t rl);

/* Conversions. The rounding of round, trunc, ceil, floor is in the instruction word, that of cvt in FCSR. */
uint32_t fp_to_word_s(uint32_t a);
uint32_t fp_to_word_d(uint32_t ah, uint32_t al);
uint64_t fp_cvt_d_s(uint32_t a);
uint64_t fp_cvt_d_w(uint32_t a);
uint32_t fp_cvt_s_d(uint32_t ah, uint32_t al);
uint32_t fp_cvt_s_w(uint32_t a);

/* Comparisons: 1 if the condition in bits 3..0 of the instruction word holds. */
uint32_t fp_compare_s(uint32_t a, uint32_t b);
uint32_t fp_compare_d(uint32_t ah, uint32_t al, uint32_t bh, uint32_t bl);

/* Everything that reads or writes general registers. gpr[0] is not read. Returns a signal number, 0 if done. */
uint32_t fp_other(uint32_t* gpr, uint32_t word);

/* Raw access to f0..f31. */
uint32_t fp_read(uint32_t n);
void fp_write(uint32_t n, uint32_t value);
#endif
