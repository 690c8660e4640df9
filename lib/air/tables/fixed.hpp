// SPDX-License-Identifier: Apache-2.0
// The fixed lookup tables: 16-bit range, byte AND, byte shifts, shift amounts. The same in every
// proof; contents in air/fixed.hpp. The 2^16 range values 256 a + b and byte pairs (a, b) lie in
// five groups of 52 x 256 rows: group k adds 51 k to the byte a.
#pragma once

#include "air/tables/common.hpp"

namespace mipzk::air {

// Neighbours share one a, so that the groups have the same size and the last one ends at 255.
inline constexpr uint32_t kFixedGroups = 5, kFixedGroupStep = 51;
static_assert(kFixedGroups * kFixedGroupStep == 255);

struct Fixed : MainTable {
  static constexpr const char* kName = "Fixed";
  static constexpr TableId kId = kTableFixed;
  static constexpr Role kRole = Role::kProvider;
  static constexpr Preprocessed kPre = Preprocessed::kProtocol;
  static constexpr Count kCount = Count::kOnce;
  static constexpr const char* kPreColumns =
      "v a b and0 and1 and2 and3 and4 sb_b sb_v sb_out sb_carry "
      "sa_right sa_s sa_v sa_j0 sa_j1 sa_j2 sa_j3 sa_fill_lo sa_fill_hi";
  static constexpr const char* kColumns =
      "range0 range1 range2 range3 range4 and0_m and1_m and2_m and3_m and4_m byte_m amount_m";
  template <class T>
  struct Pre {
    T v, a, b, a_and_b[kFixedGroups];
    T shift_byte[4];    // b, v, (b << v) & 255, b << v >> 8
    T shift_amount[9];  // right, s, v, j0..j3, fill_lo, fill_hi
  };
  template <class T>
  struct Row {
    T range[kFixedGroups], both[kFixedGroups], shift_byte, shift_amount;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>& p, const Row<Cell>& r) {
    for (uint32_t k = 0; k < kFixedGroups; ++k)
      b.provide(Bus::kRange, r.range[k], {p.v + b.constant(256 * kFixedGroupStep * k)});
    for (uint32_t k = 0; k < kFixedGroups; ++k)
      b.provide(Bus::kAnd, r.both[k], {p.a + b.constant(kFixedGroupStep * k), p.b, p.a_and_b[k]});
    b.provide(Bus::kShiftByte, r.shift_byte, p.shift_byte);
    b.provide(Bus::kShiftAmount, r.shift_amount, p.shift_amount);
  }
};

}  // namespace mipzk::air
