/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that was handed out before is zero when it is handed out again, and keeps what it should. */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

#define PAGE 4096
#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW (PROT_READ | PROT_WRITE)

static int all(const unsigned char* p, size_t size, int value) {
  for (size_t i = 0; i < size; i++)
    if (p[i] != value) return 0;
  return 1;
}

static void heap(void) {
  void* blocks[100];
  unsigned sum = 0;
  for (int i = 0; i < 100; i++) {
    blocks[i] = malloc(50 + i * 700);
    memset(blocks[i], i, 50 + i * 700);
  }
  for (int i = 0; i < 100; i += 2) free(blocks[i]);
  unsigned char* big = calloc(1, 1 << 20);
  CHECK(all(big, 1 << 20, 0));
  for (int i = 1; i < 100; i += 2) sum += ((unsigned char*)blocks[i])[49];
  big = realloc(big, 3 << 20);
  big[(3 << 20) - 1] = 1;
  CHECK(all(big, 1 << 20, 0));
  printf("heap %u\n", sum);
  free(big);
}

static void mappings(void) {
  unsigned char* p = mmap(NULL, 8 * PAGE, RW, ANONYMOUS, -1, 0);
  CHECK(p != MAP_FAILED && (uintptr_t)p % PAGE == 0 && all(p, 8 * PAGE, 0));
  memset(p, 1, 8 * PAGE);
  /* A hole, and again a mapping in it. */
  CHECK(munmap(p + 2 * PAGE, 2 * PAGE) == 0);
  CHECK(mmap(p + 2 * PAGE, 2 * PAGE, RW, ANONYMOUS | MAP_FIXED, -1, 0) == p + 2 * PAGE);
  CHECK(all(p, 2 * PAGE, 1) && all(p + 2 * PAGE, 2 * PAGE, 0) && all(p + 4 * PAGE, 4 * PAGE, 1));
  /* On top of a mapping; not accessible at first. */
  CHECK(mmap(p + PAGE, PAGE, PROT_NONE, ANONYMOUS | MAP_FIXED, -1, 0) == p + PAGE);
  CHECK(mprotect(p + PAGE, PAGE, RW) == 0 && all(p + PAGE, PAGE, 0) && all(p, PAGE, 1));
  /* Protection alone changes nothing. */
  CHECK(mprotect(p + 5 * PAGE, PAGE, PROT_NONE) == 0 && mprotect(p + 5 * PAGE, PAGE, RW) == 0);
  CHECK(all(p + 5 * PAGE, PAGE, 1));
  /* Discarded contents are zero. */
  CHECK(madvise(p + 6 * PAGE, PAGE, MADV_DONTNEED) == 0);
  CHECK(all(p + 6 * PAGE, PAGE, 0) && all(p + 7 * PAGE, PAGE, 1));
  CHECK(mmap(NULL, 0, RW, ANONYMOUS, -1, 0) == MAP_FAILED && errno == EINVAL);
  CHECK(mmap(NULL, PAGE, RW, MAP_PRIVATE, 77, 0) == MAP_FAILED && errno == EBADF);
  CHECK(munmap(p + 1, PAGE) == -1 && errno == EINVAL);
  CHECK(munmap(p, 8 * PAGE) == 0);
}

/* A large reservation of which little is used. */
static void reservation(void) {
  const size_t size = 256u << 20;
  unsigned char* p = mmap(NULL, size, PROT_NONE, ANONYMOUS | MAP_NORESERVE, -1, 0);
  CHECK(p != MAP_FAILED);
  CHECK(mprotect(p + (100 << 20), 16 * PAGE, RW) == 0);
  memset(p + (100 << 20), 7, 16 * PAGE);
  CHECK(munmap(p, 50 << 20) == 0);
  CHECK(all(p + (100 << 20), 16 * PAGE, 7));
  CHECK(munmap(p + (50 << 20), size - (50 << 20)) == 0);
}

