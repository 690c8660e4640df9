// Instructions without effect, four to a row because their own columns would be too few.
#pragma once

#include "air/tables/common.hpp"

namespace mipzk::air {

struct Nop : MainTable {
  static constexpr isa::Class kClass = isa::Class::kNop;
  static constexpr unsigned kSlots = 4;
  static constexpr const char* kColumns =
      "real0 clk0 pc0 npc0 real1 clk1 pc1 npc1 real2 clk2 pc2 npc2 real3 clk3 pc3 npc3";
  template <class T>
  struct Row {
    Cpu<T> c[kSlots];
  };
  template <class B, class V = typename B::V>
  static constexpr void eval(B& b, const Pre<V>&, const Row<V>& r) {
    for (unsigned i = 0; i < kSlots; ++i) b.cpu(kClass, r.c[i], RomFields<V>{});
  }
};

}  // namespace mipzk::air
