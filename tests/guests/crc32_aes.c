/* SPDX-License-Identifier: Apache-2.0 */
/* Exercises: byte loads and stores, tables built at run time and looked up by data. Private input:
 * a 16-byte key, then a multiple of 16 bytes; output: CRC-32 (IEEE 802.3) of those bytes, then
 * their AES-128 encryption (FIPS 197), block by block. */
#include <string.h>

#include "guest_util.h"

static uint32_t crc_table[256];
static uint8_t sbox[256], round_keys[176];

static uint32_t crc32(const uint8_t* p, size_t size) {
  uint32_t crc = 0xffffffff;
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t c = i;
    for (int k = 0; k < 8; ++k) {
      c = (c & 1) != 0 ? 0xedb88320 ^ c >> 1 : c >> 1;
    }
    crc_table[i] = c;
  }
  for (size_t i = 0; i < size; ++i) {
    crc = crc_table[(crc ^ p[i]) & 0xff] ^ crc >> 8;
  }
  return ~crc;
}

/* Multiplication by x in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. */
static uint8_t times_x(uint8_t a) { return (uint8_t)(a << 1 ^ ((a & 0x80) != 0 ? 0x1b : 0)); }

static uint8_t rotate(uint8_t a, int n) { return (uint8_t)(a << n | a >> (8 - n)); }

/* Walks through the powers of 3 and of its inverse at once: q is always 1 / p. */
static void build_sbox(void) {
  uint8_t p = 1, q = 1;
  do {
    p ^= times_x(p);
    q ^= (uint8_t)(q << 1);
    q ^= (uint8_t)(q << 2);
    q ^= (uint8_t)(q << 4);
    if ((q & 0x80) != 0) {
      q ^= 0x09;
    }
    sbox[p] = q ^ rotate(q, 1) ^ rotate(q, 2) ^ rotate(q, 3) ^ rotate(q, 4) ^ 0x63;
  } while (p != 1);
  sbox[0] = 0x63;
}

static void expand_key(const uint8_t* key) {
  uint8_t constant = 1;
  memcpy(round_keys, key, 16);
  for (size_t i = 16; i < sizeof round_keys; i += 4) {
    uint8_t t[4];
    memcpy(t, round_keys + i - 4, 4);
    if (i % 16 == 0) {
      uint8_t first = t[0];
      t[0] = sbox[t[1]] ^ constant;
      t[1] = sbox[t[2]];
      t[2] = sbox[t[3]];
      t[3] = sbox[first];
      constant = times_x(constant);
    }
    for (size_t j = 0; j < 4; ++j) {
      round_keys[i + j] = round_keys[i + j - 16] ^ t[j];
    }
  }
}

static void add_round_key(uint8_t state[16], size_t round) {
  for (size_t i = 0; i < 16; ++i) {
    state[i] ^= round_keys[16 * round + i];
  }
}

static void encrypt(uint8_t state[16]) {
  add_round_key(state, 0);
  for (size_t round = 1; round <= 10; ++round) {
    uint8_t t[16];
    for (size_t i = 0; i < 16; ++i) {
      t[i] = sbox[state[(5 * i) % 16]]; /* SubBytes and ShiftRows */
    }
    memcpy(state, t, 16);
    for (size_t c = 0; round != 10 && c < 16; c += 4) {
      uint8_t all = t[c] ^ t[c + 1] ^ t[c + 2] ^ t[c + 3];
      for (size_t r = 0; r < 4; ++r) {
        state[c + r] ^= all ^ times_x(t[c + r] ^ t[c + (r + 1) % 4]);
      }
    }
    add_round_key(state, round);
  }
}

int main(void) {
  Reader in = open_private();
  const uint8_t* key = take(&in, 16);
  size_t size = remaining(&in);
  if (size % 16 != 0) {
    return EXIT_MALFORMED;
  }
  put_u32(crc32(key + 16, size));
  build_sbox();
  expand_key(key);
  while (remaining(&in) != 0) {
    uint8_t block[16];
    memcpy(block, take(&in, 16), 16);
    encrypt(block);
    write_output(block, 16);
  }
  return 0;
}
