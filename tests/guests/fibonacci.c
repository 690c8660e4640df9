/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: a tight loop of 64-bit additions (carries by sltu). Private input: n (4 bytes);
 * output: the n-th Fibonacci number mod 2^64. */
#include "guest_util.h"

int main(void) {
  Reader in = open_private();
  uint32_t n = take_u32(&in);
  uint64_t a = 0, b = 1;
  for (uint32_t i = 0; i < n; ++i) {
    uint64_t next = a + b;
    a = b;
    b = next;
  }
  put_u64(a);
  return 0;
}
