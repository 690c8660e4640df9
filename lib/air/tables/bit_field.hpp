// SPDX-License-Identifier: Apache-2.0
// ext, ins, rotrv, and the rotations by constants that `Shift` cannot take.
//
// rd = (x & mask) | (keep ? old rd & ~mask : 0) with x = rs rotated right by amount. That is a
// rotation left by s = 8 j + u = -amount mod 32: each byte is shifted left by u into an `out` byte
// and a `carry` that enters the next byte, the top one's the lowest; then bytes move up by j.
#pragma once

#include "air/tables/common.hpp"

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
    T rs, rs_t, byte[4];
    RegRead<T> rt;
    T rd, rd_t, old[4];
    T amount, keep, mask[4];
    T q;              // s = 32 q - rt_lo - amount
    T u, j1, j2, j3;  // one-hot j, j0 = 1 - j1 - j2 - j3
    T out[4], carry[4];
    T x[4];
    T taken[4], lost[4];  // x & mask, old & mask
    T lo, hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    RomFields<Cell> f;
    f.rs = r.rs;
    f.rt = r.rt.reg;
    f.rd = r.rd;
    f.k[0] = r.amount;
    f.k[1] = r.keep;
    for (int i = 0; i < 4; ++i) f.k[2 + i] = r.mask[i];
    b.cpu(kClass, r.c, f);
    b.read(r.c, kSlotRs, RegRead<Cell>{r.rs, limb(b, r.byte), limb(b, r.byte + 2), r.rs_t});
    b.read(r.c, kSlotRt, r.rt);
    b.write(r.c, kSlotRd, RegWrite<Cell>{r.rd, limb(b, r.old), limb(b, r.old + 2), r.rd_t}, r.lo,
            r.hi);

    // The lookup has s in [0, 32). As q < 2^16, s + rt_lo + amount = 32 q holds for integers, so s
    // is -(rt_lo + amount) mod 32.
    b.range(r.q);
    const Cell j[4] = {b.one() - r.j1 - r.j2 - r.j3, r.j1, r.j2, r.j3};
    Coords<Cell> m;
    m.v[0] = b.constant(0);  // left
    m.v[1] = r.q * b.k(32) - r.rt.lo - r.amount;
    m.v[2] = r.u;
    for (int i = 0; i < 4; ++i) m.v[3 + i] = j[i];
    m.v[7] = b.constant(0);
    m.v[8] = b.constant(0);
    m.count = 9;
    b.request(Bus::kShiftAmount, b.one(), m);
    for (int i = 0; i < 4; ++i) {
      Coords<Cell> s;
      s.v[0] = r.byte[i];
      s.v[1] = r.u;
      s.v[2] = r.out[i];
      s.v[3] = r.carry[i];
      s.count = 4;
      b.request(Bus::kShiftByte, b.one(), s);
    }
    // Bytes: out is a multiple of 2^u and carry < 2^u.
    Cell w[4];
    for (int i = 0; i < 4; ++i) w[i] = r.out[i] + r.carry[(i + 3) % 4];
    Cell result[4];
    for (int i = 0; i < 4; ++i) {
      Cell x = j[0] * w[i];
      for (int n = 1; n < 4; ++n) x = x + j[n] * w[(i + 4 - n) % 4];
      b.zero(x - r.x[i]);
      b.byte_and(r.x[i], r.mask[i], r.taken[i]);
      b.byte_and(r.old[i], r.mask[i], r.lost[i]);
      // A byte: the two parts have no bit in common.
      result[i] = r.taken[i] + r.keep * (r.old[i] - r.lost[i]);
    }
    b.zero(limb(b, result) - r.lo);
    b.zero(limb(b, result + 2) - r.hi);
  }
};

}  // namespace mipzk::air
