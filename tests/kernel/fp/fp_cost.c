/* SPDX-License-Identifier: Apache-2.0 */
/* Executes one floating point instruction a number of times; fp_test.py cost counts the machine's instructions. Standard
 * input: the number of the instruction in the list, and how often. $f0 = 1.1, $f2 = 2.7, $f8 = 1.3f, $f10 = -3.9f, $f18 = 0,
 * $f22 = a denormal, $f16 = the integer -123456. */
#include <stdlib.h>
#include <unistd.h>

#define INSTRUCTIONS                                  \
  X(add_d, "add.d $f4, $f0, $f2")                     \
  X(sub_d, "sub.d $f4, $f0, $f2")                     \
  X(add_d_zero, "add.d $f4, $f0, $f18")               \
  X(mul_d, "mul.d $f4, $f0, $f2")                     \
  X(div_d, "div.d $f4, $f0, $f2")                     \
  X(sqrt_d, "sqrt.d $f4, $f0")                        \
  X(recip_d, "recip.d $f4, $f0")                      \
  X(rsqrt_d, "rsqrt.d $f4, $f0")                      \
  X(madd_d, "madd.d $f4, $f0, $f2, $f2")              \
  X(neg_d, "neg.d $f4, $f0")                          \
  X(c_lt_d, "c.lt.d $f0, $f2")                        \
  X(trunc_w_d, "trunc.w.d $f4, $f0")                  \
  X(round_w_d, "round.w.d $f4, $f0")                  \
  X(cvt_d_w, "cvt.d.w $f4, $f16")                     \
  X(cvt_s_d, "cvt.s.d $f4, $f0")                      \
  X(cvt_d_s, "cvt.d.s $f4, $f8")                      \
  X(add_s, "add.s $f4, $f8, $f10")                    \
  X(mul_s, "mul.s $f4, $f8, $f10")                    \
  X(div_s, "div.s $f4, $f8, $f10")                    \
  X(sqrt_s, "sqrt.s $f4, $f8")                        \
  X(madd_s, "madd.s $f4, $f8, $f10, $f10")            \
  X(c_lt_s, "c.lt.s $f8, $f10")                       \
  X(trunc_w_s, "trunc.w.s $f4, $f8")                  \
  X(cvt_s_w, "cvt.s.w $f4, $f16")                     \
  X(movn_d, "movn.d $f4, $f0, %5")                    \
  X(ldxc1, "ldxc1 $f4, $0(%5)")                       \
  X(cfc1, "cfc1 $8, $31")                             \
  X(ctc1, "ctc1 $0, $31")                             \
  X(mul_d_denormal, "mul.d $f4, $f22, $f0")           \
  X(add_d_rounding_to_zero, "add.d $f4, $f0, $f2")    \
  X(nothing, "nop")

int main(void) {
  char line[32] = {0};
  char* end;
  if (read(0, line, sizeof line - 1) < 0) return 1;
  const long number = strtol(line, &end, 10);
  const long count = strtol(end, NULL, 10);
  static double memory = 1;
  const double a = 1.1, b = 2.7, zero = 0, denormal = 5e-320;
  const float s = 1.3f, t = -3.9f;
  enum {
#define X(name, instruction) name,
    INSTRUCTIONS
#undef X
  };
  __asm__ volatile("ctc1 %0, $31" : : "r"(number == add_d_rounding_to_zero));
#define X(name, instruction)                                                                                         \
  if (number == name) {                                                                                              \
    for (long i = 0; i < count; i++) {                                                                               \
      __asm__ volatile(                                                                                              \
          "mov.d $f0, %0\n\tmov.d $f2, %1\n\tmov.s $f8, %2\n\tmov.s $f10, %3\n\tmov.d $f18, %4\n\tmov.d $f22, %6\n\t" \
          "mtc1 %7, $f16\n\t.set push\n\t.set noreorder\n\t" instruction "\n\t.set pop"                              \
          :                                                                                                          \
          : "f"(a), "f"(b), "f"(s), "f"(t), "f"(zero), "r"(&memory), "f"(denormal), "r"(-123456)                     \
          : "$f0", "$f1", "$f2", "$f3", "$f4", "$f5", "$f8", "$f9", "$f10", "$f11", "$f16", "$f17", "$f18", "$f19",  \
            "$f22", "$f23", "$8", "memory");                                                                         \
    }                                                                                                                \
  }
  INSTRUCTIONS
#undef X
  return 0;
}
