/* SPDX-License-Identifier: Apache-2.0 */
/* Copying, zeroing, messages. */
#include <stdarg.h>

#include "kernel.h"

typedef uint32_t __attribute__((may_alias)) word;
struct __attribute__((packed, may_alias)) loose_word {
  uint32_t value;
};

/* Words are stored whole and nothing outside the destination is touched. 8 words a round: 16
 * accesses, 4 instructions more. */
void copy(void* to, const void* from, size_t size) {
  uint8_t* d = to;
  const uint8_t* s = from;
  while (size && ((uint32_t)d & 3)) *d++ = *s++, size--;
  if (((uint32_t)s & 3) == 0) {
    for (; size >= 32; size -= 32, d += 32, s += 32) {
      const word* a = (const word*)s;
      word* b = (word*)d;
      const uint32_t w0 = a[0], w1 = a[1], w2 = a[2], w3 = a[3], w4 = a[4], w5 = a[5], w6 = a[6],
                     w7 = a[7];
      b[0] = w0, b[1] = w1, b[2] = w2, b[3] = w3, b[4] = w4, b[5] = w5, b[6] = w6, b[7] = w7;
    }
    for (; size >= 4; size -= 4, d += 4, s += 4) *(word*)d = *(const word*)s;
  } else {
    for (; size >= 16; size -= 16, d += 16, s += 16) {
      const struct loose_word* a = (const struct loose_word*)s;
      word* b = (word*)d;
      const uint32_t w0 = a[0].value, w1 = a[1].value, w2 = a[2].value, w3 = a[3].value;
      b[0] = w0, b[1] = w1, b[2] = w2, b[3] = w3;
    }
    for (; size >= 4; size -= 4, d += 4, s += 4) *(word*)d = ((const struct loose_word*)s)->value;
  }
  while (size--) *d++ = *s++;
}

void zero(void* to, size_t size) {
  uint8_t* d = to;
  while (size && ((uint32_t)d & 3)) *d++ = 0, size--;
  for (; size >= 32; size -= 32, d += 32) {
    word* b = (word*)d;
    b[0] = 0, b[1] = 0, b[2] = 0, b[3] = 0, b[4] = 0, b[5] = 0, b[6] = 0, b[7] = 0;
  }
  for (; size >= 4; size -= 4, d += 4) *(word*)d = 0;
  while (size--) *d++ = 0;
}

/* What the compiler may call. */
void* memcpy(void* to, const void* from, size_t size) {
  copy(to, from, size);
  return to;
}
void* memset(void* to, int value, size_t size) {
  if (value == 0) {
    zero(to, size);
  } else {
    for (uint8_t* d = to; size--;) *d++ = (uint8_t)value;
  }
  return to;
}

void message(const char* format, ...) {
  char text[200], digits[10];
  uint32_t n = 0;
  va_list arguments;
  va_start(arguments, format);
#define PUT(c) (n < sizeof text - 1 ? (void)(text[n++] = (c)) : (void)0)
  for (const char* p = "mipzk: "; *p; p++) PUT(*p);
  for (; *format; format++) {
    if (*format != '%') {
      PUT(*format);
    } else if (*++format == 's') {
      for (const char* p = va_arg(arguments, const char*); *p; p++) PUT(*p);
    } else if (*format == 'x') {
      const uint32_t value = va_arg(arguments, uint32_t);
      PUT('0');
      PUT('x');
      for (int shift = 28; shift >= 0; shift -= 4) PUT("0123456789abcdef"[value >> shift & 15]);
    } else {
      uint32_t value = va_arg(arguments, uint32_t), count = 0;
      do digits[count++] = (char)('0' + value % 10), value /= 10;
      while (value);
      while (count) PUT(digits[--count]);
    }
  }
  va_end(arguments);
  text[n++] = '\n';
  machine_print(text, n);
}
