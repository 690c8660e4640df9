/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: a known structure of calls, for the profiler and the debugger. Private input: n
 * (1 byte); output: the sum of the squares of 1..n (4 bytes), then what the other ways of calling
 * gave (4 bytes). */
#include <mipzk_guest.h>
#include <zkvm_io.h>

static uint32_t counter;

static void put_u32(uint32_t x) { write_output((const uint8_t*)&x, sizeof x); }

uint32_t __attribute__((noinline)) square(uint32_t x) {
  counter++;
  return x * x;
}

uint32_t __attribute__((noinline)) sum_of_squares(uint32_t n) {
  uint32_t sum = 0;
  for (uint32_t i = 1; i <= n; ++i) {
    sum += square(i);
  }
  return sum;
}

/* A tail call: square returns to the caller of tail. */
uint32_t __attribute__((noinline)) tail(uint32_t x) { return square(x + 1); }

uint32_t __attribute__((noinline)) recurse(uint32_t n) {
  return n == 0 ? counter : recurse(n - 1) + 1;
}

/* A non-local exit, as longjmp makes it: from `leave` past `middle` into `main`. */
static void* place[5];

void __attribute__((noinline, noreturn)) leave(void) { __builtin_longjmp(place, 1); }

void __attribute__((noinline)) middle(uint32_t n) {
  if (n != 0) {
    leave();
  }
  counter += 1000;
}

uint32_t __attribute__((noinline)) catcher(uint32_t n) {
  if (__builtin_setjmp(place) != 0) {
    return 7;
  }
  middle(n);
  return 0;
}

int main(void) {
  const uint8_t* input;
  size_t size;
  read_input(&input, &size);
  uint32_t n = size != 0 ? input[0] : 0;
  uint32_t (*volatile function)(uint32_t) = square;
  put_u32(sum_of_squares(n));
  uint32_t more = tail(1) + function(3);
  more += recurse(5);
  more += catcher(n);
  put_u32(more);
  return 3;
}
