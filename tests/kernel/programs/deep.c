/* SPDX-License-Identifier: Apache-2.0 */
/* Recursion that needs more stack than there is, next to a block of the heap: of the first thread
 * (private input "m" and a depth in frames of 1000 bytes) or of another one ("t"). What lies below
 * the stack must not change; the exit code is 66 if it did. */
#include <pthread.h>
#include <sys/mman.h>

#include "check.h"

static const size_t size = 64u << 20;
static volatile unsigned sink;

static unsigned __attribute__((noinline)) recurse(unsigned n) {
  volatile char frame[1000];
  memset((void*)frame, 0xaa, sizeof frame);
  if (n == 0) return frame[3];
  const unsigned result = recurse(n - 1);
  sink += frame[5];
  return result + 1;
}

static void* thread(void* depth) {
  recurse(*(unsigned*)depth);
  return NULL;
}

static void* idle(void* nothing) { return nothing; }

static size_t changed(const unsigned char* block) {
  size_t pages = 0;
  for (size_t i = 0; i < size; i += 4096) pages += block[i] != 1;
  return pages;
}

int main(void) {
  char who;
  unsigned depth;
  pthread_t first, second;
  if (scanf("%c%u", &who, &depth) != 2) return 9;
  if (who == 't')
    pthread_create(&first, NULL, idle, NULL); /* its stack lies next to the second's */
  unsigned char* block = malloc(size);
  if (!block) return 8;
  for (size_t i = 0; i < size; i += 4096) block[i] = 1;
  if (who == 't') {
    CHECK(pthread_create(&second, NULL, thread, &depth) == 0);
    pthread_join(second, NULL);
    pthread_join(first, NULL);
  } else {
    recurse(depth);
  }
  printf("%zu pages changed\n", changed(block));
  return changed(block) ? 66 : failures;
}
