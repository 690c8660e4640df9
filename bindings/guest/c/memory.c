/* SPDX-License-Identifier: Apache-2.0 */
/* The four functions that GCC calls of its own accord, and memchr. Every executed instruction is
 * proved, so they move words wherever the bytes allow it. They never write outside [to, to + size).
 */
#include <stdint.h>
#include <string.h>

/* GCC would otherwise turn these loops into calls of the very functions they implement. */
#pragma GCC optimize("no-tree-loop-distribute-patterns")

/* Words that may hold parts of any object; GCC loads and stores the packed form with lwl/lwr,
 * swl/swr. */
typedef uint32_t __attribute__((may_alias)) Word;
typedef struct __attribute__((packed, may_alias)) {
  uint32_t value;
} LooseWord;

/* Copies upwards; right for overlapping ranges when `to` is below `from`. */
static void copy_up(uint8_t* to, const uint8_t* from, size_t size) {
  if (size >= 16) {
    while (((uintptr_t)to & 3) != 0) {
      *to++ = *from++;
      --size;
    }
    if (((uintptr_t)from & 3) == 0) {
      for (; size >= 16; size -= 16, to += 16, from += 16) {
        const Word* s = (const Word*)from;
        Word* d = (Word*)to;
        uint32_t w0 = s[0], w1 = s[1], w2 = s[2], w3 = s[3];
        d[0] = w0;
        d[1] = w1;
        d[2] = w2;
        d[3] = w3;
      }
      for (; size >= 4; size -= 4, to += 4, from += 4) {
        *(Word*)to = *(const Word*)from;
      }
    } else {
      for (; size >= 4; size -= 4, to += 4, from += 4) {
        *(Word*)to = ((const LooseWord*)from)->value;
      }
    }
  }
  while (size-- != 0) {
    *to++ = *from++;
  }
}

/* Copies downwards; right for overlapping ranges when `to` is above `from`. */
static void copy_down(uint8_t* to, const uint8_t* from, size_t size) {
  to += size;
  from += size;
  if (size >= 16) {
    while (((uintptr_t)to & 3) != 0) {
      *--to = *--from;
      --size;
    }
    for (; size >= 4; size -= 4) {
      to -= 4;
      from -= 4;
      *(Word*)to = ((const LooseWord*)from)->value;
    }
  }
  while (size-- != 0) {
    *--to = *--from;
  }
}

void* memcpy(void* to, const void* from, size_t size) {
  copy_up(to, from, size);
  return to;
}

void* memmove(void* to, const void* from, size_t size) {
  if ((uintptr_t)to - (uintptr_t)from >= size) { /* also true when `to` is below `from` */
    copy_up(to, from, size);
  } else {
    copy_down(to, from, size);
  }
  return to;
}

void* memset(void* to, int value, size_t size) {
  uint8_t* p = to;
  uint8_t byte = (uint8_t)value;
  if (size >= 16) {
    uint32_t word = byte | (uint32_t)byte << 8;
    word |= word << 16;
    while (((uintptr_t)p & 3) != 0) {
      *p++ = byte;
      --size;
    }
    for (; size >= 16; size -= 16, p += 16) {
      Word* d = (Word*)p;
      d[0] = word;
      d[1] = word;
      d[2] = word;
      d[3] = word;
    }
    for (; size >= 4; size -= 4, p += 4) {
      *(Word*)p = word;
    }
  }
  while (size-- != 0) {
    *p++ = byte;
  }
  return to;
}

int memcmp(const void* a, const void* b, size_t size) {
  const uint8_t* p = a;
  const uint8_t* q = b;
  if ((((uintptr_t)p | (uintptr_t)q) & 3) == 0) {
    for (; size >= 4 && *(const Word*)p == *(const Word*)q; size -= 4) {
      p += 4;
      q += 4;
    }
  }
  for (; size != 0; --size, ++p, ++q) {
    if (*p != *q) {
      return *p < *q ? -1 : 1;
    }
  }
  return 0;
}

void* memchr(const void* in, int value, size_t size) {
  const uint8_t* p = in;
  for (; size != 0; --size, ++p) {
    if (*p == (uint8_t)value) {
      return (void*)p;
    }
  }
  return NULL;
}
