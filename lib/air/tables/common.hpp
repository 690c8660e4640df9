// SPDX-License-Identifier: Apache-2.0
// Traits and rules that several tables share.
#pragma once

#include "air/builder.hpp"
#include "air/table_info.hpp"

namespace mipzk::air {

// 1 / 2^16 in the field, to turn "a = b + 2^16 carry" into an expression for the carry.
inline constexpr uint32_t kInv65536 = Fp(65536).inverse().value();

// Tables without preprocessed columns.
template <class T>
struct NoPre {};

// What a table says of itself besides its columns and rules; a table overrides what differs. Every
// table has a kName and a kId of its own.
struct MainTable {
  template <class T>
  using Pre = NoPre<T>;
  static constexpr bool kPassOne = false;
  static constexpr unsigned kSlots = 0;  // instructions a row can hold
  static constexpr Preprocessed kPre = Preprocessed::kNone;
  static constexpr Count kCount = Count::kAny;
  static constexpr bool kFirstShardOnly = false;
};
struct PassOneTable : MainTable {
  static constexpr bool kPassOne = true;
};
// (a + b) as two limbs `lo`, `hi` that the caller checks to be 16-bit: the carries are boolean.
// Integer range: |a + b - sum| < 2^17 + 1 per limb, far below p.
constexpr void add_limbs(Builder& b, Cell a_lo, Cell a_hi, Cell b_lo, Cell b_hi, Cell lo, Cell hi) {
  Cell c0 = (a_lo + b_lo - lo) * b.k(kInv65536);
  Cell c1 = (a_hi + b_hi + c0 - hi) * b.k(kInv65536);
  b.boolean(c0);
  b.boolean(c1);
}

// 16-bit limb of two bytes, the lower one first.
constexpr Cell limb(Builder& b, const Cell* bytes) { return bytes[0] + bytes[1] * b.k(256); }

// `bit` is the top bit of `hi`, an exact limb: hi - 2^15 bit is an integer, and 2 (hi - 2^15 bit)
// in [0, 2^16) holds for one of the two bits only. If `hi` is just known to be an integer of less
// than 2^29, this makes it a limb.
constexpr void sign_bit(Builder& b, Cell hi, Cell bit) {
  b.boolean(bit);
  b.range((hi - bit * b.k(1u << 15)) * b.k(2));
}

// `equal` = both differences of limbs are 0, on rows with real = 1. They are below 2^16 in size: 0
// modulo p only when 0. If one is not 0 then equal = 0 by the last two rules; if both are 0 then
// equal = 1 by the first. inv_lo d_lo + inv_hi d_hi = 1 is the witness of a difference.
constexpr void equality(Builder& b, Cell real, Cell d_lo, Cell d_hi, Cell inv_lo, Cell inv_hi,
                        Cell equal) {
  b.zero(d_lo * inv_lo + d_hi * inv_hi + equal - real);
  b.zero(equal * d_lo);
  b.zero(equal * d_hi);
}

// `is_zero` = both limbs are 0, on rows with real = 1. Their sum is below 2^17: 0 modulo p only
// when both are 0.
constexpr void zero_test(Builder& b, Cell real, Cell lo, Cell hi, Cell inv, Cell is_zero) {
  Cell sum = lo + hi;
  b.zero(sum * inv + is_zero - real);
  b.zero(is_zero * sum);
}

}  // namespace mipzk::air
