// SPDX-License-Identifier: Apache-2.0
// The lowering rules of docs/MACHINE.md, one expectation per rule. The expected entries are written
// out, not computed.
#include "isa/lower.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <random>
#include <sstream>
#include <string>

#include "field/fp.hpp"
#include "isa/decode.hpp"
#include "isa/program.hpp"
#include "unit/isa/encode.hpp"

namespace mipzk::test {
namespace {

using isa::Class;
using isa::lower;
using isa::RomEntry;

constexpr uint32_t kPc = 0x00401230;
constexpr uint32_t kP = field::kP;

RomEntry rom(Class cls, unsigned rs, unsigned rt, unsigned rd,
             std::initializer_list<uint32_t> k = {}, uint32_t pc = kPc) {
  RomEntry e;
  e.cls = cls;
  e.pc4 = pc / 4;
  e.rs = static_cast<uint8_t>(rs);
  e.rt = static_cast<uint8_t>(rt);
  e.rd = static_cast<uint8_t>(rd);
  size_t i = 0;
  for (uint32_t v : k) e.k[i++] = v;
  return e;
}

std::string show(const RomEntry& e) {
  std::ostringstream s;
  s << "class " << static_cast<int>(e.cls) << " rs " << int{e.rs} << " rt " << int{e.rt} << " rd "
    << int{e.rd};
  for (uint32_t k : e.k) s << ' ' << k;
  return s.str();
}

constexpr isa::LowerContext kBig{}, kLittle{.little_endian = true, .trap_vector = 0};
constexpr isa::LowerContext kKernel{.little_endian = false, .trap_vector = 0x80000180};
constexpr isa::LowerContext kLittleKernel{.little_endian = true, .trap_vector = 0x80000180};

void expect(uint32_t word, const RomEntry& want, const isa::LowerContext& context = {}) {
  const auto got = lower(kPc, word, context);
  ASSERT_TRUE(got.has_value()) << isa::disassemble(kPc, word);
  EXPECT_EQ(got->entry, want) << isa::disassemble(kPc, word) << ": got " << show(got->entry)
                              << ", want " << show(want);
}

// The same entry for both byte orders, with and without a kernel.
void expect_always(uint32_t word, const RomEntry& want) {
  for (const auto& context : {kBig, kLittle, kKernel, kLittleKernel}) expect(word, want, context);
}

void expect_none(uint32_t word, const isa::LowerContext& context = {}) {
  EXPECT_FALSE(lower(kPc, word, context).has_value()) << isa::disassemble(kPc, word);
}

void expect_never(uint32_t word) {
  for (const auto& context : {kBig, kLittle, kKernel, kLittleKernel}) expect_none(word, context);
}

// No entry without a kernel, an entry into it with one.
void expect_trap(uint32_t word) {
  expect_none(word);
  expect_none(word, kLittle);
  const RomEntry want = rom(Class::kTrap, 0, 0, 26, {word & 0xffff, word >> 16, 0x80000180 / 4});
  expect(word, want, kKernel);
  expect(word, want, kLittleKernel);
}

TEST(Lower, MovesBecomeAddImm) {
  const RomEntry move = rom(Class::kAddImm, 5, 0, 9);
  expect(three(Op::kOr, 9, 5, 0), move);
  expect(three(Op::kOr, 9, 0, 5), move);
  expect(three(Op::kAddu, 9, 5, 0), move);
  expect(three(Op::kAddu, 9, 0, 5), move);
  expect(three(Op::kXor, 9, 5, 0), move);
  expect(three(Op::kSubu, 9, 5, 0), move);
  expect(shift(Op::kSll, 9, 5, 0), move);
  expect(shift(Op::kSrl, 9, 5, 0), move);
  expect(shift(Op::kSra, 9, 5, 0), move);
  expect(imm(Op::kOri, 9, 5, 0), move);
  expect(imm(Op::kXori, 9, 5, 0), move);
  expect(imm(Op::kAddiu, 9, 5, 0), move);
  expect(three(Op::kOr, 9, 0, 0), rom(Class::kAddImm, 0, 0, 9));
}

TEST(Lower, MovesWithZeroFirstThatAreNotMoves) {
  expect(three(Op::kSubu, 9, 0, 5), rom(Class::kAdd, 0, 5, 9, {kP - 1}));
  expect(three(Op::kXor, 9, 0, 5), rom(Class::kLogic, 0, 5, 9, {1, kP - 2, 0}));
  expect(three(Op::kNor, 9, 5, 0), rom(Class::kLogic, 5, 0, 9, {kP - 1, 1, 255}));
}

TEST(Lower, Constants) {
  expect(imm(Op::kAddiu, 9, 5, 0xfffc), rom(Class::kAddImm, 5, 0, 9, {0xfffc, 0xffff}));
  expect(imm(Op::kAddiu, 9, 0, 0x7fff), rom(Class::kAddImm, 0, 0, 9, {0x7fff, 0}));
  expect(lui(9, 0x8001), rom(Class::kAddImm, 0, 0, 9, {0, 0x8001}));
  expect(imm(Op::kOri, 9, 0, 0xfedc), rom(Class::kAddImm, 0, 0, 9, {0xfedc, 0}));
  expect(imm(Op::kXori, 9, 0, 0xfedc), rom(Class::kLogicImm, 0, 0, 9, {1, kP - 2, 0xdc, 0xfe}));
}

TEST(Lower, HiLo) {
  expect(from_hilo(Op::kMfhi, 9), rom(Class::kAddImm, 32, 0, 9));
  expect(from_hilo(Op::kMflo, 9), rom(Class::kAddImm, 33, 0, 9));
  expect(to_hilo(Op::kMthi, 9), rom(Class::kAddImm, 9, 0, 32));
  expect(to_hilo(Op::kMtlo, 9), rom(Class::kAddImm, 9, 0, 33));
  expect(hilo(Op::kMult, 4, 5), rom(Class::kMult, 4, 5, 33, {1, 32}));
  expect(hilo(Op::kMultu, 4, 5), rom(Class::kMult, 4, 5, 33, {0, 32}));
  expect(hilo(Op::kDiv, 4, 5), rom(Class::kDiv, 4, 5, 0, {1}));
  expect(hilo(Op::kDivu, 4, 5), rom(Class::kDiv, 4, 5, 0, {0}));
}

TEST(Lower, WritesToZeroThatCannotFaultAreNops) {
  const RomEntry nop = rom(Class::kNop, 0, 0, 0);
  expect(kNopWord, nop);
  expect(shift(Op::kSll, 0, 0, 1), nop);  // ssnop
  expect(shift(Op::kSll, 0, 7, 3), nop);
  expect(shift(Op::kSrl, 0, 7, 3), nop);
  expect(shift(Op::kSra, 0, 7, 3), nop);
  for (Op op : {Op::kSllv, Op::kSrlv, Op::kSrav}) expect(shift_reg(op, 0, 7, 8), nop);
  for (Op op : {Op::kAddu, Op::kSubu, Op::kAnd, Op::kOr, Op::kXor, Op::kNor, Op::kSlt, Op::kSltu})
    expect(three(op, 0, 7, 8), nop);
  for (Op op : {Op::kAddiu, Op::kSlti, Op::kSltiu, Op::kAndi, Op::kOri, Op::kXori})
    expect(imm(op, 0, 7, 0x1234), nop);
  expect(lui(0, 0x1234), nop);
  expect(from_hilo(Op::kMfhi, 0), nop);
  expect(from_hilo(Op::kMflo, 0), nop);
  expect(code(Op::kSyscall, isa::kCallPrint), nop);
  expect(code(Op::kSyscall, isa::kCallCycle), nop);
  expect(code(Op::kSyscall, isa::kCallAsk), nop);
}

TEST(Lower, WritesToZeroThatCanFaultGoToTrash) {
  expect(three(Op::kAdd, 0, 7, 8), rom(Class::kAddTrap, 7, 8, 34, {1, 0, 0}));
  expect(three(Op::kSub, 0, 7, 8), rom(Class::kAddTrap, 7, 8, 34, {kP - 1, 0, 0}));
  expect(imm(Op::kAddi, 0, 7, 0x8000), rom(Class::kAddTrap, 7, 0, 34, {1, 0x8000, 0xffff}));
  expect(mem(Op::kLw, 0, 4, 7), rom(Class::kLoadWord, 7, 0, 34, {4, 0}));
  expect(mem(Op::kLb, 0, 4, 7), rom(Class::kLoadSub, 7, 0, 34, {4, 0, 0, 1}));
  expect(mem(Op::kLwl, 0, 4, 7), rom(Class::kLoadPart, 7, 0, 34, {4, 0, 1}));
}

TEST(Lower, Additions) {
  expect(three(Op::kAddu, 9, 4, 5), rom(Class::kAdd, 4, 5, 9, {1}));
  expect(three(Op::kSubu, 9, 4, 5), rom(Class::kAdd, 4, 5, 9, {kP - 1}));
  expect(three(Op::kAdd, 9, 4, 5), rom(Class::kAddTrap, 4, 5, 9, {1, 0, 0}));
  expect(three(Op::kAdd, 9, 4, 0), rom(Class::kAddTrap, 4, 0, 9, {1, 0, 0}));
  expect(three(Op::kSub, 9, 4, 5), rom(Class::kAddTrap, 4, 5, 9, {kP - 1, 0, 0}));
  expect(imm(Op::kAddi, 9, 4, 0xffff), rom(Class::kAddTrap, 4, 0, 9, {1, 0xffff, 0xffff}));
}

TEST(Lower, Logic) {
  expect(three(Op::kAnd, 9, 4, 5), rom(Class::kLogic, 4, 5, 9, {0, 1, 0}));
  expect(three(Op::kOr, 9, 4, 5), rom(Class::kLogic, 4, 5, 9, {1, kP - 1, 0}));
  expect(three(Op::kXor, 9, 4, 5), rom(Class::kLogic, 4, 5, 9, {1, kP - 2, 0}));
  expect(three(Op::kNor, 9, 4, 5), rom(Class::kLogic, 4, 5, 9, {kP - 1, 1, 255}));
  expect(imm(Op::kAndi, 9, 4, 0x8142), rom(Class::kLogicImm, 4, 0, 9, {0, 1, 0x42, 0x81}));
  expect(imm(Op::kOri, 9, 4, 0x8142), rom(Class::kLogicImm, 4, 0, 9, {1, kP - 1, 0x42, 0x81}));
  expect(imm(Op::kXori, 9, 4, 0x8142), rom(Class::kLogicImm, 4, 0, 9, {1, kP - 2, 0x42, 0x81}));
  expect(three(Op::kAnd, 9, 4, 0), rom(Class::kLogic, 4, 0, 9, {0, 1, 0}));
}

TEST(Lower, ConstantShiftsLeft) {
  for (unsigned sa = 1; sa < 32; ++sa) {
    const unsigned u = sa % 16;
    if (u == 15) {
      expect(shift(Op::kSll, 9, 5, sa), rom(Class::kShiftVar, 5, 0, 9, {sa, 0, 0}));
    } else {
      expect(shift(Op::kSll, 9, 5, sa),
             rom(Class::kShift, 5, 0, 9, {1u << u, sa < 16 ? 1u : 0u, sa < 16 ? 0u : 1u}));
    }
  }
}

TEST(Lower, ConstantShiftsRight) {
  for (unsigned sa = 1; sa < 32; ++sa) {
    const unsigned u = sa % 16;
    const uint32_t word = shift(Op::kSrl, 9, 5, sa);
    if (sa == 16) {
      expect(word, rom(Class::kShift, 5, 0, 9, {1, 0, 0, 0, 0, 1}));
    } else if (u == 1) {
      expect(word, rom(Class::kShiftVar, 5, 0, 9, {sa, 1, 0}));
    } else {
      expect(word, rom(Class::kShift, 5, 0, 9,
                       {1u << (16 - u), 0, 0, sa < 16 ? 1u : 0u, sa < 16 ? 0u : 1u}));
    }
    expect(shift(Op::kSra, 9, 5, sa), rom(Class::kShiftVar, 5, 0, 9, {sa, 1, 1}));
  }
}

TEST(Lower, VariableShifts) {
  expect(shift_reg(Op::kSllv, 9, 5, 6), rom(Class::kShiftVar, 5, 6, 9, {0, 0, 0}));
  expect(shift_reg(Op::kSrlv, 9, 5, 6), rom(Class::kShiftVar, 5, 6, 9, {0, 1, 0}));
  expect(shift_reg(Op::kSrav, 9, 5, 6), rom(Class::kShiftVar, 5, 6, 9, {0, 1, 1}));
  expect(shift_reg(Op::kSllv, 9, 5, 0), rom(Class::kShiftVar, 5, 0, 9, {0, 0, 0}));
}

TEST(Lower, Comparisons) {
  expect(three(Op::kSlt, 9, 4, 5), rom(Class::kSlt, 4, 5, 9, {1}));
  expect(three(Op::kSltu, 9, 4, 5), rom(Class::kSlt, 4, 5, 9, {0}));
  expect(imm(Op::kSlti, 9, 4, 0x8000), rom(Class::kSltImm, 4, 0, 9, {1, 0x8000, 0xffff, 1}));
  expect(imm(Op::kSltiu, 9, 4, 0x7fff), rom(Class::kSltImm, 4, 0, 9, {0, 0x7fff, 0, 0}));
  expect(imm(Op::kSltiu, 9, 4, 0xffff), rom(Class::kSltImm, 4, 0, 9, {0, 0xffff, 0xffff, 1}));
}

TEST(Lower, Branches) {
  const uint32_t back = (kPc + 4 - 4 * 5) / 4, forth = (kPc + 4 + 4 * 0x7fff) / 4;
  expect(branch(Op::kBeq, 4, 5, -5), rom(Class::kBranchEq, 4, 5, 0, {0, back}));
  expect(branch(Op::kBne, 4, 5, 0x7fff), rom(Class::kBranchEq, 4, 5, 0, {1, forth}));
  expect(branch(Op::kBeq, 0, 0, -5), rom(Class::kBranchEq, 0, 0, 0, {0, back}));
  expect(branch_zero(Op::kBltz, 4, -5), rom(Class::kBranchZero, 4, 0, 0, {0, 1, 0, back}));
  expect(branch_zero(Op::kBgez, 4, -5), rom(Class::kBranchZero, 4, 0, 0, {1, kP - 1, 0, back}));
  expect(branch_zero(Op::kBlez, 4, -5), rom(Class::kBranchZero, 4, 0, 0, {0, 1, 1, back}));
  expect(branch_zero(Op::kBgtz, 4, -5),
         rom(Class::kBranchZero, 4, 0, 0, {1, kP - 1, kP - 1, back}));
  expect(branch_zero(Op::kBltzal, 4, -5),
         rom(Class::kBranchLink, 4, 0, 31, {0, 1, 0, back, 0x1238, 0x40}));
  expect(branch_zero(Op::kBgezal, 0, -5),
         rom(Class::kBranchLink, 0, 0, 31, {1, kP - 1, 0, back, 0x1238, 0x40}));
}

TEST(Lower, BranchTargetsWrapModulo32Bits) {
  EXPECT_EQ(lower(0x00000000, branch(Op::kBeq, 4, 5, -2))->entry,
            rom(Class::kBranchEq, 4, 5, 0, {0, 0xfffffffcu / 4}, 0));
}

TEST(Lower, Jumps) {
  expect(jump(Op::kJ, 0x0abcdef0), rom(Class::kJump, 0, 0, 0, {0x0abcdef0 / 4}));
  expect(jump(Op::kJal, 0x0abcdef0),
         rom(Class::kJumpLink, 0, 0, 31, {0x0abcdef0 / 4, 0x1238, 0x40}));
  expect(jr(31), rom(Class::kJumpReg, 31, 0, 0));
  expect(jalr(31, 25), rom(Class::kJumpRegLink, 25, 0, 31, {0, 0x1238, 0x40}));
  expect(jalr(0, 25), rom(Class::kJumpReg, 25, 0, 0));
  // The top four bits are those of the delay slot.
  EXPECT_EQ(lower(0x1ffffffc, jump(Op::kJ, 0x40))->entry.k[0], 0x20000040u / 4);
}

TEST(Lower, LoadsAndStores) {
  expect(mem(Op::kLw, 9, 0xfffc, 29), rom(Class::kLoadWord, 29, 0, 9, {0xfffc, 0xffff}));
  expect(mem(Op::kSw, 9, 8, 29), rom(Class::kStoreWord, 29, 9, 0, {8, 0}));
  expect(mem(Op::kSw, 0, 8, 29), rom(Class::kStoreWord, 29, 0, 0, {8, 0}));
  expect(mem(Op::kLb, 9, 8, 4), rom(Class::kLoadSub, 4, 0, 9, {8, 0, 0, 1}));
  expect(mem(Op::kLbu, 9, 8, 4), rom(Class::kLoadSub, 4, 0, 9, {8, 0, 0, 0}));
  expect(mem(Op::kLh, 9, 8, 4), rom(Class::kLoadSub, 4, 0, 9, {8, 0, 1, 1}));
  expect(mem(Op::kLhu, 9, 8, 4), rom(Class::kLoadSub, 4, 0, 9, {8, 0, 1, 0}));
  expect(mem(Op::kLwl, 9, 8, 4), rom(Class::kLoadPart, 4, 0, 9, {8, 0, 1}));
  expect(mem(Op::kLwr, 9, 8, 4), rom(Class::kLoadPart, 4, 0, 9, {8, 0, 0}));
  expect(mem(Op::kSb, 9, 8, 4), rom(Class::kStoreSub, 4, 9, 0, {8, 0, 0}));
  expect(mem(Op::kSh, 9, 8, 4), rom(Class::kStoreSub, 4, 9, 0, {8, 0, 1}));
  expect(mem(Op::kSwl, 9, 8, 4), rom(Class::kStorePart, 4, 9, 0, {8, 0, 1}));
  expect(mem(Op::kSwr, 9, 8, 4), rom(Class::kStorePart, 4, 9, 0, {8, 0, 0}));
}

TEST(Lower, PartsOfWordsCarryTheByteOrder) {
  for (const auto& context : {kLittle, kLittleKernel}) {
    expect(mem(Op::kLb, 9, 8, 4), rom(Class::kLoadSub, 4, 0, 9, {8, 0, 0, 1, 1}), context);
    expect(mem(Op::kLbu, 9, 8, 4), rom(Class::kLoadSub, 4, 0, 9, {8, 0, 0, 0, 1}), context);
    expect(mem(Op::kLh, 9, 8, 4), rom(Class::kLoadSub, 4, 0, 9, {8, 0, 1, 1, 1}), context);
    expect(mem(Op::kLhu, 9, 8, 4), rom(Class::kLoadSub, 4, 0, 9, {8, 0, 1, 0, 1}), context);
    expect(mem(Op::kLwl, 9, 8, 4), rom(Class::kLoadPart, 4, 0, 9, {8, 0, 1, 1}), context);
    expect(mem(Op::kLwr, 9, 8, 4), rom(Class::kLoadPart, 4, 0, 9, {8, 0, 0, 1}), context);
    expect(mem(Op::kSb, 9, 8, 4), rom(Class::kStoreSub, 4, 9, 0, {8, 0, 0, 1}), context);
    expect(mem(Op::kSh, 9, 8, 4), rom(Class::kStoreSub, 4, 9, 0, {8, 0, 1, 1}), context);
    expect(mem(Op::kSwl, 9, 8, 4), rom(Class::kStorePart, 4, 9, 0, {8, 0, 1, 1}), context);
    expect(mem(Op::kSwr, 9, 8, 4), rom(Class::kStorePart, 4, 9, 0, {8, 0, 0, 1}), context);
  }
  // Whole words have none.
  expect_always(mem(Op::kLw, 9, 8, 4), rom(Class::kLoadWord, 4, 0, 9, {8, 0}));
  expect_always(mem(Op::kSw, 9, 8, 4), rom(Class::kStoreWord, 4, 9, 0, {8, 0}));
}

TEST(Lower, MulWritesNeitherHiNorLo) {
  expect_always(three(Op::kMul, 9, 4, 5), rom(Class::kMult, 4, 5, 9, {1, 34}));
  expect_always(three(Op::kMul, 9, 4, 0), rom(Class::kMult, 4, 0, 9, {1, 34}));
  expect_always(three(Op::kMul, 0, 4, 5), rom(Class::kNop, 0, 0, 0));
}

TEST(Lower, MultiplyAndAccumulate) {
  expect_always(hilo(Op::kMadd, 4, 5), rom(Class::kMultAcc, 4, 5, 0, {1, 1}));
  expect_always(hilo(Op::kMaddu, 4, 5), rom(Class::kMultAcc, 4, 5, 0, {0, 1}));
  expect_always(hilo(Op::kMsub, 4, 5), rom(Class::kMultAcc, 4, 5, 0, {1, kP - 1}));
  expect_always(hilo(Op::kMsubu, 4, 5), rom(Class::kMultAcc, 4, 5, 0, {0, kP - 1}));
}

TEST(Lower, RotationsByConstants) {
  expect(shift(Op::kRotr, 9, 5, 0), rom(Class::kAddImm, 5, 0, 9));
  // A left rotation by n = 32 - sa = 16 q + t: k0 = 2^t.
  expect(shift(Op::kRotr, 9, 5, 2), rom(Class::kShift, 5, 0, 9, {1 << 14, 0, 1, 1, 0}));
  expect(shift(Op::kRotr, 9, 5, 8), rom(Class::kShift, 5, 0, 9, {1 << 8, 0, 1, 1, 0}));
  expect(shift(Op::kRotr, 9, 5, 16), rom(Class::kShift, 5, 0, 9, {1, 0, 1, 1, 0}));
  expect(shift(Op::kRotr, 9, 5, 18), rom(Class::kShift, 5, 0, 9, {1 << 14, 1, 0, 0, 1}));
  expect(shift(Op::kRotr, 9, 5, 24), rom(Class::kShift, 5, 0, 9, {1 << 8, 1, 0, 0, 1}));
  expect(shift(Op::kRotr, 9, 5, 31), rom(Class::kShift, 5, 0, 9, {2, 1, 0, 0, 1}));
  // t = 15 does not fit k0.
  expect(shift(Op::kRotr, 9, 5, 1), rom(Class::kBitField, 5, 0, 9, {1, 0, 255, 255, 255, 255}));
  expect(shift(Op::kRotr, 9, 5, 17), rom(Class::kBitField, 5, 0, 9, {17, 0, 255, 255, 255, 255}));
  for (unsigned sa = 1; sa < 32; ++sa) {
    if (sa % 16 == 1) continue;
    const unsigned t = (32 - sa) % 16;
    const uint32_t far = sa <= 16 ? 1 : 0;
    expect_always(shift(Op::kRotr, 9, 5, sa),
                  rom(Class::kShift, 5, 0, 9, {1u << t, 1 - far, far, far, 1 - far}));
  }
  expect(shift(Op::kRotr, 0, 5, 1), rom(Class::kNop, 0, 0, 0));
}

TEST(Lower, BitFields) {
  expect_always(shift_reg(Op::kRotrv, 9, 5, 6),
                rom(Class::kBitField, 5, 6, 9, {0, 0, 255, 255, 255, 255}));
  expect(shift_reg(Op::kRotrv, 0, 5, 6), rom(Class::kNop, 0, 0, 0));
  expect_always(bit_field(Op::kExt, 9, 4, 5, 9),
                rom(Class::kBitField, 4, 0, 9, {5, 0, 0xff, 0x01, 0, 0}));
  expect(bit_field(Op::kExt, 9, 4, 0, 32),
         rom(Class::kBitField, 4, 0, 9, {0, 0, 255, 255, 255, 255}));
  expect(bit_field(Op::kExt, 9, 4, 31, 1), rom(Class::kBitField, 4, 0, 9, {31, 0, 1, 0, 0, 0}));
  expect(bit_field(Op::kExt, 0, 4, 5, 9), rom(Class::kNop, 0, 0, 0));
  expect_always(bit_field(Op::kIns, 9, 4, 5, 9),
                rom(Class::kBitField, 4, 0, 9, {27, 1, 0xe0, 0x3f, 0, 0}));
  expect(bit_field(Op::kIns, 9, 4, 0, 32),
         rom(Class::kBitField, 4, 0, 9, {0, 1, 255, 255, 255, 255}));
  expect(bit_field(Op::kIns, 9, 4, 31, 1), rom(Class::kBitField, 4, 0, 9, {1, 1, 0, 0, 0, 0x80}));
  expect(bit_field(Op::kIns, 9, 4, 0, 1), rom(Class::kBitField, 4, 0, 9, {0, 1, 1, 0, 0, 0}));
  expect(bit_field(Op::kIns, 0, 4, 5, 9), rom(Class::kNop, 0, 0, 0));
  // Fields that reach out of the word.
  expect_never(bit_field(Op::kExt, 9, 4, 31, 2));
  expect_never(match_of(Op::kIns) | 4u << 21 | 9u << 16 | 3u << 11 | 4u << 6);
}

TEST(Lower, BytesAndCounts) {
  expect_always(byte_op(Op::kSeb, 9, 5), rom(Class::kByteOps, 5, 0, 9, {1, 0, 0}));
  expect_always(byte_op(Op::kSeh, 9, 5), rom(Class::kByteOps, 5, 0, 9, {0, 1, 0}));
  expect_always(byte_op(Op::kWsbh, 9, 5), rom(Class::kByteOps, 5, 0, 9, {0, 0, 1}));
  expect_always(count(Op::kClz, 9, 4), rom(Class::kCountLeading, 4, 0, 9, {0}));
  expect_always(count(Op::kClo, 9, 4), rom(Class::kCountLeading, 4, 0, 9, {1}));
  expect(three(Op::kClz, 9, 4, 17),
         rom(Class::kCountLeading, 4, 0, 9, {0}));  // rt is not looked at
  for (Op op : {Op::kSeb, Op::kSeh, Op::kWsbh})
    expect(byte_op(op, 0, 5), rom(Class::kNop, 0, 0, 0));
  for (Op op : {Op::kClz, Op::kClo}) expect(count(op, 0, 5), rom(Class::kNop, 0, 0, 0));
}

TEST(Lower, ConditionalMoves) {
  expect_always(three(Op::kMovz, 9, 4, 5), rom(Class::kMoveCond, 4, 5, 9, {0}));
  expect_always(three(Op::kMovn, 9, 4, 5), rom(Class::kMoveCond, 4, 5, 9, {1}));
  expect_always(three(Op::kMovz, 9, 4, 0), rom(Class::kMoveCond, 4, 0, 9, {0}));
  expect_always(move_fcc(Op::kMovf, 9, 4, 0), rom(Class::kMoveCond, 4, 39, 9, {0}));
  expect_always(move_fcc(Op::kMovt, 9, 4, 7), rom(Class::kMoveCond, 4, 46, 9, {1}));
  expect_always(fp_three(Op::kMovzS, 2, 31, 5), rom(Class::kMoveCond, 78, 5, 49, {0}));
  expect_always(fp_three(Op::kMovnS, 2, 31, 5), rom(Class::kMoveCond, 78, 5, 49, {1}));
  expect_always(fp_move_fcc(Op::kMovfS, 0, 1, 3), rom(Class::kMoveCond, 48, 42, 47, {0}));
  expect_always(fp_move_fcc(Op::kMovtS, 0, 1, 3), rom(Class::kMoveCond, 48, 42, 47, {1}));
  for (Op op : {Op::kMovz, Op::kMovn}) expect(three(op, 0, 4, 5), rom(Class::kNop, 0, 0, 0));
  for (Op op : {Op::kMovf, Op::kMovt}) expect(move_fcc(op, 0, 4, 5), rom(Class::kNop, 0, 0, 0));
  // Pairs have no class of their own.
  expect_trap(fp_three(Op::kMovzD, 2, 4, 5));
  expect_trap(fp_three(Op::kMovnD, 2, 4, 5));
  expect_trap(fp_move_fcc(Op::kMovfD, 2, 4, 5));
  expect_trap(fp_move_fcc(Op::kMovtD, 2, 4, 5));
}

TEST(Lower, BranchLikely) {
  const uint32_t back = (kPc + 4 - 4 * 5) / 4;
  const auto likely = [&](unsigned rs, unsigned rt, uint32_t k0, uint32_t k1, uint32_t k2) {
    return rom(Class::kBranchLikely, rs, rt, 34, {k0, k1, k2, back});
  };
  expect_always(branch(Op::kBeql, 4, 5, -5), likely(4, 5, 0, 0, 1));
  expect_always(branch(Op::kBnel, 4, 5, -5), likely(4, 5, 1, 0, kP - 1));
  expect_always(branch(Op::kBeql, 0, 0, -5), likely(0, 0, 0, 0, 1));
  expect_always(branch_zero(Op::kBlezl, 4, -5), likely(4, 0, 0, 1, 1));
  expect_always(branch_zero(Op::kBgtzl, 4, -5), likely(4, 0, 1, kP - 1, kP - 1));
  expect_always(branch_zero(Op::kBltzl, 4, -5), likely(4, 0, 0, 1, 0));
  expect_always(branch_zero(Op::kBgezl, 4, -5), likely(4, 0, 1, kP - 1, 0));
  expect_always(branch_zero(Op::kBltzall, 4, -5),
                rom(Class::kBranchLikely, 4, 0, 31, {0, 1, 0, back, 0x1238, 0x40}));
  expect_always(branch_zero(Op::kBgezall, 4, -5),
                rom(Class::kBranchLikely, 4, 0, 31, {1, kP - 1, 0, back, 0x1238, 0x40}));
}

TEST(Lower, BranchesOnConditionCodes) {
  const uint32_t back = (kPc + 4 - 4 * 5) / 4;
  for (unsigned cc : {0u, 5u, 7u}) {
    const unsigned reg = 39 + cc;
    expect_always(fp_branch(Op::kBc1f, cc, -5), rom(Class::kBranchEq, reg, 0, 0, {0, back}));
    expect_always(fp_branch(Op::kBc1t, cc, -5), rom(Class::kBranchEq, reg, 0, 0, {1, back}));
    expect_always(fp_branch(Op::kBc1fl, cc, -5),
                  rom(Class::kBranchLikely, reg, 0, 34, {0, 0, 1, back}));
    expect_always(fp_branch(Op::kBc1tl, cc, -5),
                  rom(Class::kBranchLikely, reg, 0, 34, {1, 0, kP - 1, back}));
  }
}

TEST(Lower, ConditionalTraps) {
  expect_always(trap(Op::kTeq, 4, 5, 7), rom(Class::kTrapEqual, 4, 5, 0, {0, 0, 0}));
  expect_always(trap(Op::kTne, 4, 5, 7), rom(Class::kTrapEqual, 4, 5, 0, {1, 0, 0}));
  expect_always(trap_imm(Op::kTeqi, 4, 0x8001),
                rom(Class::kTrapEqual, 4, 0, 0, {0, 0x8001, 0xffff}));
  expect_always(trap_imm(Op::kTnei, 4, 0x7001), rom(Class::kTrapEqual, 4, 0, 0, {1, 0x7001, 0}));
  expect_always(trap(Op::kTge, 4, 5, 7), rom(Class::kTrapLess, 4, 5, 0, {1, 1, 0, 0}));
  expect_always(trap(Op::kTgeu, 4, 5, 7), rom(Class::kTrapLess, 4, 5, 0, {0, 1, 0, 0}));
  expect_always(trap(Op::kTlt, 4, 5, 7), rom(Class::kTrapLess, 4, 5, 0, {1, 0, 0, 0}));
  expect_always(trap(Op::kTltu, 4, 5, 7), rom(Class::kTrapLess, 4, 5, 0, {0, 0, 0, 0}));
  expect_always(trap_imm(Op::kTgei, 4, 0x8001),
                rom(Class::kTrapLess, 4, 0, 0, {1, 1, 0x8001, 0xffff}));
  expect_always(trap_imm(Op::kTgeiu, 4, 0x8001),
                rom(Class::kTrapLess, 4, 0, 0, {0, 1, 0x8001, 0xffff}));
  expect_always(trap_imm(Op::kTlti, 4, 1), rom(Class::kTrapLess, 4, 0, 0, {1, 0, 1, 0}));
  expect_always(trap_imm(Op::kTltiu, 4, 1), rom(Class::kTrapLess, 4, 0, 0, {0, 0, 1, 0}));
}

TEST(Lower, LoadLinkedAndStoreConditional) {
  expect_always(mem(Op::kLl, 9, 0xfffc, 4), rom(Class::kLoadLinked, 4, 0, 9, {0xfffc, 0xffff}));
  expect_always(mem(Op::kLl, 0, 8, 4), rom(Class::kLoadLinked, 4, 0, 34, {8, 0}));
  expect_always(mem(Op::kSc, 9, 0xfffc, 4), rom(Class::kStoreCond, 4, 9, 9, {0xfffc, 0xffff}));
  expect_always(mem(Op::kSc, 0, 8, 4), rom(Class::kStoreCond, 4, 0, 34, {8, 0}));
}

TEST(Lower, NoEffect) {
  const RomEntry nop = rom(Class::kNop, 0, 0, 0);
  expect_always(match_of(Op::kSync) | 16u << 6, nop);
  expect_always(match_of(Op::kSynci) | 4u << 21 | 0x10, nop);
  expect_always(mem(Op::kCache, 0x15, 0x10, 4), nop);
  expect_always(mem(Op::kPref, 30, 0x10, 4), nop);
  expect_always(match_of(Op::kPrefx) | 4u << 21 | 5u << 16 | 30u << 11, nop);
}

TEST(Lower, HardwareRegisters) {
  expect_always(rdhwr(3, 29), rom(Class::kAddImm, 37, 0, 3));
  expect_always(rdhwr(3, 0), rom(Class::kAddImm, 0, 0, 3));
  expect_always(rdhwr(3, 1), rom(Class::kAddImm, 0, 0, 3));
  for (unsigned number : {0u, 1u, 29u}) expect_always(rdhwr(0, number), rom(Class::kNop, 0, 0, 0));
  for (unsigned number : {2u, 3u, 4u, 28u, 30u, 31u}) expect_trap(rdhwr(3, number));
  expect_always(to_user_local(4), rom(Class::kAddImm, 4, 0, 37));
  expect_never(to_user_local(4) ^ 1);  // another selection of the same register
}

// Of the kernel alone.
TEST(Lower, RegistersOfAFault) {
  const struct { unsigned number, reg; } registers[] = {{8, 82}, {13, 81}, {14, 79}, {30, 80}};
  for (const auto& r : registers) {
    expect_never(mfc0(3, r.number));
    const auto in_kernel = lower(0x80000010, mfc0(3, r.number), kKernel);
    ASSERT_TRUE(in_kernel.has_value());
    RomEntry want = rom(Class::kAddImm, r.reg, 0, 3);
    want.pc4 = 0x80000010 / 4;
    EXPECT_EQ(in_kernel->entry, want);
    EXPECT_EQ(lower(0x80000010, mfc0(0, r.number), kKernel)->entry.cls, Class::kNop);
  }
  for (unsigned number : {0u, 4u, 9u, 12u, 15u, 31u})
    EXPECT_FALSE(lower(0x80000010, mfc0(3, number), kKernel).has_value());
}

TEST(Lower, FloatingPointMoves) {
  expect_always(fp_move(Op::kMfc1, 9, 0), rom(Class::kAddImm, 47, 0, 9));
  expect_always(fp_move(Op::kMfc1, 9, 31), rom(Class::kAddImm, 78, 0, 9));
  expect_always(fp_move(Op::kMfc1, 0, 31), rom(Class::kNop, 0, 0, 0));
  expect_always(fp_move(Op::kMtc1, 9, 31), rom(Class::kAddImm, 9, 0, 78));
  expect_always(fp_move(Op::kMtc1, 0, 1), rom(Class::kAddImm, 0, 0, 48));
  expect_always(fp_move(Op::kMfhc1, 9, 2), rom(Class::kAddImm, 50, 0, 9));
  expect_always(fp_move(Op::kMfhc1, 0, 2), rom(Class::kNop, 0, 0, 0));
  expect_always(fp_move(Op::kMthc1, 9, 2), rom(Class::kAddImm, 9, 0, 50));
  expect_always(fp_two(Op::kMovS, 2, 31), rom(Class::kAddImm, 78, 0, 49));
  expect_always(fp_two(Op::kMovD, 2, 30), rom(Class::kMovePair, 77, 78, 49, {50}));
  expect_trap(fp_two(Op::kMovD, 3, 30));
  expect_trap(fp_two(Op::kMovD, 2, 31));
}

TEST(Lower, FloatingPointControl) {
  for (unsigned cc = 0; cc < 8; ++cc) {
    expect_always(fp_move(Op::kCfc1, 9, 16 + cc), rom(Class::kAddImm, 39 + cc, 0, 9));
    expect_always(fp_move(Op::kCtc1, 9, 16 + cc), rom(Class::kAddImm, 9, 0, 39 + cc));
  }
  expect_always(fp_move(Op::kCfc1, 9, 24), rom(Class::kAddImm, 38, 0, 9));
  expect_always(fp_move(Op::kCtc1, 9, 24), rom(Class::kAddImm, 9, 0, 38));
  expect_always(fp_move(Op::kCfc1, 0, 24), rom(Class::kNop, 0, 0, 0));
  for (unsigned other : {0u, 1u, 15u, 25u, 26u, 28u, 31u}) {
    expect_trap(fp_move(Op::kCfc1, 9, other));
    expect_trap(fp_move(Op::kCtc1, 9, other));
  }
}

TEST(Lower, FloatingPointLoadsAndStores) {
  expect_always(mem(Op::kLwc1, 31, 0xfffc, 4), rom(Class::kLoadWord, 4, 0, 78, {0xfffc, 0xffff}));
  expect_always(mem(Op::kSwc1, 31, 8, 4), rom(Class::kStoreWord, 4, 78, 0, {8, 0}));
  // The word at the lower address: the odd register in big-endian programs.
  for (const auto& context : {kBig, kKernel}) {
    expect(mem(Op::kLdc1, 2, 0xfff8, 4), rom(Class::kLoadDouble, 4, 0, 50, {0xfff8, 0xffff, 49}),
           context);
    expect(mem(Op::kSdc1, 30, 8, 4), rom(Class::kStoreDouble, 4, 78, 0, {8, 0, 77}), context);
  }
  for (const auto& context : {kLittle, kLittleKernel}) {
    expect(mem(Op::kLdc1, 2, 0xfff8, 4), rom(Class::kLoadDouble, 4, 0, 49, {0xfff8, 0xffff, 50}),
           context);
    expect(mem(Op::kSdc1, 30, 8, 4), rom(Class::kStoreDouble, 4, 77, 0, {8, 0, 78}), context);
  }
  expect_trap(mem(Op::kLdc1, 3, 8, 4));
  expect_trap(mem(Op::kSdc1, 3, 8, 4));
}

TEST(Lower, WhatTheKernelTakes) {
  expect_trap(code(Op::kSyscall, 0));
  // All of coprocessor 1 that is not lowered to moves, defined or not.
  for (const auto& info : isa::kOps) {
    const uint32_t opcode = info.match >> 26;
    if (opcode != 0x11 && opcode != 0x13) continue;
    if (lower(kPc, info.match)) continue;
    expect_trap(info.match);
  }
  expect_trap(fp_three(Op::kAddD, 2, 4, 6));
  expect_trap(fp_three(Op::kAddS, 1, 3, 5));
  expect_trap(match_of(Op::kCLtD) | 4u << 16 | 2u << 11);
  expect_trap(0x46c20002);  // mul.ps
  expect_trap(0x4c890085);  // luxc1
  expect_trap(0x47ffffff);
  expect_trap(0x4fffffff);
  // Not its business.
  for (uint32_t word : {code(Op::kSyscall, 6), code(Op::kSyscall, 0xfffff), code(Op::kBreak, 0),
                        code(Op::kBreak, 7 << 10), 0xffffffffu, 0x0085482du, 0x40096000u,
                        0xc8a00000u, 0x70a94824u, 0x7ca91803u})
    expect_never(word);
  // The entry's address is that of the word, whatever it is.
  const auto far = lower(0x7ffefffc, code(Op::kSyscall, 0), kKernel);
  ASSERT_TRUE(far.has_value());
  EXPECT_EQ(far->entry, rom(Class::kTrap, 0, 0, 26, {0xc, 0, 0x80000180 / 4}, 0x7ffefffc));
}

TEST(Lower, NativeCalls) {
  expect(code(Op::kSyscall, 1), rom(Class::kHalt, 4, 0, 35));
  expect(code(Op::kSyscall, 2), rom(Class::kHint, 0, 0, 2));
  expect_none(code(Op::kSyscall, 0));
  expect_none(code(Op::kSyscall, 6));
  expect_none(code(Op::kSyscall, 0xfffff));
  expect_none(code(Op::kBreak, 0));
  expect_none(code(Op::kBreak, 7 << 10));
}

TEST(Lower, InvariantsOfEveryEntry) {
  std::mt19937 rng(7);
  unsigned lowered = 0, classes[isa::kClassCount] = {};
  for (unsigned n = 0; n < 400000; ++n) {
    // Half of the words are instructions by construction.
    uint32_t word = static_cast<uint32_t>(rng());
    if (n % 2 == 0) {
      const auto& info = isa::kOps[rng() % isa::kOpCount];
      word = info.match | (word & ~info.mask);
    }
    if (n % 256 == 0) word = code(Op::kSyscall, n / 256 % 5);
    const uint32_t pc = kPc + 4 * (n % 1000);
    const isa::LowerContext& context = n % 3 == 0 ? kBig : n % 3 == 1 ? kLittle : kLittleKernel;
    const auto lowered_word = lower(pc, word, context);
    if (!lowered_word) continue;
    const RomEntry* const e = &lowered_word->entry;
    ++lowered;
    ++classes[static_cast<unsigned>(e->cls)];
    const std::string text = isa::disassemble(pc, word);
    ASSERT_TRUE(e->cls == Class::kTrap || isa::decode(word).has_value()) << text;
    EXPECT_EQ(e->pc4, pc / 4);
    EXPECT_NE(e->rs, isa::kTrash) << text;
    EXPECT_NE(e->rt, isa::kTrash) << text;
    EXPECT_NE(e->rs, isa::kExitCode) << text;
    EXPECT_NE(e->rt, isa::kExitCode) << text;
    EXPECT_LT(e->rs, isa::kRegisterEnd) << text;
    EXPECT_LT(e->rt, isa::kRegisterEnd) << text;
    EXPECT_LT(e->rd, isa::kRegisterEnd) << text;
    EXPECT_EQ(e->rd == isa::kExitCode, e->cls == Class::kHalt) << text;
    for (uint32_t k : e->k) EXPECT_LT(k, kP) << text;
    EXPECT_EQ(e->rd != 0, isa::class_info(e->cls).has(isa::kWriteRd)) << text;
    // LINK is written by the classes that own it alone.
    EXPECT_NE(e->rd, isa::kLink) << text;
  }
  EXPECT_GT(lowered, 100000u);
  for (unsigned cls = isa::kFirstClass; cls <= isa::kLastClass; ++cls)
    EXPECT_GT(classes[cls], 0u) << "class " << cls;
}

}  // namespace
}  // namespace mipzk::test
