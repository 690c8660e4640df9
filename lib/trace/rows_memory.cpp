// SPDX-License-Identifier: Apache-2.0
// Rows of loads and stores.
#include "air/tables/load_word.hpp"
#include "air/tables/part_word.hpp"
#include "air/tables/store_word.hpp"
#include "air/tables/sub_word.hpp"
#include "trace/row_parts.hpp"

namespace mipzk::trace {
namespace {

Fp address_v(const vm::Event& e) { return Fp((e.mem_addr & 0xffff) / 4); }

// The columns that byte and half accesses have in common.
template <class Row>
void fill_sub(Row& r, const vm::Event& e, const isa::RomEntry& rom, bool le) {
  // From the most significant byte, as if big-endian.
  const uint32_t place = (e.mem_addr & 3) ^ (!le ? 0 : rom.k[2] != 0 ? 2 : 3);
  r.le = bit(le);
  r.k_lo = Fp(rom.k[0]);
  r.k_hi = Fp(rom.k[1]);
  r.half = Fp(rom.k[2]);
  r.a_v = address_v(e);
  r.a_hi = hi16(e.mem_addr);
  r.a0 = Fp(e.mem_addr & 1);
  r.a1 = Fp(e.mem_addr >> 1 & 1);
  r.byte = Fp(byte_of(e.mem_old, 3 - place));
  r.other = Fp(byte_of(e.mem_old, (3 - place) ^ 1));
}

void fill_part(air::Part<Fp>& p, const vm::Event& e, const isa::RomEntry& rom, uint32_t reg,
               uint32_t result) {
  p.k_lo = Fp(rom.k[0]);
  p.k_hi = Fp(rom.k[1]);
  p.left = Fp(rom.k[2]);
  p.le = Fp(rom.k[3]);
  p.a_v = address_v(e);
  p.a_hi = hi16(e.mem_addr);
  const uint32_t place = (e.mem_addr & 3) ^ (rom.k[3] != 0 ? 3 : 0);
  p.offset = Fp(e.mem_addr & 3);
  p.o0 = Fp(place & 1);
  p.o1 = Fp(place >> 1);
  p.o01 = p.o0 * p.o1;
  fill_bytes(p.reg, reg);
  fill_bytes(p.mem, e.mem_old);
  fill_and(p.both, reg, e.mem_old);
  p.m_t = Fp(e.t_mem);
  fill_limbs(p.lo, p.hi, result);
}

}  // namespace

void fill_row(air::LoadWord::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.a = address(e, rom);
  r.m = word(e);
}

void fill_row(air::StoreWord::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.a = address(e, rom);
  r.m = old_mem(e);
}

void fill_row(air::LoadSub::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  fill_sub(r, e, rom, rom.k[4] != 0);
  r.is_signed = Fp(rom.k[3]);
  r.m = word(e);
  r.ext = bit(top_bit(e.rd_new));
  r.lo = lo16(e.rd_new);
}

void fill_row(air::StoreSub::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.rt = Fp(rom.rt);
  r.rt_t = Fp(e.t_rt);
  r.r0 = Fp(byte_of(e.rt, 0));
  r.r1 = Fp(byte_of(e.rt, 1));
  r.rt_hi = hi16(e.rt);
  fill_sub(r, e, rom, rom.k[3] != 0);
  r.m = old_mem(e);
  r.r_and = Fp(byte_of(e.rt, 0) & byte_of(e.rt, 1));
  r.m_and = Fp(r.byte.value() & r.other.value());
  fill_limbs(r.new_lo, r.new_hi, e.mem_new);
}

void fill_row(air::LoadPart::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.rd = Fp(rom.rd);
  r.rd_t = Fp(e.t_rd);
  r.m_w = Fp(e.mem_writable);
  fill_part(r.p, e, rom, e.rd_old, e.rd_new);
}

void fill_row(air::StorePart::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.rt = Fp(rom.rt);
  r.rt_t = Fp(e.t_rt);
  fill_part(r.p, e, rom, e.rt, e.mem_new);
}

}  // namespace mipzk::trace
