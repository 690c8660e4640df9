// Constants and shapes used by several tables.
#pragma once

#include "air/builder.hpp"

namespace mipzk::air {

// Slots of the accesses of one instruction within its four ticks.
inline constexpr uint32_t kSlotRs = 1, kSlotRt = 2, kSlotMem = 3, kSlotRd = 4;

// 1 / 2^16 in the field, to turn "a = b + 2^16 carry" into an expression for the carry.
inline constexpr uint32_t kInv65536 = Fp(65536).inverse().value();

// Tables without preprocessed columns.
template <class T>
struct NoPre {};

// Properties most tables share; a table overrides what differs.
struct MainTable {
  template <class T>
  using Pre = NoPre<T>;
  static constexpr bool kPassOne = false;
  static constexpr unsigned kSlots = 0;  // instructions a row can hold
};
struct InstructionTable : MainTable {
  static constexpr unsigned kSlots = 1;
};
struct PassOneTable : MainTable {
  static constexpr bool kPassOne = true;
};

// (a + b) as two limbs `lo`, `hi` that the caller checks to be 16-bit: the carries are boolean.
// Integer range: |a + b - sum| < 2^17 + 1 per limb, far below p.
template <class B, class V = typename B::V>
constexpr void add_limbs(B& b, const V& a_lo, const V& a_hi, const V& b_lo, const V& b_hi,
                         const V& lo, const V& hi) {
  V c0 = (a_lo + b_lo - lo) * b.k(kInv65536);
  V c1 = (a_hi + b_hi + c0 - hi) * b.k(kInv65536);
  b.boolean(c0);
  b.boolean(c1);
}

}  // namespace mipzk::air
