#include "unit/air/oracle.hpp"

#include <stdexcept>

#include "isa/opcodes.hpp"

namespace mipzk::test {
namespace {

using isa::Class;

uint32_t sext16(uint32_t v) { return v | ((v & 0x8000) != 0 ? 0xffff0000u : 0); }
int64_t as_signed(uint32_t v) { return (v >> 31) != 0 ? int64_t{v} - (int64_t{1} << 32) : v; }
uint32_t bytes_mask(unsigned n) { return n >= 4 ? ~0u : (1u << (8 * n)) - 1; }  // lowest n bytes

// Loads and stores, opcodes 0x20 to 0x2e.
std::optional<Effect> access(unsigned op, unsigned rt, uint32_t address, const State& s, Effect e) {
  const uint32_t old = s.memory, reg = s.reg[rt];
  const unsigned o = address & 3;
  e.address = address;
  e.memory = old;
  e.store = op >= 0x28;
  const uint32_t byte = old >> (24 - 8 * o) & 0xff;
  const uint32_t half = old >> (16 - 8 * (o & 2)) & 0xffff;
  if ((op == 0x23 || op == 0x2b) && o != 0) return std::nullopt;
  if ((op == 0x21 || op == 0x25 || op == 0x29) && (o & 1) != 0) return std::nullopt;
  uint32_t value = 0;
  // A lost destination keeps what the trash register holds where part of it stays.
  const uint32_t before = s.reg[rt == 0 ? unsigned{isa::kTrash} : rt];
  switch (op) {
    case 0x20:
      value = byte | ((byte & 0x80) != 0 ? 0xffffff00u : 0);
      break;  // lb
    case 0x21:
      value = sext16(half);
      break;    // lh
    case 0x22:  // lwl
      value = old << (8 * o) | (before & bytes_mask(o));
      break;
    case 0x23:
      value = old;
      break;  // lw
    case 0x24:
      value = byte;
      break;  // lbu
    case 0x25:
      value = half;
      break;    // lhu
    case 0x26:  // lwr
      value = old >> (8 * (3 - o)) | (before & ~bytes_mask(o + 1));
      break;
    case 0x28: {  // sb
      const uint32_t shift = 24 - 8 * o;
      e.memory = (old & ~(0xffu << shift)) | (reg & 0xff) << shift;
      break;
    }
    case 0x29: {  // sh
      const uint32_t shift = 16 - 8 * (o & 2);
      e.memory = (old & ~(0xffffu << shift)) | (reg & 0xffff) << shift;
      break;
    }
    case 0x2a:  // swl
      e.memory = (old & ~bytes_mask(4 - o)) | reg >> (8 * o);
      break;
    case 0x2b:
      e.memory = reg;
      break;    // sw
    case 0x2e:  // swr
      e.memory = (old & bytes_mask(3 - o)) | reg << (8 * (3 - o));
      break;
    default:
      return std::nullopt;
  }
  if (!e.store) {
    e.reg = rt == 0 ? unsigned{isa::kTrash} : rt;
    e.value = value;
  }
  return e;
}

std::optional<Effect> trapping_add(int64_t sum, unsigned rd, Effect e) {
  if (sum < -(int64_t{1} << 31) || sum >= int64_t{1} << 31) return std::nullopt;
  e.reg = rd == 0 ? unsigned{isa::kTrash} : rd;
  e.value = static_cast<uint32_t>(sum);
  return e;
}

std::optional<Effect> special(uint32_t word, const State& s, Effect e) {
  const unsigned rs = word >> 21 & 31, rt = word >> 16 & 31, rd = word >> 11 & 31,
                 sa = word >> 6 & 31;
  const uint32_t a = s.reg[rs], b = s.reg[rt];
  auto put = [&](uint32_t v) -> std::optional<Effect> {
    if (rd != 0) {
      e.reg = rd;
      e.value = v;
    }
    return e;
  };
  auto sra = [](uint32_t v, unsigned n) { return static_cast<uint32_t>(as_signed(v) >> n); };
  switch (word & 63) {
    case 0x00:
      return put(b << sa);
    case 0x02:
      return put(b >> sa);
    case 0x03:
      return put(sra(b, sa));
    case 0x04:
      return put(b << (a & 31));
    case 0x06:
      return put(b >> (a & 31));
    case 0x07:
      return put(sra(b, a & 31));
    case 0x08:
    case 0x09:
      if ((a & 3) != 0) return std::nullopt;
      e.next_npc = a;
      return (word & 63) == 0x08 ? e : put(s.pc + 8);
    case 0x0c:
      switch (word >> 6 & 0xfffff) {
        case 1:
          e.halts = true;
          e.reg = isa::kExitCode;
          e.value = s.reg[4];
          return e;
        case 2:
          e.reg = 2;
          e.any_value = true;
          return e;
        case 3:
        case 4:
          return e;
        default:
          return std::nullopt;
      }
    case 0x10:
      return put(s.reg[isa::kHi]);
    case 0x12:
      return put(s.reg[isa::kLo]);
    case 0x11:
      e.reg = isa::kHi;
      e.value = a;
      return e;
    case 0x13:
      e.reg = isa::kLo;
      e.value = a;
      return e;
    case 0x18:
    case 0x19: {
      const uint64_t p =
          (word & 1) == 0 ? static_cast<uint64_t>(as_signed(a) * as_signed(b)) : uint64_t{a} * b;
      e.hi_lo = true;
      e.hi = static_cast<uint32_t>(p >> 32);
      e.lo = static_cast<uint32_t>(p);
      return e;
    }
    case 0x1a:
    case 0x1b: {
      const int64_t n = (word & 1) == 0 ? as_signed(a) : a, d = (word & 1) == 0 ? as_signed(b) : b;
      e.hi_lo = true;
      e.hi = d == 0 ? 0 : static_cast<uint32_t>(n % d);
      e.lo = d == 0 ? a : static_cast<uint32_t>(n / d);
      return e;
    }
    case 0x20:
      return trapping_add(as_signed(a) + as_signed(b), rd, e);
    case 0x22:
      return trapping_add(as_signed(a) - as_signed(b), rd, e);
    case 0x21:
      return put(a + b);
    case 0x23:
      return put(a - b);
    case 0x24:
      return put(a & b);
    case 0x25:
      return put(a | b);
    case 0x26:
      return put(a ^ b);
    case 0x27:
      return put(~(a | b));
    case 0x2a:
      return put(as_signed(a) < as_signed(b) ? 1 : 0);
    case 0x2b:
      return put(a < b ? 1 : 0);
    default:
      return std::nullopt;
  }
}

// Which accesses the rows of a class make.
struct Uses {
  bool rs, rt, mem, rd, hi;
};
Uses uses_of(Class cls) {
  switch (cls) {
    case Class::kNop:
    case Class::kJump:
      return {false, false, false, false, false};
    case Class::kJumpLink:
    case Class::kHint:
      return {false, false, false, true, false};
    case Class::kAdd:
    case Class::kAddTrap:
    case Class::kLogic:
    case Class::kShiftVar:
    case Class::kSlt:
      return {true, true, false, true, false};
    case Class::kBranchEq:
      return {true, true, false, false, false};
    case Class::kBranchZero:
    case Class::kJumpReg:
      return {true, false, false, false, false};
    case Class::kLoadWord:
    case Class::kLoadSub:
    case Class::kLoadPart:
      return {true, false, true, true, false};
    case Class::kStoreWord:
    case Class::kStoreSub:
    case Class::kStorePart:
      return {true, true, true, false, false};
    case Class::kMult:
    case Class::kDiv:
      return {true, true, false, true, true};
    default:
      return {true, false, false, true, false};
  }
}

}  // namespace

std::optional<Effect> execute(uint32_t word, const State& s) {
  const unsigned op = word >> 26, rs = word >> 21 & 31, rt = word >> 16 & 31;
  const uint32_t a = s.reg[rs], b = s.reg[rt], imm = word & 0xffff, simm = sext16(imm);
  Effect e;
  e.next_npc = s.npc + 4;
  const uint32_t branch_to = s.pc + 4 + (simm << 2);
  const uint32_t jump_to = ((s.pc + 4) & 0xf0000000) | (word & 0x3ffffff) << 2;
  auto branch = [&](bool taken) -> std::optional<Effect> {
    if (taken) e.next_npc = branch_to;
    return e;
  };
  auto put = [&](unsigned reg, uint32_t v) -> std::optional<Effect> {
    if (reg != 0) {
      e.reg = reg;
      e.value = v;
    }
    return e;
  };
  switch (op) {
    case 0x00:
      return special(word, s, e);
    case 0x01: {
      const bool negative = as_signed(a) < 0;
      if ((rt & 0x10) != 0) {
        e.reg = 31;
        e.value = s.pc + 8;
      }
      if ((rt & 0xe) != 0) return std::nullopt;
      return branch((rt & 1) != 0 ? !negative : negative);
    }
    case 0x02:
      e.next_npc = jump_to;
      return e;
    case 0x03:
      e.next_npc = jump_to;
      return put(31, s.pc + 8);
    case 0x04:
      return branch(a == b);
    case 0x05:
      return branch(a != b);
    case 0x06:
      return branch(as_signed(a) <= 0);
    case 0x07:
      return branch(as_signed(a) > 0);
    case 0x08:
      return trapping_add(as_signed(a) + as_signed(simm), rt, e);
    case 0x09:
      return put(rt, a + simm);
    case 0x0a:
      return put(rt, as_signed(a) < as_signed(simm) ? 1 : 0);
    case 0x0b:
      return put(rt, a < simm ? 1 : 0);
    case 0x0c:
      return put(rt, a & imm);
    case 0x0d:
      return put(rt, a | imm);
    case 0x0e:
      return put(rt, a ^ imm);
    case 0x0f:
      return put(rt, imm << 16);
    default:
      if (op >= 0x20 && op <= 0x2e) return access(op, rt, a + simm, s, e);
      return std::nullopt;
  }
}

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
  const auto rom = isa::lower(state.pc, word);
  const auto effect = execute(word, state);
  if (!rom || !effect) throw std::logic_error("this instruction has no row");
  Sample s{word, state, *effect, *rom, {}};
  vm::Event& e = s.event;
  e.clk = static_cast<uint32_t>(rng() % (1u << 26)) * 4 + (1u << 18);
  std::array<uint32_t, kRegisters> time{};
  auto before = [&](uint32_t now) {
    const uint32_t gap = rng() % 4 == 0 ? (rng() % 2 != 0 ? 0 : 65535) : rng() % 65536;
    return now - 1 - gap;
  };
  auto touch = [&](unsigned reg, uint32_t slot) {
    const uint32_t now = e.clk + slot, old = time[reg] != 0 ? time[reg] : before(now);
    time[reg] = now;
    return old;
  };
  e.pc = state.pc;
  e.npc = state.npc;
  e.next_npc = effect->halts ? 0 : effect->next_npc;
  const Uses uses = uses_of(rom->cls);
  if (uses.rs) {
    e.rs = state.reg[rom->rs];
    e.t_rs = touch(rom->rs, 1);
  }
  if (uses.rt) {
    e.rt = state.reg[rom->rt];
    e.t_rt = touch(rom->rt, 2);
  }
  if (uses.mem) {
    e.mem_addr = *effect->address;
    e.mem_old = state.memory;
    e.mem_new = effect->memory;
    e.mem_writable = effect->store ? 1 : rng() % 2;
    e.t_mem = before(e.clk + 3);
  }
  if (uses.hi) {
    e.hi_old = state.reg[isa::kHi];
    e.hi_new = effect->hi;
    e.t_hi = touch(isa::kHi, 3);
    e.rd_old = state.reg[isa::kLo];
    e.rd_new = effect->lo;
    e.t_rd = touch(isa::kLo, 4);
  } else if (uses.rd) {
    e.rd_old = state.reg[rom->rd];
    e.rd_new = effect->any_value ? random_word(rng) : effect->value;
    e.t_rd = touch(rom->rd, 4);
  }
  return s;
}

