/* SPDX-License-Identifier: Apache-2.0 */
/* For the programs of this folder: they print facts, which the test compares with qemu's. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A condition that holds on Linux; its text tells which one failed. */
#define CHECK(condition)                                          \
  do {                                                            \
    if (!(condition)) {                                           \
      printf("line %d: %s is false\n", __LINE__, #condition);     \
      failures++;                                                 \
    }                                                             \
  } while (0)
static int failures;
