/* SPDX-License-Identifier: Apache-2.0 */
/* A Linux program that executes every floating point instruction on random operands and prints a hash of results and FCSR
 * after each 1000: the same on every machine that computes the same. Usage: fp_vectors; reads from standard input one line
 * with the number of operations in thousands (default 20). */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "operands.h"

union number {
  uint64_t bits;
  double d;
  float f[2];
  uint32_t word[2];
};

#if defined(__MIPSEL__)
#define LOW 0
#else
#define LOW 1
#endif

struct operation {
  void (*run)(union number* r, const union number* a, const union number* b, const union number* c, uint32_t* fcsr);
  uint8_t is_double;
};

/* The operation on %0 (result), %2, %3, %4, with FCSR %1 before and after. */
#define OPERATION(name, member, instruction)                                                                          \
  static void name(union number* r, const union number* a, const union number* b, const union number* c, uint32_t* fcsr) { \
    __asm__ volatile("ctc1 %1, $31\n\t" instruction "\n\tcfc1 %1, $31\n\tctc1 $0, $31"                              \
                     : "+&f"(r->member), "+&r"(*fcsr)                                                                 \
                     : "f"(a->member), "f"(b->member), "f"(c->member));                                               \
  }
#define S(name, instruction) OPERATION(name, f[LOW], instruction)
#define D(name, instruction) OPERATION(name, d, instruction)
#define BOTH(name, before, after) S(name##_s, before ".s " after) D(name##_d, before ".d " after)
#define COMPARE(name) BOTH(c_##name, "c." #name, "%2, %3\n\tbc1t 1f\n\tmov.s %0, %4\n1:")

BOTH(add, "add", "%0, %2, %3")
BOTH(sub, "sub", "%0, %2, %3")
BOTH(mul, "mul", "%0, %2, %3")
BOTH(div, "div", "%0, %2, %3")
BOTH(square_root, "sqrt", "%0, %2")
BOTH(absolute, "abs", "%0, %2")
BOTH(neg, "neg", "%0, %2")
BOTH(recip, "recip", "%0, %2")
BOTH(rsqrt, "rsqrt", "%0, %2")
BOTH(round_w, "round.w", "%0, %2")
BOTH(trunc_w, "trunc.w", "%0, %2")
BOTH(ceil_w, "ceil.w", "%0, %2")
BOTH(floor_w, "floor.w", "%0, %2")
BOTH(cvt_w, "cvt.w", "%0, %2")
BOTH(madd, "madd", "%0, %2, %3, %4")
BOTH(msub, "msub", "%0, %2, %3, %4")
BOTH(nmadd, "nmadd", "%0, %2, %3, %4")
BOTH(nmsub, "nmsub", "%0, %2, %3, %4")
S(cvt_d_s, "cvt.d.s $f0, %2\n\tmfc1 $8, $f1\n\tmtc1 $8, %0")
D(cvt_s_d, "cvt.s.d %0, %2")
S(cvt_s_w, "cvt.s.w %0, %2")
S(cvt_d_w, "cvt.d.w $f0, %2\n\tmfc1 $8, $f1\n\tmtc1 $8, %0")
D(movz, "mfc1 $8, %3\n\tmovz.d %0, %2, $8")
D(movn, "mfc1 $8, %3\n\tmovn.d %0, %2, $8")
D(movt, "c.lt.d $fcc3, %2, %3\n\tmovt.d %0, %2, $fcc3")
D(movf, "c.lt.d $fcc5, %2, %3\n\tmovf.d %0, %2, $fcc5")
COMPARE(f) COMPARE(un) COMPARE(eq) COMPARE(ueq) COMPARE(olt) COMPARE(ult) COMPARE(ole) COMPARE(ule)
COMPARE(sf) COMPARE(ngle) COMPARE(seq) COMPARE(ngl) COMPARE(lt) COMPARE(nge) COMPARE(le) COMPARE(ngt)

