// SPDX-License-Identifier: Apache-2.0
// mult, multu: (HI, LO) = rs * rt as a 64-bit product; mul: rd = its low word. The ROM names the
// registers of both words: the one of the high word (HI, or trash for mul) is accessed in slot 3,
// the one of the low word in slot 4.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

// Sum over i + j = k of a_i b_j, for bytes from the lowest: at most 4 * 255^2 < 2^18.
constexpr Cell byte_product(const Cell* a, const Cell* b, int k) {
  Cell sum = a[k < 4 ? 0 : k - 3] * b[k < 4 ? k : 3];
  for (int i = (k < 4 ? 0 : k - 3) + 1; i < 4 && i <= k; ++i) sum = sum + a[i] * b[k - i];
  return sum;
}

// Products of bytes at limb i: at most 4 * 255^2 * 257 < 2^27.
constexpr Cell word_product(Builder& b, const Cell* x, const Cell* y, int i) {
  return byte_product(x, y, 2 * i) + byte_product(x, y, 2 * i + 1) * b.k(256);
}

// The bytes of rs and rt, with the top bits that count as signs.
template <class Row>
constexpr void signed_bytes(Builder& b, const Row& r) {
  const auto &x = r.rs.byte, &y = r.rt.byte;
  for (int i = 0; i < 3; ++i) b.byte_and(x[i], y[i], r.both[i]);
  b.byte_and(x[3], r.is_signed * b.k(128), r.a_neg * b.k(128));
  b.byte_and(y[3], r.is_signed * b.k(128), r.b_neg * b.k(128));
}

// Three carries of fewer than 2^12 each: they are 16-bit numbers whose sum is below 2^12.
constexpr void small_carries(Builder& b, const Cell (&t)[3]) {
  for (int i = 0; i < 3; ++i) b.range(t[i]);
  b.range((t[0] + t[1] + t[2]) * b.k(16));
}

struct Mult : InstructionTable<isa::Class::kMult> {
  static constexpr const char* kName = "Mult";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_t a0 a1 a2 a3 rt rt_t b0 b1 b2 b3 "
      "hi hi_old_lo hi_old_hi hi_t lo lo_old_lo lo_old_hi lo_t signed "
      "and0 and1 and2 a_neg b_neg t0 t1 t2 wrap r0 r1 r2 r3";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegBytes<T> rs, rt;
    RegWrite<T> hi, rd;
    T is_signed;
    T both[3];       // rs & rt: these lookups make them bytes
    T a_neg, b_neg;  // signed and the top bit is set
    T t[3];          // carries out of the first three limbs; the third one plus 2
    T wrap;          // 2^64 added to a negative product
    T r[4];          // limbs of the result
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    const auto &x = r.rs.byte, &y = r.rt.byte;
    const Cell x_lo = limb(b, x), x_hi = limb(b, x + 2), y_lo = limb(b, y), y_hi = limb(b, y + 2);
    begin(b, r, {r.is_signed, r.hi.reg});
    b.write(r.c, kSlotMem, r.hi, r.r[2], r.r[3]);
    b.write(r.c, kSlotRd, r.rd, r.r[0], r.r[1]);

    signed_bytes(b, r);

    // a b - 2^32 (a_neg b + b_neg a) = r modulo 2^64, limb by limb. Before its carry each limb is
    // an integer of less than 2^27 in size and carries are below 2^12, so every equation holds for
    // integers, and r_i in [0, 2^16) is its remainder by 2^16. The third carry can be -2: the
    // column holds it plus 2.
    for (int i = 0; i < 4; ++i) b.range(r.r[i]);
    small_carries(b, r.t);
    const Cell t2 = r.t[2] - r.c.real * b.k(2);
    b.zero(word_product(b, x, y, 0) - r.r[0] - r.t[0] * b.k(65536));
    b.zero(word_product(b, x, y, 1) + r.t[0] - r.r[1] - r.t[1] * b.k(65536));
    b.zero(word_product(b, x, y, 2) + r.t[1] - r.a_neg * y_lo - r.b_neg * x_lo - r.r[2] -
           t2 * b.k(65536));
    // The true product p gives p = a b - 2^32 (..) + 2^64 a_neg b_neg, so r is the left side plus
    // 2^64 exactly when both are negative or p is: `wrap` 0 or 1 is enough, and the two candidates
    // differ by 2^16 in r_3.
    b.boolean(r.wrap);
    b.zero(byte_product(x, y, 6) + t2 - r.a_neg * y_hi - r.b_neg * x_hi + r.wrap * b.k(65536) -
           r.r[3]);
  }
};

}  // namespace mipzk::air
