/* SPDX-License-Identifier: Apache-2.0 */
/* The guest API on the bare machine: windows of memory for input and output, `syscall N` for the
 * rest. Addresses and call numbers are those of docs/MACHINE.md. */
#include <string.h>

#include "mipzk_guest.h"
#include "zkvm_io.h"

/* A window: a 32-bit length word, then the bytes. */
#define PRIVATE_WINDOW 0xa0000000u
#define PUBLIC_WINDOW 0xb0000000u
#define OUTPUT_WINDOW 0xc0000000u

#define CALL_HALT "1"
#define CALL_HINT_WORD "2"
#define CALL_PRINT "3"
#define CALL_CYCLE "4"
#define CALL_ASK "5"

static void open_window(uint32_t window, uint32_t exit_code, const uint8_t** bytes, size_t* size) {
  uint32_t length = *(const volatile uint32_t*)window;
  if (length > MIPZK_WINDOW_CAPACITY) {
    mipzk_halt(exit_code);
  }
  *bytes = (const uint8_t*)(window + 4);
  *size = length;
}

void read_input(const uint8_t** buf_ptr, size_t* buf_size) {
  open_window(PRIVATE_WINDOW, MIPZK_EXIT_PRIVATE_INPUT, buf_ptr, buf_size);
}

void mipzk_public_input(const uint8_t** buf_ptr, size_t* buf_size) {
  open_window(PUBLIC_WINDOW, MIPZK_EXIT_PUBLIC_INPUT, buf_ptr, buf_size);
}

void write_output(const uint8_t* output, size_t size) {
  /* memcpy stores whole words only where the bytes fill them, so that nothing past the final length
   * is ever written: the output's padding has to stay zero. */
  static size_t total;
  if (size > MIPZK_WINDOW_CAPACITY - total) {
    mipzk_halt(MIPZK_EXIT_OUTPUT_FULL);
  }
  memcpy((uint8_t*)(OUTPUT_WINDOW + 4 + total), output, size);
  total += size;
  *(volatile uint32_t*)OUTPUT_WINDOW = total;
}

uint32_t mipzk_hint_word(void) {
  register uint32_t word __asm__("$2");
  __asm__ volatile("syscall " CALL_HINT_WORD : "=r"(word));
  return word;
}

static void call_ask(const void* name, size_t name_size) {
  register const void* a0 __asm__("$4") = name;
  register size_t a1 __asm__("$5") = name_size;
  __asm__ volatile("syscall " CALL_ASK : : "r"(a0), "r"(a1) : "memory");
}

uint32_t mipzk_ask(const void* name, size_t name_size, void* answer, size_t capacity) {
  uint8_t* out = answer;
  uint32_t size, done = 0;
  call_ask(name, name_size);
  size = mipzk_hint_word();
  if (size == MIPZK_NO_ANSWER) {
    return size;
  }
  while (done < size) {
    uint32_t word = mipzk_hint_word(), n = size - done < 4 ? size - done : 4;
    if (done < capacity) {
      memcpy(out + done, &word, n < capacity - done ? n : capacity - done);
    }
    done += n;
  }
  return size;
}

void mipzk_halt(uint32_t code) {
  register uint32_t a0 __asm__("$4") = code;
  for (;;) {
    __asm__ volatile("syscall " CALL_HALT : : "r"(a0) : "memory");
  }
}

void mipzk_print(const char* text, size_t size) {
  register const char* a0 __asm__("$4") = text;
  register size_t a1 __asm__("$5") = size;
  __asm__ volatile("syscall " CALL_PRINT : : "r"(a0), "r"(a1) : "memory");
}

void mipzk_cycle_mark(uint32_t id) {
  register uint32_t a0 __asm__("$4") = id;
  __asm__ volatile("syscall " CALL_CYCLE : : "r"(a0));
}
