// SPDX-License-Identifier: Apache-2.0
// syscall HINT_WORD: rd = any word, chosen by the prover; the program must check it.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct Hint : InstructionTable<isa::Class::kHint> {
  static constexpr const char* kName = "Hint";
  static constexpr const char* kColumns = "real clk pc npc rd rd_old_lo rd_old_hi rd_t lo hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegWrite<T> rd;
    T lo, hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r);
    b.write(r.c, kSlotRd, r.rd, r.lo, r.hi);
    b.range(r.lo);
    b.range(r.hi);
  }
};

}  // namespace mipzk::air
