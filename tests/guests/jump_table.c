/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: jr through the jump table of a switch, and jalr through a table of functions in
 * .rodata and one in .data that changes as the program runs. Private input: bytes, each a step;
 * output: the accumulator after every step. */
#include "guest_util.h"

typedef uint32_t (*Step)(uint32_t);

static uint32_t add(uint32_t x) { return x + 0x9e3779b9; }
static uint32_t mix(uint32_t x) { return x ^ x << 13; }
static uint32_t turn(uint32_t x) { return x >> 7 | x << 25; }
static uint32_t flip(uint32_t x) { return ~x; }

static const Step fixed_steps[4] = {add, mix, turn, flip};
static Step live_steps[4] = {flip, turn, mix, add};

static uint32_t by_switch(uint32_t kind, uint32_t x) {
  switch (kind) {
    case 0:
      return x + 1;
    case 1:
      return x * 3;
    case 2:
      return x - 7;
    case 3:
      return x ^ 0x55aa;
    case 4:
      return x << 3;
    case 5:
      return x >> 2;
    case 6:
      return x / 10;
    case 7:
      return (uint32_t)((int32_t)x >> 4);
    case 8:
      return x | 0x80000001;
    case 9:
      return x & 0x7ffffffe;
    case 10:
      return -x;
    default:
      return 12345;
  }
}

int main(void) {
  Reader in = open_private();
  uint32_t x = 1;
  while (remaining(&in) != 0) {
    uint8_t step = take_u8(&in);
    uint32_t index = step & 3;
    if ((step & 0x80) != 0) {
      x = live_steps[index](x);
      live_steps[index] = fixed_steps[step >> 2 & 3];
    } else if ((step & 0x40) != 0) {
      x = fixed_steps[index](x);
    } else {
      x = by_switch(step & 15, x);
    }
    put_u32(x);
  }
  return 0;
}
