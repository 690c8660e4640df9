// SPDX-License-Identifier: Apache-2.0
// The canonical ROM entries and their operations, by the form of the instruction (docs/MACHINE.md,
// "Lowering"). Only lower.cpp includes this.
#pragma once

#include "field/fp.hpp"
#include "isa/decode.hpp"
#include "isa/lower.hpp"

namespace mipzk::isa::entries {

constexpr uint32_t minus(uint32_t x) { return field::kP - x; }

// A destination that must exist although its value is lost: the instruction can fault.
inline uint8_t or_trash(uint8_t reg) { return reg == 0 ? kTrash : reg; }

inline Lowered start(Handler handler, uint32_t pc) {
  Lowered l;
  l.entry.cls = class_of(handler);
  l.entry.pc4 = pc >> 2;
  l.operation.handler = handler;
  return l;
}

inline void set_limbs(RomEntry& e, unsigned low, uint32_t value) {
  e.k[low] = value & 0xffff;
  e.k[low + 1] = value >> 16;
}

inline Lowered nop(uint32_t pc) { return start(Handler::kNop, pc); }

// rd = rs + constant; the form of every move.
inline Lowered add_imm(uint32_t pc, uint8_t rd, uint8_t rs, uint32_t constant) {
  Lowered l = start(Handler::kAddImm, pc);
  l.entry.rs = rs;
  l.entry.rd = rd;
  set_limbs(l.entry, 0, constant);
  l.operation.imm = constant;
  return l;
}

inline Lowered three(Handler handler, uint32_t pc, const Instruction& i) {
  Lowered l = start(handler, pc);
  l.entry.rs = i.rs;
  l.entry.rt = i.rt;
  l.entry.rd = i.rd;
  return l;
}

inline Lowered unary(Handler handler, uint32_t pc, uint8_t rd, uint8_t rs) {
  Lowered l = start(handler, pc);
  l.entry.rs = rs;
  l.entry.rd = rd;
  return l;
}

inline Lowered add(uint32_t pc, const Instruction& i) {
  Lowered l = three(i.op == Op::kSubu ? Handler::kSubu : Handler::kAddu, pc, i);
  l.entry.k[0] = i.op == Op::kSubu ? minus(1) : 1;
  return l;
}

inline Lowered logic(Handler handler, uint32_t pc, const Instruction& i, uint32_t k0, uint32_t k1,
                     uint32_t k2) {
  Lowered l = three(handler, pc, i);
  l.entry.k[0] = k0;
  l.entry.k[1] = k1;
  l.entry.k[2] = k2;
  return l;
}

inline Lowered logic_imm(Handler handler, uint32_t pc, const Instruction& i, uint32_t k0,
                         uint32_t k1) {
  Lowered l = start(handler, pc);
  l.entry.rs = i.rs;
  l.entry.rd = i.rt;
  l.entry.k[0] = k0;
  l.entry.k[1] = k1;
  l.entry.k[2] = i.imm & 0xff;
  l.entry.k[3] = i.imm >> 8;
  l.operation.imm = i.imm;
  return l;
}

inline Lowered shift_var(Handler handler, uint32_t pc, const Instruction& i, uint8_t amount_reg,
                         uint32_t amount) {
  Lowered l = start(handler, pc);
  l.entry.rs = i.rt;
  l.entry.rt = amount_reg;
  l.entry.rd = i.rd;
  l.entry.k[0] = amount;
  l.entry.k[1] = handler == Handler::kSllVar ? 0 : 1;
  l.entry.k[2] = handler == Handler::kSraVar ? 1 : 0;
  l.operation.imm = amount;
  return l;
}

// `source` rotated right by (amount_reg mod 32) + amount, then masked; BitInsert, whose amount_reg
// is 0, leaves the bits outside the mask as those of rd.
inline Lowered bit_field(Handler handler, uint32_t pc, uint8_t rd, uint8_t source,
                         uint8_t amount_reg, uint32_t amount, uint32_t mask) {
  Lowered l = start(handler, pc);
  l.entry.rs = source;
  l.entry.rt = amount_reg;
  l.entry.rd = rd;
  l.entry.k[0] = amount;
  l.entry.k[1] = handler == Handler::kBitInsert ? 1 : 0;
  for (unsigned b = 0; b < 4; ++b) l.entry.k[2 + b] = mask >> (8 * b) & 0xff;
  l.operation.imm = amount;
  l.operation.extra = mask;
  return l;
}

// A shift by the constant i.sa that multiplies by k0 = 2^bits.
inline Lowered shift_by(Handler handler, uint32_t pc, const Instruction& i, unsigned bits) {
  Lowered l = start(handler, pc);
  l.entry.rs = i.rt;
  l.entry.rd = i.rd;
  l.entry.k[0] = 1u << bits;
  l.operation.imm = i.sa;
  return l;
}

// A left rotation by n = 16 q + t, t <= 14, is a left shift by n and a right shift by 32 - n at
// once: two forms of kShift together.
inline Lowered rotate_const(uint32_t pc, const Instruction& i) {
  const unsigned n = 32u - i.sa, t = n & 15, q = n >> 4;
  if (t == 15) return bit_field(Handler::kBitField, pc, i.rd, i.rt, 0, i.sa, ~0u);
  Lowered l = shift_by(Handler::kRotr, pc, i, t);
  l.entry.k[q == 0 ? 1 : 2] = 1;
  l.entry.k[q == 0 ? 4 : 3] = 1;
  return l;
}

inline Lowered shift_const(uint32_t pc, const Instruction& i) {
  if (i.sa == 0) return add_imm(pc, i.rd, i.rt, 0);
  if (i.op == Op::kRotr) return rotate_const(pc, i);
  if (i.op == Op::kSra) return shift_var(Handler::kSraVar, pc, i, 0, i.sa);
  const unsigned u = i.sa & 15, q = i.sa >> 4;
  if (i.op == Op::kSll) {
    if (u == 15) return shift_var(Handler::kSllVar, pc, i, 0, i.sa);
    Lowered l = shift_by(Handler::kSll, pc, i, u);
    l.entry.k[q == 0 ? 1 : 2] = 1;
    return l;
  }
  if (u == 1) return shift_var(Handler::kSrlVar, pc, i, 0, i.sa);
  Lowered l = shift_by(Handler::kSrl, pc, i, i.sa == 16 ? 0 : 16 - u);
  l.entry.k[i.sa == 16 ? 5 : q == 0 ? 3 : 4] = 1;
  return l;
}

inline Lowered slt_imm(Handler handler, uint32_t pc, const Instruction& i) {
  Lowered l = start(handler, pc);
  l.entry.rs = i.rs;
  l.entry.rd = i.rt;
  l.entry.k[0] = handler == Handler::kSlti;
  set_limbs(l.entry, 1, i.imm);
  l.entry.k[3] = i.imm >> 31;
  l.operation.imm = i.imm;
  return l;
}

inline Lowered add_trap(Handler handler, uint32_t pc, uint8_t rd, uint8_t rs, uint8_t rt,
                        uint32_t imm) {
  Lowered l = start(handler, pc);
  l.entry.rs = rs;
  l.entry.rt = rt;
  l.entry.rd = or_trash(rd);
  l.entry.k[0] = handler == Handler::kSubTrap ? minus(1) : 1;
  set_limbs(l.entry, 1, imm);
  l.operation.imm = imm;
  return l;
}

// A branch or jump to a constant target.
inline Lowered jump(Handler handler, uint32_t pc, const Instruction& i) {
  Lowered l = start(handler, pc);
  l.entry.k[class_info(l.entry.cls).flow.target] = branch_target(pc, i) >> 2;
  return l;
}

inline Lowered jump_link(uint32_t pc, const Instruction& i) {
  Lowered l = jump(Handler::kJal, pc, i);
  l.entry.rd = 31;
  set_limbs(l.entry, 1, pc + 8);
  return l;
}

inline Lowered branch_eq(Handler handler, uint32_t pc, const Instruction& i, uint8_t rs,
                         uint8_t rt) {
  Lowered l = jump(handler, pc, i);
  l.entry.rs = rs;
  l.entry.rt = rt;
  l.entry.k[0] = handler == Handler::kBne;
  return l;
}

// taken = k0 + k1 sign(rs) + k2 (rs = rt)
inline Lowered branch_likely(Handler handler, uint32_t pc, const Instruction& i, uint8_t rs,
                             uint8_t rt, uint32_t k0, uint32_t k1, uint32_t k2) {
  Lowered l = jump(handler, pc, i);
  l.entry.rs = rs;
  l.entry.rt = rt;
  l.entry.rd = kTrash;
  l.entry.k[0] = k0;
  l.entry.k[1] = k1;
  l.entry.k[2] = k2;
  if (i.op == Op::kBltzall || i.op == Op::kBgezall) {
    l.entry.rd = 31;
    set_limbs(l.entry, 4, pc + 8);
    l.operation.imm = pc + 8;
  }
  return l;
}

// taken = k0 + k1 sign + k2 zero
inline Lowered branch_zero(Handler handler, uint32_t pc, const Instruction& i, uint32_t k0,
                           uint32_t k1, uint32_t k2) {
  Lowered l = jump(handler, pc, i);
  l.entry.rs = i.rs;
  l.entry.k[0] = k0;
  l.entry.k[1] = k1;
  l.entry.k[2] = k2;
  if (class_info(l.entry.cls).links()) {
    l.entry.rd = 31;
    set_limbs(l.entry, 4, pc + 8);
  }
  return l;
}

inline Lowered jump_reg(uint32_t pc, const Instruction& i) {
  const bool link = i.op == Op::kJalr && i.rd != 0;
  Lowered l = start(link ? Handler::kJalr : Handler::kJr, pc);
  l.entry.rs = i.rs;
  if (link) {
    l.entry.rd = i.rd;
    set_limbs(l.entry, 1, pc + 8);
  }
  return l;
}

// Loads and stores; `reg` is the register of the word, the first one of two.
inline Lowered memory(Handler handler, uint32_t pc, const Instruction& i, uint8_t reg) {
  Lowered l = start(handler, pc);
  const ClassInfo& cls = class_info(l.entry.cls);
  l.entry.rs = i.rs;
  if (cls.has(kReadRt)) l.entry.rt = reg;
  if (cls.has(kWriteRd)) l.entry.rd = or_trash(reg);
  set_limbs(l.entry, 0, i.imm);
  l.operation.imm = i.imm;
  return l;
}

inline Lowered double_memory(Handler handler, uint32_t pc, const Instruction& i, uint8_t first,
                             uint8_t second) {
  Lowered l = memory(handler, pc, i, first);
  l.entry.k[2] = second;
  l.operation.extra = second;
  return l;
}

// Accesses to parts of words: k2 = long form (half words, left), then the byte order in k[at].
inline Lowered part_memory(Handler handler, uint32_t pc, const Instruction& i, bool long_form,
                           unsigned at, bool little_endian) {
  Lowered l = memory(handler, pc, i, i.rt);
  l.entry.k[2] = long_form;
  l.entry.k[at] = little_endian;
  l.operation.extra = little_endian ? 3 : 0;
  return l;
}

inline Lowered load_sub(Handler handler, uint32_t pc, const Instruction& i, bool little_endian) {
  const bool half = handler == Handler::kLh || handler == Handler::kLhu;
  Lowered l = part_memory(handler, pc, i, half, 4, little_endian);
  l.entry.k[3] = handler == Handler::kLb || handler == Handler::kLh;
  return l;
}

// Products and quotients to HI and LO, or `low` and `high`.
inline Lowered mult_div(Handler handler, uint32_t pc, const Instruction& i, bool is_signed) {
  Lowered l = start(handler, pc);
  l.entry.rs = i.rs;
  l.entry.rt = i.rt;
  l.entry.k[0] = is_signed;
  return l;
}

inline Lowered multiply(Handler handler, uint32_t pc, const Instruction& i, uint8_t low,
                        uint8_t high) {
  Lowered l = mult_div(handler, pc, i, handler == Handler::kMult);
  l.entry.rd = low;
  l.entry.k[1] = high;
  l.operation.extra = high;
  return l;
}

inline Lowered mult_acc(Handler handler, uint32_t pc, const Instruction& i, bool is_signed,
                        uint32_t sign) {
  Lowered l = mult_div(handler, pc, i, is_signed);
  l.entry.k[1] = sign;
  return l;
}

// rd = rs if rt is zero (not zero).
inline Lowered move_cond(Handler handler, uint32_t pc, uint8_t rd, uint8_t rs, uint8_t rt) {
  Lowered l = start(handler, pc);
  l.entry.rs = rs;
  l.entry.rt = rt;
  l.entry.rd = rd;
  l.entry.k[0] = handler == Handler::kMovn;
  return l;
}

// Conditional traps; the limbs of the immediate, if there is one, are k[at] and k[at + 1].
inline Lowered trap_if(Handler handler, uint32_t pc, const Instruction& i, unsigned at) {
  Lowered l = start(handler, pc);
  l.entry.rs = i.rs;
  if (op_info(i.op).format == Format::kTrapImm) {
    set_limbs(l.entry, at, i.imm);
    l.operation.imm = i.imm;
  } else {
    l.entry.rt = i.rt;
  }
  return l;
}

inline Lowered trap_equal(Handler handler, uint32_t pc, const Instruction& i) {
  Lowered l = trap_if(handler, pc, i, 1);
  l.entry.k[0] = handler == Handler::kTne;
  return l;
}

// Goes on only if (rs < b) = k1.
inline Lowered trap_less(Handler handler, uint32_t pc, const Instruction& i) {
  Lowered l = trap_if(handler, pc, i, 2);
  l.entry.k[0] = handler == Handler::kTge || handler == Handler::kTlt;
  l.entry.k[1] = handler == Handler::kTge || handler == Handler::kTgeu;
  return l;
}

inline Lowered count_leading(Handler handler, uint32_t pc, const Instruction& i) {
  Lowered l = unary(handler, pc, i.rd, i.rs);
  l.entry.k[0] = handler == Handler::kClo;
  return l;
}

inline Lowered byte_op(Handler handler, uint32_t pc, const Instruction& i, unsigned which) {
  Lowered l = unary(handler, pc, i.rd, i.rt);
  l.entry.k[which] = 1;
  return l;
}

}  // namespace mipzk::isa::entries