/* Indexed access, and the control registers. */
static void indexed(union number* r, const union number* a, const union number* b, const union number* c, uint32_t* fcsr) {
  (void)c;
  __asm__ volatile("ldxc1 $f0, $0(%1)\n\tlwxc1 $f1, %3(%2)\n\tsdxc1 $f0, $0(%0)\n\tswxc1 $f1, %3(%0)\n\tprefx 0, $0(%1)"
                   :
                   : "r"(r), "r"(a), "r"(b), "r"(4)
                   : "$f0", "$f1", "memory");
  uint32_t fir, fccr, fexr, fenr;
  __asm__ volatile("ctc1 %4, $31\n\tcfc1 %0, $0\n\tcfc1 %1, $25\n\tcfc1 %2, $26\n\tcfc1 %3, $28\n\tctc1 %5, $25\n\tctc1 %6, $26\n\t"
                   "ctc1 %7, $28\n\tcfc1 %4, $31\n\tctc1 $0, $31"
                   : "=&r"(fir), "=&r"(fccr), "=&r"(fexr), "=&r"(fenr), "+&r"(*fcsr)
                   : "r"(a->word[0] & 0xff), "r"(b->word[0] & 0x7c), "r"(b->word[1] & 3));
  r->word[LOW] += fir + fccr * 3 + fexr * 5 + fenr * 7;
}

#define TWO(name) {name##_s, 0}, {name##_d, 1}
static const struct operation operations[] = {
    TWO(add),     TWO(add),     TWO(sub),     TWO(sub),     TWO(mul),    TWO(mul),     TWO(div),    TWO(div),
    TWO(square_root), TWO(absolute), TWO(neg), TWO(recip),  TWO(rsqrt),  TWO(round_w), TWO(trunc_w), TWO(ceil_w),
    TWO(floor_w), TWO(cvt_w),   TWO(madd),    TWO(msub),    TWO(nmadd),  TWO(nmsub),   {cvt_d_s, 0}, {cvt_s_d, 1},
    {cvt_s_w, 0}, {cvt_d_w, 0}, {movz, 1},    {movn, 1},    {movt, 1},   {movf, 1},    {indexed, 1},
    TWO(c_f),     TWO(c_un),    TWO(c_eq),    TWO(c_ueq),   TWO(c_olt),  TWO(c_ult),   TWO(c_ole),  TWO(c_ule),
    TWO(c_sf),    TWO(c_ngle),  TWO(c_seq),   TWO(c_ngl),   TWO(c_lt),   TWO(c_nge),   TWO(c_le),   TWO(c_ngt),
};

static uint64_t operand(uint32_t is_double, uint64_t other) {
  return is_double ? random_operand(11, 52, other) : random_operand(8, 23, other);
}

int main(void) {
  char line[16] = "20";
  const ssize_t size = read(0, line, sizeof line - 1);
  if (size > 0) line[size] = 0;
  const uint32_t thousands = (uint32_t)strtoul(line, NULL, 10);
  uint32_t hash = 2166136261u;
  for (uint32_t i = 1; i <= thousands * 1000; i++) {
    const struct operation* o = &operations[below(sizeof operations / sizeof *operations)];
    union number r = {.bits = 0x0123456789abcdefull};
    union number a = {.bits = operand(o->is_double, random64())};
    union number b = {.bits = operand(o->is_double, a.bits)};
    const union number c = {.bits = operand(o->is_double, a.bits)};
    if (o->run == movz || o->run == movn) b.word[LOW] &= random32() & random32() & random32() & random32() & random32();
    uint32_t fcsr = random32() & 0xfe80007c; /* conditions and flags */
    if (below(2)) fcsr |= below(4);
    if (below(8) == 0) fcsr |= 1u << 24;
    o->run(&r, &a, &b, &c, &fcsr);
    const uint32_t results[] = {(uint32_t)(r.bits >> 32), (uint32_t)r.bits, fcsr};
    for (uint32_t k = 0; k < 3; k++) hash = ((hash ^ results[k]) * 16777619u) ^ (hash >> 15);
    if (i % 1000 == 0) printf("%u %08x\n", i, hash);
  }
  return 0;
}
