// SPDX-License-Identifier: Apache-2.0
// ldc1, sdc1, mov.d: two floating-point registers at once. Word A is the one at the address, which
// must be a multiple of 8, word B the one behind it; which register belongs to which is the ROM's.
//
// Accesses of one slot have different keys: memory below 2^30 and a register above.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

// The key of word A at rs + k (modulo 2^32), whose address is 8 v + 2^16 hi. 8 v is an exact limb:
// v and 8 v are checked, so v < 2^13. The key is even and below 2^30, so key + 1 is that of word B.
constexpr Cell double_key(Builder& b, const RegRead<Cell>& rs, const Address<Cell>& a) {
  add_limbs(b, rs.lo, rs.hi, a.k_lo, a.k_hi, a.v * b.k(8), a.hi);
  b.range(a.v);
  b.range(a.v * b.k(8));
  b.range(a.hi);
  return a.v * b.k(2) + a.hi * b.k(1u << 14);
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
    Address<T> a;
    Word<T> ma, mb;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.a.k_lo, r.a.k_hi, r.rb.reg});
    Cell key = double_key(b, r.rs, r.a);
    b.load(r.c, kSlotRt, key + b.one(), r.mb);
    b.load(r.c, kSlotMem, key, r.ma);
    b.write(r.c, kSlotMem, r.rb, r.mb.lo, r.mb.hi);
    b.write(r.c, kSlotRd, r.rd, r.ma.lo, r.ma.hi);
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
    Address<T> a;
    Old<T> ma, mb;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.a.k_lo, r.a.k_hi, r.rb.reg});
    b.read(r.c, kSlotMem, r.rb);
    Cell key = double_key(b, r.rs, r.a);
    b.store(r.c, kSlotMem, key, r.ma, r.rt.lo, r.rt.hi);
    b.store(r.c, kSlotRd, key + b.one(), r.mb, r.rb.lo, r.rb.hi);
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
    begin(b, r, {r.rb.reg});
    b.write(r.c, kSlotMem, r.rb, r.rt.lo, r.rt.hi);
    b.write(r.c, kSlotRd, r.rd, r.rs.lo, r.rs.hi);
  }
};

}  // namespace mipzk::air
