// SPDX-License-Identifier: Apache-2.0
// Four words in a register of SSE2. It has no unsigned minimum: corrections use the sign, which is
// exact because p < 2^31.
#pragma once

#include <emmintrin.h>

#include "field/packed/formulas.hpp"

namespace mipzk::field {
inline namespace MIPZK_TIER_NAMESPACE {
namespace packed_detail {

template <>
struct Register<4> {
  using V = __m128i;
};

template <>
struct Vector<4> : EvenWords<4> {
  static constexpr bool kShufflesBytes = false;

  static MIPZK_TIER_INLINE V load(const void* p) {
    return _mm_loadu_si128(static_cast<const V*>(p));
  }
  static MIPZK_TIER_INLINE void store(void* p, V v) { _mm_storeu_si128(static_cast<V*>(p), v); }
  static MIPZK_TIER_INLINE V broadcast(uint32_t x) { return _mm_set1_epi32(static_cast<int>(x)); }
  static MIPZK_TIER_INLINE V add(V a, V b) { return _mm_add_epi32(a, b); }
  static MIPZK_TIER_INLINE V sub(V a, V b) { return _mm_sub_epi32(a, b); }
  static MIPZK_TIER_INLINE V correct(V below, V) {
    return _mm_add_epi32(below, _mm_and_si128(_mm_srai_epi32(below, 31), broadcast(kP)));
  }

  static MIPZK_TIER_INLINE V mul_even(V a, V b) { return _mm_mul_epu32(a, b); }
  static MIPZK_TIER_INLINE V odd_words(V a) { return _mm_srli_epi64(a, 32); }
  static MIPZK_TIER_INLINE V high_words(V even, V odd) {
    return _mm_or_si128(_mm_srli_epi64(even, 32), odd);
  }
  static MIPZK_TIER_INLINE V add64(V a, V b) { return _mm_add_epi64(a, b); }
  static MIPZK_TIER_INLINE V sub64(V a, V b) { return _mm_sub_epi64(a, b); }
  // Sums are signed numbers in [-p 2^32, 0): with two products they are below p 2^32, so the sign
  // tells whether to subtract it.
  static MIPZK_TIER_INLINE V unit() { return _mm_set1_epi64x(kWideP); }
  static MIPZK_TIER_INLINE V negative(V s) {  // all ones where s < 0
    return _mm_shuffle_epi32(_mm_srai_epi32(s, 31), 0xf5);
  }
  static MIPZK_TIER_INLINE V cut64(V s) {
    return _mm_sub_epi64(s, _mm_andnot_si128(negative(s), unit()));
  }
  static MIPZK_TIER_INLINE V positive64(V s) {
    return _mm_add_epi64(s, _mm_and_si128(negative(s), unit()));
  }
};

}  // namespace packed_detail
}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::field
