// SPDX-License-Identifier: Apache-2.0
// Pieces that the row fillers share.
#pragma once

#include <type_traits>

#include "air/columns.hpp"
#include "isa/rom.hpp"
#include "vm/event.hpp"

namespace mipzk::trace {

using field::Fp;

inline Fp lo16(uint32_t v) { return Fp(v & 0xffff); }
inline Fp hi16(uint32_t v) { return Fp(v >> 16); }
inline Fp bit(bool b) { return Fp(b ? 1u : 0u); }
inline bool top_bit(uint32_t v) { return (v >> 31) != 0; }
inline uint32_t byte_of(uint32_t v, unsigned i) { return v >> (8 * i) & 255; }
inline void fill_bytes(Fp (&out)[4], uint32_t v) {
  for (unsigned i = 0; i < 4; ++i) out[i] = Fp(byte_of(v, i));
}
inline void fill_and(Fp (&out)[4], uint32_t a, uint32_t b) { fill_bytes(out, a & b); }
inline void fill_limbs(Fp& lo, Fp& hi, uint32_t v) {
  lo = lo16(v);
  hi = hi16(v);
}

inline air::Cpu<Fp> cpu(const vm::Event& e) {
  return {Fp::one(), Fp(e.clk), Fp(e.pc / 4), Fp(e.npc / 4)};
}

// A register: number, value and time of the previous access, in the columns that a table has for
// it.
inline void fill_register(air::RegRead<Fp>& r, uint32_t reg, uint32_t value, uint32_t t) {
  r = {Fp(reg), lo16(value), hi16(value), Fp(t)};
}
inline void fill_register(air::RegWrite<Fp>& r, uint32_t reg, uint32_t old, uint32_t t) {
  r = {Fp(reg), lo16(old), hi16(old), Fp(t)};
}
inline void fill_register(air::RegBytes<Fp>& r, uint32_t reg, uint32_t value, uint32_t t) {
  r.reg = Fp(reg);
  r.t = Fp(t);
  fill_bytes(r.byte, value);
}

// What every instruction begins with: the step, and of the registers of its entry those that the
// row has as rs, rt and rd.
template <class Row>
void begin(Row& r, const vm::Event& e, const isa::RomEntry& rom) {
  r.c = cpu(e);
  if constexpr (requires { fill_register(r.rs, 0, 0, 0); })
    fill_register(r.rs, rom.rs, e.rs, e.t_rs);
  if constexpr (requires { fill_register(r.rt, 0, 0, 0); })
    fill_register(r.rt, rom.rt, e.rt, e.t_rt);
  if constexpr (requires { fill_register(r.rd, 0, 0, 0); })
    fill_register(r.rd, rom.rd, e.rd_old, e.t_rd);
}

// The result in rd.
template <class Row>
void fill_result(Row& r, const vm::Event& e) {
  fill_limbs(r.lo, r.hi, e.rd_new);
}

// The accesses beside rs and rt (vm/event.hpp), as what they found.
inline air::Old<Fp> old_value(uint32_t value, uint32_t t) {
  return {lo16(value), hi16(value), Fp(t)};
}
inline air::Old<Fp> old_hi(const vm::Event& e) { return old_value(e.hi_old, e.t_hi); }
inline air::Old<Fp> old_rd(const vm::Event& e) { return old_value(e.rd_old, e.t_rd); }
inline air::Old<Fp> old_mem(const vm::Event& e) { return old_value(e.mem_old, e.t_mem); }
inline air::Word<Fp> word(const vm::Event& e) {
  return {lo16(e.mem_old), hi16(e.mem_old), Fp(e.mem_writable & 1), Fp(e.t_mem)};
}

// An address whose low limb is `unit` times the column `v`.
inline air::Address<Fp> address(const vm::Event& e, const isa::RomEntry& rom, uint32_t unit = 4) {
  return {Fp(rom.k[0]), Fp(rom.k[1]), Fp((e.mem_addr & 0xffff) / unit), hi16(e.mem_addr)};
}

// Witnesses that two words differ, limb by limb: one of the two inverses is enough, and the inverse
// of 0 is 0.
struct Difference {
  Fp inv_lo, inv_hi;
};
inline Difference difference(uint32_t a, uint32_t b) {
  const Fp lo = (lo16(a) - lo16(b)).inverse();
  return {lo, lo == Fp::zero() ? (hi16(a) - hi16(b)).inverse() : Fp::zero()};
}
template <class Row>
void fill_difference(Row& r, uint32_t a, uint32_t b) {
  const Difference d = difference(a, b);
  r.inv_lo = d.inv_lo;
  r.inv_hi = d.inv_hi;
}

}  // namespace mipzk::trace
