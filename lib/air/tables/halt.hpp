// SPDX-License-Identifier: Apache-2.0
// syscall HALT: copies $a0 to the exit-code register and leaves the machine in the halted state.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct Halt : InstructionTable<isa::Class::kHalt> {
  static constexpr const char* kName = "Halt";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rd rd_old_lo rd_old_hi rd_t";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    RegWrite<T> rd;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, r.c.real * b.k(kHaltedPc4), b.constant(0));
    b.write(r.c, kSlotRd, r.rd, r.rs.lo, r.rs.hi);
  }
};

}  // namespace mipzk::air
