// SPDX-License-Identifier: Apache-2.0
// Decoding and disassembly.
#include "isa/decode.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <set>
#include <string>

#include "unit/isa/binutils_lines.hpp"
#include "unit/isa/encode.hpp"

namespace mipzk::test {
namespace {

using isa::decode;
using isa::disassemble;
using isa::Format;

TEST(Decode, MatchesBinutilsForEveryInstruction) {
  std::set<isa::Op> seen;
  for (const Line& line : kBinutils) {
    EXPECT_EQ(disassemble(line.pc, line.word), line.text);
    const auto i = decode(line.word);
    ASSERT_TRUE(i.has_value()) << line.text;
    const char* mnemonic = isa::op_info(i->op).mnemonic;
    EXPECT_EQ(std::strncmp(mnemonic, line.text, std::strlen(mnemonic)), 0) << line.text;
    seen.insert(i->op);
  }
  EXPECT_EQ(seen.size(), isa::kOpCount);
}

TEST(Decode, Fields) {
  const auto i = decode(0x8fa9fffc);  // lw t1,-4(sp)
  ASSERT_TRUE(i.has_value());
  EXPECT_EQ(i->op, Op::kLw);
  EXPECT_EQ(i->rs, 29);
  EXPECT_EQ(i->rt, 9);
  EXPECT_EQ(i->imm, 0xfffffffcu);
  EXPECT_EQ(decode(0x34898000)->imm, 0x8000u);      // ori: zero-extended
  EXPECT_EQ(decode(0x24898000)->imm, 0xffff8000u);  // addiu: sign-extended
  EXPECT_EQ(decode(0x0048d14c)->imm, 0x12345u);     // syscall
  EXPECT_EQ(decode(0x000548c0)->sa, 3);
  EXPECT_EQ(decode(0x0bffffff)->imm, 0x03ffffffu);
}

TEST(Decode, BranchTargets) {
  const uint32_t word = branch(Op::kBeq, 1, 2, -1);
  EXPECT_EQ(isa::branch_target(0x00400000, *decode(word)), 0x00400000u);
  EXPECT_EQ(isa::branch_target(0x00000000, *decode(branch(Op::kBeq, 1, 2, -2))), 0xfffffffcu);
  EXPECT_EQ(isa::branch_target(0x0ffffffc, *decode(jump(Op::kJ, 0))), 0x10000000u);
}

// The bits that tell which instruction of its opcode a word is.
uint32_t selector_of(uint32_t match) {
  switch (match >> 26) {
    case 0x00:
    case 0x1c:
    case 0x13:
      return 0xfc00003f;
    case 0x1f:
      return (match & 63) == 0x20 ? 0xfc0007ffu : 0xfc00003fu;
    case 0x01:
      return 0xfc1f0000;
    case 0x10:
      return 0xffe0ffff;
    case 0x11: {
      const uint32_t format = match >> 21 & 31;
      return format == 8 ? 0xffe30000u : format < 8 ? 0xffe00000u : 0xffe0003fu;
    }
    default:
      return 0xfc000000;
  }
}

TEST(Decode, ReservedFieldsMustBeZero) {
  // Every bit of the mask beyond opcode and function, flipped in each instruction.
  unsigned flipped = 0;
  for (const auto& info : isa::kOps) {
    ASSERT_EQ(info.match & ~info.mask, 0u);
    const uint32_t reserved = info.mask & ~selector_of(info.match);
    for (unsigned bit = 0; bit < 32; ++bit) {
      if ((reserved >> bit & 1) == 0) continue;
      const auto other = decode(info.match ^ 1u << bit);
      // A shift's rs tells rotations apart, bit 16 of a conditional move the polarity.
      if (other && other->op != info.op) {
        const std::string name = isa::op_info(other->op).mnemonic;
        EXPECT_TRUE(name.starts_with("rotr") || name.starts_with("mov") || name.starts_with("sr"))
            << info.mnemonic << " bit " << bit << " is " << name;
        continue;
      }
      EXPECT_FALSE(other.has_value()) << info.mnemonic << " bit " << bit;
      ++flipped;
    }
  }
  EXPECT_GT(flipped, 500u);
}

TEST(Decode, OtherArchitecturesAreNoInstructions) {
  const struct {
    const char* what;
    uint32_t word;
  } others[] = {
      {"daddu", 0x0085482d},      {"dsll", 0x000548f8},       {"ld", 0xdfa90000},
      {"sd", 0xffa90000},         {"lwu", 0x9fa90000},        {"dmult", 0x0085001c},
      {"dmfc0", 0x40296000},      {"mtc0 $4,0", 0x40842000},  {"eret", 0x42000018},
      {"di", 0x41606000},         {"rfe", 0x42000010},        {"dmfc1", 0x44290000},
      {"mul.ps", 0x46c20002},     {"lwc2", 0xc8a00000},       {"mfc2", 0x48090000},
      {"luxc1", 0x4c890085},      {"dclz", 0x70a94824},       {"sdbbp", 0x7000003f},
      {"dext", 0x7ca91803},       {"addu.qb", 0x7c854810},    {"aui", 0x3c850000 | 1u << 21},
      {"bc1eqz", 0x45200000},     {"msa", 0x78000000},        {"cvt.s.pu", 0x46c00020},
      {"movz of ps", 0x46c00012}, {"tnei's gap", 0x040d0000}, {"jalx", 0x74000000},
  };
  for (const auto& o : others) EXPECT_FALSE(decode(o.word).has_value()) << o.what;
}

TEST(Decode, BitFieldsStayInsideTheWord) {
  // The manual leaves others open: position + size > 32 for ext, last bit < first for ins.
  for (unsigned lsb = 0; lsb < 32; ++lsb) {
    for (unsigned field = 0; field < 32; ++field) {
      const uint32_t fields = 4u << 21 | 9u << 16 | field << 11 | lsb << 6;
      EXPECT_EQ(decode(match_of(Op::kExt) | fields).has_value(), lsb + field + 1 <= 32);
      EXPECT_EQ(decode(match_of(Op::kIns) | fields).has_value(), lsb <= field);
    }
  }
}

TEST(Decode, OneInstructionPerWordAndTheTableAgrees) {
  std::mt19937 rng(1);
  for (unsigned n = 0; n < 200000; ++n) {
    auto word = static_cast<uint32_t>(rng());
    // Half of the words have an opcode that is divided further.
    static constexpr uint32_t kDivided[] = {0x00, 0x01, 0x11, 0x13, 0x1c, 0x1f};
    if (n % 2 == 0) word = (word & 0x03ffffff) | kDivided[n / 2 % std::size(kDivided)] << 26;
    const isa::OpInfo* found = nullptr;
    for (const auto& info : isa::kOps) {
      if ((word & info.mask) != info.match) continue;
      ASSERT_EQ(found, nullptr) << std::hex << word;
      found = &info;
    }
    const auto i = decode(word);
    const unsigned lsb = word >> 6 & 31, field = word >> 11 & 31;
    const bool outside = found != nullptr && ((found->op == Op::kExt && lsb + field > 31) ||
                                              (found->op == Op::kIns && field < lsb));
    ASSERT_EQ(i.has_value(), found != nullptr && !outside) << std::hex << word;
    if (i) {
      EXPECT_EQ(i->op, found->op);
    }
  }
}

TEST(Disassemble, Special) {
  EXPECT_EQ(disassemble(0, 0), "nop");
  EXPECT_EQ(disassemble(0, 0xffffffff), ".word 0xffffffff");
  EXPECT_EQ(disassemble(0, code(Op::kBreak, 7)), "break 0x0,0x7");
  EXPECT_EQ(disassemble(0, code(Op::kSyscall, 1)), "syscall 0x1");
  // What objdump shows otherwise.
  EXPECT_EQ(disassemble(0, three(Op::kSub, 10, 0, 4)), "sub t2,zero,a0");
  EXPECT_EQ(disassemble(0, shift(Op::kSll, 0, 0, 5)), "sll zero,zero,0x5");
  EXPECT_EQ(disassemble(0, 0x70067020), "clz t6,zero");
}

TEST(Disassemble, RegisterNames) {
  EXPECT_STREQ(isa::register_name(0), "zero");
  EXPECT_STREQ(isa::register_name(31), "ra");
  EXPECT_STREQ(isa::register_name(33), "lo");
  EXPECT_STREQ(isa::register_name(99), "?");
}

}  // namespace
}  // namespace mipzk::test
