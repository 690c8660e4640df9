// SPDX-License-Identifier: Apache-2.0
// ll, sc: a load that notes its address in the register LINK, and a store that takes place only if
// LINK still holds the address. LINK is accessed in slot 3, with the word of memory: their keys
// differ, being below 2^30 and above.
#pragma once

#include "air/tables/common.hpp"

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
    T k_lo, k_hi;  // offset
    T a_v, a_hi;   // address = 4 a_v + 2^16 a_hi, a_v < 2^14
    T m_lo, m_hi, m_w, m_t;
    T link_lo, link_hi, link_t;  // LINK before
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    RomFields<Cell> f;
    f.rs = r.rs.reg;
    f.rd = r.rd.reg;
    f.k[0] = r.k_lo;
    f.k[1] = r.k_hi;
    b.cpu(kClass, r.c, f);
    b.read(r.c, kSlotRs, r.rs);
    Cell key = word_key(b, r.rs, r.k_lo, r.k_hi, r.a_v, r.a_hi, b.constant(0));
    b.memory_read(r.c, kSlotMem, key, r.m_w, r.m_t, r.m_lo, r.m_hi);
    // 4 a_v and a_hi are exact limbs.
    b.write(r.c, kSlotMem, RegWrite<Cell>{b.constant(isa::kLink), r.link_lo, r.link_hi, r.link_t},
            r.a_v * b.k(4), r.a_hi);
    b.write(r.c, kSlotRd, r.rd, r.m_lo, r.m_hi);
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
    T k_lo, k_hi;  // offset
    T a_v, a_hi;   // address = 4 a_v + 2^16 a_hi, a_v < 2^14
    T m_lo, m_hi, m_t;
    T link_lo, link_hi, link_t;  // LINK before
    T ok;
    T inv_lo, inv_hi;  // witness of a difference
    T new_lo, new_hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    RomFields<Cell> f;
    f.rs = r.rs.reg;
    f.rt = r.rt.reg;
    f.rd = r.rd.reg;
    f.k[0] = r.k_lo;
    f.k[1] = r.k_hi;
    b.cpu(kClass, r.c, f);
    b.read(r.c, kSlotRs, r.rs);
    b.read(r.c, kSlotRt, r.rt);
    Cell key = word_key(b, r.rs, r.k_lo, r.k_hi, r.a_v, r.a_hi, b.constant(0));
    // On padding rows LINK is 0, so ok = 0 and the word stays.
    b.memory_kept(r.c, kSlotMem, key, b.one(), r.m_t, r.m_lo, r.m_hi, r.new_lo, r.new_hi);
    b.write(r.c, kSlotMem, RegWrite<Cell>{b.constant(isa::kLink), r.link_lo, r.link_hi, r.link_t},
            b.constant(0), b.constant(0));
    b.write(r.c, kSlotRd, r.rd, r.ok, b.constant(0));
    equality(b, r.c.real, r.link_lo - r.a_v * b.k(4), r.link_hi - r.a_hi, r.inv_lo, r.inv_hi, r.ok);
    // A bit, so the new limbs are copies of limbs.
    b.zero(r.m_lo + r.ok * (r.rt.lo - r.m_lo) - r.new_lo);
    b.zero(r.m_hi + r.ok * (r.rt.hi - r.m_hi) - r.new_hi);
  }
};

}  // namespace mipzk::air
