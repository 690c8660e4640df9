// SPDX-License-Identifier: Apache-2.0
// addiu, lui, move, mfhi, mflo, mthi, mtlo: rd = rs + constant modulo 2^32.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct AddImm : InstructionTable<isa::Class::kAddImm> {
  static constexpr const char* kName = "AddImm";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rd rd_old_lo rd_old_hi rd_t k_lo k_hi lo hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    RegWrite<T> rd;
    T k_lo, k_hi, lo, hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.k_lo, r.k_hi});
    b.write(r.c, kSlotRd, r.rd, r.lo, r.hi);
    add_limbs(b, r.rs.lo, r.rs.hi, r.k_lo, r.k_hi, r.lo, r.hi);
    b.range(r.lo);
    b.range(r.hi);
  }
};

}  // namespace mipzk::air
