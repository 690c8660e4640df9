// SPDX-License-Identifier: Apache-2.0
// What the in-guest kernel carries out: $k0 = the address to go on at, $k1 = the instruction word,
// LINK = 0, and the machine goes on at the trap vector. $k1 and LINK are accessed in slot 3, $k0 in
// slot 4.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct Trap : InstructionTable<isa::Class::kTrap> {
  static constexpr const char* kName = "Trap";
  static constexpr uint32_t kK0 = 26, kK1 = 27;
  static constexpr const char* kColumns =
      "real clk pc npc k0_old_lo k0_old_hi k0_t k1_old_lo k1_old_hi k1_t "
      "link_lo link_hi link_t word_lo word_hi vector npc_v npc_hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    Old<T> k0, k1, link;
    T word_lo, word_hi;  // the instruction; limbs by the ROM
    T vector;
    T npc_v, npc_hi;  // npc = npc_v + 2^14 npc_hi, npc_v < 2^14
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    RomFields<Cell> f = entry(r, {r.word_lo, r.word_hi, r.vector});
    f.rd = b.constant(kK0);
    b.cpu(kClass, r.c, r.vector, r.vector + r.c.real, f);
    // npc is below 2^30: it is a target, whose limbs are exact, or one more than the address of
    // this instruction, which is in the ROM. With npc_v < 2^14, as npc_v and 4 npc_v are checked,
    // and npc_hi < 2^16 both sides are integers below 2^30, and 4 npc_v is an exact limb.
    b.zero(r.npc_v + r.npc_hi * b.k(1u << 14) - r.c.npc);
    b.range(r.npc_v);
    b.range(r.npc_v * b.k(4));
    b.range(r.npc_hi);
    b.write(r.c, kSlotMem, kK1, r.k1, r.word_lo, r.word_hi);
    b.write(r.c, kSlotMem, isa::kLink, r.link, b.constant(0), b.constant(0));
    b.write(r.c, kSlotRd, kK0, r.k0, r.npc_v * b.k(4), r.npc_hi);
  }
};

}  // namespace mipzk::air
