// lw: rd = the word at rs + offset, which must be a multiple of 4.
#pragma once

#include "air/tables/common.hpp"

namespace mipzk::air {

struct LoadWord : InstructionTable {
  static constexpr isa::Class kClass = isa::Class::kLoadWord;
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rd rd_old_lo rd_old_hi rd_t k_lo k_hi a_v a_hi m_lo m_hi "
      "m_w m_t";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    RegWrite<T> rd;
    T k_lo, k_hi;    // offset
    T a_v, a_hi;     // address = 4 a_v + 2^16 a_hi, a_v < 2^14
    T m_lo, m_hi, m_w, m_t;
  };
  template <class B, class V = typename B::V>
  static constexpr void eval(B& b, const Pre<V>&, const Row<V>& r) {
    RomFields<V> f;
    f.rs = r.rs.reg;
    f.rd = r.rd.reg;
    f.k[0] = r.k_lo;
    f.k[1] = r.k_hi;
    b.cpu(kClass, r.c, f);
    b.read(r.c, kSlotRs, r.rs);
    // 4 a_v is an exact limb (both a_v and 4 a_v are checked), so an unaligned address has no row.
    add_limbs(b, r.rs.lo, r.rs.hi, r.k_lo, r.k_hi, r.a_v * b.k(4), r.a_hi);
    b.range(r.a_v);
    b.range(r.a_v * b.k(4));
    b.range(r.a_hi);
    b.memory_read(r.c, kSlotMem, r.a_v + r.a_hi * b.k(1u << 14), r.m_w, r.m_t, r.m_lo, r.m_hi);
    b.write(r.c, kSlotRd, r.rd, r.m_lo, r.m_hi);
  }
};

}  // namespace mipzk::air
