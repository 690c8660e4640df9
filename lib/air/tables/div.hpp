// SPDX-License-Identifier: Apache-2.0
// div, divu: LO = rs / rt truncated, HI = the remainder. HI is accessed in slot 3, LO in slot 4.
//
// Fixed cases of the machine: n / 0 gives (LO, HI) = (n, 0), as n / 1 does; -2^31 / -1 gives
// (-2^31, 0), which needs no rule because 2^31 and -2^31 are the same word.
#pragma once

#include "air/tables/mult.hpp"

namespace mipzk::air {

struct Div : InstructionTable<isa::Class::kDiv> {
  static constexpr const char* kName = "Div";
  static constexpr const char* kColumns =
      "real clk pc npc rs n_lo n_hi rs_t rt rt_t d0 d1 d2 d3 "
      "hi_old_lo hi_old_hi hi_t lo_old_lo lo_old_hi lo_t signed by_zero q0 q1 q2 q3 rem_lo rem_hi "
      "and0 and1 and2 and3 n_top d_top q_neg rem_neg t0 t1 t2 g_lo g_hi borrow";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    T rt, rt_t, d[4];  // bytes of the divisor, 1 in place of 0
    Old<T> hi, lo;
    T is_signed, by_zero;
    T q[4];
    T rem_lo, rem_hi;
    T both[4];         // q & d: these lookups make them bytes
    T n_top, d_top;    // top bits
    T q_neg, rem_neg;  // Q = q - 2^32 q_neg and R = rem - 2^32 rem_neg are quotient and remainder
    T t[3];            // carries out of the first three limbs; the third one plus 1
    T g_lo, g_hi;      // |D| - 1 - |R|
    T borrow;          // out of its low limb: 0, 1 or 2
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    const Cell d_lo = limb(b, r.d), d_hi = limb(b, r.d + 2);
    const Cell q_lo = limb(b, r.q), q_hi = limb(b, r.q + 2);
    const Cell real = r.c.real;
    begin(b, r, {r.is_signed});
    b.read(r.c, kSlotRt, RegRead<Cell>{r.rt, d_lo - r.by_zero, d_hi, r.rt_t});
    b.write(r.c, kSlotMem, isa::kHi, r.hi, r.rem_lo, r.rem_hi);
    b.write(r.c, kSlotRd, isa::kLo, r.lo, q_lo, q_hi);

    for (int i = 0; i < 4; ++i) b.byte_and(r.q[i], r.d[i], r.both[i]);
    b.range(r.rem_lo);
    b.range(r.rem_hi);
    // by_zero = 1 only if both limbs read are 0 (a sum of two limbs, below 2^17). A divisor 0 with
    // by_zero = 0 has no row, because |R| < 0 is impossible.
    b.boolean(r.by_zero);
    b.zero(r.by_zero * (d_lo - r.by_zero + d_hi));

    // The signs of N = n - 2^32 n_neg and D = d - 2^32 d_neg are those of the operands.
    sign_bit(b, r.rs.hi, r.n_top);
    sign_bit(b, d_hi, r.d_top);
    const Cell n_neg = r.is_signed * r.n_top;
    const Cell d_neg = r.is_signed * r.d_top;

    // Q D + R = N for integers:
    //   q d + rem - n - 2^32 (q_neg d + d_neg q + rem_neg - n_neg) + 2^64 q_neg d_neg = 0,
    // limb by limb. Before its carry each limb is an integer of less than 2^28 in size and carries
    // are below 2^12, so no equation wraps modulo p. The third carry can be -1: the column holds it
    // plus 1.
    b.boolean(r.q_neg);
    b.boolean(r.rem_neg);
    small_carries(b, r.t);
    const Cell t2 = r.t[2] - real;
    b.zero(word_product(b, r.q, r.d, 0) + r.rem_lo - r.rs.lo - r.t[0] * b.k(65536));
    b.zero(word_product(b, r.q, r.d, 1) + r.rem_hi - r.rs.hi + r.t[0] - r.t[1] * b.k(65536));
    b.zero(word_product(b, r.q, r.d, 2) - r.q_neg * d_lo - d_neg * q_lo - r.rem_neg + n_neg +
           r.t[1] - t2 * b.k(65536));
    b.zero(byte_product(r.q, r.d, 6) - r.q_neg * d_hi - d_neg * q_hi + t2 +
           r.q_neg * d_neg * b.k(65536));

    // |R| < |D|, and R is 0 or has the sign of N; then Q and R are the only solution. That rem_neg
    // and q_neg are the top bits (of a signed division) follows: |R| < |D| <= 2^31, |Q| <= 2^31. So
    // does that rem_neg is 0 where n_neg is: R would be 0 - 2^32.
    b.zero((n_neg - r.rem_neg) * (r.rem_lo + r.rem_hi));
    // With x' = 2^32 - 1 - x, which has no carries: |D| = d or d' + 1, |R| = rem or rem' + 1.
    b.zero(r.borrow * (r.borrow - b.one()) * (r.borrow - b.constant(2)));
    b.zero(flipped(b, d_lo, d_neg) - flipped(b, r.rem_lo, r.rem_neg) + d_neg - r.rem_neg - real +
           r.borrow * b.k(65536) - r.g_lo);
    b.zero(flipped(b, d_hi, d_neg) - flipped(b, r.rem_hi, r.rem_neg) - r.borrow - r.g_hi);
    b.range(r.g_lo);
    b.range(r.g_hi);
  }

 private:
  // A limb, or 2^16 - 1 minus the limb.
  static constexpr Cell flipped(Builder& b, Cell limb, Cell flip) {
    return limb + flip * (b.constant(65535) - limb * b.k(2));
  }
};

}  // namespace mipzk::air
