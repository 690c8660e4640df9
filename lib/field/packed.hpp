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

#if defined(__AVX512F__) || defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__) && defined(__AVX512BW__)
#define MIPZK_PACKED_ISA isa_avx512
#elif defined(__AVX2__)
#define MIPZK_PACKED_ISA isa_avx2
#elif defined(__SSE2__)
#define MIPZK_PACKED_ISA isa_sse2
#else
#define MIPZK_PACKED_ISA isa_plain
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

#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__) && defined(__AVX512BW__)
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
    const __m512i d = _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_DDBB);
    return {min(d, _mm512_add_epi32(d, broadcast(kP).v))};
  }
};
#elif defined(__AVX2__)
inline constexpr int kMaxLanes = 8;
#elif defined(__SSE2__)
inline constexpr int kMaxLanes = 4;
#else
inline constexpr int kMaxLanes = 1;
#endif

#if defined(__AVX2__)
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
    const __m256i d = _mm256_blend_epi32(_mm256_shuffle_epi32(even, 0xf5), odd, 0xaa);
    return {_mm256_min_epu32(d, _mm256_add_epi32(d, broadcast(kP).v))};
  }
};
#endif

#if defined(__SSE2__)
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
    // The low words of both are zero: shift the even results down and join.
    return correct(_mm_or_si128(_mm_srli_epi64(even, 32), odd));
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
  static MIPZK_PACKED_INLINE Reg mul(Reg a, Reg b) {
    const uint64_t prod = uint64_t{a.v} * b.v;
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

}  // namespace MIPZK_PACKED_ISA
}  // namespace mipzk::field
