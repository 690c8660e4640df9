/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: both inputs, and output appended in pieces of every alignment (1, 2, 3, ... bytes).
 * Output: the public input, the private input, and their sizes (4 bytes each). */
#include "guest_util.h"

static void put_in_pieces(const uint8_t* bytes, size_t size) {
  size_t piece = 0;
  while (size != 0) {
    size_t now = piece < size ? piece : size;
    write_output(bytes, now);
    bytes += now;
    size -= now;
    piece = piece % 37 + 1;
  }
}

int main(void) {
  const uint8_t *public_bytes, *private_bytes;
  size_t public_size, private_size;
  mipzk_public_input(&public_bytes, &public_size);
  read_input(&private_bytes, &private_size);
  put_in_pieces(public_bytes, public_size);
  put_in_pieces(private_bytes, private_size);
  put_u32(public_size);
  put_u32(private_size);
  write_output(NULL, 0);
  return 0;
}
