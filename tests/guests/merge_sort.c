/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: word loads and stores over two large arrays in .bss, signed and unsigned compares.
 * Private input: words; output: the words sorted as unsigned, then sorted as signed numbers. */
#include <string.h>

#include "guest_util.h"

#define MAX_WORDS 65536

static uint32_t items[MAX_WORDS], scratch[MAX_WORDS];

static int unsigned_less(uint32_t a, uint32_t b) { return a < b; }
static int signed_less(uint32_t a, uint32_t b) { return (int32_t)a < (int32_t)b; }

static void merge_sort(size_t count, int (*less)(uint32_t, uint32_t)) {
  uint32_t *from = items, *to = scratch;
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t start = 0; start < count; start += 2 * width) {
      size_t middle = start + width < count ? start + width : count;
      size_t end = middle + width < count ? middle + width : count;
      size_t i = start, j = middle;
      for (size_t k = start; k < end; ++k) {
        to[k] = j == end || (i < middle && !less(from[j], from[i])) ? from[i++] : from[j++];
      }
    }
    uint32_t* swap = from;
    from = to;
    to = swap;
  }
  write_output((const uint8_t*)from, count * 4);
}

int main(void) {
  Reader in = open_private();
  size_t count = in.size / 4;
  if (in.size % 4 != 0 || count > MAX_WORDS) {
    return EXIT_MALFORMED;
  }
  memcpy(items, in.bytes, in.size);
  merge_sort(count, unsigned_less);
  memcpy(items, in.bytes, in.size);
  merge_sort(count, signed_less);
  return 0;
}
