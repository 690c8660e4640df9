// SPDX-License-Identifier: Apache-2.0
// ll, sc: a load that notes its address in the register LINK, and a store that takes place only if
// LINK still holds the address. LINK is accessed in slot 3, with the word of memory: their keys
// differ, being below 2^30 and above.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

// As LoadWord, and LINK = the address.
struct LoadLinked : InstructionTable<isa::Class::kLoadLinked> {
  static constexpr const char* kName = "LoadLinked";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rd rd_old_lo rd_old_hi rd_t k_lo k_hi a_v a_hi m_lo "
      "m_hi m_w m_t link_lo link_hi link_t";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    RegWrite<T> rd;
    Address<T> a;
    Word<T> m;
    Old<T> link;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.a.k_lo, r.a.k_hi});
    Cell key = word_key(b, r.rs, r.a);
    b.load(r.c, kSlotMem, key, r.m);
    // 4 v and hi are exact limbs.
    b.write(r.c, kSlotMem, isa::kLink, r.link, r.a.v * b.k(4), r.a.hi);
    b.write(r.c, kSlotRd, r.rd, r.m.lo, r.m.hi);
  }
};

// rd = 1 and the word becomes rt if LINK is the address; rd = 0 and the word stays if it is not.
// LINK = 0 in any case, and in any case the word must be writable.
struct StoreCond : InstructionTable<isa::Class::kStoreCond> {
  static constexpr const char* kName = "StoreCond";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t rd rd_old_lo rd_old_hi rd_t "
      "k_lo k_hi a_v a_hi m_lo m_hi m_t link_lo link_hi link_t ok inv_lo inv_hi new_lo new_hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt;
    RegWrite<T> rd;
    Address<T> a;
    Old<T> m, link;
    T ok;
    T inv_lo, inv_hi;  // witness of a difference
    T new_lo, new_hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.a.k_lo, r.a.k_hi});
    Cell key = word_key(b, r.rs, r.a);
    // On padding rows LINK is 0, so ok = 0 and the word stays.
    b.store_kept(r.c, kSlotMem, key, r.m, r.new_lo, r.new_hi);
    b.write(r.c, kSlotMem, isa::kLink, r.link, b.constant(0), b.constant(0));
    b.write(r.c, kSlotRd, r.rd, r.ok, b.constant(0));
    equality(b, r.c.real, r.link.lo - r.a.v * b.k(4), r.link.hi - r.a.hi, r.inv_lo, r.inv_hi, r.ok);
    // A bit, so the new limbs are copies of limbs.
    b.zero(r.m.lo + r.ok * (r.rt.lo - r.m.lo) - r.new_lo);
    b.zero(r.m.hi + r.ok * (r.rt.hi - r.m.hi) - r.new_hi);
  }
};

}  // namespace mipzk::air
