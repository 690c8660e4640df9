// SPDX-License-Identifier: Apache-2.0
// W elements of KoalaBear in the lanes of SIMD registers, lane-wise + - *.
//
// The code depends only on the -m flags of the translation unit that includes it: AVX-512, AVX2,
// SSE2 or plain C++. A file may be compiled several times with different flags and linked into one
// program, because everything here lives in a namespace that names the instruction set; code that
// uses PackedFp from a header must do the same (MIPZK_PACKED_ISA), or two differently compiled
// copies of one inline function would be merged.
//
// All lanes are always fully reduced, so results are bit-identical for every W and instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "field/fp.hpp"

// The instruction set of this translation unit; MIPZK_PORTABLE (CMake: MIPZK_SIMD=OFF) asks for
// none.
#if defined(MIPZK_PORTABLE)
#define MIPZK_PACKED_LEVEL 0
#define MIPZK_PACKED_ISA isa_plain
#elif defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__) && \
    defined(__AVX512BW__)
#define MIPZK_PACKED_LEVEL 3
#define MIPZK_PACKED_ISA isa_avx512
#elif defined(__AVX2__)
#define MIPZK_PACKED_LEVEL 2
#define MIPZK_PACKED_ISA isa_avx2
#elif defined(__SSE2__)
#define MIPZK_PACKED_LEVEL 1
#define MIPZK_PACKED_ISA isa_sse2
#else
#define MIPZK_PACKED_LEVEL 0
#define MIPZK_PACKED_ISA isa_plain
#endif

#if MIPZK_PACKED_LEVEL > 0
#include <immintrin.h>
#endif

#define MIPZK_PACKED_INLINE inline __attribute__((always_inline))

