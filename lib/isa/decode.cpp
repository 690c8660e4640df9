// SPDX-License-Identifier: Apache-2.0
#include "isa/decode.hpp"

#include <array>
#include <cstdio>

namespace mipzk::isa {
namespace {

// Instructions with the same slot are told apart by their masks; few slots hold more than two.
constexpr unsigned kSlots = 64 * 10;
constexpr unsigned slot_of(uint32_t word) {
  const uint32_t opcode = word >> 26, function = word & 63, rs = word >> 21 & 31;
  switch (opcode) {
    case 0x00:  // SPECIAL
      return 64 + function;
    case 0x01:  // REGIMM
      return 128 + (word >> 16 & 31);
    case 0x11:  // COP1
      if (rs == 16) return 192 + function;
      if (rs == 17) return 256 + function;
      if (rs >= 18) return 320 + function;
      return 384 + rs;
    case 0x13:  // COP1X
      return 448 + function;
    case 0x1c:  // SPECIAL2
      return 512 + function;
    case 0x1f:  // SPECIAL3
      return 576 + function;
    default:
      return opcode;
  }
}

constexpr uint8_t kEnd = 0xff;
static_assert(kOpCount <= kEnd);

// The first instruction of each slot, and for each instruction the next one of its slot.
struct Index {
  std::array<uint8_t, kSlots> first{};
  std::array<uint8_t, kOpCount> next{};
};
constexpr Index make_index() {
  Index index;
  for (auto& slot : index.first) slot = kEnd;
  for (unsigned i = kOpCount; i-- > 0;) {
    uint8_t& slot = index.first[slot_of(kOps[i].match)];
    index.next[i] = slot;
    slot = static_cast<uint8_t>(i);
  }
  return index;
}
constexpr Index kIndex = make_index();

constexpr uint32_t sign_extend_16(uint32_t v) {
  return static_cast<uint32_t>(static_cast<int32_t>(static_cast<int16_t>(v)));
}

uint32_t immediate(Format format, uint32_t word) {
  switch (format) {
    case Format::kImmSigned:
    case Format::kMemory:
    case Format::kBranchZero:
    case Format::kBranchEq:
    case Format::kTrapImm:
    case Format::kHinted:
    case Format::kSynci:
    case Format::kFpMemory:
    case Format::kFpBranch:
      return sign_extend_16(word);
    case Format::kImmLogic:
    case Format::kUpper:
      return word & 0xffff;
    case Format::kJump:
      return word & 0x03ffffff;
    case Format::kCode:
      return word >> 6 & 0xfffff;
    case Format::kTrapReg:
      return word >> 6 & 0x3ff;
    default:
      return 0;
  }
}

constexpr const char* kRegisterNames[] = {"zero", "at", "v0", "v1", "a0", "a1", "a2", "a3", "t0",
                                          "t1",   "t2", "t3", "t4", "t5", "t6", "t7", "s0", "s1",
                                          "s2",   "s3", "s4", "s5", "s6", "s7", "t8", "t9", "k0",
                                          "k1",   "gp", "sp", "s8", "ra", "hi", "lo"};

}  // namespace

std::optional<Instruction> decode(uint32_t word) {
  uint8_t found = kIndex.first[slot_of(word)];
  while (found != kEnd && (word & kOps[found].mask) != kOps[found].match)
    found = kIndex.next[found];
  if (found == kEnd) return std::nullopt;
  const OpInfo& info = kOps[found];
  const Instruction i{info.op,
                      static_cast<uint8_t>(word >> 21 & 31),
                      static_cast<uint8_t>(word >> 16 & 31),
                      static_cast<uint8_t>(word >> 11 & 31),
                      static_cast<uint8_t>(word >> 6 & 31),
                      immediate(info.format, word)};
  // The manual leaves fields that reach beyond bit 31 open; here they are no instruction.
  if (info.op == Op::kExt && i.sa + i.rd > 31) return std::nullopt;
  if (info.op == Op::kIns && i.rd < i.sa) return std::nullopt;
  return i;
}

uint32_t branch_target(uint32_t pc, const Instruction& i) {
  if (op_info(i.op).format == Format::kJump) return ((pc + 4) & 0xf0000000u) | i.imm << 2;
  return pc + 4 + (i.imm << 2);
}

const char* register_name(unsigned reg) {
  return reg < sizeof(kRegisterNames) / sizeof(kRegisterNames[0]) ? kRegisterNames[reg] : "?";
}

namespace {

// Text of the instructions of coprocessor 1.
std::string disassemble_fp(uint32_t pc, uint32_t word, const Instruction& i) {
  char text[64];
  const OpInfo& info = op_info(i.op);
  const unsigned ft = i.rt, fs = i.rd, fd = i.sa;
  const char* rs = register_name(i.rs);
  const char* rt = register_name(i.rt);
  const auto simm = static_cast<int32_t>(i.imm);
  const auto print = [&](const char* format, auto... args) {
    std::snprintf(text, sizeof text, format, info.mnemonic, args...);
  };
  switch (info.format) {
    case Format::kFpMove:
      print("%s %s,$f%u", rt, fs);
      break;
    case Format::kFpControl:
      print("%s %s,$%u", rt, fs);
      break;
    case Format::kFpMemory:
      print("%s $f%u,%d(%s)", ft, simm, rs);
      break;
    case Format::kFpBranch:
      if (const unsigned cc = word >> 18 & 7; cc == 0) {
        print("%s 0x%x", branch_target(pc, i));
      } else {
        print("%s $fcc%u,0x%x", cc, branch_target(pc, i));
      }
      break;
    case Format::kFpThree:
      print("%s $f%u,$f%u,$f%u", fd, fs, ft);
      break;
    case Format::kFpTwo:
      print("%s $f%u,$f%u", fd, fs);
      break;
    case Format::kFpMoveFcc:
      print("%s $f%u,$f%u,$fcc%u", fd, fs, ft >> 2);
      break;
    case Format::kFpMoveReg:
      print("%s $f%u,$f%u,%s", fd, fs, rt);
      break;
    case Format::kFpCompare:
      if (fd >> 2 == 0) {
        print("%s $f%u,$f%u", fs, ft);
      } else {
        print("%s $fcc%u,$f%u,$f%u", fd >> 2, fs, ft);
      }
      break;
    case Format::kFpFour:
      print("%s $f%u,$f%u,$f%u,$f%u", fd, unsigned{i.rs}, fs, ft);
      break;
    case Format::kFpLoadIdx:
      print("%s $f%u,%s(%s)", fd, rt, rs);
      break;
    case Format::kFpStoreIdx:
      print("%s $f%u,%s(%s)", fs, rt, rs);
      break;
    default:  // kHintedIdx
      print("%s 0x%x,%s(%s)", fs, rt, rs);
      break;
  }
  return text;
}

}  // namespace

std::string disassemble(uint32_t pc, uint32_t word) {
  char text[64];
  const auto decoded = decode(word);
  if (!decoded) {
    std::snprintf(text, sizeof text, ".word 0x%08x", word);
    return text;
  }
  if (word == 0) return "nop";
  const Instruction& i = *decoded;
  const OpInfo& info = op_info(i.op);
  const char* rs = register_name(i.rs);
  const char* rt = register_name(i.rt);
  const char* rd = register_name(i.rd);
  const auto simm = static_cast<int32_t>(i.imm);
  const uint32_t target = branch_target(pc, i);
  const char* m = info.mnemonic;
  const char* barrier = (word >> 10 & 1) != 0 ? ".hb" : "";  // of jr and jalr
  const auto print = [&](const char* format, auto... args) {
    std::snprintf(text, sizeof text, format, m, args...);
  };
  switch (info.format) {
    case Format::kShift:
      print("%s %s,%s,0x%x", rd, rt, unsigned{i.sa});
      break;
    case Format::kShiftReg:
      print("%s %s,%s,%s", rd, rt, rs);
      break;
    case Format::kThree:
      print("%s %s,%s,%s", rd, rs, rt);
      break;
    case Format::kJumpReg:
      print("%s%s %s", barrier, rs);
      break;
    case Format::kToHiLo:
      print("%s %s", rs);
      break;
    case Format::kJumpRegLink:
      if (i.rd == 31) {
        print("%s%s %s", barrier, rs);
      } else {
        print("%s%s %s,%s", barrier, rd, rs);
      }
      break;
    case Format::kCode:
      // GNU as splits the code of break in two; the first half is the one that compilers use.
      if (i.imm == 0) return m;
      if (i.op == Op::kSyscall) {
        print("%s 0x%x", i.imm);
      } else if ((i.imm & 0x3ff) == 0) {
        print("%s 0x%x", i.imm >> 10);
      } else {
        print("%s 0x%x,0x%x", i.imm >> 10, i.imm & 0x3ff);
      }
      break;
    case Format::kFromHiLo:
      print("%s %s", rd);
      break;
    case Format::kHiLo:
      if (i.op == Op::kDiv || i.op == Op::kDivu) {
        print("%s zero,%s,%s", rs, rt);
      } else {
        print("%s %s,%s", rs, rt);
      }
      break;
    case Format::kBranchZero:
      print("%s %s,0x%x", rs, target);
      break;
    case Format::kBranchEq:
      print("%s %s,%s,0x%x", rs, rt, target);
      break;
    case Format::kJump:
      print("%s 0x%x", target);
      break;
    case Format::kImmSigned:
      print("%s %s,%s,%d", rt, rs, simm);
      break;
    case Format::kImmLogic:
      print("%s %s,%s,0x%x", rt, rs, i.imm);
      break;
    case Format::kUpper:
      print("%s %s,0x%x", rt, i.imm);
      break;
    case Format::kMemory:
      print("%s %s,%d(%s)", rt, simm, rs);
      break;
    case Format::kNone:  // sync with its type
      if (i.sa == 0) return m;
      print("%s 0x%x", unsigned{i.sa});
      break;
    case Format::kMoveFcc:
      print("%s %s,%s,$fcc%u", rd, rs, unsigned{i.rt} >> 2);
      break;
    case Format::kTrapReg:
      if (i.imm == 0) {
        print("%s %s,%s", rs, rt);
      } else {
        print("%s %s,%s,0x%x", rs, rt, i.imm);
      }
      break;
    case Format::kTrapImm:
      print("%s %s,%d", rs, simm);
      break;
    case Format::kCount:
      print("%s %s,%s", rd, rs);
      break;
    case Format::kBitField:
      print("%s %s,%s,0x%x,0x%x", rt, rs, unsigned{i.sa},
            i.op == Op::kExt ? i.rd + 1u : i.rd + 1u - i.sa);
      break;
    case Format::kByteOp:
      print("%s %s,%s", rd, rt);
      break;
    case Format::kHardware:
    case Format::kFromFault:
      print("%s %s,$%u", rt, unsigned{i.rd});
      break;
    case Format::kHinted:
      print("%s 0x%x,%d(%s)", unsigned{i.rt}, simm, rs);
      break;
    case Format::kSynci:
      print("%s %d(%s)", simm, rs);
      break;
    case Format::kToUserLocal:
      print("%s %s,$4,2", rt);
      break;
    default:
      return disassemble_fp(pc, word, i);
  }
  return text;
}

}  // namespace mipzk::isa
