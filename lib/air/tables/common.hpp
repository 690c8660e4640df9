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

// 16-bit limb of two bytes, the lower one first.
template <class B, class V = typename B::V>
constexpr V limb(B& b, const V* bytes) {
  return bytes[0] + bytes[1] * b.k(256);
}

// `bit` is the top bit of `hi`, an exact limb: hi - 2^15 bit is an integer, and 2 (hi - 2^15 bit)
// in [0, 2^16) holds for one of the two bits only. If `hi` is just known to be an integer of less
// than 2^29, this makes it a limb.
template <class B, class V = typename B::V>
constexpr void sign_bit(B& b, const V& hi, const V& bit) {
  b.boolean(bit);
  b.range((hi - bit * b.k(1u << 15)) * b.k(2));
}

// `equal` = both differences of limbs are 0, on rows with real = 1. They are below 2^16 in size: 0
// modulo p only when 0. If one is not 0 then equal = 0 by the last two rules; if both are 0 then
// equal = 1 by the first. inv_lo d_lo + inv_hi d_hi = 1 is the witness of a difference.
template <class B, class V = typename B::V>
constexpr void equality(B& b, const V& real, const V& d_lo, const V& d_hi, const V& inv_lo,
                        const V& inv_hi, const V& equal) {
  b.zero(d_lo * inv_lo + d_hi * inv_hi + equal - real);
  b.zero(equal * d_lo);
  b.zero(equal * d_hi);
}

// `is_zero` = both limbs are 0, on rows with real = 1. Their sum is below 2^17: 0 modulo p only
// when both are 0.
template <class B, class V = typename B::V>
constexpr void zero_test(B& b, const V& real, const V& lo, const V& hi, const V& inv,
                         const V& is_zero) {
  V sum = lo + hi;
  b.zero(sum * inv + is_zero - real);
  b.zero(is_zero * sum);
}

// The key of the word at rs + k (modulo 2^32), whose address is 4 a_v + offset + 2^16 a_hi with
// offset in 0..3. 4 a_v + offset is an exact limb: v and 4 v are checked, so a_v < 2^14.
template <class B, class V = typename B::V>
constexpr V word_key(B& b, const RegRead<V>& rs, const V& k_lo, const V& k_hi, const V& a_v,
                     const V& a_hi, const V& offset) {
  add_limbs(b, rs.lo, rs.hi, k_lo, k_hi, a_v * b.k(4) + offset, a_hi);
  b.range(a_v);
  b.range(a_v * b.k(4));
  b.range(a_hi);
  return a_v + a_hi * b.k(1u << 14);
}

// Two address bits.
template <class B, class V = typename B::V>
constexpr V byte_offset(B& b, const V& o0, const V& o1) {
  b.boolean(o0);
  b.boolean(o1);
  return o0 + o1 * b.k(2);
}

}  // namespace mipzk::air
