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
inline constexpr uint32_t kNopWord = 0;

}  // namespace mipzk::test
