#include "isa/decode.hpp"

#include <array>
#include <cstdio>

namespace mipzk::isa {
namespace {

// At most one instruction exists for each opcode, each SPECIAL function (64 + function) and each
// REGIMM code (128 + rt), so one look-up and one masked comparison decode a word.
constexpr unsigned slot_of(uint32_t word) {
  const uint32_t opcode = word >> 26;
  if (opcode == 0) return 64 + (word & 63);
  if (opcode == 1) return 128 + (word >> 16 & 31);
  return opcode;
}

constexpr uint8_t kNone = 0xff;

constexpr std::array<uint8_t, 160> make_slots() {
  std::array<uint8_t, 160> slots{};
  for (auto& s : slots) s = kNone;
  for (unsigned i = 0; i < kOpCount; ++i) slots[slot_of(kOps[i].match)] = static_cast<uint8_t>(i);
  return slots;
}
constexpr auto kSlots = make_slots();

constexpr bool slots_are_unique() {
  for (unsigned i = 0; i < kOpCount; ++i)
    if (kSlots[slot_of(kOps[i].match)] != i) return false;
  return true;
}
static_assert(slots_are_unique());

constexpr uint32_t sign_extend_16(uint32_t v) {
  return static_cast<uint32_t>(static_cast<int32_t>(static_cast<int16_t>(v)));
}

uint32_t immediate(Format format, uint32_t word) {
  switch (format) {
    case Format::kImmSigned:
    case Format::kMemory:
    case Format::kBranchZero:
    case Format::kBranchEq:
      return sign_extend_16(word);
    case Format::kImmLogic:
    case Format::kUpper:
      return word & 0xffff;
    case Format::kJump:
      return word & 0x03ffffff;
    case Format::kCode:
      return word >> 6 & 0xfffff;
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
  const uint8_t slot = kSlots[slot_of(word)];
  if (slot == kNone) return std::nullopt;
  const OpInfo& info = kOps[slot];
  if ((word & info.mask) != info.match) return std::nullopt;
  return Instruction{info.op,
                     static_cast<uint8_t>(word >> 21 & 31),
                     static_cast<uint8_t>(word >> 16 & 31),
                     static_cast<uint8_t>(word >> 11 & 31),
                     static_cast<uint8_t>(word >> 6 & 31),
                     immediate(info.format, word)};
}

uint32_t branch_target(uint32_t pc, const Instruction& i) {
  if (op_info(i.op).format == Format::kJump) return ((pc + 4) & 0xf0000000u) | i.imm << 2;
  return pc + 4 + (i.imm << 2);
}

const char* register_name(unsigned reg) {
  return reg < sizeof(kRegisterNames) / sizeof(kRegisterNames[0]) ? kRegisterNames[reg] : "?";
}

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
    case Format::kToHiLo:
      print("%s %s", rs);
      break;
    case Format::kJumpRegLink:
      if (i.rd == 31) {
        print("%s %s", rs);
      } else {
        print("%s %s,%s", rd, rs);
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
  }
  return text;
}

}  // namespace mipzk::isa
