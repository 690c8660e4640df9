// Instructions to canonical ROM entries: docs/MACHINE.md, "Lowering". Every rule here is part of
// the program id; a change makes all existing ids of the affected programs another id.
#include "isa/lower.hpp"

#include "isa/decode.hpp"
#include "isa/entries.hpp"
#include "isa/program.hpp"

namespace mipzk::isa {
namespace {

using namespace entries;

uint8_t fpr(unsigned n) { return static_cast<uint8_t>(kFpr0 + n); }
uint8_t fcc(unsigned n) { return static_cast<uint8_t>(kFcc0 + n); }

// The control registers that are registers of this machine: 16..23 the condition codes, 24 FCSR
// without them. 0: another one.
uint8_t fp_control(unsigned fs) {
  if (fs >= 16 && fs < 24) return fcc(fs - 16);
  return fs == 24 ? kFcsr : 0;
}

// ldc1 and sdc1. The word at the lower address is the odd register in big-endian programs.
std::optional<RomEntry> fp_double(Class cls, uint32_t pc, const Instruction& i,
                                  const LowerContext& context) {
  if (i.rt % 2 != 0) return std::nullopt;
  const unsigned first = context.little_endian ? 0 : 1;
  return fp_memory(cls, pc, i, fpr(i.rt + first), fpr(i.rt + 1 - first));
}

RomEntry move_pair(uint32_t pc, uint8_t fd, uint8_t fs) {
  RomEntry e = entry(Class::kMovePair, pc);
  e.rs = fpr(fs);
  e.rt = fpr(fs + 1u);
  e.rd = fpr(fd);
  e.k[0] = fpr(fd + 1u);
  return e;
}

// Instructions of coprocessor 1 that only move values; nothing for the others.
std::optional<RomEntry> lower_fp(uint32_t pc, const Instruction& i, const LowerContext& context) {
  const uint8_t fs = i.rd, fd = i.sa;
  switch (i.op) {
    case Op::kLwc1:
      return fp_memory(Class::kLoadWord, pc, i, fpr(i.rt));
    case Op::kSwc1:
      return fp_memory(Class::kStoreWord, pc, i, fpr(i.rt));
    case Op::kLdc1:
      return fp_double(Class::kLoadDouble, pc, i, context);
    case Op::kSdc1:
      return fp_double(Class::kStoreDouble, pc, i, context);
    case Op::kMfc1:
      return i.rt == 0 ? nop(pc) : add_imm(pc, i.rt, fpr(fs), 0);
    case Op::kMfhc1:
      return i.rt == 0 ? nop(pc) : add_imm(pc, i.rt, fpr(fs | 1), 0);
    case Op::kMtc1:
      return add_imm(pc, fpr(fs), i.rt, 0);
    case Op::kMthc1:
      return add_imm(pc, fpr(fs | 1), i.rt, 0);
    case Op::kCfc1:
      if (fp_control(fs) == 0) return std::nullopt;
      return i.rt == 0 ? nop(pc) : add_imm(pc, i.rt, fp_control(fs), 0);
    case Op::kCtc1:
      if (fp_control(fs) == 0) return std::nullopt;
      return add_imm(pc, fp_control(fs), i.rt, 0);
    case Op::kMovS:
      return add_imm(pc, fpr(fd), fpr(fs), 0);
    case Op::kMovD:
      if (fs % 2 != 0 || fd % 2 != 0) return std::nullopt;
      return move_pair(pc, fd, fs);
    case Op::kMovzS:
    case Op::kMovnS:
      return move_cond(pc, fpr(fd), fpr(fs), i.rt, i.op == Op::kMovnS);
    case Op::kMovfS:
    case Op::kMovtS:
      return move_cond(pc, fpr(fd), fpr(fs), fcc(i.rt >> 2), i.op == Op::kMovtS);
    case Op::kBc1f:
    case Op::kBc1t:
      return branch_eq(pc, i, fcc(i.rt >> 2), 0, i.op == Op::kBc1t);
    case Op::kBc1fl:
      return branch_likely(pc, i, fcc(i.rt >> 2), 0, 0, 0, 1);
    case Op::kBc1tl:
      return branch_likely(pc, i, fcc(i.rt >> 2), 0, 1, 0, minus(1));
    case Op::kPrefx:
      return nop(pc);
    default:
      return std::nullopt;
  }
}

// Enters the in-guest kernel.
RomEntry trap(uint32_t pc, uint32_t word, uint32_t vector) {
  RomEntry e = entry(Class::kTrap, pc);
  e.rd = 26;
  e.k[0] = word & 0xffff;
  e.k[1] = word >> 16;
  e.k[2] = vector >> 2;
  return e;
}

// Words that the in-guest kernel takes: system calls, floating point, hardware registers.
bool is_trap(uint32_t word) {
  const uint32_t opcode = word >> 26;
  if (opcode == 0x11 || opcode == 0x13) return true;
  const auto i = decode(word);
  return i && ((i->op == Op::kSyscall && i->imm == 0) || i->op == Op::kRdhwr ||
               op_info(i->op).format == Format::kFpMemory);
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
    case Format::kMoveFcc:
    case Format::kCount:
    case Format::kByteOp:
      return i.rd == 0;
    case Format::kThree:
      return i.rd == 0 && i.op != Op::kAdd && i.op != Op::kSub;
    case Format::kImmSigned:
      return i.rt == 0 && i.op != Op::kAddi;
    case Format::kImmLogic:
    case Format::kUpper:
    case Format::kBitField:
      return i.rt == 0;
    default:
      return false;
  }
}

// What the machine executes by itself.
std::optional<RomEntry> lower_native(uint32_t pc, const Instruction& i,
                                     const LowerContext& context) {
  if (writes_only_zero(i)) return nop(pc);
  const uint32_t le = context.little_endian ? 1 : 0;
  switch (i.op) {
    case Op::kSll:
    case Op::kSrl:
    case Op::kSra:
    case Op::kRotr:
      return shift_const(pc, i);
    case Op::kRotrv:
      return bit_field(pc, i.rd, i.rt, i.rs, 0, ~0u, false);
    case Op::kExt:
      return bit_field(pc, i.rt, i.rs, 0, i.sa, ~0u >> (31 - i.rd), false);
    case Op::kIns:
      return bit_field(pc, i.rt, i.rs, 0, (32u - i.sa) & 31, (~0u >> (31 - i.rd + i.sa)) << i.sa,
                       true);
    case Op::kSeb:
      return byte_op(pc, i, 0);
    case Op::kSeh:
      return byte_op(pc, i, 1);
    case Op::kWsbh:
      return byte_op(pc, i, 2);
    case Op::kClz:
    case Op::kClo:
      return count_leading(pc, i);
    case Op::kMovz:
    case Op::kMovn:
      return move_cond(pc, i.rd, i.rs, i.rt, i.op == Op::kMovn);
    case Op::kMovf:
    case Op::kMovt:
      return move_cond(pc, i.rd, i.rs, fcc(i.rt >> 2), i.op == Op::kMovt);
    case Op::kMul:
      return multiply(pc, i, true, i.rd, kTrash);
    case Op::kMadd:
    case Op::kMaddu:
      return mult_acc(pc, i, i.op == Op::kMadd, 1);
    case Op::kMsub:
    case Op::kMsubu:
      return mult_acc(pc, i, i.op == Op::kMsub, minus(1));
    case Op::kTeq:
    case Op::kTeqi:
      return trap_equal(pc, i, false);
    case Op::kTne:
    case Op::kTnei:
      return trap_equal(pc, i, true);
    case Op::kTge:
    case Op::kTgei:
      return trap_less(pc, i, true, true);
    case Op::kTgeu:
    case Op::kTgeiu:
      return trap_less(pc, i, false, true);
    case Op::kTlt:
    case Op::kTlti:
      return trap_less(pc, i, true, false);
    case Op::kTltu:
    case Op::kTltiu:
      return trap_less(pc, i, false, false);
    case Op::kSync:
    case Op::kSynci:
    case Op::kCache:
    case Op::kPref:
      return nop(pc);
    case Op::kRdhwr:
      if (i.rd > 1 && i.rd != 29) return std::nullopt;
      if (i.rt == 0) return nop(pc);
      return add_imm(pc, i.rt, i.rd == 29 ? kUserLocal : 0, 0);
    case Op::kMtUserLocal:
      return add_imm(pc, kUserLocal, i.rt, 0);
    case Op::kLl:
      return memory(Class::kLoadLinked, pc, i);
    case Op::kSc:
      return memory(Class::kStoreCond, pc, i);
    case Op::kBeql:
      return branch_likely(pc, i, i.rs, i.rt, 0, 0, 1);
    case Op::kBnel:
      return branch_likely(pc, i, i.rs, i.rt, 1, 0, minus(1));
    case Op::kBlezl:
      return branch_likely(pc, i, i.rs, 0, 0, 1, 1);
    case Op::kBgtzl:
      return branch_likely(pc, i, i.rs, 0, 1, minus(1), minus(1));
    case Op::kBltzl:
    case Op::kBltzall:
      return branch_likely(pc, i, i.rs, 0, 0, 1, 0, i.op == Op::kBltzall);
    case Op::kBgezl:
    case Op::kBgezall:
      return branch_likely(pc, i, i.rs, 0, 1, minus(1), 0, i.op == Op::kBgezall);
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
      return multiply(pc, i, i.op == Op::kMult, kLo, kHi);
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
      return branch_eq(pc, i, i.rs, i.rt, i.op == Op::kBne);
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
    case Op::kLhu: {
      RomEntry e = memory(Class::kLoadSub, pc, i, i.op == Op::kLh || i.op == Op::kLhu,
                          i.op == Op::kLb || i.op == Op::kLh);
      e.k[4] = le;
      return e;
    }
    case Op::kLwl:
    case Op::kLwr:
      return memory(Class::kLoadPart, pc, i, i.op == Op::kLwl, le);
    case Op::kSw:
      return memory(Class::kStoreWord, pc, i);
    case Op::kSb:
    case Op::kSh:
      return memory(Class::kStoreSub, pc, i, i.op == Op::kSh, le);
    case Op::kSwl:
    case Op::kSwr:
      return memory(Class::kStorePart, pc, i, i.op == Op::kSwl, le);
    default:
      return lower_fp(pc, i, context);
  }
  // What is left of the cases above: addu and subu of two registers.
  RomEntry e = three(Class::kAdd, pc, i);
  e.k[0] = i.op == Op::kSubu ? minus(1) : 1;
  return e;
}

}  // namespace

std::optional<RomEntry> lower(uint32_t pc, uint32_t word, const LowerContext& context) {
  if (const auto i = decode(word))
    if (auto e = lower_native(pc, *i, context)) return e;
  if (context.trap_vector != 0 && is_trap(word)) return trap(pc, word, context.trap_vector);
  return std::nullopt;
}

}  // namespace mipzk::isa
