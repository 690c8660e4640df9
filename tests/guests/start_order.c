/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: what runs before and after main: .preinit_array, .init_array by priority, and
 * .fini_array, where main's result stays the exit code. Output: the numbers of the functions in the
 * order in which they ran. */
#include <zkvm_io.h>

static uint8_t order[8];
static int ran;

static void first(void) { order[ran++] = '1'; }
__attribute__((section(".preinit_array"), used)) static void (*entry)(void) = first;
__attribute__((constructor)) static void fourth(void) { order[ran++] = '4'; }
__attribute__((constructor(500))) static void third(void) { order[ran++] = '3'; }
__attribute__((constructor(101))) static void second(void) { order[ran++] = '2'; }

__attribute__((destructor(101))) static void eighth(void) { write_output((const uint8_t*)"8", 1); }
__attribute__((destructor(500))) static void seventh(void) { write_output((const uint8_t*)"7", 1); }
__attribute__((destructor)) static void sixth(void) { write_output((const uint8_t*)"6", 1); }

int main(void) {
  order[ran++] = '5';
  write_output(order, (size_t)ran);
  return 99;
}
