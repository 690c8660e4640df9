// SPDX-License-Identifier: Apache-2.0
// The instruction set: MIPS32 release 2 in user mode with FPU (FR = 0), one line each.
//
// X(id, mnemonic, mask, match, format): a word is this instruction when (word & mask) == match. The
// mask covers the opcode, the function and every field that must be zero, so an encoding with a
// non-zero reserved field matches nothing. Reference: MIPS32 Architecture For Programmers, volume
// II, revision 2.50. What each does on this machine is in docs/MACHINE.md.
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
  kNone,         // no operands
  kMoveFcc,      // rd, rs, condition code
  kTrapReg,      // rs, rt, code (bits 15..6)
  kTrapImm,      // rs, immediate (sign-extended)
  kCount,        // rd, rs
  kBitField,     // rt, rs, position, size
  kByteOp,       // rd, rt
  kHardware,     // rt, number of a hardware register
  kHinted,       // hint, offset(rs)
  kSynci,        // offset(rs)
  kToUserLocal,  // rt
  kFromFault,    // rt, number of a register of coprocessor 0
  kFpMove,       // rt, fs
  kFpControl,    // rt, number of an FP control register
  kFpMemory,     // ft, offset(rs)
  kFpBranch,     // condition code, offset
  kFpThree,      // fd, fs, ft
  kFpTwo,        // fd, fs
  kFpMoveFcc,    // fd, fs, condition code
  kFpMoveReg,    // fd, fs, rt
  kFpCompare,    // condition code, fs, ft
  kFpFour,       // fd, fr, fs, ft
  kFpLoadIdx,    // fd, rt(rs)
  kFpStoreIdx,   // fs, rt(rs)
  kHintedIdx,    // hint, rt(rs)
};

