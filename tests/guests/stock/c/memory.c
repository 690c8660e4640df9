/* SPDX-License-Identifier: Apache-2.0 */
/* The heap, sorting, text, non-local jumps. */
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t state = 1;

static uint32_t next_random(void) {
  state = state * 1664525u + 1013904223u;
  return state >> 8;
}

static int compare(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}

static jmp_buf back;

static void inner(void) { longjmp(back, 7); }

__attribute__((noinline)) static void outer(void) { inner(); }

int main(void) {
  enum { COUNT = 200 };
  char* texts[COUNT];
  for (int i = 0; i < COUNT; ++i) {
    char buffer[32];
    int size = snprintf(buffer, sizeof buffer, "%u-%d", next_random() % 1000, i);
    texts[i] = malloc((size_t)size + 1);
    strcpy(texts[i], buffer);
  }
  qsort(texts, COUNT, sizeof *texts, compare);
  printf("%s %s %s\n", texts[0], texts[COUNT / 2], texts[COUNT - 1]);
  for (int i = 0; i < COUNT; i += 2) {
    free(texts[i]);
  }
  size_t total = 0;
  char* grown = NULL;
  for (size_t size = 1; size < 300000; size = size * 5 / 3 + 1) {
    grown = realloc(grown, size);
    memset(grown + total, (int)size, size - total);
    total = size;
  }
  uint32_t sum = 0;
  for (size_t i = 0; i < total; i += 997) {
    sum = sum * 31 + (uint8_t)grown[i];
  }
  char* zeros = calloc(1000, 300); /* larger than the limit above which malloc asks for pages */
  printf("%zu %u %d %d\n", total, sum, zeros[0], zeros[299999]);
  free(zeros);
  free(grown);
  int value = setjmp(back);
  if (value == 0) {
    outer();
  }
  int d, m, y;
  printf("jumped %d, read %d\n", value, sscanf("24.12.1999", "%d.%d.%d", &d, &m, &y));
  printf("%d %lld %s\n", d * m * y, 123456789012345678LL / 977, getenv("HOME") ? "HOME" : "none");
  volatile size_t too_much = 0x80000010u; /* above PTRDIFF_MAX */
  return malloc(too_much) == NULL ? 3 : 4;
}
