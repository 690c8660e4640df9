// SPDX-License-Identifier: Apache-2.0
// Conditional branches. A taken branch makes the state (npc, target), another one (npc, npc + 1).
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

// `next` = the npc after a branch with `taken` in {0, 1}.
constexpr void branch(Builder& b, const Cpu<Cell>& c, Cell taken, Cell target, Cell next) {
  Cell ahead = c.npc + c.real;
  b.zero(ahead + taken * (target - ahead) - next);
}

// beq, bne.
struct BranchEq : InstructionTable<isa::Class::kBranchEq> {
  static constexpr const char* kName = "BranchEq";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t not_equal target equal inv_lo "
      "inv_hi "
      "next";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt;
    T not_equal, target;
    T equal;
    T inv_lo, inv_hi;  // witness of a difference
    T next;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.not_equal, r.target}, r.c.npc, r.next);
    equality(b, r.c.real, r.rs.lo - r.rt.lo, r.rs.hi - r.rt.hi, r.inv_lo, r.inv_hi, r.equal);
    Cell taken = r.equal + r.not_equal * (b.one() - r.equal - r.equal);
    branch(b, r.c, taken, r.target, r.next);
  }
};

// blez, bgtz, bltz, bgez: taken = k0 + k1 neg + k2 zero.
struct BranchZero : InstructionTable<isa::Class::kBranchZero> {
  static constexpr const char* kName = "BranchZero";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t k0 k1 k2 target neg zero inv next";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    T k0, k1, k2, target;
    T neg, is_zero, inv, next;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.k0, r.k1, r.k2, r.target}, r.c.npc, r.next);
    sign_bit(b, r.rs.hi, r.neg);
    zero_test(b, r.c.real, r.rs.lo, r.rs.hi, r.inv, r.is_zero);
    branch(b, r.c, r.k0 + r.k1 * r.neg + r.k2 * r.is_zero, r.target, r.next);
  }
};

// bltzal, bgezal: taken = k0 + k1 neg; $ra = pc + 8 in any case.
struct BranchLink : InstructionTable<isa::Class::kBranchLink> {
  static constexpr const char* kName = "BranchLink";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rd rd_old_lo rd_old_hi rd_t k0 k1 target link_lo "
      "link_hi "
      "neg next";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    RegWrite<T> rd;
    T k0, k1, target, link_lo, link_hi;
    T neg, next;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    const Cell k2 = b.constant(0);  // neither of the two looks at zero
    begin(b, r, {r.k0, r.k1, k2, r.target, r.link_lo, r.link_hi}, r.c.npc, r.next);
    b.write(r.c, kSlotRd, r.rd, r.link_lo, r.link_hi);
    sign_bit(b, r.rs.hi, r.neg);
    branch(b, r.c, r.k0 + r.k1 * r.neg, r.target, r.next);
  }
};

}  // namespace mipzk::air
