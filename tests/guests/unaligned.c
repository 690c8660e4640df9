/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: lwl, lwr, swl and swr, through packed structs, one by one in assembly, and in the
 * runtime's memcpy and memmove at every relative alignment. Private input: at least 32 bytes;
 * output: what the walks produce. */
#include <string.h>

#include "guest_util.h"

typedef struct __attribute__((packed)) {
  uint8_t tag;
  uint32_t word;
  uint16_t half;
  uint64_t wide;
} Record;

#define WINDOW 48

static uint8_t memory[WINDOW] __attribute__((aligned(4)));

static void fields(const Reader* in) {
  for (size_t at = 0; at + sizeof(Record) <= 32; ++at) {
    Record r = *(const Record*)(in->bytes + at), *stored = (Record*)(memory + at);
    put_u32(r.tag ^ r.word);
    put_u64(r.half ^ r.wide);
    stored->word = r.word + 1;
    stored->half = (uint16_t)(r.half - 1);
    stored->wide = ~r.wide;
  }
  write_output(memory, sizeof memory);
}

/* Each of the four alone, on top of a register or a word that shows what is kept. */
static void halves(const Reader* in) {
  for (uint32_t at = 0; at < 8; ++at) {
    const uint8_t* from = in->bytes + at;
    uint8_t* to = memory + at;
    uint32_t left = 0x01020304, right = 0xa5b6c7d8;
    __asm__ volatile("lwl %0, 0(%1)" : "+r"(left) : "r"(from) : "memory");
    __asm__ volatile("lwr %0, 0(%1)" : "+r"(right) : "r"(from) : "memory");
    put_u32(left);
    put_u32(right);
    memset(memory, 0xee, sizeof memory);
    __asm__ volatile("swl %0, 4(%1)" : : "r"(0x11223344), "r"(to) : "memory");
    __asm__ volatile("swr %0, 20(%1)" : : "r"(0x55667788), "r"(to) : "memory");
    write_output(memory, sizeof memory);
  }
}

static void copies(const Reader* in) {
  for (size_t from = 0; from < 4; ++from) {
    for (size_t to = 0; to < 4; ++to) {
      for (size_t size = 15; size <= 23; size += 4) {
        memset(memory, 0x5a, sizeof memory);
        memcpy(memory + to, in->bytes + from, size);
        memmove(memory + to + 3, memory + to, size);     /* overlaps upwards */
        memmove(memory + to + 1, memory + to + 6, size); /* overlaps downwards */
        write_output(memory, sizeof memory);
      }
    }
  }
}

int main(void) {
  Reader in = open_private();
  if (in.size < 32) {
    return EXIT_MALFORMED;
  }
  fields(&in);
  halves(&in);
  copies(&in);
  return 0;
}
