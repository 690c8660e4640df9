// The lowering rules of docs/MACHINE.md, one expectation per rule. The expected entries are written
// out, not computed.
#include <gtest/gtest.h>

#include <initializer_list>
#include <random>
#include <sstream>
#include <string>

#include "field/fp.hpp"
#include "isa/decode.hpp"
#include "isa/program.hpp"
#include "isa/rom.hpp"
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

void expect(uint32_t word, const RomEntry& want) {
  const auto got = lower(kPc, word);
  ASSERT_TRUE(got.has_value()) << isa::disassemble(kPc, word);
  EXPECT_EQ(*got, want) << isa::disassemble(kPc, word) << ": got " << show(*got) << ", want "
                        << show(want);
}

void expect_none(uint32_t word) {
  EXPECT_FALSE(lower(kPc, word).has_value()) << isa::disassemble(kPc, word);
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
  expect(hilo(Op::kMult, 4, 5), rom(Class::kMult, 4, 5, 0, {1}));
  expect(hilo(Op::kMultu, 4, 5), rom(Class::kMult, 4, 5, 0, {0}));
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
  EXPECT_EQ(*lower(0x00000000, branch(Op::kBeq, 4, 5, -2)),
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
  EXPECT_EQ(lower(0x1ffffffc, jump(Op::kJ, 0x40))->k[0], 0x20000040u / 4);
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

TEST(Lower, NativeCalls) {
  expect(code(Op::kSyscall, 1), rom(Class::kHalt, 4, 0, 35));
  expect(code(Op::kSyscall, 2), rom(Class::kHint, 0, 0, 2));
  expect_none(code(Op::kSyscall, 0));
  expect_none(code(Op::kSyscall, 5));
  expect_none(code(Op::kSyscall, 0xfffff));
  expect_none(code(Op::kBreak, 0));
  expect_none(code(Op::kBreak, 7 << 10));
}

TEST(Lower, InvariantsOfEveryEntry) {
  std::mt19937 rng(7);
  unsigned lowered = 0;
  for (unsigned n = 0; n < 400000; ++n) {
    // Half of the words are instructions by construction.
    uint32_t word = static_cast<uint32_t>(rng());
    if (n % 2 == 0) {
      const auto& info = isa::kOps[rng() % isa::kOpCount];
      word = info.match | (word & ~info.mask);
    }
    const uint32_t pc = kPc + 4 * (n % 1000);
    const auto e = lower(pc, word);
    if (!e) continue;
    ++lowered;
    const std::string text = isa::disassemble(pc, word);
    ASSERT_TRUE(isa::decode(word).has_value()) << text;
    EXPECT_EQ(e->pc4, pc / 4);
    EXPECT_NE(e->rs, isa::kTrash) << text;
    EXPECT_NE(e->rt, isa::kTrash) << text;
    EXPECT_LT(e->rd, 36) << text;
    for (uint32_t k : e->k) EXPECT_LT(k, kP) << text;
    const bool writes = e->cls != Class::kNop && e->cls != Class::kBranchEq &&
                        e->cls != Class::kBranchZero && e->cls != Class::kJump &&
                        e->cls != Class::kJumpReg && e->cls != Class::kStoreWord &&
                        e->cls != Class::kStoreSub && e->cls != Class::kStorePart &&
                        e->cls != Class::kMult && e->cls != Class::kDiv;
    EXPECT_EQ(writes, e->rd != 0) << text;
  }
  EXPECT_GT(lowered, 150000u);
}

}  // namespace
}  // namespace mipzk::test
