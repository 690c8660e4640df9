// SPDX-License-Identifier: Apache-2.0
// sll, srl and rotr by most constants, as multiplications of the limbs by M = 2^t, t <= 14.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct Shift : InstructionTable<isa::Class::kShift> {
  static constexpr const char* kName = "Shift";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rd rd_old_lo rd_old_hi rd_t k0 k1 k2 k3 k4 k5 "
      "l0 l1 h0 h1 lo hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    RegWrite<T> rd;
    T k[6];            // M, then one of five forms, or two of them
    T l0, l1, h0, h1;  // lo M = l0 + 2^16 l1, hi M = h0 + 2^16 h1
    T lo, hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, r.k);
    b.write(r.c, kSlotRd, r.rd, r.lo, r.hi);
    // The checks of v and 4 v give l1, h1 < 2^14, so both sides are integers below 2^30: division
    // by 2^16 with remainder, which is unique. (With l1 < 2^16 only, l0 + 2^16 l1 = lo M + p would
    // be a second solution.)
    b.zero(r.rs.lo * r.k[0] - r.l0 - r.l1 * b.k(65536));
    b.zero(r.rs.hi * r.k[0] - r.h0 - r.h1 * b.k(65536));
    b.range(r.l0);
    b.range(r.h0);
    b.range(r.l1);
    b.range(r.l1 * b.k(4));
    b.range(r.h1);
    b.range(r.h1 * b.k(4));
    // Left by t: (l0, h0 + l1); by 16 + t: (0, l0). Right by 16 - t: (l1 + h0, h1); by 32 - t:
    // (h1, 0); by 16: (h0, 0) with M = 1. h0 is a multiple of M that divides 2^16 and l1 < M, so
    // the sum is a limb. A rotation left by t is the first and the fourth form together, one by 16
    // + t the second and the third: again sums of a multiple of M and of a number below M.
    b.zero(r.k[1] * r.l0 + r.k[3] * (r.l1 + r.h0) + r.k[4] * r.h1 + r.k[5] * r.h0 - r.lo);
    b.zero(r.k[1] * (r.h0 + r.l1) + r.k[2] * r.l0 + r.k[3] * r.h1 - r.hi);
  }
};

}  // namespace mipzk::air
