// SPDX-License-Identifier: Apache-2.0
// What the attacks on single tables share.
#pragma once

#include "unit/air/typed_row.hpp"

namespace mipzk::test {

// Gives `column`, a cell of `row`, the value that satisfies the first broken rule it is linear in.
template <class T>
void solve(RowOf<T>& row, Fp& column) {
  auto residues = [&] { return air::check_row<T>(row).zeros; };
  const Fp old = column;
  const std::vector<Fp> now = residues();
  column = old + Fp(1);
  const std::vector<Fp> one = residues();
  column = old + Fp(2);
  const std::vector<Fp> two = residues();
  column = old;
  for (size_t k = 0; k < now.size(); ++k) {
    const Fp slope = one[k] - now[k];
    if (now[k] == Fp() || slope == Fp() || two[k] - one[k] != slope) continue;
    column = old - now[k] * slope.inverse();
    return;
  }
}

// $t0 and $t1, HI and LO have values, at an address in text.
inline State registers(uint32_t rs8, uint32_t rt9) {
  State s;
  s.pc = 0x00400000;
  s.npc = 0x00400004;
  s.reg[8] = rs8;
  s.reg[9] = rt9;
  s.reg[isa::kHi] = 0x11112222;
  s.reg[isa::kLo] = 0x33334444;
  return s;
}
inline constexpr uint32_t kOperands = 8u << 21 | 9u << 16;

}  // namespace mipzk::test
