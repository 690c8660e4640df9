// SPDX-License-Identifier: Apache-2.0
// Instructions without effect, four to a row because their own columns would be too few.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct Nop : InstructionTable<isa::Class::kNop, 4> {
  static constexpr const char* kName = "Nop";
  static constexpr const char* kColumns =
      "real0 clk0 pc0 npc0 real1 clk1 pc1 npc1 real2 clk2 pc2 npc2 real3 clk3 pc3 npc3";
  template <class T>
  struct Slot {
    Cpu<T> c;
  };
  template <class T>
  struct Row {
    Slot<T> slot[kSlots];
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    for (const Slot<Cell>& s : r.slot) begin(b, s);
  }
};

}  // namespace mipzk::air
