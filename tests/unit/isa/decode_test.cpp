// Decoding and disassembly.
#include "isa/decode.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <set>
#include <string>

#include "unit/isa/encode.hpp"

namespace mipzk::test {
namespace {

using isa::decode;
using isa::disassemble;
using isa::Format;

struct Line {
  uint32_t pc, word;
  const char* text;
};

// Made with GNU binutils 2.40 (mips-linux-gnu-as -EB -march=r3000, then objdump -d
// -Mno-aliases,gpr-names=32 --adjust-vma=0x400000).
constexpr Line kBinutils[] = {
    {0x400000, 0x000548c0, "sll t1,a1,0x3"},
    {0x400004, 0x00054fc2, "srl t1,a1,0x1f"},
    {0x400008, 0x00054843, "sra t1,a1,0x1"},
    {0x40000c, 0x00c54804, "sllv t1,a1,a2"},
    {0x400010, 0x00c54806, "srlv t1,a1,a2"},
    {0x400014, 0x00c54807, "srav t1,a1,a2"},
    {0x400018, 0x03e00008, "jr ra"},
    {0x40001c, 0x0320f809, "jalr t9"},
    {0x400020, 0x03204809, "jalr t1,t9"},
    {0x400024, 0x0048d14c, "syscall 0x12345"},
    {0x400028, 0x0000000c, "syscall"},
    {0x40002c, 0x0000000d, "break"},
    {0x400030, 0x0007000d, "break 0x7"},
    {0x400034, 0x00004810, "mfhi t1"},
    {0x400038, 0x01200011, "mthi t1"},
    {0x40003c, 0x00004812, "mflo t1"},
    {0x400040, 0x01200013, "mtlo t1"},
    {0x400044, 0x00850018, "mult a0,a1"},
    {0x400048, 0x00850019, "multu a0,a1"},
    {0x40004c, 0x0085001a, "div zero,a0,a1"},
    {0x400050, 0x0085001b, "divu zero,a0,a1"},
    {0x400054, 0x00854820, "add t1,a0,a1"},
    {0x400058, 0x00854821, "addu t1,a0,a1"},
    {0x40005c, 0x00854822, "sub t1,a0,a1"},
    {0x400060, 0x00854823, "subu t1,a0,a1"},
    {0x400064, 0x00854824, "and t1,a0,a1"},
    {0x400068, 0x00854825, "or t1,a0,a1"},
    {0x40006c, 0x00854826, "xor t1,a0,a1"},
    {0x400070, 0x00854827, "nor t1,a0,a1"},
    {0x400074, 0x0085482a, "slt t1,a0,a1"},
    {0x400078, 0x0085482b, "sltu t1,a0,a1"},
    {0x40007c, 0x04800003, "bltz a0,0x40008c"},
    {0x400080, 0x0481fffb, "bgez a0,0x400070"},
    {0x400084, 0x04900003, "bltzal a0,0x400094"},
    {0x400088, 0x0491fffb, "bgezal a0,0x400078"},
    {0x40008c, 0x08000100, "j 0x400"},
    {0x400090, 0x0c010000, "jal 0x40000"},
    {0x400094, 0x10850003, "beq a0,a1,0x4000a4"},
    {0x400098, 0x1485fffb, "bne a0,a1,0x400088"},
    {0x40009c, 0x18800003, "blez a0,0x4000ac"},
    {0x4000a0, 0x1c80fffb, "bgtz a0,0x400090"},
    {0x4000a4, 0x20898000, "addi t1,a0,-32768"},
    {0x4000a8, 0x24897fff, "addiu t1,a0,32767"},
    {0x4000ac, 0x2889ffff, "slti t1,a0,-1"},
    {0x4000b0, 0x2c89ffff, "sltiu t1,a0,-1"},
    {0x4000b4, 0x3089ffff, "andi t1,a0,0xffff"},
    {0x4000b8, 0x34898000, "ori t1,a0,0x8000"},
    {0x4000bc, 0x38891234, "xori t1,a0,0x1234"},
    {0x4000c0, 0x3c09fedc, "lui t1,0xfedc"},
    {0x4000c4, 0x83a9fffc, "lb t1,-4(sp)"},
    {0x4000c8, 0x87a9fffc, "lh t1,-4(sp)"},
    {0x4000cc, 0x8ba9fffc, "lwl t1,-4(sp)"},
    {0x4000d0, 0x8fa9fffc, "lw t1,-4(sp)"},
    {0x4000d4, 0x93a9fffc, "lbu t1,-4(sp)"},
    {0x4000d8, 0x97a9fffc, "lhu t1,-4(sp)"},
    {0x4000dc, 0x9ba9fffc, "lwr t1,-4(sp)"},
    {0x4000e0, 0xa3a90004, "sb t1,4(sp)"},
    {0x4000e4, 0xa7a90004, "sh t1,4(sp)"},
    {0x4000e8, 0xaba90004, "swl t1,4(sp)"},
    {0x4000ec, 0xafa90004, "sw t1,4(sp)"},
    {0x4000f0, 0xbba90004, "swr t1,4(sp)"},
};

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

TEST(Decode, ReservedFieldsMustBeZero) {
  // Every bit of the mask beyond opcode and function, flipped in each instruction.
  for (const auto& info : isa::kOps) {
    ASSERT_EQ(info.match & ~info.mask, 0u);
    const uint32_t selector = (info.match >> 26) == 0   ? 0xfc00003fu
                              : (info.match >> 26) == 1 ? 0xfc1f0000u
                                                        : 0xfc000000u;
    for (unsigned bit = 0; bit < 32; ++bit) {
      if ((info.mask & ~selector) >> bit & 1) {
        EXPECT_FALSE(decode(info.match ^ 1u << bit).has_value()) << info.mnemonic << " bit " << bit;
      }
    }
  }
}

TEST(Decode, LaterInstructionsAreNotMips1) {
  const struct {
    const char* what;
    uint32_t word;
  } others[] = {
      {"movz", 0x00a6480a},  {"movn", 0x00a6480b},  {"movf", 0x00a04801},  {"sync", 0x0000000f},
      {"teq", 0x008501f4},   {"tne", 0x00850036},   {"rotr", 0x002548c2},  {"rotrv", 0x00c54846},
      {"bltzl", 0x04820003}, {"beql", 0x50850003},  {"mul", 0x70854802},   {"clz", 0x70a94820},
      {"madd", 0x70850000},  {"ext", 0x7ca91800},   {"ins", 0x7ca91804},   {"wsbh", 0x7c0548a0},
      {"seb", 0x7c054c20},   {"rdhwr", 0x7c09e83b}, {"ll", 0xc3a90000},    {"sc", 0xe3a90000},
      {"cache", 0xbfa00000}, {"pref", 0xcfa00000},  {"daddu", 0x0085482d}, {"ld", 0xdfa90000},
      {"mfc0", 0x40096000},  {"mtc1", 0x44890000},  {"lwc1", 0xc7a00000},  {"sdc1", 0xf7a00000},
      {"jr.hb", 0x03e00408}, {"rfe", 0x42000010},
  };
  for (const auto& o : others) EXPECT_FALSE(decode(o.word).has_value()) << o.what;
}

TEST(Decode, OneInstructionPerWordAndTheTableAgrees) {
  std::mt19937 rng(1);
  for (unsigned n = 0; n < 200000; ++n) {
    const auto word = static_cast<uint32_t>(rng());
    const isa::OpInfo* found = nullptr;
    for (const auto& info : isa::kOps) {
      if ((word & info.mask) != info.match) continue;
      ASSERT_EQ(found, nullptr) << std::hex << word;
      found = &info;
    }
    const auto i = decode(word);
    ASSERT_EQ(i.has_value(), found != nullptr) << std::hex << word;
    if (found != nullptr) {
      EXPECT_EQ(i->op, found->op);
    }
  }
}

TEST(Disassemble, Special) {
  EXPECT_EQ(disassemble(0, 0), "nop");
  EXPECT_EQ(disassemble(0, 0xffffffff), ".word 0xffffffff");
  EXPECT_EQ(disassemble(0, code(Op::kBreak, 7)), "break 0x0,0x7");
  EXPECT_EQ(disassemble(0, code(Op::kSyscall, 1)), "syscall 0x1");
}

TEST(Disassemble, RegisterNames) {
  EXPECT_STREQ(isa::register_name(0), "zero");
  EXPECT_STREQ(isa::register_name(31), "ra");
  EXPECT_STREQ(isa::register_name(33), "lo");
  EXPECT_STREQ(isa::register_name(99), "?");
}

}  // namespace
}  // namespace mipzk::test
