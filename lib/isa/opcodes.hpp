// The instruction set: every integer instruction of MIPS I (R3000), one line each.
//
// X(id, mnemonic, mask, match, format): a word is this instruction when (word & mask) == match. The
// mask covers the opcode, the function and every field that must be zero, so an encoding with a
// non-zero reserved field matches nothing. Reference: MIPS32 Architecture For Programmers, volume
// II (the encodings that carry the mark "MIPS I").
#pragma once

#include <cstdint>

namespace mipzk::isa {

// What the fields mean, in the order in which the assembler writes them.
enum class Format : uint8_t {
  kShift,        // rd, rt, sa
  kShiftReg,     // rd, rt, rs
  kThree,        // rd, rs, rt
  kJumpReg,      // rs
  kJumpRegLink,  // rd, rs
  kCode,         // code (bits 25..6)
  kFromHiLo,     // rd
  kToHiLo,       // rs
  kHiLo,         // rs, rt
  kBranchZero,   // rs, offset
  kBranchEq,     // rs, rt, offset
  kJump,         // index
  kImmSigned,    // rt, rs, immediate (sign-extended)
  kImmLogic,     // rt, rs, immediate (zero-extended)
  kUpper,        // rt, immediate
  kMemory,       // rt, offset(rs)
};

#define MIPZK_INSTRUCTIONS(X)                               \
  X(kSll, "sll", 0xffe0003f, 0x00000000, kShift)            \
  X(kSrl, "srl", 0xffe0003f, 0x00000002, kShift)            \
  X(kSra, "sra", 0xffe0003f, 0x00000003, kShift)            \
  X(kSllv, "sllv", 0xfc0007ff, 0x00000004, kShiftReg)       \
  X(kSrlv, "srlv", 0xfc0007ff, 0x00000006, kShiftReg)       \
  X(kSrav, "srav", 0xfc0007ff, 0x00000007, kShiftReg)       \
  X(kJr, "jr", 0xfc1fffff, 0x00000008, kJumpReg)            \
  X(kJalr, "jalr", 0xfc1f07ff, 0x00000009, kJumpRegLink)    \
  X(kSyscall, "syscall", 0xfc00003f, 0x0000000c, kCode)     \
  X(kBreak, "break", 0xfc00003f, 0x0000000d, kCode)         \
  X(kMfhi, "mfhi", 0xffff07ff, 0x00000010, kFromHiLo)       \
  X(kMthi, "mthi", 0xfc1fffff, 0x00000011, kToHiLo)         \
  X(kMflo, "mflo", 0xffff07ff, 0x00000012, kFromHiLo)       \
  X(kMtlo, "mtlo", 0xfc1fffff, 0x00000013, kToHiLo)         \
  X(kMult, "mult", 0xfc00ffff, 0x00000018, kHiLo)           \
  X(kMultu, "multu", 0xfc00ffff, 0x00000019, kHiLo)         \
  X(kDiv, "div", 0xfc00ffff, 0x0000001a, kHiLo)             \
  X(kDivu, "divu", 0xfc00ffff, 0x0000001b, kHiLo)           \
  X(kAdd, "add", 0xfc0007ff, 0x00000020, kThree)            \
  X(kAddu, "addu", 0xfc0007ff, 0x00000021, kThree)          \
  X(kSub, "sub", 0xfc0007ff, 0x00000022, kThree)            \
  X(kSubu, "subu", 0xfc0007ff, 0x00000023, kThree)          \
  X(kAnd, "and", 0xfc0007ff, 0x00000024, kThree)            \
  X(kOr, "or", 0xfc0007ff, 0x00000025, kThree)              \
  X(kXor, "xor", 0xfc0007ff, 0x00000026, kThree)            \
  X(kNor, "nor", 0xfc0007ff, 0x00000027, kThree)            \
  X(kSlt, "slt", 0xfc0007ff, 0x0000002a, kThree)            \
  X(kSltu, "sltu", 0xfc0007ff, 0x0000002b, kThree)          \
  X(kBltz, "bltz", 0xfc1f0000, 0x04000000, kBranchZero)     \
  X(kBgez, "bgez", 0xfc1f0000, 0x04010000, kBranchZero)     \
  X(kBltzal, "bltzal", 0xfc1f0000, 0x04100000, kBranchZero) \
  X(kBgezal, "bgezal", 0xfc1f0000, 0x04110000, kBranchZero) \
  X(kJ, "j", 0xfc000000, 0x08000000, kJump)                 \
  X(kJal, "jal", 0xfc000000, 0x0c000000, kJump)             \
  X(kBeq, "beq", 0xfc000000, 0x10000000, kBranchEq)         \
  X(kBne, "bne", 0xfc000000, 0x14000000, kBranchEq)         \
  X(kBlez, "blez", 0xfc1f0000, 0x18000000, kBranchZero)     \
  X(kBgtz, "bgtz", 0xfc1f0000, 0x1c000000, kBranchZero)     \
  X(kAddi, "addi", 0xfc000000, 0x20000000, kImmSigned)      \
  X(kAddiu, "addiu", 0xfc000000, 0x24000000, kImmSigned)    \
  X(kSlti, "slti", 0xfc000000, 0x28000000, kImmSigned)      \
  X(kSltiu, "sltiu", 0xfc000000, 0x2c000000, kImmSigned)    \
  X(kAndi, "andi", 0xfc000000, 0x30000000, kImmLogic)       \
  X(kOri, "ori", 0xfc000000, 0x34000000, kImmLogic)         \
  X(kXori, "xori", 0xfc000000, 0x38000000, kImmLogic)       \
  X(kLui, "lui", 0xffe00000, 0x3c000000, kUpper)            \
  X(kLb, "lb", 0xfc000000, 0x80000000, kMemory)             \
  X(kLh, "lh", 0xfc000000, 0x84000000, kMemory)             \
  X(kLwl, "lwl", 0xfc000000, 0x88000000, kMemory)           \
  X(kLw, "lw", 0xfc000000, 0x8c000000, kMemory)             \
  X(kLbu, "lbu", 0xfc000000, 0x90000000, kMemory)           \
  X(kLhu, "lhu", 0xfc000000, 0x94000000, kMemory)           \
  X(kLwr, "lwr", 0xfc000000, 0x98000000, kMemory)           \
  X(kSb, "sb", 0xfc000000, 0xa0000000, kMemory)             \
  X(kSh, "sh", 0xfc000000, 0xa4000000, kMemory)             \
  X(kSwl, "swl", 0xfc000000, 0xa8000000, kMemory)           \
  X(kSw, "sw", 0xfc000000, 0xac000000, kMemory)             \
  X(kSwr, "swr", 0xfc000000, 0xb8000000, kMemory)

enum class Op : uint8_t {
#define MIPZK_OP(id, mnemonic, mask, match, format) id,
  MIPZK_INSTRUCTIONS(MIPZK_OP)
#undef MIPZK_OP
};

struct OpInfo {
  Op op;
  const char* mnemonic;
  uint32_t mask, match;
  Format format;
};

inline constexpr OpInfo kOps[] = {
#define MIPZK_OP(id, mnemonic, mask, match, format) {Op::id, mnemonic, mask, match, Format::format},
    MIPZK_INSTRUCTIONS(MIPZK_OP)
#undef MIPZK_OP
};
inline constexpr unsigned kOpCount = sizeof(kOps) / sizeof(kOps[0]);

inline const OpInfo& op_info(Op op) { return kOps[static_cast<unsigned>(op)]; }

}  // namespace mipzk::isa
