/* SPDX-License-Identifier: Apache-2.0 */
/* Ends with signal 8: a division by zero with this exception enabled. */
#include <stdio.h>

int main(void) {
  volatile double zero = 0;
  double one = 1;
  puts("before");
  fflush(stdout);
  __asm__ volatile("ctc1 %1, $31\n\tdiv.d %0, %0, %2" : "+f"(one) : "r"(0x400), "f"(zero));
  puts("not reached");
  return 0;
}
