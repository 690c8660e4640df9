// SPDX-License-Identifier: Apache-2.0
// ldc1, sdc1, mov.d: two floating-point registers at once. Word A is the one at the address, which
// must be a multiple of 8, word B the one behind it; which register belongs to which is the ROM's.
//
// Accesses of one slot have different keys: memory below 2^30 and a register above.
#pragma once

#include "air/tables/common.hpp"

namespace mipzk::air {

// The key of word A at rs + k (modulo 2^32), whose address is 8 a_u + 2^16 a_hi. 8 a_u is an exact
// limb: u and 8 u are checked, so a_u < 2^13. The key is even and below 2^30, so key + 1 is that of
// word B.
constexpr Cell double_key(Builder& b, const RegRead<Cell>& rs, Cell k_lo, Cell k_hi, Cell a_u,
                          Cell a_hi) {
  add_limbs(b, rs.lo, rs.hi, k_lo, k_hi, a_u * b.k(8), a_hi);
  b.range(a_u);
  b.range(a_u * b.k(8));
  b.range(a_hi);
  return a_u * b.k(2) + a_hi * b.k(1u << 14);
}

// Word B in slot 2, word A and the register of word B in slot 3, the register of word A in slot 4.
struct LoadDouble : InstructionTable<isa::Class::kLoadDouble> {
  static constexpr const char* kName = "LoadDouble";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rd rd_old_lo rd_old_hi rd_t "
      "rb rb_old_lo rb_old_hi rb_t k_lo k_hi a_u a_hi ma_lo ma_hi ma_w ma_t mb_lo mb_hi mb_w mb_t";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    RegWrite<T> rd, rb;  // registers of word A and of word B
    T k_lo, k_hi;        // offset
    T a_u, a_hi;         // address = 8 a_u + 2^16 a_hi, a_u < 2^13
    T ma_lo, ma_hi, ma_w, ma_t;
    T mb_lo, mb_hi, mb_w, mb_t;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    RomFields<Cell> f;
    f.rs = r.rs.reg;
    f.rd = r.rd.reg;
    f.k[0] = r.k_lo;
    f.k[1] = r.k_hi;
    f.k[2] = r.rb.reg;
    b.cpu(kClass, r.c, f);
    b.read(r.c, kSlotRs, r.rs);
    Cell key = double_key(b, r.rs, r.k_lo, r.k_hi, r.a_u, r.a_hi);
    b.memory_read(r.c, kSlotRt, key + b.one(), r.mb_w, r.mb_t, r.mb_lo, r.mb_hi);
    b.memory_read(r.c, kSlotMem, key, r.ma_w, r.ma_t, r.ma_lo, r.ma_hi);
    b.write(r.c, kSlotMem, r.rb, r.mb_lo, r.mb_hi);
    b.write(r.c, kSlotRd, r.rd, r.ma_lo, r.ma_hi);
  }
};

// The register of word A in slot 2, word A and the register of word B in slot 3, word B in slot 4.
struct StoreDouble : InstructionTable<isa::Class::kStoreDouble> {
  static constexpr const char* kName = "StoreDouble";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t rb rb_lo rb_hi rb_t "
      "k_lo k_hi a_u a_hi ma_lo ma_hi ma_t mb_lo mb_hi mb_t";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt, rb;  // rt, rb: registers of word A and of word B
    T k_lo, k_hi;           // offset
    T a_u, a_hi;            // address = 8 a_u + 2^16 a_hi, a_u < 2^13
    T ma_lo, ma_hi, ma_t;
    T mb_lo, mb_hi, mb_t;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    RomFields<Cell> f;
    f.rs = r.rs.reg;
    f.rt = r.rt.reg;
    f.k[0] = r.k_lo;
    f.k[1] = r.k_hi;
    f.k[2] = r.rb.reg;
    b.cpu(kClass, r.c, f);
    b.read(r.c, kSlotRs, r.rs);
    b.read(r.c, kSlotRt, r.rt);
    b.read(r.c, kSlotMem, r.rb);
    Cell key = double_key(b, r.rs, r.k_lo, r.k_hi, r.a_u, r.a_hi);
    b.memory(r.c, kSlotMem, key, b.one(), r.ma_t, r.ma_lo, r.ma_hi, r.rt.lo, r.rt.hi);
    b.memory(r.c, kSlotRd, key + b.one(), b.one(), r.mb_t, r.mb_lo, r.mb_hi, r.rb.lo, r.rb.hi);
  }
};

// rd = rs in slot 4, the other register of the pair = rt in slot 3.
struct MovePair : InstructionTable<isa::Class::kMovePair> {
  static constexpr const char* kName = "MovePair";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t rd rd_old_lo rd_old_hi rd_t "
      "rb rb_old_lo rb_old_hi rb_t";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt;
    RegWrite<T> rd, rb;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    RomFields<Cell> f;
    f.rs = r.rs.reg;
    f.rt = r.rt.reg;
    f.rd = r.rd.reg;
    f.k[0] = r.rb.reg;
    b.cpu(kClass, r.c, f);
    b.read(r.c, kSlotRs, r.rs);
    b.read(r.c, kSlotRt, r.rt);
    b.write(r.c, kSlotMem, r.rb, r.rt.lo, r.rt.hi);
    b.write(r.c, kSlotRd, r.rd, r.rs.lo, r.rs.hi);
  }
};

}  // namespace mipzk::air
