// SPDX-License-Identifier: Apache-2.0
// madd, maddu, msub, msubu: (HI, LO) = (HI, LO) + s rs rt modulo 2^64, s = 1 or -1 from the ROM. HI
// is accessed in slot 3, LO in slot 4.
#pragma once

#include "air/tables/mult.hpp"

namespace mipzk::air {

struct MultAcc : InstructionTable<isa::Class::kMultAcc> {
  static constexpr const char* kName = "MultAcc";
  static constexpr uint32_t kOffset = 1024;  // of the carries, which can be negative
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_t a0 a1 a2 a3 rt rt_t b0 b1 b2 b3 "
      "hi_old_lo hi_old_hi hi_t lo_old_lo lo_old_hi lo_t signed sign "
      "and0 and1 and2 a_neg b_neg t0 t1 t2 top r0 r1 r2 r3";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegBytes<T> rs, rt;
    Old<T> hi, lo;
    T is_signed, sign;
    T both[3];       // rs & rt: these lookups make them bytes
    T a_neg, b_neg;  // signed and the top bit is set
    T t[3];          // carries out of the first three limbs, plus kOffset
    T top;           // carry out of the last one: -1, 0 or 1
    T r[4];          // limbs of the result
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    const auto &x = r.rs.byte, &y = r.rt.byte;
    const Cell x_lo = limb(b, x), x_hi = limb(b, x + 2), y_lo = limb(b, y), y_hi = limb(b, y + 2);
    begin(b, r, {r.is_signed, r.sign});
    b.write(r.c, kSlotMem, isa::kHi, r.hi, r.r[2], r.r[3]);
    b.write(r.c, kSlotRd, isa::kLo, r.lo, r.r[0], r.r[1]);

    signed_bytes(b, r);

    // old + s (a b - 2^32 (a_neg b + b_neg a)) = r + 2^64 top, limb by limb. The products of a limb
    // are at most 4 * 255^2 * 257 < 1020 * 2^16 in size and so a carry at most 1021: with the
    // offset the three are not negative, and their sum is below 2^13, which is checked. Then each
    // equation is one of integers below 2^30 in size, and r_i in [0, 2^16) its remainder by 2^16.
    for (int i = 0; i < 4; ++i) b.range(r.r[i]);
    for (int i = 0; i < 3; ++i) b.range(r.t[i]);
    b.range((r.t[0] + r.t[1] + r.t[2]) * b.k(8));
    const Cell offset = r.c.real * b.k(kOffset);
    const Cell t[3] = {r.t[0] - offset, r.t[1] - offset, r.t[2] - offset};
    b.zero(r.lo.lo + r.sign * word_product(b, x, y, 0) - r.r[0] - t[0] * b.k(65536));
    b.zero(r.lo.hi + r.sign * word_product(b, x, y, 1) + t[0] - r.r[1] - t[1] * b.k(65536));
    b.zero(r.hi.lo + r.sign * (word_product(b, x, y, 2) - r.a_neg * y_lo - r.b_neg * x_lo) + t[1] -
           r.r[2] - t[2] * b.k(65536));
    // With p the true product the left side is old + s p - s 2^64 a_neg b_neg. As -2^63 < p < 2^64,
    // and p > 0 if both are negative, it lies in [-2^64, 2^65): `top` -1, 0 or 1 is enough, and the
    // candidates differ by 2^16 in r_3.
    b.zero(r.top * (r.top - b.one()) * (r.top + b.one()));
    b.zero(r.hi.hi + r.sign * (byte_product(x, y, 6) - r.a_neg * y_hi - r.b_neg * x_hi) + t[2] -
           r.r[3] - r.top * b.k(65536));
  }
};

}  // namespace mipzk::air
