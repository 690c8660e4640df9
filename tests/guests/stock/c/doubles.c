/* SPDX-License-Identifier: Apache-2.0 */
/* Floating point: arithmetic, the mathematics library, conversions, printing and reading. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(const char* name, double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  printf("%-8s %.17g %a %016llx\n", name, x, x, (unsigned long long)bits);
}

int main(void) {
  volatile double zero = 0, tiny = 4.9e-324, x = 2.5;
  volatile float f = 1.1f;
  show("sum", x + 0.1);
  show("quotient", x / 3);
  show("denormal", tiny * 3);
  show("infinity", 1 / zero);
  show("-0", -zero);
  show("sqrt", sqrt(x));
  show("sin", sin(x));
  show("exp", exp(x));
  show("log", log(x));
  show("pow", pow(x, -1.5));
  show("fmod", fmod(100.25, x));
  show("fma", fma(x, 0.1, -0.25));
  show("float", f * f);
  show("strtod", strtod("123.456e-7", NULL));
  show("floor", floor(-x));
  show("rint", rint(x));
  printf("%d %d %d\n", zero / zero == zero / zero, isnan(zero / zero) != 0, x < f);
  printf("%ld %lld %u %g\n", lround(x), (long long)(x * 1e15), (unsigned)3e9, (double)-7LL);
  printf("%e %.3f %G %10.4f|\n", x / 1e5, 1e10 / 7, 1e-10, -x);
  double sum = 0;
  for (int i = 1; i <= 1000; ++i) {
    sum += 1.0 / i;
  }
  show("harmonic", sum);
  return 0;
}
