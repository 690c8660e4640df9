/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers. Without a seed from the host they are the same in every run, and known to
 * everybody; with one they are secret, but the choice of whoever makes the proof. */
#include "kernel.h"

/* xorshift32 (Marsaglia 2003) from a fixed seed. */
static uint32_t known_state = 0x6d69707a;

static uint32_t known_word(void) {
  uint32_t x = known_state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return known_state = x;
}

/* ChaCha20 (RFC 8439) with the host's 32 bytes as its key, and a nonce of zero. */
static uint32_t input[16], keystream[16], words_left;
static int seeded;

void random_seed(const uint32_t key[8]) {
  static const uint32_t constants[4] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  for (int i = 0; i < 4; i++) input[i] = constants[i];
  for (int i = 0; i < 8; i++) input[4 + i] = key[i];
  seeded = 1;
}

static uint32_t turn(uint32_t x, int n) { return x << n | x >> (32 - n); }

static void quarter(uint32_t* x, int a, int b, int c, int d) {
  x[a] += x[b], x[d] = turn(x[d] ^ x[a], 16);
  x[c] += x[d], x[b] = turn(x[b] ^ x[c], 12);
  x[a] += x[b], x[d] = turn(x[d] ^ x[a], 8);
  x[c] += x[d], x[b] = turn(x[b] ^ x[c], 7);
}

static uint32_t secret_word(void) {
  if (!words_left) {
    for (int i = 0; i < 16; i++) keystream[i] = input[i];
    for (int round = 0; round < 20; round++) /* columns, then diagonals */
      for (int i = 0; i < 4; i++) {
        const int k = round & 1;
        quarter(keystream, i, 4 + ((i + k) & 3), 8 + ((i + 2 * k) & 3), 12 + ((i + 3 * k) & 3));
      }
    for (int i = 0; i < 16; i++) keystream[i] += input[i];
    if (!++input[12]) input[13]++;
    words_left = 16;
  }
  return keystream[16 - words_left--];
}

void random_bytes(void* to, uint32_t size) {
  for (uint32_t i = 0; i < size; i += 4) {
    const uint32_t w = seeded ? secret_word() : known_word();
    copy((uint8_t*)to + i, &w, size - i < 4 ? size - i : 4);
  }
}

void random_noted(void) {
  static int noted;
  if (seeded || noted) return;
  noted = 1;
  message("random numbers are the same in every run and known to everybody: no seed was given");
}

CALL(getrandom) { /* (buffer, size, flags) */
  enum { GRND_NONBLOCK = 1, GRND_INSECURE = 4 };
  const uint32_t size = (uint32_t)a1 > 0x7fffffff ? 0x7fffffff : (uint32_t)a1;
  (void)a3;
  if (!(a2 & (GRND_NONBLOCK | GRND_INSECURE))) random_noted(); /* others would take less, too */
  random_bytes((void*)a0, size);
  return (long)size;
}
