// SPDX-License-Identifier: Apache-2.0
// Rows of the instructions that compute.
#include "air/fixed.hpp"
#include "air/tables/add.hpp"
#include "air/tables/add_imm.hpp"
#include "air/tables/add_trap.hpp"
#include "air/tables/logic.hpp"
#include "air/tables/shift.hpp"
#include "air/tables/shift_var.hpp"
#include "air/tables/slt.hpp"
#include "trace/row_parts.hpp"

namespace mipzk::trace {

void fill_row(air::Add::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const bool subtract = rom.k[0] != 1;
  const uint32_t a = e.rs & 0xffff, b = e.rt & 0xffff;
  const bool c0 = subtract ? a < b : a + b > 0xffff;
  const bool c1 = subtract ? e.rs < e.rt : e.rd_new < e.rs;
  begin(r, e, rom);
  r.sign = Fp(rom.k[0]);
  r.c0 = bit(c0);
  r.c1 = bit(c1);
  fill_result(r, e);
}

void fill_row(air::AddTrap::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const uint32_t b = e.rt + (rom.k[1] | rom.k[2] << 16);
  const int32_t sign = rom.k[0] == 1 ? 1 : -1;
  const int32_t low = static_cast<int32_t>(e.rs & 0xffff) + sign * static_cast<int32_t>(b & 0xffff);
  begin(r, e, rom);
  r.sign = Fp(rom.k[0]);
  r.k_lo = Fp(rom.k[1]);
  r.k_hi = Fp(rom.k[2]);
  r.carry = Fp::from_i32((low - static_cast<int32_t>(e.rd_new & 0xffff)) / 65536);
  r.rs_neg = bit(top_bit(e.rs));
  r.b_neg = bit(top_bit(b));
  r.neg = bit(top_bit(e.rd_new));
  fill_result(r, e);
}

void fill_row(air::AddImm::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.k_lo = Fp(rom.k[0]);
  r.k_hi = Fp(rom.k[1]);
  fill_result(r, e);
}

void fill_row(air::Logic::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  for (int i = 0; i < 3; ++i) r.k[i] = Fp(rom.k[i]);
  fill_and(r.both, e.rs, e.rt);
  fill_result(r, e);
}

void fill_row(air::LogicImm::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.rs = Fp(rom.rs);
  r.rs_t = Fp(e.t_rs);
  r.rs_hi = hi16(e.rs);
  for (int i = 0; i < 4; ++i) r.k[i] = Fp(rom.k[i]);
  for (unsigned i = 0; i < 2; ++i) {
    r.a[i] = Fp(byte_of(e.rs, i));
    r.both[i] = Fp(byte_of(e.rs, i) & rom.k[2 + i]);
  }
  fill_result(r, e);
}

void fill_row(air::Shift::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const uint32_t low = (e.rs & 0xffff) * rom.k[0], high = (e.rs >> 16) * rom.k[0];
  begin(r, e, rom);
  for (int i = 0; i < 6; ++i) r.k[i] = Fp(rom.k[i]);
  r.l0 = lo16(low);
  r.l1 = hi16(low);
  r.h0 = lo16(high);
  r.h1 = hi16(high);
  fill_result(r, e);
}

void fill_row(air::ShiftVar::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const bool right = rom.k[1] != 0;
  const uint32_t s = (e.rt & 31) + rom.k[0];
  const air::ShiftAmount amount = air::shift_amount(right, s);
  begin(r, e, rom);
  r.amount = Fp(rom.k[0]);
  r.right = Fp(rom.k[1]);
  r.arithmetic = Fp(rom.k[2]);
  r.q = Fp((e.rt & 0xffff) >> 5);
  r.v = Fp(amount.v);
  r.j1 = bit(amount.j == 1);
  r.j2 = bit(amount.j == 2);
  r.j3 = bit(amount.j == 3);
  r.fill_lo = lo16(amount.fill);
  r.fill_hi = hi16(amount.fill);
  r.neg = bit(rom.k[2] != 0 && top_bit(e.rs));
  for (unsigned i = 0; i < 4; ++i) {
    const uint32_t shifted = byte_of(e.rs, i) << amount.v;
    r.out[i] = Fp(shifted & 255);
    r.carry[i] = Fp(shifted >> 8);
  }
  fill_result(r, e);
}

void fill_row(air::Slt::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.is_signed = Fp(rom.k[0]);
  r.rs_neg = bit(top_bit(e.rs));
  r.rt_neg = bit(top_bit(e.rt));
  r.flip = r.is_signed * (r.rt_neg - r.rs_neg);
  r.borrow = bit((e.rs & 0xffff) < (e.rt & 0xffff));
  r.less = Fp(e.rd_new);
}

void fill_row(air::SltImm::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.is_signed = Fp(rom.k[0]);
  r.k_lo = Fp(rom.k[1]);
  r.k_hi = Fp(rom.k[2]);
  r.k_neg = Fp(rom.k[3]);
  r.rs_neg = bit(top_bit(e.rs));
  r.flip = r.is_signed * (r.k_neg - r.rs_neg);
  r.borrow = bit((e.rs & 0xffff) < rom.k[1]);
  r.less = Fp(e.rd_new);
}

}  // namespace mipzk::trace
