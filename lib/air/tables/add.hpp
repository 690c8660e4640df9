// SPDX-License-Identifier: Apache-2.0
// addu, subu: rd = rs + s rt modulo 2^32, s = 1 or -1 from the ROM.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct Add : InstructionTable<isa::Class::kAdd> {
  static constexpr const char* kName = "Add";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t rd rd_old_lo rd_old_hi rd_t "
      "sign c0 c1 lo hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt;
    RegWrite<T> rd;
    T sign;    // 1 or -1
    T c0, c1;  // carries or borrows out of the limbs
    T lo, hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.sign});
    b.write(r.c, kSlotRd, r.rd, r.lo, r.hi);
    // Both sides lie in (-2^18, 2^18), so they are equal as integers; with limbs in [0, 2^16) and
    // carries in {0, 1} the quotient by 2^16 is unique.
    b.boolean(r.c0);
    b.boolean(r.c1);
    b.zero(r.rs.lo + r.sign * (r.rt.lo - r.c0 * b.k(65536)) - r.lo);
    b.zero(r.rs.hi + r.sign * (r.rt.hi + r.c0 - r.c1 * b.k(65536)) - r.hi);
    b.range(r.lo);
    b.range(r.hi);
  }
};

}  // namespace mipzk::air
