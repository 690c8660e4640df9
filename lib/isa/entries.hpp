// The canonical ROM entries of the classes, by the form of the instruction (docs/MACHINE.md,
// "Lowering"). Only lower.cpp includes this.
#pragma once

#include "field/fp.hpp"
#include "isa/decode.hpp"
#include "isa/rom.hpp"

namespace mipzk::isa::entries {

constexpr uint32_t minus(uint32_t x) { return field::kP - x; }

// A destination that must exist although its value is lost: the instruction can fault.
inline uint8_t or_trash(uint8_t reg) { return reg == 0 ? kTrash : reg; }

inline RomEntry entry(Class cls, uint32_t pc) {
  RomEntry e;
  e.cls = cls;
  e.pc4 = pc >> 2;
  return e;
}

inline RomEntry nop(uint32_t pc) { return entry(Class::kNop, pc); }

// rd = rs + constant; the form of every move.
inline RomEntry add_imm(uint32_t pc, uint8_t rd, uint8_t rs, uint32_t constant) {
  RomEntry e = entry(Class::kAddImm, pc);
  e.rs = rs;
  e.rd = rd;
  e.k[0] = constant & 0xffff;
  e.k[1] = constant >> 16;
  return e;
}

inline RomEntry three(Class cls, uint32_t pc, const Instruction& i) {
  RomEntry e = entry(cls, pc);
  e.rs = i.rs;
  e.rt = i.rt;
  e.rd = i.rd;
  return e;
}

inline RomEntry logic(uint32_t pc, const Instruction& i, uint32_t k0, uint32_t k1, uint32_t k2) {
  RomEntry e = three(Class::kLogic, pc, i);
  e.k[0] = k0;
  e.k[1] = k1;
  e.k[2] = k2;
  return e;
}

inline RomEntry logic_imm(uint32_t pc, const Instruction& i, uint32_t k0, uint32_t k1) {
  RomEntry e = entry(Class::kLogicImm, pc);
  e.rs = i.rs;
  e.rd = i.rt;
  e.k[0] = k0;
  e.k[1] = k1;
  e.k[2] = i.imm & 0xff;
  e.k[3] = i.imm >> 8;
  return e;
}

inline RomEntry shift_var(uint32_t pc, const Instruction& i, uint8_t amount_reg, uint32_t amount) {
  RomEntry e = entry(Class::kShiftVar, pc);
  const bool arithmetic = i.op == Op::kSra || i.op == Op::kSrav;
  const bool left = i.op == Op::kSll || i.op == Op::kSllv;
  e.rs = i.rt;
  e.rt = amount_reg;
  e.rd = i.rd;
  e.k[0] = amount;
  e.k[1] = left ? 0 : 1;
  e.k[2] = arithmetic ? 1 : 0;
  return e;
}

// `source` rotated right by (amount_reg mod 32) + amount, then masked; with `keep` the bits outside
// the mask stay those of rd.
inline RomEntry bit_field(uint32_t pc, uint8_t rd, uint8_t source, uint8_t amount_reg,
                          uint32_t amount, uint32_t mask, bool keep) {
  RomEntry e = entry(Class::kBitField, pc);
  e.rs = source;
  e.rt = amount_reg;
  e.rd = rd;
  e.k[0] = amount;
  e.k[1] = keep;
  for (unsigned b = 0; b < 4; ++b) e.k[2 + b] = mask >> (8 * b) & 0xff;
  return e;
}

// A left rotation by n = 16 q + t, t <= 14, is a left shift by n and a right shift by 32 - n at
// once: two forms of kShift together.
inline RomEntry rotate_const(uint32_t pc, const Instruction& i) {
  const unsigned n = 32u - i.sa, t = n & 15, q = n >> 4;
  if (t == 15) return bit_field(pc, i.rd, i.rt, 0, i.sa, ~0u, false);
  RomEntry e = entry(Class::kShift, pc);
  e.rs = i.rt;
  e.rd = i.rd;
  e.k[0] = 1u << t;
  e.k[q == 0 ? 1 : 2] = 1;
  e.k[q == 0 ? 4 : 3] = 1;
  return e;
}

inline RomEntry shift_const(uint32_t pc, const Instruction& i) {
  if (i.sa == 0) return add_imm(pc, i.rd, i.rt, 0);
  if (i.op == Op::kRotr) return rotate_const(pc, i);
  const unsigned u = i.sa & 15, q = i.sa >> 4;
  RomEntry e = entry(Class::kShift, pc);
  e.rs = i.rt;
  e.rd = i.rd;
  if (i.op == Op::kSll && u <= 14) {
    e.k[0] = 1u << u;
    e.k[q == 0 ? 1 : 2] = 1;
    return e;
  }
  if (i.op == Op::kSrl && u >= 2) {
    e.k[0] = 1u << (16 - u);
    e.k[q == 0 ? 3 : 4] = 1;
    return e;
  }
  if (i.op == Op::kSrl && i.sa == 16) {
    e.k[0] = 1;
    e.k[5] = 1;
    return e;
  }
  return shift_var(pc, i, 0, i.sa);
}

inline RomEntry slt_imm(uint32_t pc, const Instruction& i, bool is_signed) {
  RomEntry e = entry(Class::kSltImm, pc);
  e.rs = i.rs;
  e.rd = i.rt;
  e.k[0] = is_signed;
  e.k[1] = i.imm & 0xffff;
  e.k[2] = i.imm >> 16;
  e.k[3] = i.imm >> 31;
  return e;
}

inline RomEntry add_trap(uint32_t pc, uint8_t rd, uint8_t rs, uint8_t rt, uint32_t sign,
                         uint32_t imm) {
  RomEntry e = entry(Class::kAddTrap, pc);
  e.rs = rs;
  e.rt = rt;
  e.rd = or_trash(rd);
  e.k[0] = sign;
  e.k[1] = imm & 0xffff;
  e.k[2] = imm >> 16;
  return e;
}

inline RomEntry branch_eq(uint32_t pc, const Instruction& i, uint8_t rs, uint8_t rt,
                          uint32_t not_equal) {
  RomEntry e = entry(Class::kBranchEq, pc);
  e.rs = rs;
  e.rt = rt;
  e.k[0] = not_equal;
  e.k[1] = branch_target(pc, i) >> 2;
  return e;
}

// taken = k0 + k1 sign(rs) + k2 (rs = rt)
inline RomEntry branch_likely(uint32_t pc, const Instruction& i, uint8_t rs, uint8_t rt,
                              uint32_t k0, uint32_t k1, uint32_t k2, bool link = false) {
  RomEntry e = entry(Class::kBranchLikely, pc);
  e.rs = rs;
  e.rt = rt;
  e.rd = link ? 31 : kTrash;
  e.k[0] = k0;
  e.k[1] = k1;
  e.k[2] = k2;
  e.k[3] = branch_target(pc, i) >> 2;
  if (link) {
    e.k[4] = (pc + 8) & 0xffff;
    e.k[5] = (pc + 8) >> 16;
  }
  return e;
}

// taken = k0 + k1 sign + k2 zero
inline RomEntry branch_zero(Class cls, uint32_t pc, const Instruction& i, uint32_t k0, uint32_t k1,
                            uint32_t k2) {
  RomEntry e = entry(cls, pc);
  e.rs = i.rs;
  e.k[0] = k0;
  e.k[1] = k1;
  e.k[2] = k2;
  e.k[3] = branch_target(pc, i) >> 2;
  if (cls == Class::kBranchLink) {
    e.rd = 31;
    e.k[4] = (pc + 8) & 0xffff;
    e.k[5] = (pc + 8) >> 16;
  }
  return e;
}

inline RomEntry jump(uint32_t pc, const Instruction& i, bool link) {
  RomEntry e = entry(link ? Class::kJumpLink : Class::kJump, pc);
  e.k[0] = branch_target(pc, i) >> 2;
  if (link) {
    e.rd = 31;
    e.k[1] = (pc + 8) & 0xffff;
    e.k[2] = (pc + 8) >> 16;
  }
  return e;
}

inline RomEntry jump_reg(uint32_t pc, const Instruction& i) {
  const bool link = i.op == Op::kJalr && i.rd != 0;
  RomEntry e = entry(link ? Class::kJumpRegLink : Class::kJumpReg, pc);
  e.rs = i.rs;
  if (link) {
    e.rd = i.rd;
    e.k[1] = (pc + 8) & 0xffff;
    e.k[2] = (pc + 8) >> 16;
  }
  return e;
}

inline RomEntry memory(Class cls, uint32_t pc, const Instruction& i, uint32_t k2 = 0,
                       uint32_t k3 = 0) {
  RomEntry e = entry(cls, pc);
  e.rs = i.rs;
  if (class_info(cls).has(kReadRt)) e.rt = i.rt;
  if (class_info(cls).has(kWriteRd)) e.rd = or_trash(i.rt);
  e.k[0] = i.imm & 0xffff;
  e.k[1] = i.imm >> 16;
  e.k[2] = k2;
  e.k[3] = k3;
  return e;
}

// Loads and stores of coprocessor 1; `reg` is the register of the (first) word.
inline RomEntry fp_memory(Class cls, uint32_t pc, const Instruction& i, uint8_t reg,
                          uint32_t second = 0) {
  RomEntry e = entry(cls, pc);
  e.rs = i.rs;
  (class_info(cls).has(kWriteRd) ? e.rd : e.rt) = reg;
  e.k[0] = i.imm & 0xffff;
  e.k[1] = i.imm >> 16;
  e.k[2] = second;
  return e;
}

inline RomEntry mult_div(Class cls, uint32_t pc, const Instruction& i, bool is_signed) {
  RomEntry e = entry(cls, pc);
  e.rs = i.rs;
  e.rt = i.rt;
  e.k[0] = is_signed;
  return e;
}

inline RomEntry multiply(uint32_t pc, const Instruction& i, bool is_signed, uint8_t low,
                         uint8_t high) {
  RomEntry e = mult_div(Class::kMult, pc, i, is_signed);
  e.rd = low;
  e.k[1] = high;
  return e;
}

inline RomEntry mult_acc(uint32_t pc, const Instruction& i, bool is_signed, uint32_t sign) {
  RomEntry e = mult_div(Class::kMultAcc, pc, i, is_signed);
  e.k[1] = sign;
  return e;
}

// rd = rs if rt is zero (not zero).
inline RomEntry move_cond(uint32_t pc, uint8_t rd, uint8_t rs, uint8_t rt, bool if_not_zero) {
  RomEntry e = entry(Class::kMoveCond, pc);
  e.rs = rs;
  e.rt = rt;
  e.rd = rd;
  e.k[0] = if_not_zero;
  return e;
}

inline RomEntry trap_equal(uint32_t pc, const Instruction& i, bool if_not_equal) {
  const bool immediate = op_info(i.op).format == Format::kTrapImm;
  RomEntry e = entry(Class::kTrapEqual, pc);
  e.rs = i.rs;
  e.rt = immediate ? 0 : i.rt;
  e.k[0] = if_not_equal;
  e.k[1] = immediate ? i.imm & 0xffff : 0;
  e.k[2] = immediate ? i.imm >> 16 : 0;
  return e;
}

// Goes on only if (rs < b) = must_be_less.
inline RomEntry trap_less(uint32_t pc, const Instruction& i, bool is_signed, bool must_be_less) {
  const bool immediate = op_info(i.op).format == Format::kTrapImm;
  RomEntry e = entry(Class::kTrapLess, pc);
  e.rs = i.rs;
  e.rt = immediate ? 0 : i.rt;
  e.k[0] = is_signed;
  e.k[1] = must_be_less;
  e.k[2] = immediate ? i.imm & 0xffff : 0;
  e.k[3] = immediate ? i.imm >> 16 : 0;
  return e;
}

inline RomEntry count_leading(uint32_t pc, const Instruction& i) {
  RomEntry e = entry(Class::kCountLeading, pc);
  e.rs = i.rs;
  e.rd = i.rd;
  e.k[0] = i.op == Op::kClo;
  return e;
}

inline RomEntry byte_op(uint32_t pc, const Instruction& i, unsigned which) {
  RomEntry e = entry(Class::kByteOps, pc);
  e.rs = i.rt;
  e.rd = i.rd;
  e.k[which] = 1;
  return e;
}

}  // namespace mipzk::isa::entries
