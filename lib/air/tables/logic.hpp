// SPDX-License-Identifier: Apache-2.0
// and, or, xor, nor of two registers: per byte k0 (a + b) + k1 (a & b) + k2.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct Logic : InstructionTable<isa::Class::kLogic> {
  static constexpr const char* kName = "Logic";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_t a0 a1 a2 a3 rt rt_t b0 b1 b2 b3 rd rd_old_lo rd_old_hi rd_t "
      "k0 k1 k2 and0 and1 and2 and3 lo hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegBytes<T> rs, rt;
    RegWrite<T> rd;
    T k[3];
    T both[4];
    T lo, hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, r.k);
    b.write(r.c, kSlotRd, r.rd, r.lo, r.hi);
    // The four forms of the ROM (MACHINE.md, "Lowering") give a byte for bytes a, b, a & b, so lo
    // and hi are exact.
    Cell out[4] = {byte(r, 0), byte(r, 1), byte(r, 2), byte(r, 3)};
    for (int i = 0; i < 4; ++i) b.byte_and(r.rs.byte[i], r.rt.byte[i], r.both[i]);
    b.zero(limb(b, out) - r.lo);
    b.zero(limb(b, out + 2) - r.hi);
  }

 private:
  static constexpr Cell byte(const Row<Cell>& r, int i) {
    return r.k[0] * (r.rs.byte[i] + r.rt.byte[i]) + r.k[1] * r.both[i] + r.k[2];
  }
};

// andi, ori, xori: the constant has two bytes k2, k3; the high half is k0 * rs_hi.
struct LogicImm : InstructionTable<isa::Class::kLogicImm> {
  static constexpr const char* kName = "LogicImm";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_t a0 a1 rs_hi rd rd_old_lo rd_old_hi rd_t k0 k1 k2 k3 and0 and1 lo hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    T rs, rs_t, a[2], rs_hi;
    RegWrite<T> rd;
    T k[4];
    T both[2];
    T lo, hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, r.k);
    b.read(r.c, kSlotRs, RegRead<Cell>{r.rs, limb(b, r.a), r.rs_hi, r.rs_t});
    b.write(r.c, kSlotRd, r.rd, r.lo, r.hi);
    Cell out[2] = {byte(r, 0), byte(r, 1)};
    for (int i = 0; i < 2; ++i) b.byte_and(r.a[i], r.k[2 + i], r.both[i]);
    b.zero(limb(b, out) - r.lo);
    b.zero(r.k[0] * r.rs_hi - r.hi);  // k0 is 0 or 1
  }

 private:
  static constexpr Cell byte(const Row<Cell>& r, int i) {
    return r.k[0] * (r.a[i] + r.k[2 + i]) + r.k[1] * r.both[i];
  }
};

}  // namespace mipzk::air
