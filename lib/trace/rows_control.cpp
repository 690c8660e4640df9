// SPDX-License-Identifier: Apache-2.0
// Rows of branches, jumps, system calls and traps.
#include "air/tables/branch.hpp"
#include "air/tables/branch_likely.hpp"
#include "air/tables/halt.hpp"
#include "air/tables/hint.hpp"
#include "air/tables/jump.hpp"
#include "air/tables/nop.hpp"
#include "air/tables/trap.hpp"
#include "air/tables/trap_if.hpp"
#include "trace/row_parts.hpp"

namespace mipzk::trace {
namespace {

air::TargetRead<Fp> read_target(const vm::Event& e, const isa::RomEntry& rom) {
  return {Fp(rom.rs), Fp((e.rs & 0xffff) / 4), hi16(e.rs), Fp(e.t_rs)};
}

}  // namespace

void fill_row(air::Nop::Slot<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
}

void fill_row(air::BranchEq::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.not_equal = Fp(rom.k[0]);
  r.target = Fp(rom.k[1]);
  r.equal = bit(e.rs == e.rt);
  fill_difference(r, e.rs, e.rt);
  r.next = Fp(e.next_npc / 4);
}

void fill_row(air::BranchZero::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
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
  begin(r, e, rom);
  r.k0 = Fp(rom.k[0]);
  r.k1 = Fp(rom.k[1]);
  r.target = Fp(rom.k[3]);
  r.link_lo = Fp(rom.k[4]);
  r.link_hi = Fp(rom.k[5]);
  r.neg = bit(top_bit(e.rs));
  r.next = Fp(e.next_npc / 4);
}

void fill_row(air::BranchLikely::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.k0 = Fp(rom.k[0]);
  r.k1 = Fp(rom.k[1]);
  r.k2 = Fp(rom.k[2]);
  r.target = Fp(rom.k[3]);
  r.link_lo = Fp(rom.k[4]);
  r.link_hi = Fp(rom.k[5]);
  r.neg = bit(top_bit(e.rs));
  r.equal = bit(e.rs == e.rt);
  fill_difference(r, e.rs, e.rt);
  r.taken = r.k0 + r.k1 * r.neg + r.k2 * r.equal;
  r.next = Fp(e.next_npc / 4);
}

void fill_row(air::Jump::Slot<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.target = Fp(rom.k[0]);
}

void fill_row(air::JumpLink::Slot<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.ra = old_rd(e);
  r.target = Fp(rom.k[0]);
  r.link_lo = Fp(rom.k[1]);
  r.link_hi = Fp(rom.k[2]);
}

void fill_row(air::JumpReg::Slot<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.rs = read_target(e, rom);
}

void fill_row(air::JumpRegLink::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.rs = read_target(e, rom);
  r.link_lo = Fp(rom.k[1]);
  r.link_hi = Fp(rom.k[2]);
}

void fill_row(air::Halt::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
}

void fill_row(air::Hint::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  fill_result(r, e);
}

void fill_row(air::TrapEqual::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  begin(r, e, rom);
  r.equal = Fp(rom.k[0]);
  r.k_lo = Fp(rom.k[1]);
  r.k_hi = Fp(rom.k[2]);
  fill_difference(r, e.rs, e.rt + (rom.k[1] | rom.k[2] << 16));
}

void fill_row(air::TrapLess::Row<Fp>& r, const vm::Event& e, const isa::RomEntry& rom) {
  const uint32_t b = e.rt + (rom.k[2] | rom.k[3] << 16);
  begin(r, e, rom);
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
  begin(r, e, rom);
  r.k0 = old_rd(e);
  r.k1 = old_hi(e);
  r.link = old_mem(e);
  r.word_lo = Fp(rom.k[0]);
  r.word_hi = Fp(rom.k[1]);
  r.vector = Fp(rom.k[2]);
  r.npc_v = Fp((e.npc & 0xffff) / 4);
  r.npc_hi = hi16(e.npc);
}

}  // namespace mipzk::trace
