// SPDX-License-Identifier: Apache-2.0
// Pieces that the row fillers share.
#pragma once

#include "trace/rows.hpp"

namespace mipzk::trace {

inline Fp lo16(uint32_t v) { return Fp(v & 0xffff); }
inline Fp hi16(uint32_t v) { return Fp(v >> 16); }
inline Fp bit(bool b) { return Fp(b ? 1u : 0u); }
inline bool top_bit(uint32_t v) { return (v >> 31) != 0; }
inline uint32_t byte_of(uint32_t v, unsigned i) { return v >> (8 * i) & 255; }
inline void fill_bytes(Fp (&out)[4], uint32_t v) {
  for (unsigned i = 0; i < 4; ++i) out[i] = Fp(byte_of(v, i));
}
inline void fill_and(Fp (&out)[4], uint32_t a, uint32_t b) { fill_bytes(out, a & b); }

inline air::Cpu<Fp> cpu(const vm::Event& e) {
  return {Fp::one(), Fp(e.clk), Fp(e.pc / 4), Fp(e.npc / 4)};
}
inline air::RegRead<Fp> read_rs(const vm::Event& e, const isa::RomEntry& rom) {
  return {Fp(rom.rs), lo16(e.rs), hi16(e.rs), Fp(e.t_rs)};
}
inline air::RegRead<Fp> read_rt(const vm::Event& e, const isa::RomEntry& rom) {
  return {Fp(rom.rt), lo16(e.rt), hi16(e.rt), Fp(e.t_rt)};
}
inline air::RegWrite<Fp> write_rd(const vm::Event& e, const isa::RomEntry& rom) {
  return {Fp(rom.rd), lo16(e.rd_old), hi16(e.rd_old), Fp(e.t_rd)};
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

}  // namespace mipzk::trace
