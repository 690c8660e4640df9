/* SPDX-License-Identifier: Apache-2.0 */
/* The program of every introduction. */
#include <stdio.h>

int main(void) {
  printf("hello, world\n");
  return 0;
}
