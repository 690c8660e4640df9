// SPDX-License-Identifier: Apache-2.0
// sw: the word at rs + offset, which must be a multiple of 4 and writable, becomes rt.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct StoreWord : InstructionTable<isa::Class::kStoreWord> {
  static constexpr const char* kName = "StoreWord";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t k_lo k_hi a_v a_hi m_lo m_hi m_t";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt;
    Address<T> a;
    Old<T> m;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.a.k_lo, r.a.k_hi});
    b.store(r.c, kSlotMem, word_key(b, r.rs, r.a), r.m, r.rt.lo, r.rt.hi);
  }
};

}  // namespace mipzk::air
