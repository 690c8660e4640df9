// SPDX-License-Identifier: Apache-2.0
// seb, seh: the sign-extended lowest byte (half) of rs. wsbh: the bytes of each half swapped.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

struct ByteOps : InstructionTable<isa::Class::kByteOps> {
  static constexpr const char* kName = "ByteOps";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_t b0 b1 b2 b3 rd rd_old_lo rd_old_hi rd_t seb seh wsbh "
      "top neg and01 and23 lo hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegBytes<T> rs;
    RegWrite<T> rd;
    T seb, seh, wsbh;  // one-hot by the ROM
    T top, neg;        // the byte with the sign, and its top bit; 0 for wsbh
    T both[2];         // of two bytes: these lookups make them bytes
    T lo, hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    const Cell* x = r.rs.byte;
    begin(b, r, {r.seb, r.seh, r.wsbh});
    b.write(r.c, kSlotRd, r.rd, r.lo, r.hi);
    for (int i = 0; i < 2; ++i) b.byte_and(x[2 * i], x[2 * i + 1], r.both[i]);
    // `top` is one of the bytes or 0, so the lookup makes neg its top bit.
    b.zero(r.seb * x[0] + r.seh * x[1] - r.top);
    b.byte_and(r.top, b.constant(128), r.neg * b.k(128));
    // Made of bytes, so limbs.
    b.zero(r.seb * (x[0] + r.neg * b.k(0xff00)) + r.seh * (x[0] + x[1] * b.k(256)) +
           r.wsbh * (x[1] + x[0] * b.k(256)) - r.lo);
    b.zero(r.neg * b.k(0xffff) + r.wsbh * (x[3] + x[2] * b.k(256)) - r.hi);
  }
};

}  // namespace mipzk::air
