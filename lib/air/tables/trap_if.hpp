// SPDX-License-Identifier: Apache-2.0
// Conditional traps. A trap that is taken is a fault of the machine, so it has no row.
//
// The second operand is b = rt + constant. By the ROM the constant is 0 or rt is register 0, so the
// sums of limbs are limbs.
#pragma once

#include "air/tables/slt.hpp"

namespace mipzk::air {

// teq, teqi: rs is not b. tne, tnei: rs is b.
struct TrapEqual : InstructionTable<isa::Class::kTrapEqual> {
  static constexpr const char* kName = "TrapEqual";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t equal k_lo k_hi inv_lo inv_hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt;
    T equal;  // what has to be: 1 for tne
    T k_lo, k_hi;
    T inv_lo, inv_hi;  // witness of a difference
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.equal, r.k_lo, r.k_hi});
    equality(b, r.c.real, r.rs.lo - r.rt.lo - r.k_lo, r.rs.hi - r.rt.hi - r.k_hi, r.inv_lo,
             r.inv_hi, r.equal);
  }
};

// tge, tgeu and their immediate forms: rs is less than b. tlt, tltu: it is not.
struct TrapLess : InstructionTable<isa::Class::kTrapLess> {
  static constexpr const char* kName = "TrapLess";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t signed less k_lo k_hi "
      "rs_neg b_neg flip borrow";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt;
    T is_signed;
    T less;  // what has to be, a bit by the ROM
    T k_lo, k_hi;
    T rs_neg, b_neg, flip, borrow;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.is_signed, r.less, r.k_lo, r.k_hi});
    const Cell b_lo = r.rt.lo + r.k_lo, b_hi = r.rt.hi + r.k_hi;
    sign_bit(b, r.rs.hi, r.rs_neg);
    sign_bit(b, b_hi, r.b_neg);
    b.zero(r.is_signed * (r.b_neg - r.rs_neg) - r.flip);
    less_than(b, r.rs.lo, r.rs.hi, b_lo, b_hi, r.flip, r.borrow, r.less);
  }
};

}  // namespace mipzk::air
