/* SPDX-License-Identifier: Apache-2.0 */
/* Prints its private input, and writes it to the output. */
#include <mipzk_guest.h>
#include <zkvm_io.h>

int main(void) {
  const uint8_t* input;
  size_t size;
  read_input(&input, &size);
  mipzk_print((const char*)input, size);
  write_output(input, size);
  return 0;
}
