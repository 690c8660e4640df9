/* SPDX-License-Identifier: Apache-2.0 */
/* Asks its host for "word", "text", "missing" and "word" again, between hints, and writes what it gets to the
 * output: lengths and bytes. Exit code 1 when a hint is not the next number. */
#include <mipzk_guest.h>
#include <string.h>
#include <zkvm_io.h>

static void ask(const char* name) {
  static uint8_t answer[12];
  uint32_t size;
  memset(answer, 0, sizeof answer);
  size = mipzk_ask(name, strlen(name), answer, sizeof answer - 2);
  write_output((const uint8_t*)&size, sizeof size);
  write_output(answer, sizeof answer);
}

int main(void) {
  if (mipzk_hint_word() != 1) return 1;
  ask("word");
  ask("text");
  if (mipzk_hint_word() != 2) return 1;
  ask("missing");
  ask("word");
  return mipzk_hint_word() == 3 ? 0 : 1;
}
