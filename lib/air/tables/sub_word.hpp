// lb, lbu, lh, lhu, sb, sh (big-endian): a byte or a half of the word that holds the address.
//
// o1 chooses the half of the word and o0 the byte of the half. The chosen half is 256 x + y with x
// = `byte`, y = `other` if o0 = 0, and the other way round if o0 = 1; a half access has o0 = 0.
#pragma once

#include "air/tables/common.hpp"

namespace mipzk::air {

// The half with `byte` at offset o0 and `other` at the other place.
template <class B, class V = typename B::V>
constexpr V half_of(B& b, const V& o0, const V& byte, const V& other) {
  return byte * b.k(256) + other - o0 * (byte - other) * b.k(255);
}

struct LoadSub : InstructionTable {
  static constexpr isa::Class kClass = isa::Class::kLoadSub;
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rd rd_old_lo rd_old_hi rd_t k_lo k_hi half signed "
      "a_v a_hi o0 o1 m_lo m_hi m_w m_t byte other ext lo";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    RegWrite<T> rd;
    T k_lo, k_hi, half, is_signed;
    T a_v, a_hi, o0, o1;  // address = 4 a_v + o0 + 2 o1 + 2^16 a_hi
    T m_lo, m_hi, m_w, m_t;
    T byte, other;  // of the chosen half
    T ext;          // signed and the top bit of the result is set
    T lo;
  };
  template <class B, class V = typename B::V>
  static constexpr void eval(B& b, const Pre<V>&, const Row<V>& r) {
    RomFields<V> f;
    f.rs = r.rs.reg;
    f.rd = r.rd.reg;
    f.k[0] = r.k_lo;
    f.k[1] = r.k_hi;
    f.k[2] = r.half;
    f.k[3] = r.is_signed;
    b.cpu(kClass, r.c, f);
    b.read(r.c, kSlotRs, r.rs);
    V key = word_key(b, r.rs, r.k_lo, r.k_hi, r.a_v, r.a_hi, byte_offset(b, r.o0, r.o1));
    b.memory_read(r.c, kSlotMem, key, r.m_w, r.m_t, r.m_lo, r.m_hi);
    b.write(r.c, kSlotRd, r.rd, r.lo, r.ext * b.k(65535));
    b.zero(r.half * r.o0);  // an unaligned half has no row
    // Two bytes of an exact limb are unique. The first lookup also makes ext = signed & top bit:
    // `byte` is the upper byte of a half.
    b.zero(r.m_hi + r.o1 * (r.m_lo - r.m_hi) - half_of(b, r.o0, r.byte, r.other));
    b.byte_and(r.byte, r.is_signed * b.k(128), r.ext * b.k(128));
    b.byte_and(r.other, b.constant(0), b.constant(0));
    // Byte: byte + 0xff00 ext. Half (o0 = 0): 256 byte + other.
    V as_byte = r.byte + r.ext * b.k(0xff00);
    V as_half = r.byte * b.k(256) + r.other;
    b.zero(as_byte + r.half * (as_half - as_byte) - r.lo);
  }
};

struct StoreSub : InstructionTable {
  static constexpr isa::Class kClass = isa::Class::kStoreSub;
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_t r0 r1 rt_hi k_lo k_hi half a_v a_hi o0 o1 "
      "m_lo m_hi m_t byte other r_and m_and new_lo new_hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    T rt, rt_t, r0, r1, rt_hi;  // rt_lo = r0 + 256 r1
    T k_lo, k_hi, half;
    T a_v, a_hi, o0, o1;
    T m_lo, m_hi, m_t;
    T byte, other;   // of the chosen half before the store
    T r_and, m_and;  // r0 & r1, byte & other: these lookups make them bytes
    T new_lo, new_hi;
  };
  template <class B, class V = typename B::V>
  static constexpr void eval(B& b, const Pre<V>&, const Row<V>& r) {
    RomFields<V> f;
    f.rs = r.rs.reg;
    f.rt = r.rt;
    f.k[0] = r.k_lo;
    f.k[1] = r.k_hi;
    f.k[2] = r.half;
    b.cpu(kClass, r.c, f);
    b.read(r.c, kSlotRs, r.rs);
    V rt_lo = r.r0 + r.r1 * b.k(256);
    b.read(r.c, kSlotRt, RegRead<V>{r.rt, rt_lo, r.rt_hi, r.rt_t});
    V key = word_key(b, r.rs, r.k_lo, r.k_hi, r.a_v, r.a_hi, byte_offset(b, r.o0, r.o1));
    b.memory(r.c, kSlotMem, key, b.one(), r.m_t, r.m_lo, r.m_hi, r.new_lo, r.new_hi);
    b.zero(r.half * r.o0);  // an unaligned half has no row
    b.byte_and(r.r0, r.r1, r.r_and);
    b.byte_and(r.byte, r.other, r.m_and);
    // The chosen half before and after, and the half that stays. New limbs are exact: made of bytes
    // or copied.
    b.zero(r.m_hi + r.o1 * (r.m_lo - r.m_hi) - half_of(b, r.o0, r.byte, r.other));
    V with_byte = half_of(b, r.o0, r.r0, r.other);
    b.zero(r.new_hi + r.o1 * (r.new_lo - r.new_hi) - with_byte - r.half * (rt_lo - with_byte));
    b.zero(r.o1 * (r.new_hi - r.m_hi));
    b.zero(b.not_(r.o1) * (r.new_lo - r.m_lo));
  }
};

}  // namespace mipzk::air
