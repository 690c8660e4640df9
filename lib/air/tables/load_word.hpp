// SPDX-License-Identifier: Apache-2.0
// lw: rd = the word at rs + offset, which must be a multiple of 4.
#pragma once

#include "air/tables/common.hpp"

namespace mipzk::air {

struct LoadWord : InstructionTable<isa::Class::kLoadWord> {
  static constexpr const char* kName = "LoadWord";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rd rd_old_lo rd_old_hi rd_t k_lo k_hi a_v a_hi m_lo "
      "m_hi "
      "m_w m_t";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    RegWrite<T> rd;
    T k_lo, k_hi;  // offset
    T a_v, a_hi;   // address = 4 a_v + 2^16 a_hi, a_v < 2^14
    T m_lo, m_hi, m_w, m_t;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    RomFields<Cell> f;
    f.rs = r.rs.reg;
    f.rd = r.rd.reg;
    f.k[0] = r.k_lo;
    f.k[1] = r.k_hi;
    b.cpu(kClass, r.c, f);
    b.read(r.c, kSlotRs, r.rs);
    // Offset 0: an unaligned address has no row.
    Cell key = word_key(b, r.rs, r.k_lo, r.k_hi, r.a_v, r.a_hi, b.constant(0));
    b.memory_read(r.c, kSlotMem, key, r.m_w, r.m_t, r.m_lo, r.m_hi);
    b.write(r.c, kSlotRd, r.rd, r.m_lo, r.m_hi);
  }
};

}  // namespace mipzk::air
