// SPDX-License-Identifier: Apache-2.0
// W elements of KoalaBear in the lanes of SIMD registers, lane-wise + - *.
//
// For sources that are compiled once for each CPU tier (base/cpu_tier_list.hpp): everything here
// lives in the tier's namespace, and code that uses PackedFp in a header must do the same, or two
// differently compiled copies of one inline function would be merged.
//
// All lanes are always fully reduced, so results are bit-identical for every W and tier.
#pragma once

#include "base/cpu_tier_list.hpp"

#if !defined(MIPZK_TIER)
#error "packed arithmetic is for sources that mipzk_tier_sources() of CMake compiles"
#endif
#define MIPZK_TEXT_OF(...) #__VA_ARGS__
#define MIPZK_TEXT(...) MIPZK_TEXT_OF(__VA_ARGS__)
// clang-format off
#include MIPZK_TEXT(field/packed/MIPZK_TIER.hpp)
// clang-format on

namespace mipzk::field {
inline namespace MIPZK_TIER_NAMESPACE {
namespace packed_detail {

template <int N>
inline constexpr bool kHasVector = requires {
  sizeof(Vector<N>);
};

}  // namespace packed_detail

// Lanes of the tier's widest register.
inline constexpr int kTierLanes = packed_detail::kHasVector<16>  ? 16
                                  : packed_detail::kHasVector<8> ? 8
                                  : packed_detail::kHasVector<4> ? 4
                                                                 : 1;
inline constexpr bool kShufflesBytes = packed_detail::Vector<kTierLanes>::kShufflesBytes;

// The widest vector that is one register of the tier, but at least 8.
inline constexpr int kPackedWidth = kTierLanes == 16 ? 16 : 8;

// W = 8, or a multiple of the lanes of the widest register. Loads and stores need no alignment.
template <int W>
struct PackedFp {
  static constexpr int kWidth = W;
  static constexpr int kLanes = W < kTierLanes ? W : kTierLanes;
  static constexpr int kRegs = W / kLanes;
  static_assert(W >= 1 && W % kLanes == 0);
  using Reg = packed_detail::Reg<kLanes>;

  Reg r[kRegs];

  PackedFp() = default;  // uninitialised
  MIPZK_TIER_INLINE PackedFp(Fp x) {
    for (int i = 0; i < kRegs; ++i) r[i] = Reg::broadcast(x.raw());
  }
  static MIPZK_TIER_INLINE PackedFp zero() { return from_raw(0); }
  static MIPZK_TIER_INLINE PackedFp from_raw(uint32_t raw) {
    PackedFp x;
    for (int i = 0; i < kRegs; ++i) x.r[i] = Reg::broadcast(raw);
    return x;
  }
  static MIPZK_TIER_INLINE PackedFp load(const Fp* p) {
    PackedFp x;
    for (int i = 0; i < kRegs; ++i) x.r[i] = Reg::load(p + i * kLanes);
    return x;
  }
  MIPZK_TIER_INLINE void store(Fp* p) const {
    for (int i = 0; i < kRegs; ++i) r[i].store(p + i * kLanes);
  }
  // The first n lanes from p, 0 <= n <= W, the others zero; nothing behind p + n is read.
  static MIPZK_TIER_INLINE PackedFp load_partial(const Fp* p, int n) {
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
  MIPZK_TIER_INLINE void store_partial(Fp* p, int n) const {
    for (int i = 0; i < kRegs; ++i) {
      const int left = n - i * kLanes;
      if (left >= kLanes)
        r[i].store(p + i * kLanes);
      else if (left > 0)
        r[i].store_partial(p + i * kLanes, left);
    }
  }

  friend MIPZK_TIER_INLINE PackedFp operator+(const PackedFp& a, const PackedFp& b) {
    PackedFp x;
    for (int i = 0; i < kRegs; ++i) x.r[i] = Reg::add(a.r[i], b.r[i]);
    return x;
  }
  friend MIPZK_TIER_INLINE PackedFp operator-(const PackedFp& a, const PackedFp& b) {
    PackedFp x;
    for (int i = 0; i < kRegs; ++i) x.r[i] = Reg::sub(a.r[i], b.r[i]);
    return x;
  }
  friend MIPZK_TIER_INLINE PackedFp operator*(const PackedFp& a, const PackedFp& b) {
    PackedFp x;
    for (int i = 0; i < kRegs; ++i) x.r[i] = Reg::mul(a.r[i], b.r[i]);
    return x;
  }
  MIPZK_TIER_INLINE PackedFp operator-() const { return zero() - *this; }
  MIPZK_TIER_INLINE PackedFp& operator+=(const PackedFp& b) { return *this = *this + b; }
  MIPZK_TIER_INLINE PackedFp& operator-=(const PackedFp& b) { return *this = *this - b; }
  MIPZK_TIER_INLINE PackedFp& operator*=(const PackedFp& b) { return *this = *this * b; }
};

// A factor that is equal in all lanes and used several times: a shorter way to products with it.
template <int W>
struct PackedFactor {
  using Packed = PackedFp<W>;
  typename Packed::Reg b, b_inverse;  // the same for every register

  MIPZK_TIER_INLINE explicit PackedFactor(Fp x)
      : b(Packed::Reg::broadcast(x.raw())), b_inverse(Packed::Reg::inverse_words(b)) {}
  friend MIPZK_TIER_INLINE Packed operator*(const Packed& a, const PackedFactor& f) {
    Packed x;
    for (int i = 0; i < Packed::kRegs; ++i) x.r[i] = Packed::Reg::mul_by(a.r[i], f.b, f.b_inverse);
    return x;
  }
};

// Lane-wise sums of products with one reduction at the end: cheaper than + and * for dot products.
template <int W>
struct PackedSum {
  using Packed = PackedFp<W>;
  typename Packed::Reg::Wide w[Packed::kRegs];

  MIPZK_TIER_INLINE PackedSum() {
    for (int i = 0; i < Packed::kRegs; ++i) w[i] = Packed::Reg::wide_zero();
  }
  // += a0 b0 + a1 b1; a lone product is paired with zeros.
  MIPZK_TIER_INLINE void add_products(const Packed& a0, const Packed& b0, const Packed& a1,
                                      const Packed& b1) {
    for (int i = 0; i < Packed::kRegs; ++i)
      Packed::Reg::add_products(w[i], a0.r[i], b0.r[i], a1.r[i], b1.r[i]);
  }
  // The same for b0, b1 that are equal in all lanes (made by broadcast).
  MIPZK_TIER_INLINE void add_scaled(const Packed& a0, const Packed& b0, const Packed& a1,
                                    const Packed& b1) {
    for (int i = 0; i < Packed::kRegs; ++i)
      Packed::Reg::add_scaled(w[i], a0.r[i], b0.r[i], a1.r[i], b1.r[i]);
  }
  MIPZK_TIER_INLINE Packed sum() const {
    Packed x;
    for (int i = 0; i < Packed::kRegs; ++i) x.r[i] = Packed::Reg::reduce(w[i]);
    return x;
  }
};

}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::field
