// SPDX-License-Identifier: Apache-2.0
// What the tables of instructions have in common: the machine's step, the ROM entry, the accesses
// to the registers that the entry names.
#pragma once

#include "air/tables/common.hpp"

namespace mipzk::air {

// Slots of the accesses of one instruction within its four ticks.
inline constexpr uint32_t kSlotRs = 1, kSlotRt = 2, kSlotMem = 3, kSlotRd = 4;

constexpr Cell number_of(Cell reg) { return reg; }
template <class Register>
constexpr Cell number_of(const Register& r) {
  return r.reg;
}

// A register's value by its limbs.
constexpr RegRead<Cell> by_limbs(Builder&, const RegRead<Cell>& r) { return r; }
constexpr RegRead<Cell> by_limbs(Builder& b, const RegBytes<Cell>& r) {
  return {r.reg, limb(b, r.byte), limb(b, r.byte + 2), r.t};
}
constexpr RegWrite<Cell> old_limbs(Builder& b, const RegBytes<Cell>& r) {
  return {r.reg, limb(b, r.byte), limb(b, r.byte + 2), r.t};
}

// The ROM entry with the registers that a row has as rs, rt and rd and with constants k0, k1, ...
template <class Row>
constexpr RomFields<Cell> entry(const Row& r) {
  RomFields<Cell> f;
  if constexpr (requires { r.rs; }) f.rs = number_of(r.rs);
  if constexpr (requires { r.rt; }) f.rt = number_of(r.rt);
  if constexpr (requires { r.rd; }) f.rd = number_of(r.rd);
  return f;
}
template <class Row, size_t kCount>
constexpr RomFields<Cell> entry(const Row& r, const Cell (&k)[kCount]) {
  RomFields<Cell> f = entry(r);
  for (size_t i = 0; i < kCount; ++i) f.k[i] = k[i];
  return f;
}

// The table of an instruction class has the number of the class.
template <isa::Class kClass_, unsigned kSlots_ = 1>
struct InstructionTable : MainTable {
  static constexpr isa::Class kClass = kClass_;
  static constexpr TableId kId = static_cast<TableId>(kClass_);
  static constexpr Role kRole = Role::kInstruction;
  static constexpr unsigned kSlots = kSlots_;

  // How an instruction begins: the step of the machine, to the next instruction or to a state that
  // is given; its entry; the reads of rs and rt, where the row has their values as RegRead or
  // RegBytes.
  template <class Row>
  static constexpr void begin(Builder& b, const Row& r) {
    b.cpu(kClass, r.c, entry(r));
    read_registers(b, r);
  }
  template <class Row, size_t kCount>
  static constexpr void begin(Builder& b, const Row& r, const Cell (&k)[kCount]) {
    b.cpu(kClass, r.c, entry(r, k));
    read_registers(b, r);
  }
  template <class Row>
  static constexpr void begin(Builder& b, const Row& r, Cell next_pc, Cell next_npc) {
    b.cpu(kClass, r.c, next_pc, next_npc, entry(r));
    read_registers(b, r);
  }
  template <class Row, size_t kCount>
  static constexpr void begin(Builder& b, const Row& r, const Cell (&k)[kCount], Cell next_pc,
                              Cell next_npc) {
    b.cpu(kClass, r.c, next_pc, next_npc, entry(r, k));
    read_registers(b, r);
  }

 private:
  template <class Row>
  static constexpr void read_registers(Builder& b, const Row& r) {
    if constexpr (requires { by_limbs(b, r.rs); }) b.read(r.c, kSlotRs, by_limbs(b, r.rs));
    if constexpr (requires { by_limbs(b, r.rt); }) b.read(r.c, kSlotRt, by_limbs(b, r.rt));
  }
};

// The key of the word at rs + k (modulo 2^32), whose address is 4 v + offset + 2^16 hi with offset
// in 0..3. 4 v + offset is an exact limb: v and 4 v are checked, so v < 2^14.
constexpr Cell word_key(Builder& b, const RegRead<Cell>& rs, const Address<Cell>& a, Cell offset) {
  add_limbs(b, rs.lo, rs.hi, a.k_lo, a.k_hi, a.v * b.k(4) + offset, a.hi);
  b.range(a.v);
  b.range(a.v * b.k(4));
  b.range(a.hi);
  return a.v + a.hi * b.k(1u << 14);
}
// An address that is a multiple of 4; another one has no row.
constexpr Cell word_key(Builder& b, const RegRead<Cell>& rs, const Address<Cell>& a) {
  return word_key(b, rs, a, b.constant(0));
}

// Two address bits.
constexpr Cell byte_offset(Builder& b, Cell o0, Cell o1) {
  b.boolean(o0);
  b.boolean(o1);
  return o0 + o1 * b.k(2);
}

// Each byte shifted left by v in 0..8: the byte that stays and the carry, which is below 2^v.
constexpr void shift_bytes(Builder& b, const Cell (&byte)[4], Cell v, const Cell (&out)[4],
                           const Cell (&carry)[4]) {
  for (int i = 0; i < 4; ++i) b.request(Bus::kShiftByte, b.one(), {byte[i], v, out[i], carry[i]});
}

}  // namespace mipzk::air
