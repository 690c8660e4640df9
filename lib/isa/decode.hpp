// SPDX-License-Identifier: Apache-2.0
// Words to instructions, and instructions to text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "isa/opcodes.hpp"

namespace mipzk::isa {

// The fields of one instruction word. All five-bit fields are filled whatever the format.
struct Instruction {
  Op op;
  uint8_t rs, rt, rd, sa;
  uint32_t imm;  // kImmSigned, kMemory, branches and the like: sign-extended; kImmLogic, kUpper:
                 // zero-extended; kJump: the 26-bit index; kCode, kTrapReg: the code; else 0
};

// The instruction of `word`, or nothing when it is none of opcodes.hpp.
std::optional<Instruction> decode(uint32_t word);

// Where a branch (any format of branches) or a j / jal at `pc` goes when taken.
uint32_t branch_target(uint32_t pc, const Instruction& i);

// Assembler text as GNU objdump writes it with -Mno-aliases, ABI names of general registers and
// numbers of all others. Differences: only `nop` is a pseudo-instruction here (objdump also has
// neg, negu and pause), rotr and rotrv keep the manual's names (objdump: ror, rorv), and the field
// of clz and clo that should repeat rd is not shown. A word without an instruction is ".word
// 0x...".
std::string disassemble(uint32_t pc, uint32_t word);

// "zero", "at", ..., "ra"; "hi", "lo" for 32 and 33.
const char* register_name(unsigned reg);

}  // namespace mipzk::isa
