// SPDX-License-Identifier: Apache-2.0
// The fixed lookup tables: 16-bit range, byte AND, byte shifts, shift amounts. The same in every
// proof; contents in air/fixed.hpp. The 2^16 range values and byte pairs lie in four groups of 2^14
// rows: group k adds k 2^14 to the value, and k 64 to the byte a.
#pragma once

#include "air/tables/common.hpp"

namespace mipzk::air {

struct Fixed : MainTable {
  static constexpr const char* kName = "Fixed";
  static constexpr TableId kId = kTableFixed;
  static constexpr Role kRole = Role::kProvider;
  static constexpr Preprocessed kPre = Preprocessed::kProtocol;
  static constexpr Count kCount = Count::kOnce;
  static constexpr const char* kPreColumns =
      "v a b and0 and1 and2 and3 sb_b sb_v sb_out sb_carry "
      "sa_right sa_s sa_v sa_j0 sa_j1 sa_j2 sa_j3 sa_fill_lo sa_fill_hi";
  static constexpr const char* kColumns =
      "range0 range1 range2 range3 and0_m and1_m and2_m and3_m byte_m amount_m";
  template <class T>
  struct Pre {
    T v, a, b, a_and_b[4];
    T shift_byte[4];    // b, v, (b << v) & 255, b << v >> 8
    T shift_amount[9];  // right, s, v, j0..j3, fill_lo, fill_hi
  };
  template <class T>
  struct Row {
    T range[4], both[4], shift_byte, shift_amount;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>& p, const Row<Cell>& r) {
    for (uint32_t k = 0; k < 4; ++k)
      b.provide(Bus::kRange, r.range[k], {p.v + b.constant(k << 14)});
    for (uint32_t k = 0; k < 4; ++k)
      b.provide(Bus::kAnd, r.both[k], {p.a + b.constant(k << 6), p.b, p.a_and_b[k]});
    b.provide(Bus::kShiftByte, r.shift_byte, p.shift_byte);
    b.provide(Bus::kShiftAmount, r.shift_amount, p.shift_amount);
  }
};

}  // namespace mipzk::air
