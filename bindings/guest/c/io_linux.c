/* SPDX-License-Identifier: Apache-2.0 */
/* The guest API on Linux (o32 calls), to run a guest under qemu-mips: private input from file
 * descriptor 0, public input from 3, hints (4 big-endian bytes each) and answers from 4, prints to 2, and the
 * output to 1 when the program halts. Inputs whose descriptor is closed are empty. */
#include <string.h>

#include "mipzk_guest.h"
#include "zkvm_io.h"

/* Numbers of linux/arch/mips/kernel/syscalls/syscall_o32.tbl. */
enum { NR_READ = 4003, NR_WRITE = 4004, NR_EXIT_GROUP = 4246 };

typedef struct {
  uint8_t bytes[MIPZK_WINDOW_CAPACITY];
  size_t size;
  int filled;
} Buffer;

static Buffer private_input, public_input, output_bytes;

/* Result of a call, or -1 on any error. */
static int32_t call3(uint32_t number, uint32_t first, uint32_t second, uint32_t third) {
  register uint32_t v0 __asm__("$2") = number;
  register uint32_t a0 __asm__("$4") = first;
  register uint32_t a1 __asm__("$5") = second;
  register uint32_t a2 __asm__("$6") = third;
  register uint32_t a3 __asm__("$7");
  __asm__ volatile("syscall"
                   : "+r"(v0), "=r"(a3)
                   : "r"(a0), "r"(a1), "r"(a2)
                   : "$1", "$3", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25",
                     "hi", "lo", "memory");
  return a3 != 0 ? -1 : (int32_t)v0;
}

/* Reads until `size` bytes or the end of file; returns the number of bytes read. */
static size_t read_up_to(uint32_t descriptor, uint8_t* bytes, size_t size) {
  size_t done = 0;
  while (done < size) {
    int32_t n = call3(NR_READ, descriptor, (uint32_t)(bytes + done), size - done);
    if (n <= 0) {
      break;
    }
    done += (size_t)n;
  }
  return done;
}

static void write_all(uint32_t descriptor, const uint8_t* bytes, size_t size) {
  size_t done = 0;
  while (done < size) {
    int32_t n = call3(NR_WRITE, descriptor, (uint32_t)(bytes + done), size - done);
    if (n <= 0) {
      break;
    }
    done += (size_t)n;
  }
}

static void fill(Buffer* buffer, uint32_t descriptor, uint32_t exit_code) {
  if (!buffer->filled) {
    uint8_t extra;
    buffer->size = read_up_to(descriptor, buffer->bytes, MIPZK_WINDOW_CAPACITY);
    buffer->filled = 1;
    if (buffer->size == MIPZK_WINDOW_CAPACITY && read_up_to(descriptor, &extra, 1) != 0) {
      mipzk_halt(exit_code);
    }
  }
}

void read_input(const uint8_t** buf_ptr, size_t* buf_size) {
  fill(&private_input, 0, MIPZK_EXIT_PRIVATE_INPUT);
  *buf_ptr = private_input.bytes;
  *buf_size = private_input.size;
}

void mipzk_public_input(const uint8_t** buf_ptr, size_t* buf_size) {
  fill(&public_input, 3, MIPZK_EXIT_PUBLIC_INPUT);
  *buf_ptr = public_input.bytes;
  *buf_size = public_input.size;
}

void write_output(const uint8_t* output, size_t size) {
  if (size > MIPZK_WINDOW_CAPACITY - output_bytes.size) {
    mipzk_halt(MIPZK_EXIT_OUTPUT_FULL);
  }
  memcpy(output_bytes.bytes + output_bytes.size, output, size);
  output_bytes.size += size;
}

uint32_t mipzk_hint_word(void) {
  uint32_t word = 0; /* a last partial word is padded with zeros, as on the machine */
  if (read_up_to(4, (uint8_t*)&word, sizeof word) == 0) {
    mipzk_halt(MIPZK_EXIT_NO_HINT);
  }
  return word;
}

/* Nobody is there to be asked: the answers are among the hints. */
uint32_t mipzk_ask(const void* name, size_t name_size, void* answer, size_t capacity) {
  uint8_t* out = answer;
  uint32_t size, done = 0;
  (void)name;
  (void)name_size;
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
  write_all(1, output_bytes.bytes, output_bytes.size);
  for (;;) {
    (void)call3(NR_EXIT_GROUP, code, 0, 0);
  }
}

void mipzk_print(const char* text, size_t size) { write_all(2, (const uint8_t*)text, size); }

void mipzk_cycle_mark(uint32_t id) { (void)id; }
