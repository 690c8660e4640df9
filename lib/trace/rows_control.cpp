// SPDX-License-Identifier: Apache-2.0
// Rows of branches, jumps, system calls and traps.
#include "trace/row_parts.hpp"

namespace mipzk::trace {
namespace {

air::TargetRead<Fp> read_target(const vm::Event& e, const isa::RomEntry& rom) {
  return {Fp(rom.rs), Fp((e.rs & 0xffff) / 4), hi16(e.rs), Fp(e.t_rs)};
}

}  // namespace

void fill_slot(air::Nop::Row<Fp>& r, unsigned slot, const vm::Event& e, const isa::RomEntry&) {
  r.c[slot] = cpu(e);
}

void fill_row(air::BranchEq::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  r.c = cpu(e);
  r.rs = read_rs(e, rom);
  r.rt = read_rt(e, rom);
  r.not_equal = Fp(rom.k[0]);
  r.target = Fp(rom.k[1]);
  r.equal = bit(e.rs == e.rt);
  const Difference d = difference(e.rs, e.rt);
  r.inv_lo = d.inv_lo;
  r.inv_hi = d.inv_hi;
  r.next = Fp(e.next_npc / 4);
}

void fill_row(air::BranchZero::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  r.c = cpu(e);
  r.rs = read_rs(e, rom);
  r.k0 = Fp(rom.k[0]);
  r.k1 = Fp(rom.k[1]);
  r.k2 = Fp(rom.k[2]);
  r.target = Fp(rom.k[3]);
  r.neg = bit(top_bit(e.rs));
  r.is_zero = bit(e.rs == 0);
  r.inv = (r.rs.lo + r.rs.hi).inverse();
  r.next = Fp(e.next_npc / 4);
}

void fill_row(air::BranchLink::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  r.c = cpu(e);
  r.rs = read_rs(e, rom);
  r.rd = write_rd(e, rom);
  r.k0 = Fp(rom.k[0]);
  r.k1 = Fp(rom.k[1]);
  r.target = Fp(rom.k[3]);
  r.link_lo = Fp(rom.k[4]);
  r.link_hi = Fp(rom.k[5]);
  r.neg = bit(top_bit(e.rs));
  r.next = Fp(e.next_npc / 4);
}

void fill_row(air::BranchLikely::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const Difference d = difference(e.rs, e.rt);
  r.c = cpu(e);
  r.rs = read_rs(e, rom);
  r.rt = read_rt(e, rom);
  r.rd = write_rd(e, rom);
  r.k0 = Fp(rom.k[0]);
  r.k1 = Fp(rom.k[1]);
  r.k2 = Fp(rom.k[2]);
  r.target = Fp(rom.k[3]);
  r.link_lo = Fp(rom.k[4]);
  r.link_hi = Fp(rom.k[5]);
  r.neg = bit(top_bit(e.rs));
  r.equal = bit(e.rs == e.rt);
  r.inv_lo = d.inv_lo;
  r.inv_hi = d.inv_hi;
  r.taken = r.k0 + r.k1 * r.neg + r.k2 * r.equal;
  r.next = Fp(e.next_npc / 4);
}

void fill_slot(air::Jump::Row<Fp>& r, unsigned slot, const vm::Event& e, const isa::RomEntry& rom) {
  r.slot[slot] = {cpu(e), Fp(rom.k[0])};
}

void fill_slot(air::JumpLink::Row<Fp>& r, unsigned slot, const vm::Event& e,
               const isa::RomEntry& rom) {
  r.slot[slot] = {cpu(e),       lo16(e.rd_old), hi16(e.rd_old), Fp(e.t_rd),
                  Fp(rom.k[0]), Fp(rom.k[1]),   Fp(rom.k[2])};
}

void fill_slot(air::JumpReg::Row<Fp>& r, unsigned slot, const vm::Event& e,
               const isa::RomEntry& rom) {
  r.slot[slot] = {cpu(e), read_target(e, rom)};
}

void fill_row(air::JumpRegLink::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  r = {cpu(e), read_target(e, rom), write_rd(e, rom), Fp(rom.k[1]), Fp(rom.k[2])};
}

void fill_row(air::Halt::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  r = {cpu(e), read_rs(e, rom), write_rd(e, rom)};
}

void fill_row(air::Hint::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  r = {cpu(e), write_rd(e, rom), lo16(e.rd_new), hi16(e.rd_new)};
}

void fill_row(air::TrapEqual::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const Difference d = difference(e.rs, e.rt + (rom.k[1] | rom.k[2] << 16));
  r = {cpu(e),       read_rs(e, rom), read_rt(e, rom), Fp(rom.k[0]),
       Fp(rom.k[1]), Fp(rom.k[2]),    d.inv_lo,        d.inv_hi};
}

void fill_row(air::TrapLess::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const uint32_t b = e.rt + (rom.k[2] | rom.k[3] << 16);
  r.c = cpu(e);
  r.rs = read_rs(e, rom);
  r.rt = read_rt(e, rom);
  r.is_signed = Fp(rom.k[0]);
  r.less = Fp(rom.k[1]);
  r.k_lo = Fp(rom.k[2]);
  r.k_hi = Fp(rom.k[3]);
  r.rs_neg = bit(top_bit(e.rs));
  r.b_neg = bit(top_bit(b));
  r.flip = r.is_signed * (r.b_neg - r.rs_neg);
  r.borrow = bit((e.rs & 0xffff) < (b & 0xffff));
}

void fill_row(air::Trap::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  r.c = cpu(e);
  r.k0_old_lo = lo16(e.rd_old);
  r.k0_old_hi = hi16(e.rd_old);
  r.k0_t = Fp(e.t_rd);
  r.k1_old_lo = lo16(e.hi_old);
  r.k1_old_hi = hi16(e.hi_old);
  r.k1_t = Fp(e.t_hi);
  r.link_lo = lo16(e.mem_old);
  r.link_hi = hi16(e.mem_old);
  r.link_t = Fp(e.t_mem);
  r.word_lo = Fp(rom.k[0]);
  r.word_hi = Fp(rom.k[1]);
  r.vector = Fp(rom.k[2]);
  r.npc_v = Fp((e.npc & 0xffff) / 4);
  r.npc_hi = hi16(e.npc);
}

}  // namespace mipzk::trace
