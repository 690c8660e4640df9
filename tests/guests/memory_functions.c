/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: memcpy, memmove, memset and memcmp of the runtime against byte loops, for all
 * alignments and sizes around the word loops' limits. No input. Output: the number of checks (4
 * bytes); exit code 1 and the number of the failed check otherwise. */
#include <string.h>

#include "guest_util.h"

#define SPACE 96
#define MIDDLE 24 /* room on both sides shows writes outside the range */

static uint8_t pattern[SPACE], actual[SPACE];
static volatile uint8_t expected[SPACE]; /* volatile: GCC must keep the loops below as they are */
static uint32_t checks;

static void start(void) {
  for (size_t i = 0; i < SPACE; ++i) {
    actual[i] = (uint8_t)(i * 37 + 11);
    expected[i] = actual[i];
  }
}

static void check(int right) {
  ++checks;
  for (size_t i = 0; right && i < SPACE; ++i) {
    right = actual[i] == expected[i];
  }
  if (!right) {
    put_u32(checks);
    mipzk_halt(1);
  }
}

static void copies(size_t to, size_t from, size_t size) {
  start();
  for (size_t i = 0; i < size; ++i) {
    expected[MIDDLE + to + i] = pattern[MIDDLE + from + i];
  }
  check(memcpy(actual + MIDDLE + to, pattern + MIDDLE + from, size) == actual + MIDDLE + to);

  start();
  for (size_t i = 0; i < size; ++i) {
    expected[MIDDLE + to + i] = actual[MIDDLE + from + i];
  }
  check(memmove(actual + MIDDLE + to, actual + MIDDLE + from, size) == actual + MIDDLE + to);
}

static void fills(size_t to, size_t size) {
  start();
  for (size_t i = 0; i < size; ++i) {
    expected[MIDDLE + to + i] = 0xc9;
  }
  check(memset(actual + MIDDLE + to, 0x1c9, size) == actual + MIDDLE + to);
}

static void compares(size_t a, size_t b, size_t size) {
  start();
  memcpy(actual + MIDDLE + a, pattern + MIDDLE + b, size);
  for (size_t i = 0; i < SPACE; ++i) {
    expected[i] = actual[i];
  }
  check(memcmp(actual + MIDDLE + a, pattern + MIDDLE + b, size) == 0);
  if (size != 0) {
    size_t at = size * 5 % 7 % size;
    uint8_t* byte = actual + MIDDLE + a + at;
    *byte ^= 0x80;
    expected[MIDDLE + a + at] = *byte;
    int sign = *byte > pattern[MIDDLE + b + at] ? 1 : -1;
    check(memcmp(actual + MIDDLE + a, pattern + MIDDLE + b, size) * sign > 0);
    check(memcmp(pattern + MIDDLE + b, actual + MIDDLE + a, size) * sign < 0);
  }
}

int main(void) {
  for (size_t i = 0; i < SPACE; ++i) {
    pattern[i] = (uint8_t)(i * 91 + 5);
  }
  for (size_t size = 0; size <= 39; size += size < 20 ? 1 : 6) {
    for (size_t a = 0; a < 4; ++a) {
      for (size_t b = 0; b < 4; ++b) {
        copies(a, b, size);
        compares(a, b, size);
      }
      fills(a, size);
    }
    copies(1, 18, size); /* overlaps at a distance */
    copies(19, 2, size);
  }
  put_u32(checks);
  return 0;
}
