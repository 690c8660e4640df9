// SPDX-License-Identifier: Apache-2.0
// Sixteen words in a register of AVX-512 (F, DQ, VL, BW); eight as in AVX2.
#pragma once

#include <immintrin.h>

#include "field/packed/avx2.hpp"

namespace mipzk::field {
inline namespace MIPZK_TIER_NAMESPACE {
namespace packed_detail {

template <>
struct Register<16> {
  using V = __m512i;
};

// Some intrinsics are used with a mask of ones: the same instructions, without gcc's warning about
// its undefined registers.
template <>
struct Vector<16> : EvenWords<16> {
  static constexpr bool kShufflesBytes = false;  // but it rotates words

  static MIPZK_TIER_INLINE V load(const void* p) { return _mm512_loadu_si512(p); }
  static MIPZK_TIER_INLINE void store(void* p, V v) { _mm512_storeu_si512(p, v); }
  static MIPZK_TIER_INLINE __mmask16 first_lanes(int n) {
    return static_cast<__mmask16>((1u << n) - 1);
  }
  static MIPZK_TIER_INLINE V load_partial(const void* p, int n) {
    return _mm512_maskz_loadu_epi32(first_lanes(n), p);
  }
  static MIPZK_TIER_INLINE void store_partial(void* p, V v, int n) {
    _mm512_mask_storeu_epi32(p, first_lanes(n), v);
  }
  static MIPZK_TIER_INLINE V broadcast(uint32_t x) {
    return _mm512_set1_epi32(static_cast<int>(x));
  }
  static MIPZK_TIER_INLINE V add(V a, V b) { return _mm512_add_epi32(a, b); }
  static MIPZK_TIER_INLINE V sub(V a, V b) { return _mm512_sub_epi32(a, b); }
  static MIPZK_TIER_INLINE V correct(V below, V above) {
    return _mm512_maskz_min_epu32(0xffff, below, above);
  }

  static MIPZK_TIER_INLINE V mul_even(V a, V b) { return _mm512_maskz_mul_epu32(0xff, a, b); }
  static MIPZK_TIER_INLINE V odd_words(V a) { return _mm512_maskz_srli_epi64(0xff, a, 32); }
  static MIPZK_TIER_INLINE V high_words(V even, V odd) {
    return _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
  }
  static MIPZK_TIER_INLINE V add64(V a, V b) { return _mm512_add_epi64(a, b); }
  static MIPZK_TIER_INLINE V sub64(V a, V b) { return _mm512_sub_epi64(a, b); }
  // Sums are in [0, p 2^32).
  static MIPZK_TIER_INLINE V cut64(V s) {
    return _mm512_maskz_min_epu64(0xff, s, _mm512_sub_epi64(s, _mm512_set1_epi64(kWideP)));
  }
  static MIPZK_TIER_INLINE V positive64(V s) { return s; }
};

}  // namespace packed_detail
}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::field
