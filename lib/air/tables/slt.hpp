// SPDX-License-Identifier: Apache-2.0
// slt, sltu, slti, sltiu: rd = 1 if a < b, else 0, by the borrow of a - b.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

// `less` = (a < b), for a bit `less`. `flip` is the difference of the sign bits, sign(b) - sign(a),
// in a signed comparison and 0 in an unsigned one; d_lo, d_hi are a - b. Integers: the high
// difference before its borrow lies in [-2^16, 2^16), because a signed high limb lies in [-2^15,
// 2^15) and an unsigned one in [0, 2^16); so exactly one `less` brings it into [0, 2^16). Nothing
// exceeds 2^18.
constexpr void less_than(Builder& b, Cell a_lo, Cell a_hi, Cell b_lo, Cell b_hi, Cell flip,
                         Cell borrow, Cell less) {
  b.boolean(borrow);
  b.range(a_lo - b_lo + borrow * b.k(65536));
  b.range(a_hi - b_hi - borrow + (less + flip) * b.k(65536));
}

struct Slt : InstructionTable<isa::Class::kSlt> {
  static constexpr const char* kName = "Slt";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_lo rt_hi rt_t rd rd_old_lo rd_old_hi rd_t "
      "signed rs_neg rt_neg flip borrow less";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs, rt;
    RegWrite<T> rd;
    T is_signed, rs_neg, rt_neg, flip, borrow, less;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.is_signed});
    b.write(r.c, kSlotRd, r.rd, r.less, b.constant(0));
    sign_bit(b, r.rs.hi, r.rs_neg);
    sign_bit(b, r.rt.hi, r.rt_neg);
    b.zero(r.is_signed * (r.rt_neg - r.rs_neg) - r.flip);
    b.boolean(r.less);
    less_than(b, r.rs.lo, r.rs.hi, r.rt.lo, r.rt.hi, r.flip, r.borrow, r.less);
  }
};

struct SltImm : InstructionTable<isa::Class::kSltImm> {
  static constexpr const char* kName = "SltImm";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rd rd_old_lo rd_old_hi rd_t signed k_lo k_hi k_neg "
      "rs_neg flip borrow less";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    RegWrite<T> rd;
    T is_signed, k_lo, k_hi, k_neg, rs_neg, flip, borrow, less;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.is_signed, r.k_lo, r.k_hi, r.k_neg});
    b.write(r.c, kSlotRd, r.rd, r.less, b.constant(0));
    sign_bit(b, r.rs.hi, r.rs_neg);
    b.zero(r.is_signed * (r.k_neg - r.rs_neg) - r.flip);
    b.boolean(r.less);
    less_than(b, r.rs.lo, r.rs.hi, r.k_lo, r.k_hi, r.flip, r.borrow, r.less);
  }
};

}  // namespace mipzk::air
