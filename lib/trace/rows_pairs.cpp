// SPDX-License-Identifier: Apache-2.0
// Rows of the instructions that access two words or registers at once: ll, sc, ldc1, sdc1, mov.d.
#include "air/tables/double_word.hpp"
#include "air/tables/linked.hpp"
#include "trace/row_parts.hpp"

namespace mipzk::trace {

void fill_row(air::LoadLinked::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.a = address(e, rom);
  r.m = word(e);
  r.link = old_hi(e);
}

void fill_row(air::StoreCond::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.a = address(e, rom);
  r.m = old_mem(e);
  r.link = old_hi(e);
  r.ok = bit(e.hi_old == e.mem_addr);
  fill_difference(r, e.hi_old, e.mem_addr);
  fill_limbs(r.new_lo, r.new_hi, e.mem_new);
}

void fill_row(air::LoadDouble::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  fill_register(r.rb, rom.k[2], e.hi_old, e.t_hi);
  r.a = address(e, rom, 8);
  r.ma = word(e);
  r.mb = {lo16(e.rt), hi16(e.rt), Fp(e.mem_writable >> 1), Fp(e.t_rt)};
}

void fill_row(air::StoreDouble::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  fill_register(r.rb, rom.k[2], e.hi_old, e.t_hi);
  r.a = address(e, rom, 8);
  r.ma = old_mem(e);
  r.mb = old_rd(e);
}

void fill_row(air::MovePair::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  fill_register(r.rb, rom.k[0], e.hi_old, e.t_hi);
}

}  // namespace mipzk::trace
