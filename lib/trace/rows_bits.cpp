// SPDX-License-Identifier: Apache-2.0
// Rows of the instructions that pick, move and count bits, and of conditional moves.
#include <bit>

#include "air/fixed.hpp"
#include "air/tables/bit_field.hpp"
#include "air/tables/byte_ops.hpp"
#include "air/tables/count_leading.hpp"
#include "air/tables/move_cond.hpp"
#include "trace/row_parts.hpp"

namespace mipzk::trace {

void fill_row(air::MoveCond::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.if_not_zero = Fp(rom.k[0]);
  r.is_zero = bit(e.rt == 0);
  r.inv = (r.rt.lo + r.rt.hi).inverse();
  fill_result(r, e);
}

void fill_row(air::CountLeading::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const uint32_t y = rom.k[0] != 0 ? ~e.rs : e.rs;
  const unsigned zeros = static_cast<unsigned>(std::countl_zero(y));
  const unsigned at = 3 - zeros / 8;
  begin(r, e, rom);
  r.ones = Fp(rom.k[0]);
  if (y != 0) r.at[at] = Fp::one();
  r.none = bit(y == 0);
  r.lead = Fp(y == 0 ? 128 : byte_of(y, at));
  r.shift = Fp(zeros % 8);
  r.out = Fp(y == 0 ? 128 : byte_of(y, at) << zeros % 8);
  for (unsigned i = 0; i < 2; ++i) r.both[i] = Fp(byte_of(e.rs, 2 * i) & byte_of(e.rs, 2 * i + 1));
}

void fill_row(air::BitField::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const uint32_t right = (e.rt & 0xffff) + rom.k[0];  // modulo 32
  const uint32_t s = (32 - right % 32) % 32;
  const uint32_t x = std::rotl(e.rs, static_cast<int>(s));
  const uint32_t mask = rom.k[2] | rom.k[3] << 8 | rom.k[4] << 16 | rom.k[5] << 24;
  const air::ShiftAmount amount = air::shift_amount(false, s);
  begin(r, e, rom);
  r.amount = Fp(rom.k[0]);
  r.keep = Fp(rom.k[1]);
  fill_bytes(r.mask, mask);
  r.q = Fp((right + s) / 32);
  r.u = Fp(amount.v);
  r.j1 = bit(amount.j == 1);
  r.j2 = bit(amount.j == 2);
  r.j3 = bit(amount.j == 3);
  for (unsigned i = 0; i < 4; ++i) {
    const uint32_t shifted = byte_of(e.rs, i) << amount.v;
    r.out[i] = Fp(shifted & 255);
    r.carry[i] = Fp(shifted >> 8);
  }
  fill_bytes(r.x, x);
  fill_and(r.taken, x, mask);
  fill_and(r.lost, e.rd_old, mask);
  fill_result(r, e);
}

void fill_row(air::ByteOps::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const uint32_t top = rom.k[0] != 0 ? byte_of(e.rs, 0) : rom.k[1] != 0 ? byte_of(e.rs, 1) : 0;
  begin(r, e, rom);
  r.seb = Fp(rom.k[0]);
  r.seh = Fp(rom.k[1]);
  r.wsbh = Fp(rom.k[2]);
  r.top = Fp(top);
  r.neg = Fp(top >> 7);
  for (unsigned i = 0; i < 2; ++i) r.both[i] = Fp(byte_of(e.rs, 2 * i) & byte_of(e.rs, 2 * i + 1));
  fill_result(r, e);
}

}  // namespace mipzk::trace
