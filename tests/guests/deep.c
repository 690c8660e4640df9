/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: recursion that needs more stack than there is, above a large static array. Private
 * input: the depth in frames of 64 KiB (2 bytes); output: the number of pages of the array that
 * changed (4 bytes), which is 0. A depth of more than 127 must not get there. */
#include "guest_util.h"

#define FRAME 65536u
#define ARRAY (1536u << 20)
#define PAGE (1u << 20)

static uint8_t array[ARRAY];
static volatile uint32_t sink;

static uint32_t __attribute__((noinline)) recurse(uint32_t depth) {
  volatile uint8_t frame[FRAME];
  frame[0] = frame[FRAME - 1] = 0xaa;
  if (depth == 0) {
    return frame[3];
  }
  uint32_t result = recurse(depth - 1) + 1;
  sink += frame[5];
  return result;
}

int main(void) {
  Reader in = open_private();
  uint32_t depth = take_u8(&in) * 256u;
  depth += take_u8(&in);
  for (uint32_t i = 0; i < ARRAY; i += PAGE) {
    array[i] = 1;
  }
  recurse(depth);
  uint32_t changed = 0;
  for (uint32_t i = 0; i < ARRAY; i += PAGE) {
    changed += array[i] != 1;
  }
  put_u32(changed);
  return 0;
}
