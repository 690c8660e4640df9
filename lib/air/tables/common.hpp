// SPDX-License-Identifier: Apache-2.0
// Constants and shapes used by several tables.
#pragma once

#include "air/builder.hpp"
#include "air/table_info.hpp"

namespace mipzk::air {

// Slots of the accesses of one instruction within its four ticks.
inline constexpr uint32_t kSlotRs = 1, kSlotRt = 2, kSlotMem = 3, kSlotRd = 4;

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
};
struct PassOneTable : MainTable {
  static constexpr bool kPassOne = true;
};
// The table of an instruction class has the number of the class.
template <isa::Class kClass_, unsigned kSlots_ = 1>
struct InstructionTable : MainTable {
  static constexpr isa::Class kClass = kClass_;
  static constexpr TableId kId = static_cast<TableId>(kClass_);
  static constexpr Role kRole = Role::kInstruction;
  static constexpr unsigned kSlots = kSlots_;
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

// The key of the word at rs + k (modulo 2^32), whose address is 4 a_v + offset + 2^16 a_hi with
// offset in 0..3. 4 a_v + offset is an exact limb: v and 4 v are checked, so a_v < 2^14.
constexpr Cell word_key(Builder& b, const RegRead<Cell>& rs, Cell k_lo, Cell k_hi, Cell a_v,
                        Cell a_hi, Cell offset) {
  add_limbs(b, rs.lo, rs.hi, k_lo, k_hi, a_v * b.k(4) + offset, a_hi);
  b.range(a_v);
  b.range(a_v * b.k(4));
  b.range(a_hi);
  return a_v + a_hi * b.k(1u << 14);
}

// Two address bits.
constexpr Cell byte_offset(Builder& b, Cell o0, Cell o1) {
  b.boolean(o0);
  b.boolean(o1);
  return o0 + o1 * b.k(2);
}

}  // namespace mipzk::air