// clang-format off
#define MIPZK_INSTRUCTIONS(X) \
  /* MIPS I */ \
  X(kSll, "sll", 0xffe0003f, 0x00000000, kShift) \
  X(kSrl, "srl", 0xffe0003f, 0x00000002, kShift) \
  X(kSra, "sra", 0xffe0003f, 0x00000003, kShift) \
  X(kSllv, "sllv", 0xfc0007ff, 0x00000004, kShiftReg) \
  X(kSrlv, "srlv", 0xfc0007ff, 0x00000006, kShiftReg) \
  X(kSrav, "srav", 0xfc0007ff, 0x00000007, kShiftReg) \
  X(kJr, "jr", 0xfc1ffbff, 0x00000008, kJumpReg) \
  X(kJalr, "jalr", 0xfc1f03ff, 0x00000009, kJumpRegLink) \
  X(kSyscall, "syscall", 0xfc00003f, 0x0000000c, kCode) \
  X(kBreak, "break", 0xfc00003f, 0x0000000d, kCode) \
  X(kMfhi, "mfhi", 0xffff07ff, 0x00000010, kFromHiLo) \
  X(kMthi, "mthi", 0xfc1fffff, 0x00000011, kToHiLo) \
  X(kMflo, "mflo", 0xffff07ff, 0x00000012, kFromHiLo) \
  X(kMtlo, "mtlo", 0xfc1fffff, 0x00000013, kToHiLo) \
  X(kMult, "mult", 0xfc00ffff, 0x00000018, kHiLo) \
  X(kMultu, "multu", 0xfc00ffff, 0x00000019, kHiLo) \
  X(kDiv, "div", 0xfc00ffff, 0x0000001a, kHiLo) \
  X(kDivu, "divu", 0xfc00ffff, 0x0000001b, kHiLo) \
  X(kAdd, "add", 0xfc0007ff, 0x00000020, kThree) \
  X(kAddu, "addu", 0xfc0007ff, 0x00000021, kThree) \
  X(kSub, "sub", 0xfc0007ff, 0x00000022, kThree) \
  X(kSubu, "subu", 0xfc0007ff, 0x00000023, kThree) \
  X(kAnd, "and", 0xfc0007ff, 0x00000024, kThree) \
  X(kOr, "or", 0xfc0007ff, 0x00000025, kThree) \
  X(kXor, "xor", 0xfc0007ff, 0x00000026, kThree) \
  X(kNor, "nor", 0xfc0007ff, 0x00000027, kThree) \
  X(kSlt, "slt", 0xfc0007ff, 0x0000002a, kThree) \
  X(kSltu, "sltu", 0xfc0007ff, 0x0000002b, kThree) \
  X(kBltz, "bltz", 0xfc1f0000, 0x04000000, kBranchZero) \
  X(kBgez, "bgez", 0xfc1f0000, 0x04010000, kBranchZero) \
  X(kBltzal, "bltzal", 0xfc1f0000, 0x04100000, kBranchZero) \
  X(kBgezal, "bgezal", 0xfc1f0000, 0x04110000, kBranchZero) \
  X(kJ, "j", 0xfc000000, 0x08000000, kJump) \
  X(kJal, "jal", 0xfc000000, 0x0c000000, kJump) \
  X(kBeq, "beq", 0xfc000000, 0x10000000, kBranchEq) \
  X(kBne, "bne", 0xfc000000, 0x14000000, kBranchEq) \
  X(kBlez, "blez", 0xfc1f0000, 0x18000000, kBranchZero) \
  X(kBgtz, "bgtz", 0xfc1f0000, 0x1c000000, kBranchZero) \
  X(kAddi, "addi", 0xfc000000, 0x20000000, kImmSigned) \
  X(kAddiu, "addiu", 0xfc000000, 0x24000000, kImmSigned) \
  X(kSlti, "slti", 0xfc000000, 0x28000000, kImmSigned) \
  X(kSltiu, "sltiu", 0xfc000000, 0x2c000000, kImmSigned) \
  X(kAndi, "andi", 0xfc000000, 0x30000000, kImmLogic) \
  X(kOri, "ori", 0xfc000000, 0x34000000, kImmLogic) \
  X(kXori, "xori", 0xfc000000, 0x38000000, kImmLogic) \
  X(kLui, "lui", 0xffe00000, 0x3c000000, kUpper) \
  X(kLb, "lb", 0xfc000000, 0x80000000, kMemory) \
  X(kLh, "lh", 0xfc000000, 0x84000000, kMemory) \
  X(kLwl, "lwl", 0xfc000000, 0x88000000, kMemory) \
  X(kLw, "lw", 0xfc000000, 0x8c000000, kMemory) \
  X(kLbu, "lbu", 0xfc000000, 0x90000000, kMemory) \
  X(kLhu, "lhu", 0xfc000000, 0x94000000, kMemory) \
  X(kLwr, "lwr", 0xfc000000, 0x98000000, kMemory) \
  X(kSb, "sb", 0xfc000000, 0xa0000000, kMemory) \
  X(kSh, "sh", 0xfc000000, 0xa4000000, kMemory) \
  X(kSwl, "swl", 0xfc000000, 0xa8000000, kMemory) \
  X(kSw, "sw", 0xfc000000, 0xac000000, kMemory) \
  X(kSwr, "swr", 0xfc000000, 0xb8000000, kMemory) \
  /* MIPS II, MIPS32 and its release 2 */ \
  X(kRotr, "rotr", 0xffe0003f, 0x00200002, kShift) \
  X(kRotrv, "rotrv", 0xfc0007ff, 0x00000046, kShiftReg) \
  X(kMovf, "movf", 0xfc0307ff, 0x00000001, kMoveFcc) \
  X(kMovt, "movt", 0xfc0307ff, 0x00010001, kMoveFcc) \
  X(kMovz, "movz", 0xfc0007ff, 0x0000000a, kThree) \
  X(kMovn, "movn", 0xfc0007ff, 0x0000000b, kThree) \
  X(kSync, "sync", 0xfffff83f, 0x0000000f, kNone) \
  X(kTge, "tge", 0xfc00003f, 0x00000030, kTrapReg) \
  X(kTgeu, "tgeu", 0xfc00003f, 0x00000031, kTrapReg) \
  X(kTlt, "tlt", 0xfc00003f, 0x00000032, kTrapReg) \
  X(kTltu, "tltu", 0xfc00003f, 0x00000033, kTrapReg) \
  X(kTeq, "teq", 0xfc00003f, 0x00000034, kTrapReg) \
  X(kTne, "tne", 0xfc00003f, 0x00000036, kTrapReg) \
  X(kBltzl, "bltzl", 0xfc1f0000, 0x04020000, kBranchZero) \
  X(kBgezl, "bgezl", 0xfc1f0000, 0x04030000, kBranchZero) \
  X(kTgei, "tgei", 0xfc1f0000, 0x04080000, kTrapImm) \
  X(kTgeiu, "tgeiu", 0xfc1f0000, 0x04090000, kTrapImm) \
  X(kTlti, "tlti", 0xfc1f0000, 0x040a0000, kTrapImm) \
  X(kTltiu, "tltiu", 0xfc1f0000, 0x040b0000, kTrapImm) \
  X(kTeqi, "teqi", 0xfc1f0000, 0x040c0000, kTrapImm) \
  X(kTnei, "tnei", 0xfc1f0000, 0x040e0000, kTrapImm) \
  X(kBltzall, "bltzall", 0xfc1f0000, 0x04120000, kBranchZero) \
  X(kBgezall, "bgezall", 0xfc1f0000, 0x04130000, kBranchZero) \
  X(kSynci, "synci", 0xfc1f0000, 0x041f0000, kSynci) \
  X(kBeql, "beql", 0xfc000000, 0x50000000, kBranchEq) \
  X(kBnel, "bnel", 0xfc000000, 0x54000000, kBranchEq) \
  X(kBlezl, "blezl", 0xfc1f0000, 0x58000000, kBranchZero) \
  X(kBgtzl, "bgtzl", 0xfc1f0000, 0x5c000000, kBranchZero) \
  X(kMadd, "madd", 0xfc00ffff, 0x70000000, kHiLo) \
  X(kMaddu, "maddu", 0xfc00ffff, 0x70000001, kHiLo) \
  X(kMsub, "msub", 0xfc00ffff, 0x70000004, kHiLo) \
  X(kMsubu, "msubu", 0xfc00ffff, 0x70000005, kHiLo) \
  X(kMul, "mul", 0xfc0007ff, 0x70000002, kThree) \
  X(kClz, "clz", 0xfc0007ff, 0x70000020, kCount) \
  X(kClo, "clo", 0xfc0007ff, 0x70000021, kCount) \
  X(kExt, "ext", 0xfc00003f, 0x7c000000, kBitField) \
  X(kIns, "ins", 0xfc00003f, 0x7c000004, kBitField) \
  X(kWsbh, "wsbh", 0xffe007ff, 0x7c0000a0, kByteOp) \
  X(kSeb, "seb", 0xffe007ff, 0x7c000420, kByteOp) \
  X(kSeh, "seh", 0xffe007ff, 0x7c000620, kByteOp) \
  X(kRdhwr, "rdhwr", 0xffe007ff, 0x7c00003b, kHardware) \
  X(kMtUserLocal, "mtc0", 0xffe0ffff, 0x40802002, kToUserLocal) \
  X(kMfc0, "mfc0", 0xffe007ff, 0x40000000, kFromFault) \
  X(kCache, "cache", 0xfc000000, 0xbc000000, kHinted) \
  X(kPref, "pref", 0xfc000000, 0xcc000000, kHinted) \
  X(kLl, "ll", 0xfc000000, 0xc0000000, kMemory) \
  X(kSc, "sc", 0xfc000000, 0xe0000000, kMemory) \
  /* coprocessor 1 */ \
  X(kLwc1, "lwc1", 0xfc000000, 0xc4000000, kFpMemory) \
  X(kLdc1, "ldc1", 0xfc000000, 0xd4000000, kFpMemory) \
  X(kSwc1, "swc1", 0xfc000000, 0xe4000000, kFpMemory) \
  X(kSdc1, "sdc1", 0xfc000000, 0xf4000000, kFpMemory) \
  X(kMfc1, "mfc1", 0xffe007ff, 0x44000000, kFpMove) \
  X(kMfhc1, "mfhc1", 0xffe007ff, 0x44600000, kFpMove) \
  X(kMtc1, "mtc1", 0xffe007ff, 0x44800000, kFpMove) \
  X(kMthc1, "mthc1", 0xffe007ff, 0x44e00000, kFpMove) \
  X(kCfc1, "cfc1", 0xffe007ff, 0x44400000, kFpControl) \
  X(kCtc1, "ctc1", 0xffe007ff, 0x44c00000, kFpControl) \
  X(kBc1f, "bc1f", 0xffe30000, 0x45000000, kFpBranch) \
  X(kBc1t, "bc1t", 0xffe30000, 0x45010000, kFpBranch) \
  X(kBc1fl, "bc1fl", 0xffe30000, 0x45020000, kFpBranch) \
  X(kBc1tl, "bc1tl", 0xffe30000, 0x45030000, kFpBranch) \
  X(kAddS, "add.s", 0xffe0003f, 0x46000000, kFpThree) \
  X(kSubS, "sub.s", 0xffe0003f, 0x46000001, kFpThree) \
  X(kMulS, "mul.s", 0xffe0003f, 0x46000002, kFpThree) \
  X(kDivS, "div.s", 0xffe0003f, 0x46000003, kFpThree) \
  X(kSqrtS, "sqrt.s", 0xffff003f, 0x46000004, kFpTwo) \
  X(kAbsS, "abs.s", 0xffff003f, 0x46000005, kFpTwo) \
  X(kMovS, "mov.s", 0xffff003f, 0x46000006, kFpTwo) \
  X(kNegS, "neg.s", 0xffff003f, 0x46000007, kFpTwo) \
  X(kRoundWS, "round.w.s", 0xffff003f, 0x4600000c, kFpTwo) \
  X(kTruncWS, "trunc.w.s", 0xffff003f, 0x4600000d, kFpTwo) \
  X(kCeilWS, "ceil.w.s", 0xffff003f, 0x4600000e, kFpTwo) \
  X(kFloorWS, "floor.w.s", 0xffff003f, 0x4600000f, kFpTwo) \
  X(kRoundLS, "round.l.s", 0xffff003f, 0x46000008, kFpTwo) \
  X(kTruncLS, "trunc.l.s", 0xffff003f, 0x46000009, kFpTwo) \
  X(kCeilLS, "ceil.l.s", 0xffff003f, 0x4600000a, kFpTwo) \
  X(kFloorLS, "floor.l.s", 0xffff003f, 0x4600000b, kFpTwo) \
  X(kRecipS, "recip.s", 0xffff003f, 0x46000015, kFpTwo) \
  X(kRsqrtS, "rsqrt.s", 0xffff003f, 0x46000016, kFpTwo) \
  X(kCvtWS, "cvt.w.s", 0xffff003f, 0x46000024, kFpTwo) \
  X(kCvtLS, "cvt.l.s", 0xffff003f, 0x46000025, kFpTwo) \
  X(kCvtDS, "cvt.d.s", 0xffff003f, 0x46000021, kFpTwo) \
  X(kMovfS, "movf.s", 0xffe3003f, 0x46000011, kFpMoveFcc) \
  X(kMovtS, "movt.s", 0xffe3003f, 0x46010011, kFpMoveFcc) \
  X(kMovzS, "movz.s", 0xffe0003f, 0x46000012, kFpMoveReg) \
  X(kMovnS, "movn.s", 0xffe0003f, 0x46000013, kFpMoveReg) \
  X(kCFS, "c.f.s", 0xffe000ff, 0x46000030, kFpCompare) \
  X(kCUnS, "c.un.s", 0xffe000ff, 0x46000031, kFpCompare) \
  X(kCEqS, "c.eq.s", 0xffe000ff, 0x46000032, kFpCompare) \
  X(kCUeqS, "c.ueq.s", 0xffe000ff, 0x46000033, kFpCompare) \
  X(kCOltS, "c.olt.s", 0xffe000ff, 0x46000034, kFpCompare) \
  X(kCUltS, "c.ult.s", 0xffe000ff, 0x46000035, kFpCompare) \
  X(kCOleS, "c.ole.s", 0xffe000ff, 0x46000036, kFpCompare) \
  X(kCUleS, "c.ule.s", 0xffe000ff, 0x46000037, kFpCompare) \
  X(kCSfS, "c.sf.s", 0xffe000ff, 0x46000038, kFpCompare) \
  X(kCNgleS, "c.ngle.s", 0xffe000ff, 0x46000039, kFpCompare) \
  X(kCSeqS, "c.seq.s", 0xffe000ff, 0x4600003a, kFpCompare) \
  X(kCNglS, "c.ngl.s", 0xffe000ff, 0x4600003b, kFpCompare) \
  X(kCLtS, "c.lt.s", 0xffe000ff, 0x4600003c, kFpCompare) \
  X(kCNgeS, "c.nge.s", 0xffe000ff, 0x4600003d, kFpCompare) \
  X(kCLeS, "c.le.s", 0xffe000ff, 0x4600003e, kFpCompare) \
  X(kCNgtS, "c.ngt.s", 0xffe000ff, 0x4600003f, kFpCompare) \
  X(kAddD, "add.d", 0xffe0003f, 0x46200000, kFpThree) \
  X(kSubD, "sub.d", 0xffe0003f, 0x46200001, kFpThree) \
  X(kMulD, "mul.d", 0xffe0003f, 0x46200002, kFpThree) \
  X(kDivD, "div.d", 0xffe0003f, 0x46200003, kFpThree) \
  X(kSqrtD, "sqrt.d", 0xffff003f, 0x46200004, kFpTwo) \
  X(kAbsD, "abs.d", 0xffff003f, 0x46200005, kFpTwo) \
  X(kMovD, "mov.d", 0xffff003f, 0x46200006, kFpTwo) \
  X(kNegD, "neg.d", 0xffff003f, 0x46200007, kFpTwo) \
  X(kRoundWD, "round.w.d", 0xffff003f, 0x4620000c, kFpTwo) \
  X(kTruncWD, "trunc.w.d", 0xffff003f, 0x4620000d, kFpTwo) \
  X(kCeilWD, "ceil.w.d", 0xffff003f, 0x4620000e, kFpTwo) \
  X(kFloorWD, "floor.w.d", 0xffff003f, 0x4620000f, kFpTwo) \
  X(kRoundLD, "round.l.d", 0xffff003f, 0x46200008, kFpTwo) \
  X(kTruncLD, "trunc.l.d", 0xffff003f, 0x46200009, kFpTwo) \
  X(kCeilLD, "ceil.l.d", 0xffff003f, 0x4620000a, kFpTwo) \
  X(kFloorLD, "floor.l.d", 0xffff003f, 0x4620000b, kFpTwo) \
  X(kRecipD, "recip.d", 0xffff003f, 0x46200015, kFpTwo) \
  X(kRsqrtD, "rsqrt.d", 0xffff003f, 0x46200016, kFpTwo) \
  X(kCvtWD, "cvt.w.d", 0xffff003f, 0x46200024, kFpTwo) \
  X(kCvtLD, "cvt.l.d", 0xffff003f, 0x46200025, kFpTwo) \
  X(kCvtSD, "cvt.s.d", 0xffff003f, 0x46200020, kFpTwo) \
  X(kMovfD, "movf.d", 0xffe3003f, 0x46200011, kFpMoveFcc) \
  X(kMovtD, "movt.d", 0xffe3003f, 0x46210011, kFpMoveFcc) \
  X(kMovzD, "movz.d", 0xffe0003f, 0x46200012, kFpMoveReg) \
  X(kMovnD, "movn.d", 0xffe0003f, 0x46200013, kFpMoveReg) \
  X(kCFD, "c.f.d", 0xffe000ff, 0x46200030, kFpCompare) \
  X(kCUnD, "c.un.d", 0xffe000ff, 0x46200031, kFpCompare) \
  X(kCEqD, "c.eq.d", 0xffe000ff, 0x46200032, kFpCompare) \
  X(kCUeqD, "c.ueq.d", 0xffe000ff, 0x46200033, kFpCompare) \
  X(kCOltD, "c.olt.d", 0xffe000ff, 0x46200034, kFpCompare) \
  X(kCUltD, "c.ult.d", 0xffe000ff, 0x46200035, kFpCompare) \
  X(kCOleD, "c.ole.d", 0xffe000ff, 0x46200036, kFpCompare) \
  X(kCUleD, "c.ule.d", 0xffe000ff, 0x46200037, kFpCompare) \
  X(kCSfD, "c.sf.d", 0xffe000ff, 0x46200038, kFpCompare) \
  X(kCNgleD, "c.ngle.d", 0xffe000ff, 0x46200039, kFpCompare) \
  X(kCSeqD, "c.seq.d", 0xffe000ff, 0x4620003a, kFpCompare) \
  X(kCNglD, "c.ngl.d", 0xffe000ff, 0x4620003b, kFpCompare) \
  X(kCLtD, "c.lt.d", 0xffe000ff, 0x4620003c, kFpCompare) \
  X(kCNgeD, "c.nge.d", 0xffe000ff, 0x4620003d, kFpCompare) \
  X(kCLeD, "c.le.d", 0xffe000ff, 0x4620003e, kFpCompare) \
  X(kCNgtD, "c.ngt.d", 0xffe000ff, 0x4620003f, kFpCompare) \
  X(kCvtSW, "cvt.s.w", 0xffff003f, 0x46800020, kFpTwo) \
  X(kCvtDW, "cvt.d.w", 0xffff003f, 0x46800021, kFpTwo) \
  X(kCvtSL, "cvt.s.l", 0xffff003f, 0x46a00020, kFpTwo) \
  X(kCvtDL, "cvt.d.l", 0xffff003f, 0x46a00021, kFpTwo) \
  X(kLwxc1, "lwxc1", 0xfc00f83f, 0x4c000000, kFpLoadIdx) \
  X(kLdxc1, "ldxc1", 0xfc00f83f, 0x4c000001, kFpLoadIdx) \
  X(kSwxc1, "swxc1", 0xfc0007ff, 0x4c000008, kFpStoreIdx) \
  X(kSdxc1, "sdxc1", 0xfc0007ff, 0x4c000009, kFpStoreIdx) \
  X(kPrefx, "prefx", 0xfc0007ff, 0x4c00000f, kHintedIdx) \
  X(kMaddS, "madd.s", 0xfc00003f, 0x4c000020, kFpFour) \
  X(kMaddD, "madd.d", 0xfc00003f, 0x4c000021, kFpFour) \
  X(kMsubS, "msub.s", 0xfc00003f, 0x4c000028, kFpFour) \
  X(kMsubD, "msub.d", 0xfc00003f, 0x4c000029, kFpFour) \
  X(kNmaddS, "nmadd.s", 0xfc00003f, 0x4c000030, kFpFour) \
  X(kNmaddD, "nmadd.d", 0xfc00003f, 0x4c000031, kFpFour) \
  X(kNmsubS, "nmsub.s", 0xfc00003f, 0x4c000038, kFpFour) \
  X(kNmsubD, "nmsub.d", 0xfc00003f, 0x4c000039, kFpFour)
// clang-format on

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