Sample random_sample(Class cls, Rng& rng) {
  for (unsigned tries = 0; tries < 1'000'000; ++tries) {
    const isa::OpInfo& info = isa::kOps[rng() % isa::kOpCount];
    uint32_t word = info.match | (static_cast<uint32_t>(rng()) & ~info.mask);
    if (info.op == isa::Op::kSyscall) word = info.match | static_cast<uint32_t>(rng() % 5) << 6;
    State s;
    s.pc = static_cast<uint32_t>(rng() % (isa::kExitCode << 20)) & ~3u;
    const auto rom = isa::lower(s.pc, word);
    if (!rom || rom->cls != cls) continue;
    s.npc = rng() % 2 != 0 ? s.pc + 4 : static_cast<uint32_t>(rng()) & ~3u;
    for (unsigned r = 1; r < kRegisters; ++r) s.reg[r] = random_word(rng);
    if (rng() % 4 == 0) s.reg[word >> 16 & 31] = s.reg[word >> 21 & 31];
    if (rng() % 2 == 0) s.reg[word >> 21 & 31] &= ~3u;  // jump targets
    s.reg[0] = 0;
    s.memory = random_word(rng);
    if (execute(word, s)) return make_sample(word, s, rng);
  }
  throw std::logic_error("no instruction of this class");
}

}  // namespace mipzk::test
