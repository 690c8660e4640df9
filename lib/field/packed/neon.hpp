// SPDX-License-Identifier: Apache-2.0
// Four words in a register of NEON (aarch64, where it is always there).
#pragma once

#include <arm_neon.h>

#include "field/packed/formulas.hpp"

namespace mipzk::field {
inline namespace MIPZK_TIER_NAMESPACE {
namespace packed_detail {

template <>
struct Register<4> {
  using V = uint32x4_t;
};

template <>
struct Vector<4> : Words<4> {
  static constexpr bool kShufflesBytes = true;

  static MIPZK_TIER_INLINE V load(const void* p) {
    return vld1q_u32(static_cast<const uint32_t*>(p));
  }
  static MIPZK_TIER_INLINE void store(void* p, V v) { vst1q_u32(static_cast<uint32_t*>(p), v); }
  static MIPZK_TIER_INLINE V broadcast(uint32_t x) { return vdupq_n_u32(x); }
  static MIPZK_TIER_INLINE V add(V a, V b) { return vaddq_u32(a, b); }
  static MIPZK_TIER_INLINE V sub(V a, V b) { return vsubq_u32(a, b); }
  static MIPZK_TIER_INLINE V correct(V below, V above) { return vminq_u32(below, above); }

  // 2 a b / 2^32, rounded down, of signed words.
  static MIPZK_TIER_INLINE int32x4_t double_high(V a, V b) {
    return vqdmulhq_s32(vreinterpretq_s32_u32(a), vreinterpretq_s32_u32(b));
  }
  // (a b - q p) / 2^32 where a, b < p, and the low words of both products are equal. With q as a
  // signed word that is in (-p, p). Twice the products are equal in their low words, too.
  static MIPZK_TIER_INLINE V subtract_multiple(V a, V b, V q) {
    return vreinterpretq_u32_s32(vhsubq_s32(double_high(a, b), double_high(q, broadcast(kP))));
  }
  static MIPZK_TIER_INLINE V montgomery(V a, V b) {
    return subtract_multiple(a, b, vmulq_u32(vmulq_u32(a, b), broadcast(kPInv)));
  }
  static MIPZK_TIER_INLINE V inverse_words(V b) { return vmulq_u32(b, broadcast(kPInv)); }
  static MIPZK_TIER_INLINE V montgomery_by(V a, V b, V b_inverse) {
    return subtract_multiple(a, b, vmulq_u32(a, b_inverse));
  }

  // Sums in [0, p 2^32) of the lanes 0 and 1, and 2 and 3.
  struct Wide {
    uint64x2_t low, high;
  };
  static MIPZK_TIER_INLINE Wide wide_zero() { return {vdupq_n_u64(0), vdupq_n_u64(0)}; }
  static MIPZK_TIER_INLINE Wide products(V a, V b) {
    return {vmull_u32(vget_low_u32(a), vget_low_u32(b)), vmull_high_u32(a, b)};
  }
  static MIPZK_TIER_INLINE Wide scaled_products(V a, V b) { return products(a, b); }
  static MIPZK_TIER_INLINE uint64x2_t cut(uint64x2_t s) {
    const uint64x2_t unit = vdupq_n_u64(uint64_t{kP} << 32);
    return vsubq_u64(s, vandq_u64(unit, vcgeq_u64(s, unit)));
  }
  static MIPZK_TIER_INLINE void accumulate(Wide& s, const Wide& x, const Wide& y) {
    s.low = cut(vaddq_u64(vaddq_u64(s.low, x.low), y.low));
    s.high = cut(vaddq_u64(vaddq_u64(s.high, x.high), y.high));
  }
  static MIPZK_TIER_INLINE V low_words(const Wide& s) {
    return vuzp1q_u32(vreinterpretq_u32_u64(s.low), vreinterpretq_u32_u64(s.high));
  }
  static MIPZK_TIER_INLINE V high_words(const Wide& s) {
    return vuzp2q_u32(vreinterpretq_u32_u64(s.low), vreinterpretq_u32_u64(s.high));
  }
  static MIPZK_TIER_INLINE V montgomery_sum(const Wide& s) {
    const V q = vmulq_u32(low_words(s), broadcast(kPInv));
    return vsubq_u32(high_words(s), high_words(products(q, broadcast(kP))));
  }
};

}  // namespace packed_detail
}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::field
