/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: deep and wide recursion (calls, returns, stack frames). Private input: m, n for
 * Ackermann's function and the number of discs for Hanoi (1 byte each), then bytes to quicksort;
 * output: ack(m, n), the number of moves and a checksum of them (4 bytes each), the sorted bytes.
 */
#include "guest_util.h"

static uint32_t __attribute__((noinline)) ackermann(uint32_t m, uint32_t n) {
  if (m == 0) {
    return n + 1;
  }
  return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static uint32_t moves, checksum;

static void __attribute__((noinline))
hanoi(uint32_t discs, uint32_t from, uint32_t to, uint32_t via) {
  if (discs != 0) {
    hanoi(discs - 1, from, via, to);
    ++moves;
    checksum = checksum * 31 + discs * 9 + from * 3 + to;
    hanoi(discs - 1, via, to, from);
  }
}

static uint8_t bytes[4096];

static void __attribute__((noinline)) quicksort(int32_t low, int32_t high) {
  if (low < high) {
    uint8_t pivot = bytes[low + (high - low) / 2];
    int32_t i = low, j = high;
    while (i <= j) {
      while (bytes[i] < pivot) {
        ++i;
      }
      while (bytes[j] > pivot) {
        --j;
      }
      if (i <= j) {
        uint8_t swap = bytes[i];
        bytes[i++] = bytes[j];
        bytes[j--] = swap;
      }
    }
    quicksort(low, j);
    quicksort(i, high);
  }
}

int main(void) {
  Reader in = open_private();
  uint32_t m = take_u8(&in), n = take_u8(&in), discs = take_u8(&in);
  int32_t count = (int32_t)remaining(&in);
  if (count > (int32_t)sizeof bytes) {
    return EXIT_MALFORMED;
  }
  for (int32_t i = 0; i < count; ++i) {
    bytes[i] = take_u8(&in);
  }
  put_u32(ackermann(m, n));
  hanoi(discs, 0, 2, 1);
  put_u32(moves);
  put_u32(checksum);
  quicksort(0, count - 1);
  write_output(bytes, (size_t)count);
  return 0;
}
