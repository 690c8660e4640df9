// SPDX-License-Identifier: Apache-2.0
// clz, clo: the number of leading zeros (ones) of rs, 32 if there is nothing else.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

// y = rs (clz) or its complement (clo), byte by byte. `lead` is the first byte of y that is not 0,
// from the top; `at` says which one.
struct CountLeading : InstructionTable<isa::Class::kCountLeading> {
  static constexpr const char* kName = "CountLeading";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_t b0 b1 b2 b3 rd rd_old_lo rd_old_hi rd_t ones "
      "at0 at1 at2 at3 none lead shift out and01 and23";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegBytes<T> rs;
    RegWrite<T> rd;
    T ones;     // 1: count ones
    T at[4];    // one-hot, all 0 if y is 0
    T none;     // y is 0
    T lead;     // the leading byte; 128 if y is 0
    T shift;    // its leading zeros
    T out;      // lead 2^shift
    T both[2];  // of two bytes: these lookups make them bytes
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.ones});
    // At most 32, so a limb.
    const Cell count =
        r.none * b.k(32) + r.at[0] * b.k(24) + r.at[1] * b.k(16) + r.at[2] * b.k(8) + r.shift;
    b.write(r.c, kSlotRd, r.rd, count, b.constant(0));

    const auto& byte = r.rs.byte;
    for (int i = 0; i < 2; ++i) b.byte_and(byte[2 * i], byte[2 * i + 1], r.both[i]);
    // Five bits of which exactly one is set; on padding rows none is.
    for (Cell at : r.at) b.boolean(at);
    b.boolean(r.none);
    b.zero(r.at[0] + r.at[1] + r.at[2] + r.at[3] + r.none - r.c.real);
    // Bytes of y above the leading one are 0, each by itself: no sum could wrap. That the leading
    // one is not 0 follows below.
    Cell above = r.none, lead = r.none * b.k(128);
    for (int i = 0; i < 4; ++i) {
      const Cell y = byte[i] + r.ones * (b.constant(255) - byte[i] * b.k(2));
      b.zero(y * above);
      above = above + r.at[i];
      lead = lead + r.at[i] * y;
    }
    b.zero(lead - r.lead);
    // lead 2^shift is below 256 and has its top bit: `lead` is not 0 and has exactly `shift`
    // leading zeros; 128 has none.
    b.request(Bus::kShiftByte, b.one(), {r.lead, r.shift, r.out, b.constant(0)});
    b.byte_and(r.out, r.c.real * b.k(128), r.c.real * b.k(128));
  }
};

}  // namespace mipzk::air
