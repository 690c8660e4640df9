// SPDX-License-Identifier: Apache-2.0
// sw: the word at rs + offset, which must be a multiple of 4 and writable, becomes rt.
#pragma once

#include "air/tables/common.hpp"

namespace mipzk::air {

struct StoreWord : InstructionTable<isa::Class::kStoreWord> {
  static constexpr const char* kName = "StoreWord";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t k_lo k_hi a_v a_hi m_lo m_hi m_t";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt;
    T k_lo, k_hi;  // offset
    T a_v, a_hi;   // address = 4 a_v + 2^16 a_hi, a_v < 2^14
    T m_lo, m_hi, m_t;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    RomFields<Cell> f;
    f.rs = r.rs.reg;
    f.rt = r.rt.reg;
    f.k[0] = r.k_lo;
    f.k[1] = r.k_hi;
    b.cpu(kClass, r.c, f);
    b.read(r.c, kSlotRs, r.rs);
    b.read(r.c, kSlotRt, r.rt);
    Cell key = word_key(b, r.rs, r.k_lo, r.k_hi, r.a_v, r.a_hi, b.constant(0));
    b.memory(r.c, kSlotMem, key, b.one(), r.m_t, r.m_lo, r.m_hi, r.rt.lo, r.rt.hi);
  }
};

}  // namespace mipzk::air
