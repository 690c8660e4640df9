// SPDX-License-Identifier: Apache-2.0
// Rows of the instructions that access two words or registers at once: ll, sc, ldc1, sdc1, mov.d.
#include "trace/row_parts.hpp"

namespace mipzk::trace {

void fill_row(air::LoadLinked::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  r.c = cpu(e);
  r.rs = read_rs(e, rom);
  r.rd = write_rd(e, rom);
  r.k_lo = Fp(rom.k[0]);
  r.k_hi = Fp(rom.k[1]);
  r.a_v = Fp((e.mem_addr & 0xffff) / 4);
  r.a_hi = hi16(e.mem_addr);
  r.m_lo = lo16(e.mem_old);
  r.m_hi = hi16(e.mem_old);
  r.m_w = Fp(e.mem_writable);
  r.m_t = Fp(e.t_mem);
  r.link_lo = lo16(e.hi_old);
  r.link_hi = hi16(e.hi_old);
  r.link_t = Fp(e.t_hi);
}

void fill_row(air::StoreCond::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const Difference d = difference(e.hi_old, e.mem_addr);
  r.c = cpu(e);
  r.rs = read_rs(e, rom);
  r.rt = read_rt(e, rom);
  r.rd = write_rd(e, rom);
  r.k_lo = Fp(rom.k[0]);
  r.k_hi = Fp(rom.k[1]);
  r.a_v = Fp((e.mem_addr & 0xffff) / 4);
  r.a_hi = hi16(e.mem_addr);
  r.m_lo = lo16(e.mem_old);
  r.m_hi = hi16(e.mem_old);
  r.m_t = Fp(e.t_mem);
  r.link_lo = lo16(e.hi_old);
  r.link_hi = hi16(e.hi_old);
  r.link_t = Fp(e.t_hi);
  r.ok = bit(e.hi_old == e.mem_addr);
  r.inv_lo = d.inv_lo;
  r.inv_hi = d.inv_hi;
  r.new_lo = lo16(e.mem_new);
  r.new_hi = hi16(e.mem_new);
}

void fill_row(air::LoadDouble::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  r.c = cpu(e);
  r.rs = read_rs(e, rom);
  r.rd = write_rd(e, rom);
  r.rb = {Fp(rom.k[2]), lo16(e.hi_old), hi16(e.hi_old), Fp(e.t_hi)};
  r.k_lo = Fp(rom.k[0]);
  r.k_hi = Fp(rom.k[1]);
  r.a_u = Fp((e.mem_addr & 0xffff) / 8);
  r.a_hi = hi16(e.mem_addr);
  r.ma_lo = lo16(e.mem_old);
  r.ma_hi = hi16(e.mem_old);
  r.ma_w = Fp(e.mem_writable & 1);
  r.ma_t = Fp(e.t_mem);
  r.mb_lo = lo16(e.rt);
  r.mb_hi = hi16(e.rt);
  r.mb_w = Fp(e.mem_writable >> 1);
  r.mb_t = Fp(e.t_rt);
}

void fill_row(air::StoreDouble::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  r.c = cpu(e);
  r.rs = read_rs(e, rom);
  r.rt = read_rt(e, rom);
  r.rb = {Fp(rom.k[2]), lo16(e.hi_old), hi16(e.hi_old), Fp(e.t_hi)};
  r.k_lo = Fp(rom.k[0]);
  r.k_hi = Fp(rom.k[1]);
  r.a_u = Fp((e.mem_addr & 0xffff) / 8);
  r.a_hi = hi16(e.mem_addr);
  r.ma_lo = lo16(e.mem_old);
  r.ma_hi = hi16(e.mem_old);
  r.ma_t = Fp(e.t_mem);
  r.mb_lo = lo16(e.rd_old);
  r.mb_hi = hi16(e.rd_old);
  r.mb_t = Fp(e.t_rd);
}

void fill_row(air::MovePair::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  r = {cpu(e),
       read_rs(e, rom),
       read_rt(e, rom),
       write_rd(e, rom),
       {Fp(rom.k[0]), lo16(e.hi_old), hi16(e.hi_old), Fp(e.t_hi)}};
}

}  // namespace mipzk::trace
