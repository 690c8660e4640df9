/* SPDX-License-Identifier: Apache-2.0 */
/* A Linux program with known system calls, for `mipzk run --strace`, --profile and --gdb. Reads at
 * most 16 bytes of standard input and writes them back; the exit status is their number. */
#include <fcntl.h>
#include <unistd.h>

int count;

int __attribute__((noinline)) copy(const char* bytes, int size) {
  count = size;
  return (int)write(1, bytes, (size_t)size);
}

int main(void) {
  char bytes[16];
  int size = (int)read(0, bytes, sizeof bytes);
  int done = copy(bytes, size);
  int file = open("/no/such/file", O_RDONLY);
  return file < 0 ? done : 99;
}
