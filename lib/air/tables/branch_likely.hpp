// SPDX-License-Identifier: Apache-2.0
// beql, bnel, blezl, bgtzl, bltzl, bgezl, bltzall, bgezall: a branch that is not taken annuls its
// delay slot.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

// taken = k0 + k1 neg + k2 equal. Those that compare with zero have rt = register 0, those that do
// not link write 0 to the trash register.
struct BranchLikely : InstructionTable<isa::Class::kBranchLikely> {
  static constexpr const char* kName = "BranchLikely";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t rd rd_old_lo rd_old_hi rd_t "
      "k0 k1 k2 target link_lo link_hi neg equal inv_lo inv_hi taken next";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt;
    RegWrite<T> rd;
    T k0, k1, k2, target, link_lo, link_hi;
    T neg, equal;
    T inv_lo, inv_hi;  // witness of a difference
    T taken, next;     // next: the npc afterwards
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    // Taken: (npc, target). Otherwise the word at npc is skipped: (npc + 1, npc + 2), which is not
    // the state after HALT, (2^30, 0), either.
    begin(b, r, {r.k0, r.k1, r.k2, r.target, r.link_lo, r.link_hi}, r.c.npc + r.c.real - r.taken,
          r.next);
    b.write(r.c, kSlotRd, r.rd, r.link_lo, r.link_hi);
    sign_bit(b, r.rs.hi, r.neg);
    equality(b, r.c.real, r.rs.lo - r.rt.lo, r.rs.hi - r.rt.hi, r.inv_lo, r.inv_hi, r.equal);
    // 0 or 1 by the ROM's k0, k1, k2: one for each of the conditions, whose parts are bits.
    b.zero(r.k0 + r.k1 * r.neg + r.k2 * r.equal - r.taken);
    Cell beyond = r.c.npc + r.c.real * b.k(2);
    b.zero(beyond + r.taken * (r.target - beyond) - r.next);
  }
};

}  // namespace mipzk::air
