// SPDX-License-Identifier: Apache-2.0
// lb, lbu, lh, lhu, sb, sh: a byte or a half of the word that holds the address.
//
// o1 chooses the half of the word and o0 the byte of the half, both from the most significant end.
// The chosen half is 256 x + y with x = `byte`, y = `other` if o0 = 0, and the other way round if
// o0 = 1; a half access has o0 = 0. Big-endian, o1 and o0 are the two low bits a1 and a0 of the
// address; little-endian (le = 1 by the ROM), they are the complements, o0 that of a byte access
// only.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

// The half with `byte` at offset o0 and `other` at the other place.
constexpr Cell half_of(Builder& b, Cell o0, Cell byte, Cell other) {
  return byte * b.k(256) + other - o0 * (byte - other) * b.k(255);
}

// Two bits, if a0 and a1 are and a half access has a0 = 0.
struct Selector {
  Cell o0, o1;
};
constexpr Selector selector(Builder& b, Cell a0, Cell a1, Cell half, Cell le) {
  return {a0 + le * (b.one() - half - a0 * b.k(2)), a1 + le * (b.one() - a1 * b.k(2))};
}

struct LoadSub : InstructionTable<isa::Class::kLoadSub> {
  static constexpr const char* kName = "LoadSub";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rd rd_old_lo rd_old_hi rd_t k_lo k_hi half signed le "
      "a_v a_hi a0 a1 m_lo m_hi m_w m_t byte other ext lo";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    RegWrite<T> rd;
    T k_lo, k_hi, half, is_signed, le;
    T a_v, a_hi, a0, a1;  // address = 4 a_v + a0 + 2 a1 + 2^16 a_hi
    Word<T> m;
    T byte, other;  // of the chosen half
    T ext;          // signed and the top bit of the result is set
    T lo;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.k_lo, r.k_hi, r.half, r.is_signed, r.le});
    Cell key = word_key(b, r.rs, {r.k_lo, r.k_hi, r.a_v, r.a_hi}, byte_offset(b, r.a0, r.a1));
    b.load(r.c, kSlotMem, key, r.m);
    b.write(r.c, kSlotRd, r.rd, r.lo, r.ext * b.k(65535));
    b.zero(r.half * r.a0);  // an unaligned half has no row
    const auto [o0, o1] = selector(b, r.a0, r.a1, r.half, r.le);
    // Two bytes of an exact limb are unique. The first lookup also makes ext = signed & top bit:
    // `byte` is the upper byte of a half.
    b.zero(r.m.hi + o1 * (r.m.lo - r.m.hi) - half_of(b, o0, r.byte, r.other));
    b.byte_and(r.byte, r.is_signed * b.k(128), r.ext * b.k(128));
    b.byte_and(r.other, b.constant(0), b.constant(0));
    // Byte: byte + 0xff00 ext. Half (o0 = 0): 256 byte + other.
    Cell as_byte = r.byte + r.ext * b.k(0xff00);
    Cell as_half = r.byte * b.k(256) + r.other;
    b.zero(as_byte + r.half * (as_half - as_byte) - r.lo);
  }
};

struct StoreSub : InstructionTable<isa::Class::kStoreSub> {
  static constexpr const char* kName = "StoreSub";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_t r0 r1 rt_hi k_lo k_hi half le a_v a_hi a0 a1 "
      "m_lo m_hi m_t byte other r_and m_and new_lo new_hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    T rt, rt_t, r0, r1, rt_hi;  // rt_lo = r0 + 256 r1
    T k_lo, k_hi, half, le;
    T a_v, a_hi, a0, a1;
    Old<T> m;
    T byte, other;   // of the chosen half before the store
    T r_and, m_and;  // r0 & r1, byte & other: these lookups make them bytes
    T new_lo, new_hi;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    begin(b, r, {r.k_lo, r.k_hi, r.half, r.le});
    Cell rt_lo = r.r0 + r.r1 * b.k(256);
    b.read(r.c, kSlotRt, RegRead<Cell>{r.rt, rt_lo, r.rt_hi, r.rt_t});
    Cell key = word_key(b, r.rs, {r.k_lo, r.k_hi, r.a_v, r.a_hi}, byte_offset(b, r.a0, r.a1));
    b.store(r.c, kSlotMem, key, r.m, r.new_lo, r.new_hi);
    b.zero(r.half * r.a0);  // an unaligned half has no row
    const auto [o0, o1] = selector(b, r.a0, r.a1, r.half, r.le);
    b.byte_and(r.r0, r.r1, r.r_and);
    b.byte_and(r.byte, r.other, r.m_and);
    // The chosen half before and after, and the half that stays. New limbs are exact: made of bytes
    // or copied.
    b.zero(r.m.hi + o1 * (r.m.lo - r.m.hi) - half_of(b, o0, r.byte, r.other));
    Cell with_byte = half_of(b, o0, r.r0, r.other);  // 256 r0 + other in a half access
    b.zero(r.new_hi + o1 * (r.new_lo - r.new_hi) - with_byte -
           r.half * (rt_lo - r.r0 * b.k(256) - r.other));
    b.zero(o1 * (r.new_hi - r.m.hi));
    b.zero(b.not_(o1) * (r.new_lo - r.m.lo));
  }
};

}  // namespace mipzk::air
