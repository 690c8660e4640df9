/* SPDX-License-Identifier: Apache-2.0 */
/* What the test guests share: a cursor over the input, and output of big-endian numbers. */
#ifndef MIPZK_TESTS_GUESTS_GUEST_UTIL_H_
#define MIPZK_TESTS_GUESTS_GUEST_UTIL_H_

#include <mipzk_guest.h>
#include <zkvm_io.h>

/* Exit code of a guest whose input does not have the form it expects. */
#define EXIT_MALFORMED 64u

typedef struct {
  const uint8_t* bytes;
  size_t size, position;
} Reader;

static inline Reader open_private(void) {
  Reader r = {0, 0, 0};
  read_input(&r.bytes, &r.size);
  return r;
}

static inline size_t remaining(const Reader* r) { return r->size - r->position; }

static inline const uint8_t* take(Reader* r, size_t size) {
  const uint8_t* p = r->bytes + r->position;
  if (remaining(r) < size) {
    mipzk_halt(EXIT_MALFORMED);
  }
  r->position += size;
  return p;
}

static inline uint8_t take_u8(Reader* r) { return *take(r, 1); }

static inline uint32_t load_u32(const uint8_t* p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint32_t take_u32(Reader* r) { return load_u32(take(r, 4)); }

static inline uint64_t take_u64(Reader* r) {
  uint64_t high = take_u32(r);
  return high << 32 | take_u32(r);
}

/* The guest is big-endian, so a number's bytes are its output. */
static inline void put_u32(uint32_t x) { write_output((const uint8_t*)&x, sizeof x); }
static inline void put_u64(uint64_t x) { write_output((const uint8_t*)&x, sizeof x); }

#endif
