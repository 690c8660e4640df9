/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: exit codes over the whole 32-bit range, by main's return and by mipzk_halt from within
 * calls, and PRINT and CYCLE on the way. Private input: how (1 byte: 0 return, 1 halt) and the code
 * (4 bytes); output: the code's complement, written before the end. */
#include "guest_util.h"

static void __attribute__((noinline)) descend(uint32_t levels, uint8_t how, uint32_t code) {
  if (levels != 0) {
    descend(levels - 1, how, code);
  } else if (how != 0) {
    mipzk_halt(code);
  }
}

int main(void) {
  static const char text[] = "exit_code: about to end\n";
  Reader in = open_private();
  uint8_t how = take_u8(&in);
  uint32_t code = take_u32(&in);
  put_u32(~code);
  mipzk_cycle_mark(7);
  mipzk_print(text, sizeof text - 1);
  mipzk_cycle_mark(0xffffffff);
  descend(10, how, code);
  return (int)code;
}
