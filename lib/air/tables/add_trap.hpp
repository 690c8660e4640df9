// SPDX-License-Identifier: Apache-2.0
// add, addi, sub: rd = rs + s (rt + constant) without signed overflow, s = 1 or -1 from the ROM. An
// overflow is a fault of the machine, so it has no row.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct AddTrap : InstructionTable<isa::Class::kAddTrap> {
  static constexpr const char* kName = "AddTrap";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t rd rd_old_lo rd_old_hi rd_t "
      "sign k_lo k_hi carry rs_neg b_neg neg lo hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt;
    RegWrite<T> rd;
    T sign, k_lo, k_hi;
    T carry;               // out of the low limbs: -1, 0 or 1
    T rs_neg, b_neg, neg;  // sign bits of rs, of the second operand and of the result
    T lo, hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.sign, r.k_lo, r.k_hi});
    b.write(r.c, kSlotRd, r.rd, r.lo, r.hi);
    // Exact limbs: by the ROM the constant is 0 or rt is register 0.
    Cell b_lo = r.rt.lo + r.k_lo;
    Cell b_hi = r.rt.hi + r.k_hi;
    // Integers below 2^18 on both sides; `lo` in [0, 2^16) makes the carry unique.
    b.zero(r.carry * (r.carry - b.one()) * (r.carry + b.one()));
    b.zero(r.rs.lo + r.sign * b_lo - r.lo - r.carry * b.k(65536));
    // The same with high limbs as signed numbers: no carry leaves, so the signed sum fits. Integers
    // below 2^19; `hi` is an integer by this equation and a limb by the check of its sign bit.
    b.zero(r.rs.hi - r.rs_neg * b.k(65536) + r.sign * (b_hi - r.b_neg * b.k(65536)) + r.carry -
           r.hi + r.neg * b.k(65536));
    sign_bit(b, r.rs.hi, r.rs_neg);
    sign_bit(b, b_hi, r.b_neg);
    sign_bit(b, r.hi, r.neg);
    b.range(r.lo);
  }
};

}  // namespace mipzk::air
