// SPDX-License-Identifier: Apache-2.0
// Contents of the fixed lookup tables (table Fixed), row by row, and where a message lies in them.
#pragma once

#include "air/tables/fixed.hpp"

namespace mipzk::air {

inline constexpr uint32_t kFixedContentRows = 256 * (kFixedGroupStep + 1);

// What ShiftVar needs of a shift by s < 32 bits: s = 8 j + u, u < 8; v = u (left) or 8 - u (right);
// `fill` the upper s bits (right) or 0 (left).
struct ShiftAmount {
  uint32_t v, j, fill;
};
constexpr ShiftAmount shift_amount(bool right, uint32_t s) {
  if (!right) return {s % 8, s / 8, 0};
  return {8 - s % 8, s / 8, s == 0 ? 0 : ~(0xffffffffu >> s)};
}

// Row `i` of the preprocessed columns, i < 2^kFixedLogRows. Rows beyond the content of a sub-table
// repeat its first one, which is a valid message too.
constexpr Fixed::Pre<Fp> fixed_row(uint32_t i) {
  const uint32_t row = i < kFixedContentRows ? i : 0;
  Fixed::Pre<Fp> p{};
  p.v = Fp(row);
  const uint32_t a = row >> 8, b = row & 255;
  p.a = Fp(a);
  p.b = Fp(b);
  for (uint32_t k = 0; k < kFixedGroups; ++k) p.a_and_b[k] = Fp((a + kFixedGroupStep * k) & b);

  const uint32_t byte_row = row < 9 * 256 ? row : 0;
  const uint32_t v = byte_row >> 8, shifted = (byte_row & 255) << v;
  p.shift_byte[0] = Fp(byte_row & 255);
  p.shift_byte[1] = Fp(v);
  p.shift_byte[2] = Fp(shifted & 255);
  p.shift_byte[3] = Fp(shifted >> 8);

  const uint32_t amount_row = row < 64 ? row : 0;
  const uint32_t right = amount_row >> 5, s = amount_row & 31;
  const ShiftAmount amount = shift_amount(right != 0, s);
  p.shift_amount[0] = Fp(right);
  p.shift_amount[1] = Fp(s);
  p.shift_amount[2] = Fp(amount.v);
  for (uint32_t j = 0; j < 4; ++j) p.shift_amount[3 + j] = Fp(amount.j == j ? 1u : 0u);
  p.shift_amount[7] = Fp(amount.fill & 0xffff);
  p.shift_amount[8] = Fp(amount.fill >> 16);
  return p;
}

// Where a message is provided, or one of the two places; `group` is the multiplicity column among
// those of its bus.
struct FixedPlace {
  uint32_t group, row;
  friend constexpr bool operator==(const FixedPlace&, const FixedPlace&) = default;
};
constexpr FixedPlace place_and(uint32_t a, uint32_t b) {
  const uint32_t group = a == 255 ? kFixedGroups - 1 : a / kFixedGroupStep;
  return {group, (a - group * kFixedGroupStep) << 8 | b};
}
constexpr FixedPlace place_range(uint32_t v) { return place_and(v >> 8, v & 255); }
constexpr FixedPlace place_shift_byte(uint32_t b, uint32_t v) { return {0, v << 8 | b}; }
constexpr FixedPlace place_shift_amount(uint32_t right, uint32_t s) { return {0, right << 5 | s}; }

}  // namespace mipzk::air
