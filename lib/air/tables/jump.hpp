// SPDX-License-Identifier: Apache-2.0
// Jumps. The instruction after a jump is at npc as always, the one after that at the target.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

// j, four to a row because its own columns would be too few.
struct Jump : InstructionTable<isa::Class::kJump, 4> {
  static constexpr const char* kName = "Jump";
  static constexpr const char* kColumns =
      "real0 clk0 pc0 npc0 target0 real1 clk1 pc1 npc1 target1 "
      "real2 clk2 pc2 npc2 target2 real3 clk3 pc3 npc3 target3";
  template <class T>
  struct Slot {
    Cpu<T> c;
    T target;
  };
  template <class T>
  struct Row {
    Slot<T> slot[kSlots];
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    for (const Slot<Cell>& s : r.slot) {
      begin(b, s, {s.target}, s.c.npc, s.target);
    }
  }
};

// jal, two to a row: $ra = pc + 8.
struct JumpLink : InstructionTable<isa::Class::kJumpLink, 2> {
  static constexpr const char* kName = "JumpLink";
  static constexpr uint32_t kRa = 31;
  static constexpr const char* kColumns =
      "real0 clk0 pc0 npc0 ra_old_lo0 ra_old_hi0 ra_t0 target0 link_lo0 link_hi0 "
      "real1 clk1 pc1 npc1 ra_old_lo1 ra_old_hi1 ra_t1 target1 link_lo1 link_hi1";
  template <class T>
  struct Slot {
    Cpu<T> c;
    Old<T> ra;
    T target, link_lo, link_hi;
  };
  template <class T>
  struct Row {
    Slot<T> slot[kSlots];
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    for (const Slot<Cell>& s : r.slot) {
      RomFields<Cell> f = entry(s, {s.target, s.link_lo, s.link_hi});
      f.rd = b.constant(kRa);
      b.cpu(kClass, s.c, s.c.npc, s.target, f);
      b.write(s.c, kSlotRd, kRa, s.ra, s.link_lo, s.link_hi);
    }
  }
};

// A jump target in a register: lo = 4 v. As lo is a limb, v < 2^16 makes 4 v = lo an equation of
// integers, so an address that is not a multiple of 4 has no row, and v < 2^14.
template <class T>
struct TargetRead {
  T reg, v, hi, t;
};
constexpr Cell target(Builder& b, const Cpu<Cell>& c, const TargetRead<Cell>& rs) {
  b.read(c, kSlotRs, RegRead<Cell>{rs.reg, rs.v * b.k(4), rs.hi, rs.t});
  b.range(rs.v);
  return rs.v + rs.hi * b.k(1u << 14);
}

// jr (and jalr without a link), two to a row.
struct JumpReg : InstructionTable<isa::Class::kJumpReg, 2> {
  static constexpr const char* kName = "JumpReg";
  static constexpr const char* kColumns =
      "real0 clk0 pc0 npc0 rs0 rs_v0 rs_hi0 rs_t0 real1 clk1 pc1 npc1 rs1 rs_v1 rs_hi1 rs_t1";
  template <class T>
  struct Slot {
    Cpu<T> c;
    TargetRead<T> rs;
  };
  template <class T>
  struct Row {
    Slot<T> slot[kSlots];
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    for (const Slot<Cell>& s : r.slot) {
      Cell to = target(b, s.c, s.rs);
      begin(b, s, s.c.npc, to);
    }
  }
};

// jalr: the target is read before rd = pc + 8 is written, also when they are the same register.
struct JumpRegLink : InstructionTable<isa::Class::kJumpRegLink> {
  static constexpr const char* kName = "JumpRegLink";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_v rs_hi rs_t rd rd_old_lo rd_old_hi rd_t link_lo link_hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    TargetRead<T> rs;
    RegWrite<T> rd;
    T link_lo, link_hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    Cell to = target(b, r.c, r.rs);
    begin(b, r, {b.constant(0), r.link_lo, r.link_hi}, r.c.npc, to);
    b.write(r.c, kSlotRd, r.rd, r.link_lo, r.link_hi);
  }
};

}  // namespace mipzk::air