namespace mipzk::field {
inline namespace MIPZK_PACKED_ISA {
namespace packed_detail {

inline constexpr uint32_t kPInv = 0x81000001u;  // p^-1 mod 2^32
static_assert(static_cast<uint32_t>(kPInv * kP) == 1);

// One machine register. `Reg<N>` has N lanes; N is 16, 8 or 4 (or 1 without vector instructions).
template <int N>
struct Reg;

#if MIPZK_PACKED_LEVEL == 3
inline constexpr int kMaxLanes = 16;
template <>
struct Reg<16> {
  __m512i v;
  static MIPZK_PACKED_INLINE Reg load(const void* p) { return {_mm512_loadu_si512(p)}; }
  MIPZK_PACKED_INLINE void store(void* p) const { _mm512_storeu_si512(p, v); }
  static MIPZK_PACKED_INLINE Reg broadcast(uint32_t x) {
    return {_mm512_set1_epi32(static_cast<int>(x))};
  }
  // With a mask of ones: the same instructions, without gcc's warning about its undefined
  // registers.
  static MIPZK_PACKED_INLINE __m512i min(__m512i a, __m512i b) {
    return _mm512_maskz_min_epu32(0xffff, a, b);
  }
  static MIPZK_PACKED_INLINE __m512i mul_even(__m512i a, __m512i b) {
    return _mm512_maskz_mul_epu32(0xff, a, b);
  }
  static MIPZK_PACKED_INLINE __m512i odd_words(__m512i a) {
    return _mm512_maskz_srli_epi64(0xff, a, 32);
  }
  static MIPZK_PACKED_INLINE Reg add(Reg a, Reg b) {
    const __m512i s = _mm512_add_epi32(a.v, b.v);
    return {min(s, _mm512_sub_epi32(s, broadcast(kP).v))};
  }
  static MIPZK_PACKED_INLINE Reg sub(Reg a, Reg b) {
    const __m512i d = _mm512_sub_epi32(a.v, b.v);
    return {min(d, _mm512_add_epi32(d, broadcast(kP).v))};
  }
  // Products of the even 64-bit halves; the low words cancel, the result is in the high words.
  static MIPZK_PACKED_INLINE __m512i mont_half(__m512i prod) {
    const __m512i q = mul_even(prod, broadcast(kPInv).v);
    return _mm512_sub_epi64(prod, mul_even(q, broadcast(kP).v));
  }
  static MIPZK_PACKED_INLINE Reg mul(Reg a, Reg b) {
    const __m512i even = mont_half(mul_even(a.v, b.v));
    const __m512i odd = mont_half(mul_even(odd_words(a.v), odd_words(b.v)));
    return join(even, odd);
  }
  // b_inv: low words b * p^-1.
  static MIPZK_PACKED_INLINE __m512i mont_by(__m512i a, __m512i b, __m512i b_inv) {
    return _mm512_sub_epi64(mul_even(a, b), mul_even(mul_even(a, b_inv), broadcast(kP).v));
  }
  static MIPZK_PACKED_INLINE Reg inv_words(Reg b) { return {mul_even(b.v, broadcast(kPInv).v)}; }
  static MIPZK_PACKED_INLINE Reg mul_by(Reg a, Reg b, Reg b_inv) {
    return join(mont_by(a.v, b.v, b_inv.v), mont_by(odd_words(a.v), b.v, b_inv.v));
  }
  static MIPZK_PACKED_INLINE Reg join(__m512i even, __m512i odd) {
    const __m512i d = _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
    return {min(d, _mm512_add_epi32(d, broadcast(kP).v))};
  }
  static MIPZK_PACKED_INLINE Reg load_partial(const void* p, int n) {
    return {_mm512_maskz_loadu_epi32(static_cast<__mmask16>((1u << n) - 1), p)};
  }
  MIPZK_PACKED_INLINE void store_partial(void* p, int n) const {
    _mm512_mask_storeu_epi32(p, static_cast<__mmask16>((1u << n) - 1), v);
  }

  // Sums of products, below p * 2^32.
  struct Wide {
    __m512i even, odd;
  };
  static MIPZK_PACKED_INLINE Wide wide_zero() {
    return {_mm512_setzero_si512(), _mm512_setzero_si512()};
  }
  static MIPZK_PACKED_INLINE __m512i add_two(__m512i s, __m512i x, __m512i y) {
    s = _mm512_add_epi64(_mm512_add_epi64(x, y), s);
    const __m512i t = _mm512_sub_epi64(s, _mm512_set1_epi64(int64_t{kP} << 32));
    return _mm512_maskz_min_epu64(0xff, s, t);
  }
  static MIPZK_PACKED_INLINE void add_products(Wide& s, Reg a0, Reg b0, Reg a1, Reg b1) {
    s.even = add_two(s.even, mul_even(a0.v, b0.v), mul_even(a1.v, b1.v));
    s.odd = add_two(s.odd, mul_even(odd_words(a0.v), odd_words(b0.v)),
                    mul_even(odd_words(a1.v), odd_words(b1.v)));
  }
  // With factors that are equal in all lanes.
  static MIPZK_PACKED_INLINE void add_scaled(Wide& s, Reg a0, Reg b0, Reg a1, Reg b1) {
    s.even = add_two(s.even, mul_even(a0.v, b0.v), mul_even(a1.v, b1.v));
    s.odd = add_two(s.odd, mul_even(odd_words(a0.v), b0.v), mul_even(odd_words(a1.v), b1.v));
  }
  static MIPZK_PACKED_INLINE Reg reduce(const Wide& s) {
    return join(mont_half(s.even), mont_half(s.odd));
  }
};
#elif MIPZK_PACKED_LEVEL == 2
inline constexpr int kMaxLanes = 8;
#elif MIPZK_PACKED_LEVEL == 1
inline constexpr int kMaxLanes = 4;
#else
inline constexpr int kMaxLanes = 1;
#endif

#if MIPZK_PACKED_LEVEL >= 2
template <>
struct Reg<8> {
  __m256i v;
  static MIPZK_PACKED_INLINE Reg load(const void* p) {
    return {_mm256_loadu_si256(static_cast<const __m256i*>(p))};
  }
  MIPZK_PACKED_INLINE void store(void* p) const {
    _mm256_storeu_si256(static_cast<__m256i*>(p), v);
  }
  static MIPZK_PACKED_INLINE Reg broadcast(uint32_t x) {
    return {_mm256_set1_epi32(static_cast<int>(x))};
  }
  static MIPZK_PACKED_INLINE Reg add(Reg a, Reg b) {
    const __m256i s = _mm256_add_epi32(a.v, b.v);
    return {_mm256_min_epu32(s, _mm256_sub_epi32(s, broadcast(kP).v))};
  }
  static MIPZK_PACKED_INLINE Reg sub(Reg a, Reg b) {
    const __m256i d = _mm256_sub_epi32(a.v, b.v);
    return {_mm256_min_epu32(d, _mm256_add_epi32(d, broadcast(kP).v))};
  }
  static MIPZK_PACKED_INLINE __m256i mont_half(__m256i prod) {
    const __m256i q = _mm256_mul_epu32(prod, broadcast(kPInv).v);
    return _mm256_sub_epi64(prod, _mm256_mul_epu32(q, broadcast(kP).v));
  }
  static MIPZK_PACKED_INLINE Reg mul(Reg a, Reg b) {
    const __m256i even = mont_half(_mm256_mul_epu32(a.v, b.v));
    const __m256i odd =
        mont_half(_mm256_mul_epu32(_mm256_srli_epi64(a.v, 32), _mm256_srli_epi64(b.v, 32)));
    return join(even, odd);
  }
  // b_inv: low words b * p^-1.
  static MIPZK_PACKED_INLINE __m256i mont_by(__m256i a, __m256i b, __m256i b_inv) {
    return _mm256_sub_epi64(_mm256_mul_epu32(a, b),
                            _mm256_mul_epu32(_mm256_mul_epu32(a, b_inv), broadcast(kP).v));
  }
  static MIPZK_PACKED_INLINE Reg inv_words(Reg b) {
    return {_mm256_mul_epu32(b.v, broadcast(kPInv).v)};
  }
  static MIPZK_PACKED_INLINE Reg mul_by(Reg a, Reg b, Reg b_inv) {
    return join(mont_by(a.v, b.v, b_inv.v), mont_by(_mm256_srli_epi64(a.v, 32), b.v, b_inv.v));
  }
  static MIPZK_PACKED_INLINE Reg join(__m256i even, __m256i odd) {
    const __m256i d = _mm256_blend_epi32(_mm256_shuffle_epi32(even, 0xf5), odd, 0xaa);
    return {_mm256_min_epu32(d, _mm256_add_epi32(d, broadcast(kP).v))};
  }
  static MIPZK_PACKED_INLINE Reg load_partial(const void* p, int n) {
    return {_mm256_maskload_epi32(static_cast<const int*>(p), first_lanes(n))};
  }
  MIPZK_PACKED_INLINE void store_partial(void* p, int n) const {
    _mm256_maskstore_epi32(static_cast<int*>(p), first_lanes(n), v);
  }
  static MIPZK_PACKED_INLINE __m256i first_lanes(int n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }

  // Sums of products as signed numbers in [-p * 2^32, 0], because AVX2 has no unsigned minimum of
  // 64 bits: two products are below p * 2^32, so the sign tells whether to subtract it.
  struct Wide {
    __m256i even, odd;
  };
  static MIPZK_PACKED_INLINE Wide wide_zero() {
    return {_mm256_setzero_si256(), _mm256_setzero_si256()};
  }
  static MIPZK_PACKED_INLINE __m256i unit() { return _mm256_set1_epi64x(int64_t{kP} << 32); }
  static MIPZK_PACKED_INLINE __m256i select_sign(__m256i negative, __m256i other, __m256i sign) {
    return _mm256_castpd_si256(_mm256_blendv_pd(
        _mm256_castsi256_pd(other), _mm256_castsi256_pd(negative), _mm256_castsi256_pd(sign)));
  }
  static MIPZK_PACKED_INLINE __m256i add_two(__m256i s, __m256i x, __m256i y) {
    const __m256i t = _mm256_add_epi64(_mm256_add_epi64(x, y), s);
    return select_sign(t, _mm256_sub_epi64(t, unit()), t);
  }
  static MIPZK_PACKED_INLINE __m256i mul_odd(__m256i a, __m256i b) {
    return _mm256_mul_epu32(_mm256_srli_epi64(a, 32), b);
  }
  static MIPZK_PACKED_INLINE void add_products(Wide& s, Reg a0, Reg b0, Reg a1, Reg b1) {
    s.even = add_two(s.even, _mm256_mul_epu32(a0.v, b0.v), _mm256_mul_epu32(a1.v, b1.v));
    s.odd = add_two(s.odd, mul_odd(a0.v, _mm256_srli_epi64(b0.v, 32)),
                    mul_odd(a1.v, _mm256_srli_epi64(b1.v, 32)));
  }
  // With factors that are equal in all lanes.
  static MIPZK_PACKED_INLINE void add_scaled(Wide& s, Reg a0, Reg b0, Reg a1, Reg b1) {
    s.even = add_two(s.even, _mm256_mul_epu32(a0.v, b0.v), _mm256_mul_epu32(a1.v, b1.v));
    s.odd = add_two(s.odd, mul_odd(a0.v, b0.v), mul_odd(a1.v, b1.v));
  }
  static MIPZK_PACKED_INLINE __m256i positive(__m256i s) {
    return select_sign(_mm256_add_epi64(s, unit()), s, s);
  }
  static MIPZK_PACKED_INLINE Reg reduce(const Wide& s) {
    return join(mont_half(positive(s.even)), mont_half(positive(s.odd)));
  }
};
#endif

#if MIPZK_PACKED_LEVEL >= 1
// SSE2 has no unsigned minimum: corrections use the sign, which is exact because p < 2^31.
template <>
struct Reg<4> {
  __m128i v;
  static MIPZK_PACKED_INLINE Reg load(const void* p) {
    return {_mm_loadu_si128(static_cast<const __m128i*>(p))};
  }
  MIPZK_PACKED_INLINE void store(void* p) const { _mm_storeu_si128(static_cast<__m128i*>(p), v); }
  static MIPZK_PACKED_INLINE Reg broadcast(uint32_t x) {
    return {_mm_set1_epi32(static_cast<int>(x))};
  }
  static MIPZK_PACKED_INLINE Reg correct(__m128i d) {  // d in [-p, p) -> [0, p)
    return {_mm_add_epi32(d, _mm_and_si128(_mm_srai_epi32(d, 31), broadcast(kP).v))};
  }
  static MIPZK_PACKED_INLINE Reg add(Reg a, Reg b) {
    return correct(_mm_sub_epi32(_mm_add_epi32(a.v, b.v), broadcast(kP).v));
  }
  static MIPZK_PACKED_INLINE Reg sub(Reg a, Reg b) { return correct(_mm_sub_epi32(a.v, b.v)); }
  static MIPZK_PACKED_INLINE __m128i mont_half(__m128i prod) {
    const __m128i q = _mm_mul_epu32(prod, broadcast(kPInv).v);
    return _mm_sub_epi64(prod, _mm_mul_epu32(q, broadcast(kP).v));
  }
  static MIPZK_PACKED_INLINE Reg mul(Reg a, Reg b) {
    const __m128i even = mont_half(_mm_mul_epu32(a.v, b.v));
    const __m128i odd = mont_half(_mm_mul_epu32(_mm_srli_epi64(a.v, 32), _mm_srli_epi64(b.v, 32)));
    return join(even, odd);
  }
  // b_inv: low words b * p^-1.
  static MIPZK_PACKED_INLINE __m128i mont_by(__m128i a, __m128i b, __m128i b_inv) {
    return _mm_sub_epi64(_mm_mul_epu32(a, b),
                         _mm_mul_epu32(_mm_mul_epu32(a, b_inv), broadcast(kP).v));
  }
  static MIPZK_PACKED_INLINE Reg inv_words(Reg b) {
    return {_mm_mul_epu32(b.v, broadcast(kPInv).v)};
  }
  static MIPZK_PACKED_INLINE Reg mul_by(Reg a, Reg b, Reg b_inv) {
    return join(mont_by(a.v, b.v, b_inv.v), mont_by(_mm_srli_epi64(a.v, 32), b.v, b_inv.v));
  }
  static MIPZK_PACKED_INLINE Reg join(__m128i even, __m128i odd) {
    // The low words of both are zero.
    return correct(_mm_or_si128(_mm_srli_epi64(even, 32), odd));
  }
  static MIPZK_PACKED_INLINE Reg load_partial(const void* p, int n) {
    uint32_t words[4] = {};
    std::memcpy(words, p, static_cast<size_t>(n) * 4);
    return load(words);
  }
  MIPZK_PACKED_INLINE void store_partial(void* p, int n) const {
    uint32_t words[4];
    store(words);
    std::memcpy(p, words, static_cast<size_t>(n) * 4);
  }

  // Sums of products as signed numbers in [-p * 2^32, 0]: two products are below p * 2^32, so the
  // sign tells whether to subtract it.
  struct Wide {
    __m128i even, odd;
  };
  static MIPZK_PACKED_INLINE Wide wide_zero() { return {_mm_setzero_si128(), _mm_setzero_si128()}; }
  static MIPZK_PACKED_INLINE __m128i unit() { return _mm_set1_epi64x(int64_t{kP} << 32); }
  static MIPZK_PACKED_INLINE __m128i negative(__m128i s) {  // all ones where s < 0
    return _mm_shuffle_epi32(_mm_srai_epi32(s, 31), 0xf5);
  }
  static MIPZK_PACKED_INLINE __m128i add_two(__m128i s, __m128i x, __m128i y) {
    const __m128i t = _mm_add_epi64(_mm_add_epi64(x, y), s);
    return _mm_sub_epi64(t, _mm_andnot_si128(negative(t), unit()));
  }
  static MIPZK_PACKED_INLINE __m128i mul_odd(__m128i a, __m128i b) {
    return _mm_mul_epu32(_mm_srli_epi64(a, 32), b);
  }
  static MIPZK_PACKED_INLINE void add_products(Wide& s, Reg a0, Reg b0, Reg a1, Reg b1) {
    s.even = add_two(s.even, _mm_mul_epu32(a0.v, b0.v), _mm_mul_epu32(a1.v, b1.v));
    s.odd = add_two(s.odd, mul_odd(a0.v, _mm_srli_epi64(b0.v, 32)),
                    mul_odd(a1.v, _mm_srli_epi64(b1.v, 32)));
  }
  // With factors that are equal in all lanes.
  static MIPZK_PACKED_INLINE void add_scaled(Wide& s, Reg a0, Reg b0, Reg a1, Reg b1) {
    s.even = add_two(s.even, _mm_mul_epu32(a0.v, b0.v), _mm_mul_epu32(a1.v, b1.v));
    s.odd = add_two(s.odd, mul_odd(a0.v, b0.v), mul_odd(a1.v, b1.v));
  }
  static MIPZK_PACKED_INLINE __m128i positive(__m128i s) {
    return _mm_add_epi64(s, _mm_and_si128(negative(s), unit()));
  }
  static MIPZK_PACKED_INLINE Reg reduce(const Wide& s) {
    return join(mont_half(positive(s.even)), mont_half(positive(s.odd)));
  }
};
#endif

template <>
struct Reg<1> {
  uint32_t v;
  static MIPZK_PACKED_INLINE Reg load(const void* p) {
    Reg r;
    std::memcpy(&r.v, p, 4);
    return r;
  }
  MIPZK_PACKED_INLINE void store(void* p) const { std::memcpy(p, &v, 4); }
  static MIPZK_PACKED_INLINE Reg broadcast(uint32_t x) { return {x}; }
  static MIPZK_PACKED_INLINE Reg add(Reg a, Reg b) {
    const uint32_t s = a.v + b.v;
    const uint32_t t = s - kP;
    return {t < s ? t : s};
  }
  static MIPZK_PACKED_INLINE Reg sub(Reg a, Reg b) {
    const uint32_t d = a.v - b.v;
    const uint32_t t = d + kP;
    return {t < d ? t : d};
  }
  static MIPZK_PACKED_INLINE Reg mul(Reg a, Reg b) { return reduce({uint64_t{a.v} * b.v}); }
  static MIPZK_PACKED_INLINE Reg inv_words(Reg b) { return b; }
  static MIPZK_PACKED_INLINE Reg mul_by(Reg a, Reg b, Reg) { return mul(a, b); }
  static MIPZK_PACKED_INLINE Reg load_partial(const void* p, int n) {
    return n > 0 ? load(p) : broadcast(0);
  }
  MIPZK_PACKED_INLINE void store_partial(void* p, int n) const {
    if (n > 0) store(p);
  }

  // Sums of products, below p * 2^32.
  struct Wide {
    uint64_t sum;
  };
  static MIPZK_PACKED_INLINE Wide wide_zero() { return {0}; }
  static MIPZK_PACKED_INLINE void add_products(Wide& s, Reg a0, Reg b0, Reg a1, Reg b1) {
    const uint64_t t = s.sum + (uint64_t{a0.v} * b0.v + uint64_t{a1.v} * b1.v);
    const uint64_t u = t - (uint64_t{kP} << 32);
    s.sum = u < t ? u : t;
  }
  static MIPZK_PACKED_INLINE void add_scaled(Wide& s, Reg a0, Reg b0, Reg a1, Reg b1) {
    add_products(s, a0, b0, a1, b1);
  }
  static MIPZK_PACKED_INLINE Reg reduce(const Wide& s) {
    const uint64_t prod = s.sum;
    const uint32_t q = static_cast<uint32_t>(prod) * kPInv;
    return sub({static_cast<uint32_t>(prod >> 32)},
               {static_cast<uint32_t>((uint64_t{q} * kP) >> 32)});
  }
};

}  // namespace packed_detail

// The widest vector that is one register with this file's flags, but at least 8.
inline constexpr int kPackedWidth = packed_detail::kMaxLanes == 16 ? 16 : 8;

// W = 1, 4, 8, 16 or a multiple of 16. Loads and stores need no alignment.
template <int W>
struct PackedFp {
  static constexpr int kWidth = W;
  static constexpr int kLanes = W < packed_detail::kMaxLanes ? W : packed_detail::kMaxLanes;
  static constexpr int kRegs = W / kLanes;
  static_assert(W >= 1 && W % kLanes == 0);
  using Reg = packed_detail::Reg<kLanes>;

  Reg r[kRegs];

  PackedFp() = default;  // uninitialised
  MIPZK_PACKED_INLINE PackedFp(Fp x) {
    for (int i = 0; i < kRegs; ++i) r[i] = Reg::broadcast(x.raw());
  }
  static MIPZK_PACKED_INLINE PackedFp zero() { return from_raw(0); }
  static MIPZK_PACKED_INLINE PackedFp from_raw(uint32_t raw) {
    PackedFp x;
    for (int i = 0; i < kRegs; ++i) x.r[i] = Reg::broadcast(raw);
    return x;
  }
  static MIPZK_PACKED_INLINE PackedFp load(const Fp* p) {
    PackedFp x;
    for (int i = 0; i < kRegs; ++i) x.r[i] = Reg::load(p + i * kLanes);
    return x;
  }
  MIPZK_PACKED_INLINE void store(Fp* p) const {
    for (int i = 0; i < kRegs; ++i) r[i].store(p + i * kLanes);
  }
  // The first n lanes from p, 0 <= n <= W, the others zero; nothing behind p + n is read.
  static MIPZK_PACKED_INLINE PackedFp load_partial(const Fp* p, int n) {
    PackedFp x;
    for (int i = 0; i < kRegs; ++i) {
      const int left = n - i * kLanes;
      x.r[i] = left >= kLanes ? Reg::load(p + i * kLanes)
               : left > 0     ? Reg::load_partial(p + i * kLanes, left)
                              : Reg::broadcast(0);
    }
    return x;
  }

  // The first n lanes to p; nothing behind p + n is written.
  MIPZK_PACKED_INLINE void store_partial(Fp* p, int n) const {
    for (int i = 0; i < kRegs; ++i) {
      const int left = n - i * kLanes;
      if (left >= kLanes)
        r[i].store(p + i * kLanes);
      else if (left > 0)
        r[i].store_partial(p + i * kLanes, left);
    }
  }

  friend MIPZK_PACKED_INLINE PackedFp operator+(const PackedFp& a, const PackedFp& b) {
    PackedFp x;
    for (int i = 0; i < kRegs; ++i) x.r[i] = Reg::add(a.r[i], b.r[i]);
    return x;
  }
  friend MIPZK_PACKED_INLINE PackedFp operator-(const PackedFp& a, const PackedFp& b) {
    PackedFp x;
    for (int i = 0; i < kRegs; ++i) x.r[i] = Reg::sub(a.r[i], b.r[i]);
    return x;
  }
  friend MIPZK_PACKED_INLINE PackedFp operator*(const PackedFp& a, const PackedFp& b) {
    PackedFp x;
    for (int i = 0; i < kRegs; ++i) x.r[i] = Reg::mul(a.r[i], b.r[i]);
    return x;
  }
  MIPZK_PACKED_INLINE PackedFp operator-() const { return zero() - *this; }
  MIPZK_PACKED_INLINE PackedFp& operator+=(const PackedFp& b) { return *this = *this + b; }
  MIPZK_PACKED_INLINE PackedFp& operator-=(const PackedFp& b) { return *this = *this - b; }
  MIPZK_PACKED_INLINE PackedFp& operator*=(const PackedFp& b) { return *this = *this * b; }
};

// A factor that is equal in all lanes and used several times: a shorter way to products with it.
template <int W>
struct PackedFactor {
  using Packed = PackedFp<W>;
  typename Packed::Reg b, b_inv;  // the same for every register

  MIPZK_PACKED_INLINE explicit PackedFactor(Fp x)
      : b(Packed::Reg::broadcast(x.raw())), b_inv(Packed::Reg::inv_words(b)) {}
  friend MIPZK_PACKED_INLINE Packed operator*(const Packed& a, const PackedFactor& f) {
    Packed x;
    for (int i = 0; i < Packed::kRegs; ++i) x.r[i] = Packed::Reg::mul_by(a.r[i], f.b, f.b_inv);
    return x;
  }
};

// Lane-wise sums of products with one reduction at the end: cheaper than + and * for dot products.
template <int W>
struct PackedSum {
  using Packed = PackedFp<W>;
  typename Packed::Reg::Wide w[Packed::kRegs];

  MIPZK_PACKED_INLINE PackedSum() {
    for (int i = 0; i < Packed::kRegs; ++i) w[i] = Packed::Reg::wide_zero();
  }
  // += a0 b0 + a1 b1; a lone product is paired with zeros.
  MIPZK_PACKED_INLINE void add_products(const Packed& a0, const Packed& b0, const Packed& a1,
                                        const Packed& b1) {
    for (int i = 0; i < Packed::kRegs; ++i)
      Packed::Reg::add_products(w[i], a0.r[i], b0.r[i], a1.r[i], b1.r[i]);
  }
  // The same for b0, b1 that are equal in all lanes (made by broadcast).
  MIPZK_PACKED_INLINE void add_scaled(const Packed& a0, const Packed& b0, const Packed& a1,
                                      const Packed& b1) {
    for (int i = 0; i < Packed::kRegs; ++i)
      Packed::Reg::add_scaled(w[i], a0.r[i], b0.r[i], a1.r[i], b1.r[i]);
  }
  MIPZK_PACKED_INLINE Packed sum() const {
    Packed x;
    for (int i = 0; i < Packed::kRegs; ++i) x.r[i] = Packed::Reg::reduce(w[i]);
    return x;
  }
};

}  // namespace MIPZK_PACKED_ISA
}  // namespace mipzk::field
