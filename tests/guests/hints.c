/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: hints, as they are meant: the host finds a result, the guest checks it. Public input:
 * numbers (4 bytes each); hints: the rounded-down square root of each; output: the roots. Exit code
 * 1 for a wrong hint. */
#include "guest_util.h"

int main(void) {
  const uint8_t* numbers;
  size_t size;
  mipzk_public_input(&numbers, &size);
  for (size_t i = 0; i + 4 <= size; i += 4) {
    uint32_t n = load_u32(numbers + i), root = mipzk_hint_word();
    uint64_t next = (uint64_t)root + 1;
    if ((uint64_t)root * root > n || (next <= 0x10000 && next * next <= n)) {
      return 1;
    }
    put_u32(root);
  }
  return 0;
}
