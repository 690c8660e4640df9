// SPDX-License-Identifier: Apache-2.0
// lw: rd = the word at rs + offset, which must be a multiple of 4.
#pragma once

#include "air/tables/instruction.hpp"

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
    Address<T> a;
    Word<T> m;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.a.k_lo, r.a.k_hi});
    b.load(r.c, kSlotMem, word_key(b, r.rs, r.a), r.m);
    b.write(r.c, kSlotRd, r.rd, r.m.lo, r.m.hi);
  }
};

}  // namespace mipzk::air
