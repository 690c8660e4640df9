/* SPDX-License-Identifier: Apache-2.0 */
/* Both inputs, and an exit code: prints the private input's lines that contain the public input. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
  char word[100], line[1000];
  ssize_t size = read(3, word, sizeof word - 1);
  int found = 0;
  if (size < 0) {
    return 99;
  }
  word[size] = '\0';
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (strstr(line, word) != NULL) {
      fputs(line, stdout);
      ++found;
    }
  }
  fprintf(stderr, "this is not part of the output\n");
  return 10 + found;
}
