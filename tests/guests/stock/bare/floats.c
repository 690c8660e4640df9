/* SPDX-License-Identifier: Apache-2.0 */
/* float and double without a floating-point unit: every operation on edge cases and on words of the
 * private input. Compiled for Linux with the unit's instructions, as a reference, it must print the
 * same bits. */
#include <stdint.h>
#ifdef __mips_hard_float
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static uint8_t input[4096];

static void read_input(const uint8_t** bytes, size_t* size) {
  *bytes = input;
  *size = (size_t)read(0, input, sizeof input);
}

static void write_output(const uint8_t* bytes, size_t size) { fwrite(bytes, 1, size, stdout); }
#else
#include <string.h>
#include <zkvm_io.h>
#endif

#define OUT(type, value)                            \
  do {                                              \
    type out = (value);                             \
    write_output((const uint8_t*)&out, sizeof out); \
  } while (0)

static void doubles(double a, double b) {
  OUT(double, a + b);
  OUT(double, a - b);
  OUT(double, a* b);
  OUT(double, a / b);
  OUT(double, -a);
  OUT(float, (float)a);
  OUT(uint8_t,
      (a < b) | (a <= b) << 1 | (a == b) << 2 | (a != b) << 3 | (a >= b) << 4 | (a > b) << 5);
  if (a > -2147483648.0 && a < 2147483647.0) {
    OUT(int32_t, (int32_t)a);
  }
  if (a > -9e18 && a < 9e18) {
    OUT(int64_t, (int64_t)a);
  }
  if (a >= 0 && a < 1.8e19) {
    OUT(uint64_t, (uint64_t)a);
  }
  if (a >= 0 && a < 4294967295.0) {
    OUT(uint32_t, (uint32_t)a);
  }
}

static void floats(float a, float b) {
  OUT(float, a + b);
  OUT(float, a - b);
  OUT(float, a* b);
  OUT(float, a / b);
  OUT(double, a == a ? (double)a : 0); /* what becomes of a NaN's payload is anybody's choice */
  OUT(uint8_t,
      (a < b) | (a <= b) << 1 | (a == b) << 2 | (a != b) << 3 | (a >= b) << 4 | (a > b) << 5);
  if (a > -2147483000.0f && a < 2147483000.0f) {
    OUT(int32_t, (int32_t)a);
    OUT(int64_t, (int64_t)a);
  }
}

static void integers(uint32_t high, uint32_t low) {
  uint64_t wide = (uint64_t)high << 32 | low;
  OUT(double, (double)(int32_t)low);
  OUT(double, (double)low);
  OUT(double, (double)(int64_t)wide);
  OUT(double, (double)wide);
  OUT(float, (float)(int32_t)low);
  OUT(float, (float)low);
  OUT(float, (float)(int64_t)wide);
  OUT(float, (float)wide);
}

int main(void) {
  static const double edges[] = {0.0,
                                 -0.0,
                                 1.0,
                                 -1.5,
                                 0.1,
                                 3e38,
                                 1e-40,
                                 4.9e-324,
                                 2.2250738585072014e-308,
                                 1.7976931348623157e308,
                                 1e300,
                                 -1e-300,
                                 4294967295.5,
                                 1e18};
  enum { EDGES = sizeof edges / sizeof *edges };
  volatile double zero = 0;
  for (int i = 0; i < EDGES + 2; ++i) {
    double a = i < EDGES ? edges[i] : i == EDGES ? 1 / zero : zero / zero;
    for (int k = 0; k < EDGES; ++k) {
      doubles(a, edges[k]);
      floats((float)a, (float)edges[k]);
    }
  }
  const uint8_t* bytes;
  size_t size;
  read_input(&bytes, &size);
  for (size_t i = 0; i + 16 <= size; i += 16) {
    double d[2];
    float f[4];
    uint32_t w[4];
    memcpy(d, bytes + i, 16);
    memcpy(f, bytes + i, 16);
    memcpy(w, bytes + i, 16);
    doubles(d[0], d[1]);
    doubles(d[1], (double)w[1] * 0.001);
    floats(f[0], f[1]);
    floats(f[2], f[3]);
    integers(w[0], w[1]);
    integers(w[2] >> (w[0] & 31), w[3]);
  }
  return 77;
}
