// SPDX-License-Identifier: Apache-2.0
// ext, ins, rotrv, and the rotations by constants that `Shift` cannot take.
//
// rd = (x & mask) | (keep ? old rd & ~mask : 0) with x = rs rotated right by amount. That is a
// rotation left by s = 8 j + u = -amount mod 32: each byte is shifted left by u into an `out` byte
// and a `carry` that enters the next byte, the top one's the lowest; then bytes move up by j.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct BitField : InstructionTable<isa::Class::kBitField> {
  static constexpr const char* kName = "BitField";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_t b0 b1 b2 b3 rt rt_lo rt_hi rt_t rd rd_t old0 old1 old2 old3 "
      "amount keep mask0 mask1 mask2 mask3 q u j1 j2 j3 "
      "out0 out1 out2 out3 carry0 carry1 carry2 carry3 x0 x1 x2 x3 "
      "taken0 taken1 taken2 taken3 lost0 lost1 lost2 lost3 lo hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegBytes<T> rs;
    RegRead<T> rt;
    RegBytes<T> rd;
    T amount, keep, mask[4];
    T q;              // s = 32 q - rt_lo - amount
    T u, j1, j2, j3;  // one-hot j, j0 = 1 - j1 - j2 - j3
    T out[4], carry[4];
    T x[4];
    T taken[4], lost[4];  // x & mask, old & mask
    T lo, hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.amount, r.keep, r.mask[0], r.mask[1], r.mask[2], r.mask[3]});
    b.write(r.c, kSlotRd, old_limbs(b, r.rd), r.lo, r.hi);

    // The lookup has s in [0, 32). As q < 2^16, s + rt_lo + amount = 32 q holds for integers, so s
    // is -(rt_lo + amount) mod 32.
    b.range(r.q);
    const Cell j[4] = {b.one() - r.j1 - r.j2 - r.j3, r.j1, r.j2, r.j3};
    const Cell zero = b.constant(0);  // a shift to the left, without a fill
    b.request(Bus::kShiftAmount, b.one(),
              {zero, r.q * b.k(32) - r.rt.lo - r.amount, r.u, j[0], j[1], j[2], j[3], zero, zero});
    shift_bytes(b, r.rs.byte, r.u, r.out, r.carry);
    // Bytes: out is a multiple of 2^u and carry < 2^u.
    Cell w[4];
    for (int i = 0; i < 4; ++i) w[i] = r.out[i] + r.carry[(i + 3) % 4];
    Cell result[4];
    for (int i = 0; i < 4; ++i) {
      Cell x = j[0] * w[i];
      for (int n = 1; n < 4; ++n) x = x + j[n] * w[(i + 4 - n) % 4];
      b.zero(x - r.x[i]);
      b.byte_and(r.x[i], r.mask[i], r.taken[i]);
      b.byte_and(r.rd.byte[i], r.mask[i], r.lost[i]);
      // A byte: the two parts have no bit in common.
      result[i] = r.taken[i] + r.keep * (r.rd.byte[i] - r.lost[i]);
    }
    b.zero(limb(b, result) - r.lo);
    b.zero(limb(b, result + 2) - r.hi);
  }
};

}  // namespace mipzk::air
