// SPDX-License-Identifier: Apache-2.0
// Instruction words for tests, made from the fields that an assembler would name.
#pragma once

#include <cstdint>

#include "isa/opcodes.hpp"

namespace mipzk::test {

using isa::Op;

inline uint32_t match_of(Op op) { return isa::op_info(op).match; }

inline uint32_t three(Op op, unsigned rd, unsigned rs, unsigned rt) {
  return match_of(op) | rs << 21 | rt << 16 | rd << 11;
}
inline uint32_t shift(Op op, unsigned rd, unsigned rt, unsigned sa) {
  return match_of(op) | rt << 16 | rd << 11 | sa << 6;
}
inline uint32_t shift_reg(Op op, unsigned rd, unsigned rt, unsigned rs) {
  return three(op, rd, rs, rt);
}
inline uint32_t imm(Op op, unsigned rt, unsigned rs, uint32_t value) {
  return match_of(op) | rs << 21 | rt << 16 | (value & 0xffff);
}
inline uint32_t lui(unsigned rt, uint32_t value) { return imm(Op::kLui, rt, 0, value); }
inline uint32_t mem(Op op, unsigned rt, uint32_t offset, unsigned base) {
  return imm(op, rt, base, offset);
}
// `offset` in words from the delay slot.
inline uint32_t branch(Op op, unsigned rs, unsigned rt, int offset) {
  return match_of(op) | rs << 21 | rt << 16 | (static_cast<uint32_t>(offset) & 0xffff);
}
inline uint32_t branch_zero(Op op, unsigned rs, int offset) { return branch(op, rs, 0, offset); }
inline uint32_t jump(Op op, uint32_t address) { return match_of(op) | (address >> 2 & 0x3ffffff); }
inline uint32_t jr(unsigned rs) { return match_of(Op::kJr) | rs << 21; }
inline uint32_t jalr(unsigned rd, unsigned rs) { return match_of(Op::kJalr) | rs << 21 | rd << 11; }
inline uint32_t hilo(Op op, unsigned rs, unsigned rt) { return three(op, 0, rs, rt); }
inline uint32_t from_hilo(Op op, unsigned rd) { return match_of(op) | rd << 11; }
inline uint32_t to_hilo(Op op, unsigned rs) { return match_of(op) | rs << 21; }
inline uint32_t code(Op op, uint32_t value) { return match_of(op) | value << 6; }
inline uint32_t count(Op op, unsigned rd, unsigned rs) { return three(op, rd, rs, rd); }
inline uint32_t byte_op(Op op, unsigned rd, unsigned rt) { return three(op, rd, 0, rt); }
inline uint32_t bit_field(Op op, unsigned rt, unsigned rs, unsigned position, unsigned size) {
  const unsigned last = op == Op::kExt ? size - 1 : position + size - 1;
  return match_of(op) | rs << 21 | rt << 16 | last << 11 | position << 6;
}
inline uint32_t trap(Op op, unsigned rs, unsigned rt, unsigned value = 0) {
  return match_of(op) | rs << 21 | rt << 16 | value << 6;
}
inline uint32_t trap_imm(Op op, unsigned rs, uint32_t value) {
  return match_of(op) | rs << 21 | (value & 0xffff);
}
inline uint32_t rdhwr(unsigned rt, unsigned number) { return three(Op::kRdhwr, number, 0, rt); }
inline uint32_t to_user_local(unsigned rt) { return match_of(Op::kMtUserLocal) | rt << 16; }
// $8 BADVADDR, $13 CAUSE, $14 EPC, $30 ENPC.
inline uint32_t mfc0(unsigned rt, unsigned number) { return three(Op::kMfc0, number, 0, rt); }
inline uint32_t move_fcc(Op op, unsigned rd, unsigned rs, unsigned cc) {
  return match_of(op) | rs << 21 | cc << 18 | rd << 11;
}
// Coprocessor 1. `rt` is a general register; `fs` may be the number of a control register.
inline uint32_t fp_move(Op op, unsigned rt, unsigned fs) {
  return match_of(op) | rt << 16 | fs << 11;
}
inline uint32_t fp_three(Op op, unsigned fd, unsigned fs, unsigned ft) {
  return match_of(op) | ft << 16 | fs << 11 | fd << 6;
}
inline uint32_t fp_two(Op op, unsigned fd, unsigned fs) { return fp_three(op, fd, fs, 0); }
inline uint32_t fp_move_fcc(Op op, unsigned fd, unsigned fs, unsigned cc) {
  return match_of(op) | cc << 18 | fs << 11 | fd << 6;
}
inline uint32_t fp_branch(Op op, unsigned cc, int offset) {
  return match_of(op) | cc << 18 | (static_cast<uint32_t>(offset) & 0xffff);
}
inline constexpr uint32_t kNopWord = 0;

}  // namespace mipzk::test