static void moving(void) {
  unsigned char* p = mmap(NULL, 3 * PAGE, RW, ANONYMOUS, -1, 0);
  memset(p, 9, 3 * PAGE);
  unsigned char* q = mremap(p, 3 * PAGE, 50 * PAGE, MREMAP_MAYMOVE);
  CHECK(q != MAP_FAILED && all(q, 3 * PAGE, 9) && all(q + 3 * PAGE, 47 * PAGE, 0));
  memset(q, 8, 50 * PAGE);
  CHECK(mremap(q, 50 * PAGE, PAGE, 0) == q);
  q = mremap(q, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
  CHECK(all(q, PAGE, 8) && all(q + PAGE, PAGE, 0));
  CHECK(munmap(q, 2 * PAGE) == 0);
}

static void breaks(void) {
  unsigned char* p = sbrk(0);
  CHECK(sbrk(5 * PAGE) == p && all(p, 5 * PAGE, 0));
  memset(p, 3, 5 * PAGE);
  CHECK(sbrk(-3 * PAGE) == p + 5 * PAGE);
  CHECK(sbrk(4 * PAGE) == p + 2 * PAGE);
  CHECK(all(p, 2 * PAGE, 3) && all(p + 2 * PAGE, 4 * PAGE, 0));
  CHECK(sbrk(-6 * PAGE) == p + 6 * PAGE);
}

/* More address space than there is, piece by piece: pages must come back. */
static void recycling(void) {
  const size_t size = 16u << 20;
  int zero = 1;
  for (int i = 0; i < 300; i++) {
    unsigned char* p = mmap(NULL, size, PROT_NONE, ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
      printf("no space in round %d\n", i);
      failures++;
      return;
    }
    mprotect(p + size - PAGE, PAGE, RW);
    zero &= all(p + size - PAGE, PAGE, 0);
    memset(p + size - PAGE, 5, PAGE);
    munmap(p, size);
  }
  CHECK(zero);
}

/* Random operations on a few pages, against a model of what each page must hold. */
enum { ARENA = 48 };
static struct {
  int mapped, accessible;
  uint32_t value;
} model[ARENA];

static uint32_t random_number(void) {
  static uint32_t state = 1;
  state = state * 1664525 + 1013904223;
  return state >> 8;
}

static void random_operations(void) {
  unsigned char* arena = mmap(NULL, ARENA * PAGE, PROT_NONE, ANONYMOUS, -1, 0);
  CHECK(arena != MAP_FAILED);
  for (int i = 0; i < ARENA; i++) model[i].mapped = 1;
  for (int round = 0; round < 3000 && !failures; round++) {
    const int first = (int)(random_number() % ARENA), count = 1 + (int)(random_number() % 6);
    const int end = first + count < ARENA ? first + count : ARENA;
    unsigned char* p = arena + first * PAGE;
    const size_t size = (size_t)(end - first) * PAGE;
    const unsigned operation = random_number() % 7;
    const int accessible = random_number() % 3 != 0;
    int all_mapped = 1;
    for (int i = first; i < end; i++) all_mapped &= model[i].mapped;
    switch (operation) {
      case 0:
        CHECK(mmap(p, size, accessible ? RW : PROT_NONE, ANONYMOUS | MAP_FIXED, -1, 0) == p);
        break;
      case 1:
        CHECK(munmap(p, size) == 0);
        break;
      case 2:
        if (all_mapped) CHECK(mprotect(p, size, accessible ? RW : PROT_NONE) == 0);
        break;
      case 3:
        if (all_mapped) CHECK(madvise(p, size, MADV_DONTNEED) == 0);
        break;
      default:
        break;
    }
    for (int i = first; i < end; i++) {
      if (operation == 0) model[i].mapped = 1, model[i].accessible = accessible, model[i].value = 0;
      if (operation == 1) model[i].mapped = model[i].accessible = 0, model[i].value = 0;
      if (operation == 2 && all_mapped) model[i].accessible = accessible;
      if (operation == 3 && all_mapped) model[i].value = 0;
      if (!model[i].accessible) continue;
      uint32_t* words = (uint32_t*)(arena + i * PAGE);
      if (operation > 4) words[0] = words[777] = words[1023] = model[i].value = random_number();
    }
    for (int i = 0; i < ARENA; i++) {
      const uint32_t* words = (const uint32_t*)(arena + i * PAGE);
      if (!model[i].accessible) continue;
      if (words[0] == model[i].value && words[777] == model[i].value && words[1023] == model[i].value)
        continue;
      printf("round %d operation %u: page %d holds %08x, not %08x\n", round, operation, i,
             (unsigned)words[0], (unsigned)model[i].value);
      failures++;
    }
  }
  CHECK(munmap(arena, ARENA * PAGE) == 0);
}

int main(void) {
  mappings();
  random_operations();
  reservation();
  moving();
  breaks();
  heap();
  recycling();
  puts("memory");
  return failures;
}
