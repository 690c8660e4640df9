// SPDX-License-Identifier: Apache-2.0
#include "unit/air/oracle.hpp"

#include <stdexcept>

#include "isa/opcodes.hpp"
#include "unit/air/oracle_parts.hpp"

namespace mipzk::test {
namespace {

using isa::Class;

uint32_t bytes_mask(unsigned n) { return n >= 4 ? ~0u : (1u << (8 * n)) - 1; }  // lowest n bytes

// Loads and stores, opcodes 0x20 to 0x2e.
std::optional<Effect> access(unsigned op, unsigned rt, uint32_t address, const State& s, Effect e) {
  const uint32_t old = s.memory[0], reg = s.reg[rt];
  const bool little = s.context.little_endian;
  const unsigned o = address & 3;
  e.address = address;
  e.memory[0] = old;
  e.store = op >= 0x28;
  const unsigned byte_at = little ? 8 * o : 24 - 8 * o;
  const unsigned half_at = little ? 8 * (o & 2) : 16 - 8 * (o & 2);
  const uint32_t byte = old >> byte_at & 0xff, half = old >> half_at & 0xffff;
  if ((op == 0x23 || op == 0x2b) && o != 0) return std::nullopt;
  if ((op == 0x21 || op == 0x25 || op == 0x29) && (o & 1) != 0) return std::nullopt;
  uint32_t value = 0;
  // A lost destination keeps what the trash register holds where part of it stays.
  const uint32_t before = s.reg[rt == 0 ? unsigned{isa::kTrash} : rt];
  // Bytes of the word from the addressed one to its less (more) significant end.
  const unsigned down = little ? o + 1 : 4 - o, up = 5 - down;
  switch (op) {
    case 0x20:  // lb
      value = byte | ((byte & 0x80) != 0 ? 0xffffff00u : 0);
      break;
    case 0x21:  // lh
      value = sext16(half);
      break;
    case 0x22:  // lwl
      value = old << (8 * (4 - down)) | (before & bytes_mask(4 - down));
      break;
    case 0x23:  // lw
      value = old;
      break;
    case 0x24:  // lbu
      value = byte;
      break;
    case 0x25:  // lhu
      value = half;
      break;
    case 0x26:  // lwr
      value = old >> (8 * (4 - up)) | (before & ~bytes_mask(up));
      break;
    case 0x28:  // sb
      e.memory[0] = (old & ~(0xffu << byte_at)) | (reg & 0xff) << byte_at;
      break;
    case 0x29:  // sh
      e.memory[0] = (old & ~(0xffffu << half_at)) | (reg & 0xffff) << half_at;
      break;
    case 0x2a:  // swl
      e.memory[0] = (old & ~bytes_mask(down)) | reg >> (8 * (4 - down));
      break;
    case 0x2b:  // sw
      e.memory[0] = reg;
      break;
    case 0x2e:  // swr
      e.memory[0] = (old & bytes_mask(4 - up)) | reg << (8 * (4 - up));
      break;
    default:
      return std::nullopt;
  }
  if (!e.store) e.writes.emplace_back(rt == 0 ? unsigned{isa::kTrash} : rt, value);
  return e;
}

// ll and sc.
std::optional<Effect> linked(bool store, unsigned rt, uint32_t address, const State& s, Effect e) {
  if ((address & 3) != 0) return std::nullopt;
  const unsigned reg = rt == 0 ? unsigned{isa::kTrash} : rt;
  e.address = address;
  e.memory[0] = s.memory[0];
  e.store = store;
  if (store) {
    const bool ok = s.reg[isa::kLink] == address;
    if (ok) e.memory[0] = s.reg[rt];
    e.writes.emplace_back(reg, ok ? 1 : 0);
    e.writes.emplace_back(isa::kLink, 0);
  } else {
    e.writes.emplace_back(reg, s.memory[0]);
    e.writes.emplace_back(isa::kLink, address);
  }
  return e;
}

std::optional<Effect> trapping_add(int64_t sum, unsigned rd, Effect e) {
  if (sum < -(int64_t{1} << 31) || sum >= int64_t{1} << 31) return std::nullopt;
  e.writes.emplace_back(rd == 0 ? unsigned{isa::kTrash} : rd, static_cast<uint32_t>(sum));
  return e;
}

uint64_t product(uint32_t a, uint32_t b, bool is_signed) {
  return is_signed ? static_cast<uint64_t>(as_signed(a) * as_signed(b)) : uint64_t{a} * b;
}

Effect hi_lo(uint64_t value, Effect e) {
  e.writes.emplace_back(isa::kHi, static_cast<uint32_t>(value >> 32));
  e.writes.emplace_back(isa::kLo, static_cast<uint32_t>(value));
  return e;
}

std::optional<Effect> special(uint32_t word, const State& s, Effect e) {
  const unsigned rs = word >> 21 & 31, rt = word >> 16 & 31, rd = word >> 11 & 31,
                 sa = word >> 6 & 31;
  const uint32_t a = s.reg[rs], b = s.reg[rt];
  auto put = [&](uint32_t v) -> std::optional<Effect> {
    if (rd != 0) e.writes.emplace_back(rd, v);
    return e;
  };
  auto go_on_unless = [&](bool trapping) {
    return trapping ? std::nullopt : std::optional<Effect>(e);
  };
  auto sra = [](uint32_t v, unsigned n) { return static_cast<uint32_t>(as_signed(v) >> n); };
  switch (word & 63) {
    case 0x00:
      return put(b << sa);
    case 0x01: {  // movf, movt
      if ((word & 0x20000) != 0) return std::nullopt;
      const bool moves = (s.reg[isa::kFcc0 + (word >> 18 & 7)] != 0) == ((word & 0x10000) != 0);
      return put(moves ? a : s.reg[rd]);
    }
    case 0x02:  // srl, rotr
      return put(rs == 0 || sa == 0 ? b >> sa : b >> sa | b << (32 - sa));
    case 0x03:
      return put(sra(b, sa));
    case 0x04:
      return put(b << (a & 31));
    case 0x06:
      return put(sa == 0 || (a & 31) == 0 ? b >> (a & 31) : b >> (a & 31) | b << (32 - (a & 31)));
    case 0x0a:
      return put(b == 0 ? a : s.reg[rd]);
    case 0x0b:
      return put(b != 0 ? a : s.reg[rd]);
    case 0x0f:  // sync
      return e;
    case 0x07:
      return put(sra(b, a & 31));
    case 0x08:
    case 0x09:
      if ((a & 3) != 0) return std::nullopt;
      e.next_npc = a;
      return (word & 63) == 0x08 ? e : put(s.pc + 8);
    case 0x0c:
      switch (word >> 6 & 0xfffff) {
        case 0:
          return trap(word, s, e);
        case 1:
          e.halts = true;
          e.writes.emplace_back(isa::kExitCode, s.reg[4]);
          return e;
        case 2:
          e.writes.emplace_back(2, 0);
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
      e.writes.emplace_back(isa::kHi, a);
      return e;
    case 0x13:
      e.writes.emplace_back(isa::kLo, a);
      return e;
    case 0x18:
    case 0x19: {
      return hi_lo(product(a, b, (word & 1) == 0), e);
    }
    case 0x1a:
    case 0x1b: {
      const int64_t n = (word & 1) == 0 ? as_signed(a) : a, d = (word & 1) == 0 ? as_signed(b) : b;
      const uint32_t rest = d == 0 ? 0 : static_cast<uint32_t>(n % d);
      return hi_lo(uint64_t{rest} << 32 | (d == 0 ? a : static_cast<uint32_t>(n / d)), e);
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
    case 0x30:
      return go_on_unless(as_signed(a) >= as_signed(b));
    case 0x31:
      return go_on_unless(a >= b);
    case 0x32:
      return go_on_unless(as_signed(a) < as_signed(b));
    case 0x33:
      return go_on_unless(a < b);
    case 0x34:
      return go_on_unless(a == b);
    case 0x36:
      return go_on_unless(a != b);
    default:
      return std::nullopt;
  }
}

// Opcode 0x1c.
std::optional<Effect> special2(uint32_t word, const State& s, Effect e) {
  const unsigned rd = word >> 11 & 31;
  const uint32_t a = s.reg[word >> 21 & 31], b = s.reg[word >> 16 & 31];
  const uint64_t acc = uint64_t{s.reg[isa::kHi]} << 32 | s.reg[isa::kLo];
  auto leading = [](uint32_t v, bool bit) {
    unsigned n = 0;
    while (n < 32 && (v >> (31 - n) & 1) == (bit ? 1u : 0u)) ++n;
    return n;
  };
  switch (word & 63) {
    case 0x00:
    case 0x01:
      return hi_lo(acc + product(a, b, (word & 1) == 0), e);
    case 0x04:
    case 0x05:
      return hi_lo(acc - product(a, b, (word & 1) == 0), e);
    case 0x02:  // mul; HI and LO stay, the high word of the product is lost
      if (rd == 0) return e;
      e.writes.emplace_back(rd, a * b);
      e.writes.emplace_back(isa::kTrash, static_cast<uint32_t>(product(a, b, true) >> 32));
      return e;
    case 0x20:
    case 0x21:
      if (rd != 0) e.writes.emplace_back(rd, leading(a, (word & 1) != 0));
      return e;
    default:
      return std::nullopt;
  }
}

// Opcode 0x1f.
std::optional<Effect> special3(uint32_t word, const State& s, Effect e) {
  const unsigned rs = word >> 21 & 31, rt = word >> 16 & 31, rd = word >> 11 & 31,
                 sa = word >> 6 & 31;
  auto put = [&](unsigned reg, uint32_t v) -> std::optional<Effect> {
    if (reg != 0) e.writes.emplace_back(reg, v);
    return e;
  };
  const uint32_t b = s.reg[rt];
  switch (word & 63) {
    case 0x00: {  // ext
      const unsigned size = rd + 1;
      if (sa + size > 32) return std::nullopt;
      return put(rt,
                 static_cast<uint32_t>(uint64_t{s.reg[rs]} >> sa & ((uint64_t{1} << size) - 1)));
    }
    case 0x04: {  // ins
      if (rd < sa) return std::nullopt;
      const uint64_t mask = ((uint64_t{1} << (rd - sa + 1)) - 1) << sa;
      return put(rt, static_cast<uint32_t>((b & ~mask) | (uint64_t{s.reg[rs]} << sa & mask)));
    }
    case 0x20:
      switch (sa) {
        case 0x02:  // wsbh
          return put(rd,
                     (b & 0xff) << 8 | (b >> 8 & 0xff) | (b >> 16 & 0xff) << 24 | (b >> 24) << 16);
        case 0x10:  // seb
          return put(rd, (b & 0x80) != 0 ? b | 0xffffff00 : b & 0xff);
        case 0x18:  // seh
          return put(rd, sext16(b & 0xffff));
        default:
          return std::nullopt;
      }
    case 0x3b:  // rdhwr
      if (rd == 0 || rd == 1) return put(rt, 0);
      if (rd == 29) return put(rt, s.reg[isa::kUserLocal]);
      return trap(word, s, e);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Effect> trap(uint32_t word, const State& s, const Effect&) {
  const uint32_t vector = s.context.trap_vector;
  if (vector == 0) return std::nullopt;
  Effect e;
  e.next_pc = vector;
  e.next_npc = vector + 4;
  e.writes = {{26, s.npc}, {27, word}, {isa::kLink, 0}};
  return e;
}

std::optional<Effect> execute(uint32_t word, const State& s) {
  const unsigned op = word >> 26, rs = word >> 21 & 31, rt = word >> 16 & 31;
  const uint32_t a = s.reg[rs], b = s.reg[rt], imm = word & 0xffff, simm = sext16(imm);
  Effect e;
  e.next_pc = s.npc;
  e.next_npc = s.npc + 4;
  const uint32_t branch_to = s.pc + 4 + (simm << 2);
  const uint32_t jump_to = ((s.pc + 4) & 0xf0000000) | (word & 0x3ffffff) << 2;
  auto branch = [&](bool taken) -> std::optional<Effect> {
    if (taken) e.next_npc = branch_to;
    return e;
  };
  // One that does not link clears the trash register.
  auto branch_likely = [&](bool taken) -> std::optional<Effect> {
    if (e.writes.empty()) e.writes.emplace_back(isa::kTrash, 0);
    if (taken) return branch(true);
    e.next_pc = s.npc + 4;
    e.next_npc = s.npc + 8;
    return e;
  };
  auto put = [&](unsigned reg, uint32_t v) -> std::optional<Effect> {
    if (reg != 0) e.writes.emplace_back(reg, v);
    return e;
  };
  auto go_on_unless = [&](bool trapping) {
    return trapping ? std::nullopt : std::optional<Effect>(e);
  };
  switch (op) {
    case 0x00:
      return special(word, s, e);
    case 0x01: {
      const bool negative = as_signed(a) < 0;
      switch (rt) {
        case 0x00:
          return branch(negative);
        case 0x01:
          return branch(!negative);
        case 0x02:
          return branch_likely(negative);
        case 0x03:
          return branch_likely(!negative);
        case 0x08:
          return go_on_unless(as_signed(a) >= as_signed(simm));
        case 0x09:
          return go_on_unless(a >= simm);
        case 0x0a:
          return go_on_unless(as_signed(a) < as_signed(simm));
        case 0x0b:
          return go_on_unless(a < simm);
        case 0x0c:
          return go_on_unless(a == simm);
        case 0x0e:
          return go_on_unless(a != simm);
        case 0x10:
        case 0x11:
          put(31, s.pc + 8);
          return branch(negative == (rt == 0x10));
        case 0x12:
        case 0x13:
          put(31, s.pc + 8);
          return branch_likely(negative == (rt == 0x12));
        case 0x1f:  // synci
          return e;
        default:
          return std::nullopt;
      }
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
    case 0x10:  // mtc0 rt, $4, 2; mfc0 rt, rd in the kernel
      if ((word & 0xffe007ff) == 0x40000000 && s.pc >= 0x80000000) {
        const unsigned rd = word >> 11 & 31;
        if (rd == 8) return put(rt, s.reg[isa::kBadVAddr]);
        if (rd == 13) return put(rt, s.reg[isa::kCause]);
        if (rd == 14) return put(rt, s.reg[isa::kEpc]);
        if (rd == 30) return put(rt, s.reg[isa::kEnpc]);
      }
      if ((word & 0xffe0ffff) != 0x40802002) return std::nullopt;
      return put(isa::kUserLocal, b);
    case 0x11:
      return coprocessor_1(word, s, e);
    case 0x13:
      return coprocessor_1x(word, s, e);
    case 0x14:
      return branch_likely(a == b);
    case 0x15:
      return branch_likely(a != b);
    case 0x16:
      return branch_likely(as_signed(a) <= 0);
    case 0x17:
      return branch_likely(as_signed(a) > 0);
    case 0x1c:
      return special2(word, s, e);
    case 0x1f:
      return special3(word, s, e);
    case 0x2f:  // cache
    case 0x33:  // pref
      return e;
    case 0x30:
    case 0x38:
      return linked(op == 0x38, rt, a + simm, s, e);
    case 0x31:
    case 0x35:
    case 0x39:
    case 0x3d:
      return fp_memory(word, s, e);
    default:
      if (op >= 0x20 && op <= 0x2e) return access(op, rt, a + simm, s, e);
      return std::nullopt;
  }
}

}  // namespace mipzk::test
