/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: the runtime's <string.h>. Private input: two strings, each ended by a zero byte, at
 * most 99 characters; output: lengths, comparisons, positions, copies. */
#include <string.h>

#include "guest_util.h"

static const char* take_string(Reader* in) {
  const char* text = (const char*)in->bytes + in->position;
  if (memchr(text, 0, remaining(in)) == NULL || strlen(text) > 99) {
    mipzk_halt(EXIT_MALFORMED);
  }
  in->position += strlen(text) + 1;
  return text;
}

static void put_position(const char* base, const char* found) {
  put_u32(found == NULL ? 0xffffffffu : (uint32_t)(found - base));
}

static void put_sign(int comparison) { put_u32((uint32_t)(comparison > 0) - (comparison < 0)); }

int main(void) {
  Reader in = open_private();
  const char* a = take_string(&in);
  const char* b = take_string(&in);
  char joined[256];
  char padded[24];

  put_u32(strlen(a));
  put_u32(strlen(b));
  put_sign(strcmp(a, b));
  put_sign(strncmp(a, b, 3));
  put_sign(memcmp(a, b, strlen(a) < strlen(b) ? strlen(a) : strlen(b)));
  put_position(a, strchr(a, b[0]));
  put_position(a, strrchr(a, b[0]));
  put_position(a, strstr(a, b));
  put_position(a, memchr(a, 'e', strlen(a)));

  strcpy(joined, a);
  strcat(joined, b);
  write_output((const uint8_t*)joined, strlen(joined));
  memmove(joined + 5, joined, strlen(a) + strlen(b));
  write_output((const uint8_t*)joined, strlen(a) + strlen(b));
  strncpy(padded, b, sizeof padded);
  write_output((const uint8_t*)padded, sizeof padded);
  return 0;
}
