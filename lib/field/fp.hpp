// SPDX-License-Identifier: Apache-2.0
// KoalaBear: the prime field of p = 2^31 - 2^24 + 1 elements, in Montgomery form with R = 2^32.
//
// Invariant: `raw()` is always fully reduced (< p), so equality of values is equality of words.
// 3 generates the multiplicative group, whose order is 2^24 * 127.
#pragma once

#include <cstdint>

namespace mipzk::field {

inline constexpr uint32_t kP = 0x7f000001u;
inline constexpr unsigned kTwoAdicity = 24;
inline constexpr uint32_t kGenerator = 3;

class Fp {
 public:
  constexpr Fp() = default;
  // Any 32-bit integer, reduced modulo p.
  constexpr Fp(uint32_t v) : v_(mont(uint64_t{v % kP} * kR2)) {}
  static constexpr Fp from_i32(int32_t v) {
    return v < 0 ? -Fp(static_cast<uint32_t>(-int64_t{v})) : Fp(static_cast<uint32_t>(v));
  }
  static constexpr Fp from_raw(uint32_t raw) {
    Fp r;
    r.v_ = raw;
    return r;
  }

  constexpr uint32_t raw() const { return v_; }          // Montgomery form, < p
  constexpr uint32_t value() const { return mont(v_); }  // canonical integer, < p

  friend constexpr Fp operator+(Fp a, Fp b) {
    uint32_t s = a.v_ + b.v_;
    uint32_t t = s - kP;
    return from_raw(t < s ? t : s);  // s < 2p < 2^32: t wraps exactly when s < p
  }
  friend constexpr Fp operator-(Fp a, Fp b) {
    uint32_t d = a.v_ - b.v_;
    uint32_t t = d + kP;
    return from_raw(t < d ? t : d);  // d wrapped (a < b) exactly when adding p wraps back
  }
  friend constexpr Fp operator*(Fp a, Fp b) { return from_raw(mont(uint64_t{a.v_} * b.v_)); }
  constexpr Fp operator-() const { return from_raw(v_ == 0 ? 0 : kP - v_); }
  constexpr Fp& operator+=(Fp b) { return *this = *this + b; }
  constexpr Fp& operator-=(Fp b) { return *this = *this - b; }
  constexpr Fp& operator*=(Fp b) { return *this = *this * b; }
  friend constexpr bool operator==(Fp a, Fp b) = default;

  constexpr Fp pow(uint64_t e) const {
    Fp base = *this, r = from_raw(kOneRaw);
    for (; e != 0; e >>= 1, base *= base)
      if (e & 1) r *= base;
    return r;
  }
  constexpr Fp inverse() const { return pow(kP - 2); }  // 0 -> 0
  static constexpr Fp zero() { return Fp(); }
  static constexpr Fp one() { return from_raw(kOneRaw); }

  // x * 2^-32 mod p for x < p * 2^32. Exact and fully reduced.
  static constexpr uint32_t mont(uint64_t x) {
    uint32_t q = static_cast<uint32_t>(x) * kPInv;  // x = q p (mod 2^32)
    uint32_t hi = static_cast<uint32_t>(x >> 32);
    uint32_t qp = static_cast<uint32_t>((uint64_t{q} * kP) >> 32);
    uint32_t d = hi - qp;
    uint32_t t = d + kP;
    return t < d ? t : d;
  }

 private:
  static constexpr uint32_t kPInv = 0x81000001u;    // p^-1 mod 2^32
  static constexpr uint32_t kOneRaw = 0x01fffffeu;  // 2^32 mod p
  static constexpr uint32_t kR2 = static_cast<uint32_t>(uint64_t{kOneRaw} * kOneRaw % kP);
  static_assert(static_cast<uint32_t>(kPInv * kP) == 1);
  static_assert(kOneRaw == (uint64_t{1} << 32) % kP);

  uint32_t v_ = 0;
};

// A primitive 2^log_order-th root of unity, 0 <= log_order <= 24: 3^((p-1) / 2^log_order).
constexpr Fp root_of_unity(unsigned log_order) { return Fp(kGenerator).pow((kP - 1) >> log_order); }

}  // namespace mipzk::field
