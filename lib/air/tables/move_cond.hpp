// SPDX-License-Identifier: Apache-2.0
// movz, movn, movf, movt: rd = rs if rt is zero (not zero), else rd keeps its value.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct MoveCond : InstructionTable<isa::Class::kMoveCond> {
  static constexpr const char* kName = "MoveCond";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t rd rd_old_lo rd_old_hi rd_t "
      "if_not_zero is_zero inv lo hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt;
    RegWrite<T> rd;
    T if_not_zero, is_zero, inv;
    T lo, hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.if_not_zero});
    b.write(r.c, kSlotRd, r.rd, r.lo, r.hi);
    zero_test(b, r.c.real, r.rt.lo, r.rt.hi, r.inv, r.is_zero);
    // A bit, so the new limbs are copies of limbs.
    Cell moves = r.is_zero + r.if_not_zero * (b.one() - r.is_zero - r.is_zero);
    b.zero(r.rd.old_lo + moves * (r.rs.lo - r.rd.old_lo) - r.lo);
    b.zero(r.rd.old_hi + moves * (r.rs.hi - r.rd.old_hi) - r.hi);
  }
};

}  // namespace mipzk::air
