/* SPDX-License-Identifier: Apache-2.0 */
/* More floats and doubles alive at once than there are even registers, so that floats lie in odd ones too: what a
 * processor with 64-bit floating-point registers keeps apart from the doubles, and the machine does not. */
#include <stdio.h>

/* Not static: it would be specialised, and need fewer registers. */
__attribute__((noinline)) double mix(const float* p, const double* q, int n) {
  float a = p[0], b = p[1], c = p[2], d = p[3], e = p[4], f = p[5], g = p[6], h = p[7];
  double s = 0, t = 1, u = 2, v = 3, w = 4, x = 5;
  for (int i = 0; i < n; ++i) {
    s += q[i] * a;
    t -= q[i] * b;
    u += s * c;
    v += t * d;
    w -= u * e;
    x += v * f;
    a += 0.5f * g;
    b += h * a;
    c -= g * b;
    d += a;
    e -= b;
    f += c;
    g *= 0.99f;
    h *= 1.01f;
  }
  return s + t * 2 + u * 3 + v * 5 + w * 7 + x * 11 + a + b + c + d + e + f + g + h;
}

int main(void) {
  float p[8];
  double q[20];
  for (int i = 0; i < 8; ++i) {
    p[i] = (float)(i * 0.37f - 1);
  }
  for (int i = 0; i < 20; ++i) {
    q[i] = 1.0 / (i + 3);
  }
  printf("%.17g\n", mix(p, q, 20));
  return 0;
}
