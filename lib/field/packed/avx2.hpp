// SPDX-License-Identifier: Apache-2.0
// Eight words in a register of AVX2.
#pragma once

#include <immintrin.h>

#include "field/packed/formulas.hpp"

namespace mipzk::field {
inline namespace MIPZK_TIER_NAMESPACE {
namespace packed_detail {

template <>
struct Register<8> {
  using V = __m256i;
};

template <>
struct Vector<8> : EvenWords<8> {
  static constexpr bool kShufflesBytes = true;

  static MIPZK_TIER_INLINE V load(const void* p) {
    return _mm256_loadu_si256(static_cast<const V*>(p));
  }
  static MIPZK_TIER_INLINE void store(void* p, V v) { _mm256_storeu_si256(static_cast<V*>(p), v); }
  static MIPZK_TIER_INLINE V first_lanes(int n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static MIPZK_TIER_INLINE V load_partial(const void* p, int n) {
    return _mm256_maskload_epi32(static_cast<const int*>(p), first_lanes(n));
  }
  static MIPZK_TIER_INLINE void store_partial(void* p, V v, int n) {
    _mm256_maskstore_epi32(static_cast<int*>(p), first_lanes(n), v);
  }
  static MIPZK_TIER_INLINE V broadcast(uint32_t x) {
    return _mm256_set1_epi32(static_cast<int>(x));
  }
  static MIPZK_TIER_INLINE V add(V a, V b) { return _mm256_add_epi32(a, b); }
  static MIPZK_TIER_INLINE V sub(V a, V b) { return _mm256_sub_epi32(a, b); }
  static MIPZK_TIER_INLINE V correct(V below, V above) { return _mm256_min_epu32(below, above); }

  static MIPZK_TIER_INLINE V mul_even(V a, V b) { return _mm256_mul_epu32(a, b); }
  static MIPZK_TIER_INLINE V odd_words(V a) { return _mm256_srli_epi64(a, 32); }
  static MIPZK_TIER_INLINE V high_words(V even, V odd) {
    return _mm256_blend_epi32(_mm256_shuffle_epi32(even, 0xf5), odd, 0xaa);
  }
  static MIPZK_TIER_INLINE V add64(V a, V b) { return _mm256_add_epi64(a, b); }
  static MIPZK_TIER_INLINE V sub64(V a, V b) { return _mm256_sub_epi64(a, b); }
  // Sums are signed numbers in [-p 2^32, 0), because there is no unsigned minimum of 64 bits: with
  // two products they are below p 2^32, so the sign tells whether to subtract it.
  static MIPZK_TIER_INLINE V unit() { return _mm256_set1_epi64x(kWideP); }
  static MIPZK_TIER_INLINE V select_sign(V negative, V other, V sign) {
    return _mm256_castpd_si256(_mm256_blendv_pd(
        _mm256_castsi256_pd(other), _mm256_castsi256_pd(negative), _mm256_castsi256_pd(sign)));
  }
  static MIPZK_TIER_INLINE V cut64(V s) { return select_sign(s, _mm256_sub_epi64(s, unit()), s); }
  static MIPZK_TIER_INLINE V positive64(V s) {
    return select_sign(_mm256_add_epi64(s, unit()), s, s);
  }
};

}  // namespace packed_detail
}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::field
