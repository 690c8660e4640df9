// Instructions to canonical ROM entries: docs/MACHINE.md, "Lowering". Every rule here is part of
// the program id; a change makes all existing ids of the affected programs another id.
#include "field/fp.hpp"
#include "isa/decode.hpp"
#include "isa/program.hpp"
#include "isa/rom.hpp"

namespace mipzk::isa {
namespace {

constexpr uint32_t minus(uint32_t x) { return field::kP - x; }

// A destination that must exist although its value is lost: the instruction can fault.
uint8_t or_trash(uint8_t reg) { return reg == 0 ? kTrash : reg; }

RomEntry entry(Class cls, uint32_t pc) {
  RomEntry e;
  e.cls = cls;
  e.pc4 = pc >> 2;
  return e;
}

RomEntry nop(uint32_t pc) { return entry(Class::kNop, pc); }

// rd = rs + constant; the form of every move.
RomEntry add_imm(uint32_t pc, uint8_t rd, uint8_t rs, uint32_t constant) {
  RomEntry e = entry(Class::kAddImm, pc);
  e.rs = rs;
  e.rd = rd;
  e.k[0] = constant & 0xffff;
  e.k[1] = constant >> 16;
  return e;
}

RomEntry three(Class cls, uint32_t pc, const Instruction& i) {
  RomEntry e = entry(cls, pc);
  e.rs = i.rs;
  e.rt = i.rt;
  e.rd = i.rd;
  return e;
}

RomEntry logic(uint32_t pc, const Instruction& i, uint32_t k0, uint32_t k1, uint32_t k2) {
  RomEntry e = three(Class::kLogic, pc, i);
  e.k[0] = k0;
  e.k[1] = k1;
  e.k[2] = k2;
  return e;
}

RomEntry logic_imm(uint32_t pc, const Instruction& i, uint32_t k0, uint32_t k1) {
  RomEntry e = entry(Class::kLogicImm, pc);
  e.rs = i.rs;
  e.rd = i.rt;
  e.k[0] = k0;
  e.k[1] = k1;
  e.k[2] = i.imm & 0xff;
  e.k[3] = i.imm >> 8;
  return e;
}

RomEntry shift_var(uint32_t pc, const Instruction& i, uint8_t amount_reg, uint32_t amount) {
  RomEntry e = entry(Class::kShiftVar, pc);
  const bool arithmetic = i.op == Op::kSra || i.op == Op::kSrav;
  const bool left = i.op == Op::kSll || i.op == Op::kSllv;
  e.rs = i.rt;
  e.rt = amount_reg;
  e.rd = i.rd;
  e.k[0] = amount;
  e.k[1] = left ? 0 : 1;
  e.k[2] = arithmetic ? 1 : 0;
  return e;
}

RomEntry shift_const(uint32_t pc, const Instruction& i) {
  if (i.sa == 0) return add_imm(pc, i.rd, i.rt, 0);
  const unsigned u = i.sa & 15, q = i.sa >> 4;
  RomEntry e = entry(Class::kShift, pc);
  e.rs = i.rt;
  e.rd = i.rd;
  if (i.op == Op::kSll && u <= 14) {
    e.k[0] = 1u << u;
    e.k[q == 0 ? 1 : 2] = 1;
    return e;
  }
  if (i.op == Op::kSrl && u >= 2) {
    e.k[0] = 1u << (16 - u);
    e.k[q == 0 ? 3 : 4] = 1;
    return e;
  }
  if (i.op == Op::kSrl && i.sa == 16) {
    e.k[0] = 1;
    e.k[5] = 1;
    return e;
  }
  return shift_var(pc, i, 0, i.sa);
}

RomEntry slt_imm(uint32_t pc, const Instruction& i, bool is_signed) {
  RomEntry e = entry(Class::kSltImm, pc);
  e.rs = i.rs;
  e.rd = i.rt;
  e.k[0] = is_signed;
  e.k[1] = i.imm & 0xffff;
  e.k[2] = i.imm >> 16;
  e.k[3] = i.imm >> 31;
  return e;
}

RomEntry add_trap(uint32_t pc, uint8_t rd, uint8_t rs, uint8_t rt, uint32_t sign, uint32_t imm) {
  RomEntry e = entry(Class::kAddTrap, pc);
  e.rs = rs;
  e.rt = rt;
  e.rd = or_trash(rd);
  e.k[0] = sign;
  e.k[1] = imm & 0xffff;
  e.k[2] = imm >> 16;
  return e;
}

RomEntry branch_eq(uint32_t pc, const Instruction& i, uint32_t not_equal) {
  RomEntry e = entry(Class::kBranchEq, pc);
  e.rs = i.rs;
  e.rt = i.rt;
  e.k[0] = not_equal;
  e.k[1] = branch_target(pc, i) >> 2;
  return e;
}

// taken = k0 + k1 sign + k2 zero
RomEntry branch_zero(Class cls, uint32_t pc, const Instruction& i, uint32_t k0, uint32_t k1,
                     uint32_t k2) {
  RomEntry e = entry(cls, pc);
  e.rs = i.rs;
  e.k[0] = k0;
  e.k[1] = k1;
  e.k[2] = k2;
  e.k[3] = branch_target(pc, i) >> 2;
  if (cls == Class::kBranchLink) {
    e.rd = 31;
    e.k[4] = (pc + 8) & 0xffff;
    e.k[5] = (pc + 8) >> 16;
  }
  return e;
}

RomEntry jump(uint32_t pc, const Instruction& i, bool link) {
  RomEntry e = entry(link ? Class::kJumpLink : Class::kJump, pc);
  e.k[0] = branch_target(pc, i) >> 2;
  if (link) {
    e.rd = 31;
    e.k[1] = (pc + 8) & 0xffff;
    e.k[2] = (pc + 8) >> 16;
  }
  return e;
}

RomEntry jump_reg(uint32_t pc, const Instruction& i) {
  const bool link = i.op == Op::kJalr && i.rd != 0;
  RomEntry e = entry(link ? Class::kJumpRegLink : Class::kJumpReg, pc);
  e.rs = i.rs;
  if (link) {
    e.rd = i.rd;
    e.k[1] = (pc + 8) & 0xffff;
    e.k[2] = (pc + 8) >> 16;
  }
  return e;
}

RomEntry memory(Class cls, uint32_t pc, const Instruction& i, uint32_t k2 = 0, uint32_t k3 = 0) {
  RomEntry e = entry(cls, pc);
  e.rs = i.rs;
  if (cls == Class::kStoreWord || cls == Class::kStoreSub || cls == Class::kStorePart) {
    e.rt = i.rt;
  } else {
    e.rd = or_trash(i.rt);
  }
  e.k[0] = i.imm & 0xffff;
  e.k[1] = i.imm >> 16;
  e.k[2] = k2;
  e.k[3] = k3;
  return e;
}

RomEntry mult_div(Class cls, uint32_t pc, const Instruction& i, bool is_signed) {
  RomEntry e = entry(cls, pc);
  e.rs = i.rs;
  e.rt = i.rt;
  e.k[0] = is_signed;
  return e;
}

std::optional<RomEntry> native_call(uint32_t pc, const Instruction& i) {
  switch (i.imm) {
    case kCallHalt: {
      RomEntry e = entry(Class::kHalt, pc);
      e.rs = 4;
      e.rd = kExitCode;
      return e;
    }
    case kCallHintWord: {
      RomEntry e = entry(Class::kHint, pc);
      e.rd = 2;
      return e;
    }
    case kCallPrint:
    case kCallCycle:
      return nop(pc);
    default:
      return std::nullopt;
  }
}

// True for the instructions whose only effect is to write a general register and that never fault,
// when that register is $zero.
bool writes_only_zero(const Instruction& i) {
  switch (op_info(i.op).format) {
    case Format::kShift:
    case Format::kShiftReg:
    case Format::kFromHiLo:
      return i.rd == 0;
    case Format::kThree:
      return i.rd == 0 && i.op != Op::kAdd && i.op != Op::kSub;
    case Format::kImmSigned:
      return i.rt == 0 && i.op != Op::kAddi;
    case Format::kImmLogic:
    case Format::kUpper:
      return i.rt == 0;
    default:
      return false;
  }
}

}  // namespace

std::optional<RomEntry> lower(uint32_t pc, uint32_t word, const LowerContext&) {
  const auto decoded = decode(word);
  if (!decoded) return std::nullopt;
  const Instruction& i = *decoded;
  if (writes_only_zero(i)) return nop(pc);
  switch (i.op) {
    case Op::kSll:
    case Op::kSrl:
    case Op::kSra:
      return shift_const(pc, i);
    case Op::kSllv:
    case Op::kSrlv:
    case Op::kSrav:
      return shift_var(pc, i, i.rs, 0);
    case Op::kJr:
    case Op::kJalr:
      return jump_reg(pc, i);
    case Op::kSyscall:
      return native_call(pc, i);
    case Op::kBreak:
      return std::nullopt;
    case Op::kMfhi:
      return add_imm(pc, i.rd, kHi, 0);
    case Op::kMflo:
      return add_imm(pc, i.rd, kLo, 0);
    case Op::kMthi:
      return add_imm(pc, kHi, i.rs, 0);
    case Op::kMtlo:
      return add_imm(pc, kLo, i.rs, 0);
    case Op::kMult:
    case Op::kMultu:
      return mult_div(Class::kMult, pc, i, i.op == Op::kMult);
    case Op::kDiv:
    case Op::kDivu:
      return mult_div(Class::kDiv, pc, i, i.op == Op::kDiv);
    case Op::kAdd:
      return add_trap(pc, i.rd, i.rs, i.rt, 1, 0);
    case Op::kSub:
      return add_trap(pc, i.rd, i.rs, i.rt, minus(1), 0);
    case Op::kAddi:
      return add_trap(pc, i.rt, i.rs, 0, 1, i.imm);
    case Op::kAddu:
    case Op::kOr:
      if (i.rt == 0) return add_imm(pc, i.rd, i.rs, 0);
      if (i.rs == 0) return add_imm(pc, i.rd, i.rt, 0);
      if (i.op == Op::kOr) return logic(pc, i, 1, minus(1), 0);
      break;
    case Op::kSubu:
    case Op::kXor:
      if (i.rt == 0) return add_imm(pc, i.rd, i.rs, 0);
      if (i.op == Op::kXor) return logic(pc, i, 1, minus(2), 0);
      break;
    case Op::kAnd:
      return logic(pc, i, 0, 1, 0);
    case Op::kNor:
      return logic(pc, i, minus(1), 1, 255);
    case Op::kSlt:
    case Op::kSltu: {
      RomEntry e = three(Class::kSlt, pc, i);
      e.k[0] = i.op == Op::kSlt;
      return e;
    }
    case Op::kBltz:
      return branch_zero(Class::kBranchZero, pc, i, 0, 1, 0);
    case Op::kBgez:
      return branch_zero(Class::kBranchZero, pc, i, 1, minus(1), 0);
    case Op::kBltzal:
      return branch_zero(Class::kBranchLink, pc, i, 0, 1, 0);
    case Op::kBgezal:
      return branch_zero(Class::kBranchLink, pc, i, 1, minus(1), 0);
    case Op::kBlez:
      return branch_zero(Class::kBranchZero, pc, i, 0, 1, 1);
    case Op::kBgtz:
      return branch_zero(Class::kBranchZero, pc, i, 1, minus(1), minus(1));
    case Op::kJ:
    case Op::kJal:
      return jump(pc, i, i.op == Op::kJal);
    case Op::kBeq:
    case Op::kBne:
      return branch_eq(pc, i, i.op == Op::kBne);
    case Op::kAddiu:
      return add_imm(pc, i.rt, i.rs, i.imm);
    case Op::kSlti:
    case Op::kSltiu:
      return slt_imm(pc, i, i.op == Op::kSlti);
    case Op::kAndi:
      return logic_imm(pc, i, 0, 1);
    case Op::kOri:
      if (i.rs == 0 || i.imm == 0) return add_imm(pc, i.rt, i.rs, i.imm);
      return logic_imm(pc, i, 1, minus(1));
    case Op::kXori:
      if (i.imm == 0) return add_imm(pc, i.rt, i.rs, 0);
      return logic_imm(pc, i, 1, minus(2));
    case Op::kLui:
      return add_imm(pc, i.rt, 0, i.imm << 16);
    case Op::kLw:
      return memory(Class::kLoadWord, pc, i);
    case Op::kLb:
    case Op::kLbu:
    case Op::kLh:
    case Op::kLhu:
      return memory(Class::kLoadSub, pc, i, i.op == Op::kLh || i.op == Op::kLhu,
                    i.op == Op::kLb || i.op == Op::kLh);
    case Op::kLwl:
    case Op::kLwr:
      return memory(Class::kLoadPart, pc, i, i.op == Op::kLwl);
    case Op::kSw:
      return memory(Class::kStoreWord, pc, i);
    case Op::kSb:
    case Op::kSh:
      return memory(Class::kStoreSub, pc, i, i.op == Op::kSh);
    case Op::kSwl:
    case Op::kSwr:
      return memory(Class::kStorePart, pc, i, i.op == Op::kSwl);
  }
  // What is left of the cases above: addu and subu of two registers.
  RomEntry e = three(Class::kAdd, pc, i);
  e.k[0] = i.op == Op::kSubu ? minus(1) : 1;
  return e;
}

}  // namespace mipzk::isa
