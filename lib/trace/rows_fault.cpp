// SPDX-License-Identifier: Apache-2.0
#include "trace/rows_fault.hpp"

#include <algorithm>
#include <iterator>

#include "trace/counts.hpp"

namespace mipzk::trace {
namespace {

air::Cpu<Fp> cpu(const vm::FaultEvent& e) {
  return {Fp::one(), Fp(e.clk), Fp(e.pc / 4), Fp(e.npc / 4)};
}

air::Old<Fp> old(const vm::FaultEvent::Old& o) { return old_value(o.value, o.t); }

air::KernelEntry<Fp> kernel_entry(const vm::FaultEvent& e) {
  return {Fp((e.pc & 0xffff) / 4),
          hi16(e.pc),
          Fp((e.npc & 0xffff) / 4),
          hi16(e.npc),
          old(e.epc),
          old(e.enpc),
          old(e.cause),
          old(e.address),
          old(e.link)};
}

// `key` lies in the span; where no span is named, one of its own in which it is.
void fill_span(air::SpanRead<Fp>& s, const FaultRow& f, uint32_t key) {
  const bool named = f.e.fault.span != vm::kNoSpan;
  s.start = Fp(named ? f.span.start : key);
  s.end = Fp(named ? f.span.end : key);
  if (!named) return;
  fill_limbs(s.ds_lo, s.ds_hi, key - f.span.start);
  fill_limbs(s.de_lo, s.de_hi, f.span.end - 1 - key);
}

// One that is not accessed is as if it had been accessed just now.
air::Word<Fp> word(const vm::FaultEvent& e, unsigned i) {
  if (i >= e.fault.words) return {Fp::zero(), Fp::zero(), Fp::zero(), Fp(e.clk)};
  const vm::WordAccess& w = e.words[i];
  return {lo16(w.before), hi16(w.before), Fp(w.writable), Fp(w.t)};
}

}  // namespace

FaultRow fault_row(const isa::Program& program, const vm::FaultEvent& e) {
  FaultRow f{e, {}, {}};
  const int64_t rom = find_rom(program, e.pc / 4);
  if (rom >= 0) f.entry = program.rom[static_cast<size_t>(rom)];
  if (e.fault.span != vm::kNoSpan) f.span = program.spans[e.fault.span];
  return f;
}

void fill_fault(air::AccessFault::Row<Fp>& r, const FaultRow& f) {
  const vm::FaultEvent& e = f.e;
  const vm::KernelFault& fault = e.fault;
  const isa::RomEntry& rom = f.entry;
  r.c = cpu(e);
  fill_register(r.rs, rom.rs, e.rs, e.t_rs);
  r.k = kernel_entry(e);
  Fp* const is[] = {&r.lw, &r.sw,   &r.lsub, &r.lpart, &r.ssub, &r.spart,
                    &r.jr, &r.jalr, &r.ll,   &r.sc,    &r.ldc,  &r.sdc};
  const auto cls = std::ranges::find(air::AccessFault::kClasses, rom.cls);
  if (cls != std::end(air::AccessFault::kClasses))
    *is[cls - std::begin(air::AccessFault::kClasses)] = Fp::one();
  r.rt = Fp(rom.rt);
  r.rd = Fp(rom.rd);
  Fp* const k[] = {&r.k0, &r.k1, &r.k2, &r.k3, &r.k4};
  for (unsigned i = 0; i < 5; ++i) *k[i] = Fp(rom.k[i]);
  r.offset_hi = rom.cls == isa::Class::kJumpRegLink ? Fp::zero() : r.k1;
  const uint32_t a = fault.address;
  r.a_u = Fp((a & 0xffff) / 8);
  r.a_hi = hi16(a);
  r.o0 = Fp(a & 1);
  r.o1 = Fp(a >> 1 & 1);
  r.o2 = Fp(a >> 2 & 1);
  r.o01 = bit((a & 3) != 0);
  r.unmapped = bit(fault.span != vm::kNoSpan);
  r.read_only = bit(fault.words != 0);
  r.unaligned = Fp::one() - r.unmapped - r.read_only;
  r.second = bit(fault.second);
  r.both = bit(fault.words == 2);
  r.code = Fp(static_cast<uint32_t>(fault.code));
  fill_span(r.span, f, a / 4 + (fault.second ? 1 : 0));
  r.ma = word(e, 0);
  r.mb = word(e, 1);
}

void fill_fault(air::OperandFault::Row<Fp>& r, const FaultRow& f) {
  const vm::FaultEvent& e = f.e;
  const isa::RomEntry& rom = f.entry;
  const bool add = rom.cls == isa::Class::kAddTrap, less = rom.cls == isa::Class::kTrapLess;
  const uint32_t c = less ? rom.k[2] | rom.k[3] << 16 : rom.k[1] | rom.k[2] << 16;
  const uint32_t a = e.rs, b = e.rt + c;
  r.c = cpu(e);
  fill_register(r.rs, rom.rs, e.rs, e.t_rs);
  fill_register(r.rt, rom.rt, e.rt, e.t_rt);
  r.k = kernel_entry(e);
  r.add = bit(add);
  r.teq = bit(rom.cls == isa::Class::kTrapEqual);
  r.tlt = bit(less);
  r.rd = Fp(rom.rd);
  r.k0 = Fp(rom.k[0]);
  r.k1 = Fp(rom.k[1]);
  r.k2 = Fp(rom.k[2]);
  r.k3 = Fp(rom.k[3]);
  fill_limbs(r.b_lo, r.b_hi, b);
  r.rs_neg = bit(top_bit(a));
  r.b_neg = bit(top_bit(b));
  r.equal = bit(a == b);
  fill_difference(r, a, b);
  const bool is_signed = less && rom.k[0] != 0;
  r.flip = is_signed ? r.b_neg - r.rs_neg : Fp::zero();
  r.borrow = bit((a & 0xffff) < (b & 0xffff));
  r.less = bit(is_signed ? static_cast<int32_t>(a) < static_cast<int32_t>(b) : a < b);
  const int32_t sign = !add ? 0 : rom.k[0] == 1 ? 1 : -1;
  r.sign = Fp::from_i32(sign);
  const int32_t low = static_cast<int32_t>(a & 0xffff) + sign * static_cast<int32_t>(b & 0xffff);
  const int32_t carry = low < 0 ? -1 : low >> 16;
  const auto high = [](uint32_t v) { return static_cast<int32_t>(v) >> 16; };
  const int32_t sum_hi = high(a) + sign * high(b) + carry;
  r.carry = Fp::from_i32(carry);
  r.lo = Fp(static_cast<uint32_t>(low - (carry * 65536)));
  r.sum_hi = Fp::from_i32(sum_hi);
  if (!add) return;
  r.up = bit(sum_hi > 0);
  r.excess = Fp::from_i32(sum_hi > 0 ? sum_hi - 32768 : -sum_hi - 32769);
}

void fill_fault(air::FetchFault::Row<Fp>& r, const FaultRow& f) {
  r.c = cpu(f.e);
  r.k = kernel_entry(f.e);
  fill_span(r.span, f, f.e.pc / 4);
}

}  // namespace mipzk::trace
