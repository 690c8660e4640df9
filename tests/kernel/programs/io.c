/* SPDX-License-Identifier: Apache-2.0 */
/* Standard input, descriptor 3, output, and what is no file. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "check.h"

int main(void) {
  char a[7], b[100], line[100];
  struct iovec parts[3] = {{a, 3}, {b, 0}, {b, 4}};
  struct stat s;

  CHECK(read(0, line, 0) == 0);
  CHECK(readv(0, parts, 3) == 7 && memcmp(a, "fir", 3) == 0 && memcmp(b, "st l", 4) == 0);
  CHECK(fgets(line, sizeof line, stdin) == line);
  printf("rest of line: %s", line);
  size_t bytes = 0, lines = 0;
  for (int c; (c = getchar()) != EOF;) bytes++, lines += c == '\n';
  printf("%zu bytes, %zu lines\n", bytes, lines);
  CHECK(read(0, line, 10) == 0);

  FILE* public = fdopen(3, "r");
  CHECK(public != NULL);
  unsigned sum = 0;
  for (int c; (c = getc(public)) != EOF;) sum = sum * 31 + (unsigned)c;
  printf("public %u\n", sum);

  CHECK(open("/nonexistent", O_RDONLY) == -1 && errno == ENOENT);
  CHECK(fopen("/no/such/file", "r") == NULL);
  CHECK(access("/no/such/file", R_OK) == -1);
  CHECK(read(50, line, 1) == -1 && errno == EBADF);
  CHECK(write(50, line, 1) == -1 && errno == EBADF);
  CHECK(write(0, line, 1) == -1 && errno == EBADF);
  CHECK(close(50) == -1 && errno == EBADF);
  CHECK(lseek(1, 0, SEEK_CUR) == -1 && errno == ESPIPE);
  CHECK(fstat(1, &s) == 0 && S_ISFIFO(s.st_mode) && fstat(50, &s) == -1);
  CHECK((fcntl(0, F_GETFL) & O_ACCMODE) == O_RDONLY && fcntl(50, F_GETFD) == -1);
  CHECK(write(1, line, 0) == 0);

  fflush(stdout);
  struct iovec out[3] = {{"one ", 4}, {"", 0}, {"two\n", 4}};
  CHECK(writev(1, out, 3) == 8);
  const int copy = dup(1);
  CHECK(copy > 3 && write(copy, "copy\n", 5) == 5 && close(copy) == 0);
  for (int i = 1; i <= 40; i++) { /* all alignments of source and destination */
    memset(b, 'a' + i % 26, sizeof b);
    CHECK(write(1, b + i % 5, (size_t)i) == i);
  }
  CHECK(write(1, "\n", 1) == 1);
  CHECK(close(1) == 0 && write(1, "x", 1) == -1 && errno == EBADF);
  return failures;
}
