// Rows of branches, jumps and system calls.
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
  // One of the two inverses is enough; the inverse of 0 is 0.
  r.inv_lo = (r.rs.lo - r.rt.lo).inverse();
  r.inv_hi = r.inv_lo == Fp::zero() ? (r.rs.hi - r.rt.hi).inverse() : Fp::zero();
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

}  // namespace mipzk::trace
