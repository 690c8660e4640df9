// SPDX-License-Identifier: Apache-2.0
// One word, for processors without vector instructions that the library knows.
#pragma once

#include "field/packed/formulas.hpp"

namespace mipzk::field {
inline namespace MIPZK_TIER_NAMESPACE {
namespace packed_detail {

template <>
struct Register<1> {
  using V = uint32_t;
};

template <>
struct Vector<1> : Words<1> {
  static constexpr bool kShufflesBytes = false;

  static MIPZK_TIER_INLINE V load(const void* p) {
    V v;
    std::memcpy(&v, p, 4);
    return v;
  }
  static MIPZK_TIER_INLINE void store(void* p, V v) { std::memcpy(p, &v, 4); }
  static MIPZK_TIER_INLINE V broadcast(uint32_t x) { return x; }
  static MIPZK_TIER_INLINE V add(V a, V b) { return a + b; }
  static MIPZK_TIER_INLINE V sub(V a, V b) { return a - b; }
  static MIPZK_TIER_INLINE V correct(V below, V above) { return above < below ? above : below; }

  using Wide = uint64_t;
  static MIPZK_TIER_INLINE V montgomery(V a, V b) { return montgomery_sum(products(a, b)); }
  static MIPZK_TIER_INLINE V inverse_words(V b) { return b; }
  static MIPZK_TIER_INLINE V montgomery_by(V a, V b, V) { return montgomery(a, b); }
  static MIPZK_TIER_INLINE Wide wide_zero() { return 0; }
  static MIPZK_TIER_INLINE Wide products(V a, V b) { return uint64_t{a} * b; }
  static MIPZK_TIER_INLINE Wide scaled_products(V a, V b) { return products(a, b); }
  static MIPZK_TIER_INLINE void accumulate(Wide& s, Wide x, Wide y) {  // in [0, p 2^32)
    const Wide t = s + (x + y), u = t - Wide{kWideP};
    s = u < t ? u : t;
  }
  static MIPZK_TIER_INLINE V montgomery_sum(Wide s) {
    const uint32_t q = static_cast<uint32_t>(s) * kPInv;
    return static_cast<uint32_t>(s >> 32) - static_cast<uint32_t>((uint64_t{q} * kP) >> 32);
  }
};

}  // namespace packed_detail
}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::field
