// SPDX-License-Identifier: Apache-2.0
// lwl, lwr, swl, swr: the part of an unaligned word that lies in one aligned word.
//
// o = o0 + 2 o1 is the place of the addressed byte from the most significant end of the word: the
// two low bits of the address, or 3 minus them if the machine is little-endian (le = 1 by the ROM).
// In terms of o the instructions are the same in both.
#pragma once

#include "air/tables/instruction.hpp"

namespace mipzk::air {

// Bytes are listed from the lowest. `target` with `source` moved over it, up by n bytes (n one-hot
// in `up_by`) if up = 1, down by n bytes (`down_by`) if up = 0; bytes that nothing moves to stay.
constexpr void merge_part(Builder& b, Cell up, const Cell (&up_by)[4], const Cell (&down_by)[4],
                          const Cell* source, const Cell* target, Cell lo, Cell hi) {
  Cell merged[4];
  for (int i = 0; i < 4; ++i) {
    Cell u = b.constant(0), d = b.constant(0);
    for (int n = 0; n < 4; ++n) {
      u = u + up_by[n] * (i >= n ? source[i - n] : target[i]);
      d = d + down_by[n] * (i + n < 4 ? source[i + n] : target[i]);
    }
    merged[i] = d + up * (u - d);
  }
  b.zero(limb(b, merged) - lo);
  b.zero(limb(b, merged + 2) - hi);
}

// What the four instructions share. `reg` and `mem` are bytes, lowest first, of the register before
// and of the word before the access.
template <class T>
struct Part {
  T k_lo, k_hi, left, le;
  T a_v, a_hi, offset;  // address = 4 a_v + offset + 2^16 a_hi
  T o0, o1, o01;        // o01 = o0 o1
  T reg[4], mem[4];
  T both[4];  // reg & mem: these lookups make them bytes
  T m_t;
  T lo, hi;  // what is written
};

// Checks the bytes and the address; returns the key of the word.
constexpr Cell part_key(Builder& b, const RegRead<Cell>& rs, const Part<Cell>& p) {
  Cell key = word_key(b, rs, {p.k_lo, p.k_hi, p.a_v, p.a_hi}, p.offset);
  Cell o = byte_offset(b, p.o0, p.o1);
  b.zero(o + p.le * (b.constant(3) - o * b.k(2)) - p.offset);
  b.zero(p.o0 * p.o1 - p.o01);
  for (int i = 0; i < 4; ++i) b.byte_and(p.reg[i], p.mem[i], p.both[i]);
  return key;
}

// The place o and 3 - o, one-hot.
struct OneHot {
  Cell n[4];
};
struct Places {
  OneHot o, back;
};
constexpr Places places(Builder& b, const Part<Cell>& p) {
  const Cell o0 = b.one() - p.o0 - p.o1 + p.o01, o1 = p.o0 - p.o01, o2 = p.o1 - p.o01, o3 = p.o01;
  return {{{o0, o1, o2, o3}}, {{o3, o2, o1, o0}}};
}

// lwl: the addressed byte and those below it in the word go to the upper end of rd, moved up by o
// bytes. lwr: the addressed byte and those above it go to the lower end, moved down by 3 - o.
struct LoadPart : InstructionTable<isa::Class::kLoadPart> {
  static constexpr const char* kName = "LoadPart";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rd rd_t m_w k_lo k_hi left le a_v a_hi offset o0 o1 o01 "
      "r0 r1 r2 r3 m0 m1 m2 m3 and0 and1 and2 and3 m_t lo hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    T rd, rd_t, m_w;
    Part<T> p;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    const Part<Cell>& p = r.p;
    begin(b, r, {p.k_lo, p.k_hi, p.left, p.le});
    Cell key = part_key(b, r.rs, p);
    b.load(r.c, kSlotMem, key, {limb(b, p.mem), limb(b, p.mem + 2), r.m_w, p.m_t});
    b.write(r.c, kSlotRd, RegWrite<Cell>{r.rd, limb(b, p.reg), limb(b, p.reg + 2), r.rd_t}, p.lo,
            p.hi);
    const auto [o, back] = places(b, p);
    merge_part(b, p.left, o.n, back.n, p.mem, p.reg, p.lo, p.hi);
  }
};

// swl: the upper bytes of rt go to the addressed byte and those below it, moved down by o. swr: the
// lower bytes go to the addressed byte and those above it, moved up by 3 - o.
struct StorePart : InstructionTable<isa::Class::kStorePart> {
  static constexpr const char* kName = "StorePart";
  static constexpr const char* kColumns =
      "real clk pc npc rs rs_lo rs_hi rs_t rt rt_t k_lo k_hi left le a_v a_hi offset o0 o1 o01 "
      "r0 r1 r2 r3 m0 m1 m2 m3 and0 and1 and2 and3 m_t lo hi";
  template <class T>
  struct Row {
    Cpu<T> c;
    RegRead<T> rs;
    T rt, rt_t;
    Part<T> p;
  };
  static constexpr void eval(Builder& b, const Pre<Cell>&, const Row<Cell>& r) {
    const Part<Cell>& p = r.p;
    begin(b, r, {p.k_lo, p.k_hi, p.left, p.le});
    b.read(r.c, kSlotRt, RegRead<Cell>{r.rt, limb(b, p.reg), limb(b, p.reg + 2), r.rt_t});
    Cell key = part_key(b, r.rs, p);
    b.store(r.c, kSlotMem, key, {limb(b, p.mem), limb(b, p.mem + 2), p.m_t}, p.lo, p.hi);
    const auto [o, back] = places(b, p);
    merge_part(b, b.not_(p.left), back.n, o.n, p.reg, p.mem, p.lo, p.hi);
  }
};

}  // namespace mipzk::air
