// SPDX-License-Identifier: Apache-2.0
// sllv, srlv, srav, sra, and the constant amounts that `Shift` cannot take.
//
// Amount s = 8 j + u, u < 8. Left: v = u; right: v = 8 - u. Each byte is shifted left by v into an
// `out` byte and a `carry`, which give the 5 bytes of W = value 2^v. Left, the result is W moved up
// by j bytes; right, it is W moved down by j + 1 bytes.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct ShiftVar : InstructionTable<isa::Class::kShiftVar> {
  static constexpr const char* kName = "ShiftVar";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_t b0 b1 b2 b3 rt rt_lo rt_hi rt_t rd rd_old_lo rd_old_hi rd_t "
      "amount right arithmetic q v j1 j2 j3 fill_lo fill_hi neg "
      "out0 out1 out2 out3 carry0 carry1 carry2 carry3 lo hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegBytes<T> rs;
    RegRead<T> rt;
    RegWrite<T> rd;
    T amount, right, arithmetic;
    T q;                 // s = rt_lo - 32 q + amount
    T v, j1, j2, j3;     // one-hot j, j0 = 1 - j1 - j2 - j3
    T fill_lo, fill_hi;  // right: the upper s bits
    T neg;               // arithmetic and the value is negative
    T out[4], carry[4];
    T lo, hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.amount, r.right, r.arithmetic});
    b.write(r.c, kSlotRd, r.rd, r.lo, r.hi);

    // The lookup has s in [0, 32). As q < 2^16 and rt_lo is a limb, s - amount = rt_lo - 32 q holds
    // for integers. By the ROM either the amount is 0, which makes s = rt_lo mod 32, or rt is
    // register 0; then |s - amount| < 32 leaves q = 0 only.
    b.range(r.q);
    const Cell j[4] = {b.one() - r.j1 - r.j2 - r.j3, r.j1, r.j2, r.j3};
    b.request(Bus::kShiftAmount, b.one(),
              {r.right, r.rt.lo - r.q * b.k(32) + r.amount, r.v, j[0], j[1], j[2], j[3], r.fill_lo,
               r.fill_hi});
    shift_bytes(b, r.rs.byte, r.v, r.out, r.carry);
    b.byte_and(r.rs.byte[3], r.arithmetic * b.k(128), r.neg * b.k(128));

    // Bytes of W, exact: out is a multiple of 2^v and carry < 2^v. The result is one selection of
    // them, and the fill has bits only where a right shift leaves zeros.
    const Cell zero = b.constant(0);
    const Cell w[9] = {zero,
                       zero,
                       zero,
                       r.out[0],
                       r.out[1] + r.carry[0],
                       r.out[2] + r.carry[1],
                       r.out[3] + r.carry[2],
                       r.carry[3],
                       zero};
    auto limb_at = [&](int i) {  // of W at byte i, from -3
      return i > 4 ? zero : w[i + 3] + w[i + 4] * b.k(256);
    };
    Cell left_lo = zero, left_hi = zero, right_lo = zero, right_hi = zero;
    for (int i = 0; i < 4; ++i) {
      left_lo = left_lo + j[i] * limb_at(-i);
      left_hi = left_hi + j[i] * limb_at(2 - i);
      right_lo = right_lo + j[i] * limb_at(i + 1);
      right_hi = right_hi + j[i] * limb_at(i + 3);
    }
    b.zero(left_lo + r.right * (right_lo - left_lo) + r.neg * r.fill_lo - r.lo);
    b.zero(left_hi + r.right * (right_hi - left_hi) + r.neg * r.fill_hi - r.hi);
  }
};

}  // namespace mipzk::air
