/* SPDX-License-Identifier: Apache-2.0 */
/* What a run may ask about the world: the answers are fixed or follow from the run, so only what is
 * true everywhere is printed. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(void) {
  struct timespec a, b, pause = {0, 3000000};
  clock_gettime(CLOCK_MONOTONIC, &a);
  printf("sleep %d\n", nanosleep(&pause, NULL));
  clock_gettime(CLOCK_MONOTONIC, &b);
  long long passed = (b.tv_sec - a.tv_sec) * 1000000000LL + (b.tv_nsec - a.tv_nsec);
  printf("slept long enough: %d\n", passed >= 3000000);
  printf("time %d\n", time(NULL) != (time_t)-1);
  unsigned char bytes[16] = {0}, zeros[16] = {0};
  printf("random %d %d\n", (int)getrandom(bytes, sizeof bytes, 0), memcmp(bytes, zeros, 16) != 0);
  printf("pid %d\n", getpid() > 0);
  int file = open("/no/such/file", O_RDONLY);
  printf("open %d %s\n", file, strerror(errno));
  printf("read %d %s\n", (int)read(77, bytes, 1), strerror(errno));
  printf("write %d %s\n", (int)write(77, bytes, 1), strerror(errno));
  printf("page %ld\n", sysconf(_SC_PAGESIZE));
  fflush(stdout);
  _exit(0x1ff); /* only the low 8 bits count */
}
