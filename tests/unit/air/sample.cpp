// SPDX-License-Identifier: Apache-2.0
// Random instructions, and the events that the machine would record of them.
#include <stdexcept>

#include "isa/lower.hpp"
#include "isa/opcodes.hpp"
#include "unit/air/oracle.hpp"
#include "unit/isa/class_facts.hpp"

namespace mipzk::test {

using isa::Class;

uint32_t random_word(Rng& rng) {
  static constexpr uint32_t kEdges[] = {0,          1,          2,          0xffff,     0x10000,
                                        0x7fff,     0x8000,     0xffffffff, 0x80000000, 0x7fffffff,
                                        0x80000001, 0xffff0000, 0xfffffffe, 0x7f000001, 0x7f000000};
  const uint32_t r = static_cast<uint32_t>(rng());
  switch (rng() % 8) {
    case 0:
    case 1:
      return kEdges[rng() % std::size(kEdges)];
    case 2:
      return r >> (rng() % 32);
    case 3:
      return ~(r >> (rng() % 32));
    case 4:
      return kEdges[rng() % std::size(kEdges)] + static_cast<uint32_t>(rng() % 5) - 2;
    case 5:
      return (r & 0xffff) << 16;
    default:
      return r;
  }
}

Sample make_sample(uint32_t word, const State& state, Rng& rng) {
  const auto lowered = isa::lower(state.pc, word, state.context);
  const auto effect = execute(word, state);
  if (!lowered || !effect) throw std::logic_error("this instruction has no row");
  const isa::RomEntry& rom = lowered->entry;
  Sample s{word, state, *effect, rom, {}};
  vm::Event& e = s.event;
  e.clk = static_cast<uint32_t>(rng() % (1u << 26)) * 4 + (1u << 18);
  // Registers and their times while the accesses take place in order.
  std::array<uint32_t, kRegisters> reg = state.reg, time{};
  auto before = [&](uint32_t now) {
    const uint32_t gap = rng() % 4 == 0 ? (rng() % 2 != 0 ? 0 : 65535) : rng() % 65536;
    return now - 1 - gap;
  };
  auto touch = [&](unsigned r, uint32_t slot) {
    const uint32_t now = e.clk + slot, old = time[r] != 0 ? time[r] : before(now);
    time[r] = now;
    return old;
  };
  auto write = [&](unsigned r, uint32_t slot, uint32_t value, uint32_t& old, uint32_t& now) {
    old = reg[r];
    now = reg[r] = value;
    return touch(r, slot);
  };
  e.pc = state.pc;
  e.npc = state.npc;
  e.next_npc = effect->halts ? 0 : effect->next_npc;
  const EventShape shape = event_shape(rom.cls);
  const bool next_load = shape.next_word && !shape.store,
             next_store = shape.next_word && shape.store;
  if (shape.rs) {
    e.rs = reg[rom.rs];
    e.t_rs = touch(rom.rs, 1);
  }
  if (shape.rt && !next_load) {
    e.rt = reg[rom.rt];
    e.t_rt = touch(rom.rt, 2);
  }
  if (shape.mem && !shape.link) {
    e.mem_addr = *effect->address;
    e.mem_old = state.memory[0];
    e.mem_new = effect->memory[0];
    e.mem_writable = effect->store ? 1 : rng() % 2;
    e.t_mem = before(e.clk + 3);
  }
  if (shape.link) e.t_mem = write(isa::kLink, 3, 0, e.mem_old, e.mem_new);
  if (next_load) {
    e.rt = state.memory[1];
    e.t_rt = before(e.clk + 2);
    e.mem_writable |= static_cast<uint32_t>(rng() % 2) << 1;
  }
  if (next_store) {
    e.rd_old = state.memory[1];
    e.rd_new = effect->memory[1];
    e.t_rd = before(e.clk + 4);
  }
  if (shape.hi) {
    const unsigned high = hi_register(rom);
    e.t_hi = write(high, 3, next_store ? reg[high] : effect->of(high), e.hi_old, e.hi_new);
  }
  if (shape.rd && !next_store) {
    const unsigned rd = rd_register(rom);
    uint32_t value = effect->of(rd);
    if (effect->any_value) value = random_word(rng);
    // A branch that does not link writes 0 to the trash register.
    e.t_rd = write(rd, 4, value, e.rd_old, e.rd_new);
  }
  return s;
}

namespace {

uint32_t random_instruction(Rng& rng) {
  const uint32_t r = static_cast<uint32_t>(rng());
  // Words that only the kernel understands.
  if (rng() % 32 == 0) return (rng() % 2 != 0 ? 0x11u : 0x13u) << 26 | (r & 0x3ffffff);
  // Without mfc0, which has a meaning at the kernel's addresses alone: samples have none of them.
  auto op = static_cast<unsigned>(rng() % (isa::kOpCount - 1));
  if (op >= static_cast<unsigned>(isa::Op::kMfc0)) ++op;
  const isa::OpInfo& info = isa::kOps[op];
  if (info.op == isa::Op::kSyscall) return info.match | static_cast<uint32_t>(rng() % 5) << 6;
  return info.match | (r & ~info.mask);
}

void fill_state(uint32_t word, State& s, Rng& rng) {
  s.npc = rng() % 2 != 0 ? s.pc + 4 : static_cast<uint32_t>(rng()) & ~3u;
  // Those of a fault are mfc0's.
  for (unsigned r = 1; r < isa::kFaultRegisters; ++r) s.reg[r] = random_word(rng);
  const unsigned rs = word >> 21 & 31, rt = word >> 16 & 31;
  if (rng() % 4 == 0) s.reg[rt] = s.reg[rs];
  if (rng() % 4 == 0) s.reg[rt] = 0;
  if (rng() % 2 == 0) s.reg[rs] &= ~3u;  // jump targets
  // Of the condition codes, and the address of sc or one that shares a limb with it.
  for (unsigned r = 0; r < 8; ++r)
    if (rng() % 2 == 0) s.reg[isa::kFcc0 + r] &= 1;
  const uint32_t offset = word & 0x8000 ? word | 0xffff0000 : word & 0xffff;
  if (rng() % 2 == 0) s.reg[isa::kLink] = s.reg[rs] + offset;
  if (rng() % 4 == 0) s.reg[isa::kLink] ^= rng() % 2 != 0 ? 4 : 0x10000;
  s.reg[0] = 0;
  s.memory = {random_word(rng), random_word(rng)};
}

}  // namespace

Sample random_sample(Class cls, Rng& rng) {
  for (unsigned tries = 0; tries < 1'000'000; ++tries) {
    const uint32_t word = random_instruction(rng);
    State s;
    s.context.little_endian = rng() % 2 != 0;
    s.context.trap_vector = rng() % 2 != 0 ? 0 : static_cast<uint32_t>(rng()) & 0x0ffffffcu;
    s.pc = static_cast<uint32_t>(rng()) & 0x3ffffffcu;
    const auto lowered = isa::lower(s.pc, word, s.context);
    if (!lowered || lowered->entry.cls != cls) continue;
    fill_state(word, s, rng);
    if (execute(word, s)) return make_sample(word, s, rng);
  }
  throw std::logic_error("no instruction of this class");
}

}  // namespace mipzk::test
