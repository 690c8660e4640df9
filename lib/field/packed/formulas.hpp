// SPDX-License-Identifier: Apache-2.0
// Arithmetic of KoalaBear in the lanes of one register, the same for every instruction set.
//
// The file of an instruction set specialises Register<N>, which names the type V of a register of N
// words, and Vector<N> with the operations that differ:
//   load, store, broadcast        no alignment is needed; load_partial, store_partial if there is
//                                 a better way than that of Words
//   add, sub                      of words modulo 2^32
//   correct(below, above)         where above = below + p modulo 2^32: the one that is below p
//   montgomery(a, b)              a b / 2^32 modulo p as a number in (-p, p), modulo 2^32
//   inverse_words, montgomery_by  the same for a factor b that is equal in all lanes, in two steps
//   Wide                          N double words, sums of products
//   wide_zero, products, scaled_products (b is equal in all lanes)
//   accumulate(s, x, y)           s += x + y, less p 2^32 if two products more would not fit
//   montgomery_sum(s)             s / 2^32 as montgomery
//   kShufflesBytes                whether one instruction permutes the bytes within words
//
// All lanes are fully reduced between the operations of Reg.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/cpu_tier_list.hpp"
#include "field/fp.hpp"

namespace mipzk::field {
inline namespace MIPZK_TIER_NAMESPACE {
namespace packed_detail {

inline constexpr uint32_t kPInv = 0x81000001u;  // p^-1 mod 2^32
static_assert(static_cast<uint32_t>(kPInv * kP) == 1);
inline constexpr int64_t kWideP = int64_t{kP} << 32;

template <int N>
struct Register;
template <int N>
struct Vector;

// Lanes are copied one by one where there are no masked loads.
template <int N>
struct Words {
  using V = typename Register<N>::V;
  static MIPZK_TIER_INLINE V load_partial(const void* p, int n) {
    uint32_t words[N] = {};
    std::memcpy(words, p, static_cast<size_t>(n) * 4);
    return Vector<N>::load(words);
  }
  static MIPZK_TIER_INLINE void store_partial(void* p, V v, int n) {
    uint32_t words[N];
    Vector<N>::store(words, v);
    std::memcpy(p, words, static_cast<size_t>(n) * 4);
  }
};

// Products of registers whose multiplication takes the even words and gives double words. Such a
// Vector has mul_even, odd_words (moved to the even places), add64, sub64, cut64 of double words,
// positive64 (what cut64 gives, as a number in [0, p 2^32)), and high_words(even, odd) of products,
// whose low words are zero.
template <int N>
struct EvenWords : Words<N> {
  using X = Vector<N>;
  using V = typename Register<N>::V;
  struct Wide {
    V even, odd;
  };

  // The low words of x and q p are equal, the result is in the high words.
  static MIPZK_TIER_INLINE V subtract_multiple(V x, V q) {
    return X::sub64(x, X::mul_even(q, X::broadcast(kP)));
  }
  static MIPZK_TIER_INLINE V reduce_half(V x) {
    return subtract_multiple(x, X::mul_even(x, X::broadcast(kPInv)));
  }
  static MIPZK_TIER_INLINE V montgomery(V a, V b) {
    return X::high_words(reduce_half(X::mul_even(a, b)),
                         reduce_half(X::mul_even(X::odd_words(a), X::odd_words(b))));
  }
  static MIPZK_TIER_INLINE V inverse_words(V b) { return X::mul_even(b, X::broadcast(kPInv)); }
  static MIPZK_TIER_INLINE V montgomery_by(V a, V b, V b_inverse) {
    const V odd = X::odd_words(a);
    return X::high_words(subtract_multiple(X::mul_even(a, b), X::mul_even(a, b_inverse)),
                         subtract_multiple(X::mul_even(odd, b), X::mul_even(odd, b_inverse)));
  }

  static MIPZK_TIER_INLINE Wide wide_zero() { return {X::broadcast(0), X::broadcast(0)}; }
  static MIPZK_TIER_INLINE Wide products(V a, V b) {
    return {X::mul_even(a, b), X::mul_even(X::odd_words(a), X::odd_words(b))};
  }
  static MIPZK_TIER_INLINE Wide scaled_products(V a, V b) {
    return {X::mul_even(a, b), X::mul_even(X::odd_words(a), b)};
  }
  static MIPZK_TIER_INLINE void accumulate(Wide& s, const Wide& x, const Wide& y) {
    s.even = X::cut64(X::add64(X::add64(x.even, y.even), s.even));
    s.odd = X::cut64(X::add64(X::add64(x.odd, y.odd), s.odd));
  }
  static MIPZK_TIER_INLINE V montgomery_sum(const Wide& s) {
    return X::high_words(reduce_half(X::positive64(s.even)), reduce_half(X::positive64(s.odd)));
  }
};

template <int N>
struct Reg {
  using X = Vector<N>;
  using Wide = typename X::Wide;
  typename X::V v;

  static MIPZK_TIER_INLINE Reg load(const void* p) { return {X::load(p)}; }
  MIPZK_TIER_INLINE void store(void* p) const { X::store(p, v); }
  static MIPZK_TIER_INLINE Reg load_partial(const void* p, int n) {
    return {X::load_partial(p, n)};
  }
  MIPZK_TIER_INLINE void store_partial(void* p, int n) const { X::store_partial(p, v, n); }
  static MIPZK_TIER_INLINE Reg broadcast(uint32_t x) { return {X::broadcast(x)}; }

  static MIPZK_TIER_INLINE Reg correct(typename X::V d) {  // d in (-p, p)
    return {X::correct(d, X::add(d, X::broadcast(kP)))};
  }
  static MIPZK_TIER_INLINE Reg add(Reg a, Reg b) {
    const typename X::V s = X::add(a.v, b.v);
    return {X::correct(X::sub(s, X::broadcast(kP)), s)};
  }
  static MIPZK_TIER_INLINE Reg sub(Reg a, Reg b) { return correct(X::sub(a.v, b.v)); }
  static MIPZK_TIER_INLINE Reg mul(Reg a, Reg b) { return correct(X::montgomery(a.v, b.v)); }
  static MIPZK_TIER_INLINE Reg inverse_words(Reg b) { return {X::inverse_words(b.v)}; }
  static MIPZK_TIER_INLINE Reg mul_by(Reg a, Reg b, Reg b_inverse) {
    return correct(X::montgomery_by(a.v, b.v, b_inverse.v));
  }

  static MIPZK_TIER_INLINE Wide wide_zero() { return X::wide_zero(); }
  static MIPZK_TIER_INLINE void add_products(Wide& s, Reg a0, Reg b0, Reg a1, Reg b1) {
    X::accumulate(s, X::products(a0.v, b0.v), X::products(a1.v, b1.v));
  }
  static MIPZK_TIER_INLINE void add_scaled(Wide& s, Reg a0, Reg b0, Reg a1, Reg b1) {
    X::accumulate(s, X::scaled_products(a0.v, b0.v), X::scaled_products(a1.v, b1.v));
  }
  static MIPZK_TIER_INLINE Reg reduce(const Wide& s) { return correct(X::montgomery_sum(s)); }
};

}  // namespace packed_detail
}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::field
