/* SPDX-License-Identifier: Apache-2.0 */
/* What the host gives: prints arguments, environment, the files that are named, the clock and the
 * streams. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

extern char** environ;

static void show(const char* name) {
  struct stat s;
  char* bytes;
  int fd = open(name, O_RDWR);
  if (fd < 0 || fstat(fd, &s) != 0) {
    printf("no %s\n", name);
    return;
  }
  bytes = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  printf("%s: %d bytes, %.*s\n", name, (int)s.st_size, (int)s.st_size, bytes);
  /* Written to in memory, and read again. */
  CHECK(pwrite(fd, "XY", 2, 1) == 2 && pread(fd, bytes = malloc(8), 4, 0) == 4 && memcmp(bytes + 1, "XY", 2) == 0);
  close(fd);
}

int main(int count, char** words) {
  char bytes[100];
  for (int i = 0; i < count; i++) printf("argument %s\n", words[i]);
  for (char** e = environ; *e; e++) printf("environment %s\n", *e);
  for (int i = 1; i < count; i++) show(words[i]);
  DIR* folder = opendir("/data");
  for (struct dirent* e; folder && (e = readdir(folder)) != NULL;) printf("there is %s\n", e->d_name);
  printf("time %ld\n", (long)time(NULL));
  CHECK(getrandom(bytes, 4, 0) == 4);
  if (getenv("RANDOM")) printf("random %02x%02x%02x%02x\n", bytes[0] & 255, bytes[1] & 255, bytes[2] & 255, bytes[3] & 255);
  const ssize_t n = read(0, bytes, sizeof bytes), m = read(3, bytes + n, sizeof bytes - (size_t)n);
  printf("streams %.*s|%.*s\n", (int)n, bytes, (int)m, bytes + n);
  return failures;
}
