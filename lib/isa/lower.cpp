// SPDX-License-Identifier: Apache-2.0
// Instructions to canonical ROM entries and their operations: docs/MACHINE.md, "Lowering". Every
// rule for entries is part of the program id; a change makes all existing ids of the affected
// programs another id.
#include "isa/lower.hpp"

#include <array>
#include <string_view>

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

// The registers of coprocessor 0 that a fault leaves, by their numbers there. 0: another one.
uint8_t fault_register(unsigned number) {
  switch (number) {
    case 8:
      return kBadVAddr;
    case 13:
      return kCause;
    case 14:
      return kEpc;
    case 30:
      return kEnpc;
    default:
      return 0;
  }
}

// ldc1 and sdc1. The word at the lower address is the odd register in big-endian programs.
std::optional<Lowered> fp_double(Handler handler, uint32_t pc, const Instruction& i,
                                 const LowerContext& context) {
  if (i.rt % 2 != 0) return std::nullopt;
  const unsigned first = context.little_endian ? 0 : 1;
  return double_memory(handler, pc, i, fpr(i.rt + first), fpr(i.rt + 1 - first));
}

Lowered move_pair(uint32_t pc, uint8_t fd, uint8_t fs) {
  Lowered l = start(Handler::kMovPair, pc);
  l.entry.rs = fpr(fs);
  l.entry.rt = fpr(fs + 1u);
  l.entry.rd = fpr(fd);
  l.operation.extra = l.entry.k[0] = fpr(fd + 1u);
  return l;
}

// The handler with the name of an instruction; kMissing where there is none.
constexpr std::array<Handler, kOpCount> kHandlerOf = [] {
  constexpr struct {
    std::string_view name;
    Handler handler;
  } kNames[] = {
#define MIPZK_HANDLER(name, cls) {"k" #name, Handler::k##name},
      MIPZK_HANDLERS(MIPZK_HANDLER)
#undef MIPZK_HANDLER
  };
  constexpr std::string_view kIds[] = {
#define MIPZK_OP(id, mnemonic, mask, match, format) #id,
      MIPZK_INSTRUCTIONS(MIPZK_OP)
#undef MIPZK_OP
  };
  std::array<Handler, kOpCount> of{};
  for (unsigned op = 0; op < kOpCount; ++op)
    for (const auto& n : kNames)
      if (n.name == kIds[op]) of[op] = n.handler;
  return of;
}();

// An instruction that is no more than its registers: executed by the handler of its name, without
// constants.
std::optional<Lowered> lower_registers(uint32_t pc, const Instruction& i) {
  const Handler handler = kHandlerOf[static_cast<unsigned>(i.op)];
  if (handler == Handler::kMissing) return std::nullopt;
  switch (op_info(i.op).format) {
    case Format::kThree:
      return three(handler, pc, i);
    case Format::kCount:
      return unary(handler, pc, i.rd, i.rs);
    case Format::kByteOp:
      return unary(handler, pc, i.rd, i.rt);
    default:
      return std::nullopt;
  }
}

// Instructions of coprocessor 1 that only move values, and those that need no rule of their own;
// nothing for the others.
std::optional<Lowered> lower_fp(uint32_t pc, const Instruction& i, const LowerContext& context) {
  const uint8_t fs = i.rd, fd = i.sa;
  switch (i.op) {
    case Op::kLwc1:
      return memory(Handler::kLw, pc, i, fpr(i.rt));
    case Op::kSwc1:
      return memory(Handler::kSw, pc, i, fpr(i.rt));
    case Op::kLdc1:
      return fp_double(Handler::kLdc1, pc, i, context);
    case Op::kSdc1:
      return fp_double(Handler::kSdc1, pc, i, context);
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
      return move_cond(Handler::kMovz, pc, fpr(fd), fpr(fs), i.rt);
    case Op::kMovnS:
      return move_cond(Handler::kMovn, pc, fpr(fd), fpr(fs), i.rt);
    case Op::kMovfS:
      return move_cond(Handler::kMovz, pc, fpr(fd), fpr(fs), fcc(i.rt >> 2));
    case Op::kMovtS:
      return move_cond(Handler::kMovn, pc, fpr(fd), fpr(fs), fcc(i.rt >> 2));
    case Op::kBc1f:
      return branch_eq(Handler::kBeq, pc, i, fcc(i.rt >> 2), 0);
    case Op::kBc1t:
      return branch_eq(Handler::kBne, pc, i, fcc(i.rt >> 2), 0);
    case Op::kBc1fl:
      return branch_likely(Handler::kBeqLikely, pc, i, fcc(i.rt >> 2), 0, 0, 0, 1);
    case Op::kBc1tl:
      return branch_likely(Handler::kBneLikely, pc, i, fcc(i.rt >> 2), 0, 1, 0, minus(1));
    case Op::kPrefx:
      return nop(pc);
    default:
      return lower_registers(pc, i);
  }
}

// Enters the in-guest kernel.
Lowered trap(uint32_t pc, uint32_t word, uint32_t vector) {
  Lowered l = start(Handler::kTrap, pc);
  l.entry.rd = 26;
  set_limbs(l.entry, 0, word);
  l.entry.k[2] = vector >> 2;
  l.operation.imm = word;
  return l;
}

// Words that the in-guest kernel takes: system calls, floating point, hardware registers.
bool is_trap(uint32_t word) {
  const uint32_t opcode = word >> 26;
  if (opcode == 0x11 || opcode == 0x13) return true;
  const auto i = decode(word);
  return i && ((i->op == Op::kSyscall && i->imm == 0) || i->op == Op::kRdhwr ||
               op_info(i->op).format == Format::kFpMemory);
}

std::optional<Lowered> native_call(uint32_t pc, const Instruction& i) {
  Lowered l;
  switch (i.imm) {
    case kCallHalt:
      l = start(Handler::kHalt, pc);
      l.entry.rs = 4;
      l.entry.rd = kExitCode;
      break;
    case kCallHintWord:
      l = start(Handler::kHint, pc);
      l.entry.rd = 2;
      break;
    case kCallPrint:
    case kCallCycle:
    case kCallAsk:
      l = start(Handler::kHost, pc);
      break;
    default:
      return std::nullopt;
  }
  l.operation.imm = i.imm;
  return l;
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
std::optional<Lowered> lower_native(uint32_t pc, const Instruction& i,
                                    const LowerContext& context) {
  if (writes_only_zero(i)) return nop(pc);
  const bool le = context.little_endian;
  switch (i.op) {
    case Op::kSll:
    case Op::kSrl:
    case Op::kSra:
    case Op::kRotr:
      return shift_const(pc, i);
    case Op::kRotrv:
      return bit_field(Handler::kBitField, pc, i.rd, i.rt, i.rs, 0, ~0u);
    case Op::kExt:
      return bit_field(Handler::kBitField, pc, i.rt, i.rs, 0, i.sa, ~0u >> (31 - i.rd));
    case Op::kIns:
      return bit_field(Handler::kBitInsert, pc, i.rt, i.rs, 0, (32u - i.sa) & 31,
                       (~0u >> (31 - i.rd + i.sa)) << i.sa);
    case Op::kSeb:
      return byte_op(Handler::kSeb, pc, i, 0);
    case Op::kSeh:
      return byte_op(Handler::kSeh, pc, i, 1);
    case Op::kWsbh:
      return byte_op(Handler::kWsbh, pc, i, 2);
    case Op::kClz:
      return count_leading(Handler::kClz, pc, i);
    case Op::kClo:
      return count_leading(Handler::kClo, pc, i);
    case Op::kMovn:
      return move_cond(Handler::kMovn, pc, i.rd, i.rs, i.rt);
    case Op::kMovf:
      return move_cond(Handler::kMovz, pc, i.rd, i.rs, fcc(i.rt >> 2));
    case Op::kMovt:
      return move_cond(Handler::kMovn, pc, i.rd, i.rs, fcc(i.rt >> 2));
    case Op::kMul:
      return multiply(Handler::kMult, pc, i, i.rd, kTrash);
    case Op::kMadd:
      return mult_acc(Handler::kMadd, pc, i, true, 1);
    case Op::kMaddu:
      return mult_acc(Handler::kMaddu, pc, i, false, 1);
    case Op::kMsub:
      return mult_acc(Handler::kMsub, pc, i, true, minus(1));
    case Op::kMsubu:
      return mult_acc(Handler::kMsubu, pc, i, false, minus(1));
    case Op::kTeq:
    case Op::kTeqi:
      return trap_equal(Handler::kTeq, pc, i);
    case Op::kTne:
    case Op::kTnei:
      return trap_equal(Handler::kTne, pc, i);
    case Op::kTge:
    case Op::kTgei:
      return trap_less(Handler::kTge, pc, i);
    case Op::kTgeu:
    case Op::kTgeiu:
      return trap_less(Handler::kTgeu, pc, i);
    case Op::kTlt:
    case Op::kTlti:
      return trap_less(Handler::kTlt, pc, i);
    case Op::kTltu:
    case Op::kTltiu:
      return trap_less(Handler::kTltu, pc, i);
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
    case Op::kMfc0:
      // The kernel's alone: for a user program coprocessor 0 is not there.
      if (pc < kKernelBase || fault_register(i.rd) == 0) return std::nullopt;
      return i.rt == 0 ? nop(pc) : add_imm(pc, i.rt, fault_register(i.rd), 0);
    case Op::kLl:
      return memory(Handler::kLl, pc, i, i.rt);
    case Op::kSc:
      return memory(Handler::kSc, pc, i, i.rt);
    case Op::kBeql:
      return branch_likely(Handler::kBeqLikely, pc, i, i.rs, i.rt, 0, 0, 1);
    case Op::kBnel:
      return branch_likely(Handler::kBneLikely, pc, i, i.rs, i.rt, 1, 0, minus(1));
    case Op::kBlezl:
      return branch_likely(Handler::kBlezLikely, pc, i, i.rs, 0, 0, 1, 1);
    case Op::kBgtzl:
      return branch_likely(Handler::kBgtzLikely, pc, i, i.rs, 0, 1, minus(1), minus(1));
    case Op::kBltzl:
    case Op::kBltzall:
      return branch_likely(Handler::kBltzLikely, pc, i, i.rs, 0, 0, 1, 0);
    case Op::kBgezl:
    case Op::kBgezall:
      return branch_likely(Handler::kBgezLikely, pc, i, i.rs, 0, 1, minus(1), 0);
    case Op::kSllv:
      return shift_var(Handler::kSllVar, pc, i, i.rs, 0);
    case Op::kSrlv:
      return shift_var(Handler::kSrlVar, pc, i, i.rs, 0);
    case Op::kSrav:
      return shift_var(Handler::kSraVar, pc, i, i.rs, 0);
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
      return multiply(Handler::kMult, pc, i, kLo, kHi);
    case Op::kMultu:
      return multiply(Handler::kMultu, pc, i, kLo, kHi);
    case Op::kDiv:
      return mult_div(Handler::kDiv, pc, i, true);
    case Op::kDivu:
      return mult_div(Handler::kDivu, pc, i, false);
    case Op::kAdd:
      return add_trap(Handler::kAddTrap, pc, i.rd, i.rs, i.rt, 0);
    case Op::kSub:
      return add_trap(Handler::kSubTrap, pc, i.rd, i.rs, i.rt, 0);
    case Op::kAddi:
      return add_trap(Handler::kAddTrap, pc, i.rt, i.rs, 0, i.imm);
    case Op::kAddu:
    case Op::kOr:
      if (i.rt == 0) return add_imm(pc, i.rd, i.rs, 0);
      if (i.rs == 0) return add_imm(pc, i.rd, i.rt, 0);
      if (i.op == Op::kOr) return logic(Handler::kOr, pc, i, 1, minus(1), 0);
      return add(pc, i);
    case Op::kSubu:
    case Op::kXor:
      if (i.rt == 0) return add_imm(pc, i.rd, i.rs, 0);
      if (i.op == Op::kXor) return logic(Handler::kXor, pc, i, 1, minus(2), 0);
      return add(pc, i);
    case Op::kAnd:
      return logic(Handler::kAnd, pc, i, 0, 1, 0);
    case Op::kNor:
      return logic(Handler::kNor, pc, i, minus(1), 1, 255);
    case Op::kSlt: {
      Lowered l = three(Handler::kSlt, pc, i);
      l.entry.k[0] = 1;
      return l;
    }
    case Op::kBltz:
      return branch_zero(Handler::kBltz, pc, i, 0, 1, 0);
    case Op::kBgez:
      return branch_zero(Handler::kBgez, pc, i, 1, minus(1), 0);
    case Op::kBltzal:
      return branch_zero(Handler::kBltzal, pc, i, 0, 1, 0);
    case Op::kBgezal:
      return branch_zero(Handler::kBgezal, pc, i, 1, minus(1), 0);
    case Op::kBlez:
      return branch_zero(Handler::kBlez, pc, i, 0, 1, 1);
    case Op::kBgtz:
      return branch_zero(Handler::kBgtz, pc, i, 1, minus(1), minus(1));
    case Op::kJ:
      return jump(Handler::kJ, pc, i);
    case Op::kJal:
      return jump_link(pc, i);
    case Op::kBeq:
      return branch_eq(Handler::kBeq, pc, i, i.rs, i.rt);
    case Op::kBne:
      return branch_eq(Handler::kBne, pc, i, i.rs, i.rt);
    case Op::kAddiu:
      return add_imm(pc, i.rt, i.rs, i.imm);
    case Op::kSlti:
      return slt_imm(Handler::kSlti, pc, i);
    case Op::kSltiu:
      return slt_imm(Handler::kSltiu, pc, i);
    case Op::kAndi:
      return logic_imm(Handler::kAndi, pc, i, 0, 1);
    case Op::kOri:
      if (i.rs == 0 || i.imm == 0) return add_imm(pc, i.rt, i.rs, i.imm);
      return logic_imm(Handler::kOri, pc, i, 1, minus(1));
    case Op::kXori:
      if (i.imm == 0) return add_imm(pc, i.rt, i.rs, 0);
      return logic_imm(Handler::kXori, pc, i, 1, minus(2));
    case Op::kLui:
      return add_imm(pc, i.rt, 0, i.imm << 16);
    case Op::kLw:
      return memory(Handler::kLw, pc, i, i.rt);
    case Op::kLb:
      return load_sub(Handler::kLb, pc, i, le);
    case Op::kLbu:
      return load_sub(Handler::kLbu, pc, i, le);
    case Op::kLh:
      return load_sub(Handler::kLh, pc, i, le);
    case Op::kLhu:
      return load_sub(Handler::kLhu, pc, i, le);
    case Op::kLwl:
      return part_memory(Handler::kLwl, pc, i, true, 3, le);
    case Op::kLwr:
      return part_memory(Handler::kLwr, pc, i, false, 3, le);
    case Op::kSw:
      return memory(Handler::kSw, pc, i, i.rt);
    case Op::kSb:
      return part_memory(Handler::kSb, pc, i, false, 3, le);
    case Op::kSh:
      return part_memory(Handler::kSh, pc, i, true, 3, le);
    case Op::kSwl:
      return part_memory(Handler::kSwl, pc, i, true, 3, le);
    case Op::kSwr:
      return part_memory(Handler::kSwr, pc, i, false, 3, le);
    default:
      return lower_fp(pc, i, context);
  }
}

}  // namespace

std::optional<Lowered> lower(uint32_t pc, uint32_t word, const LowerContext& context) {
  if (const auto i = decode(word))
    if (auto l = lower_native(pc, *i, context)) return l;
  if (context.trap_vector != 0 && is_trap(word)) return trap(pc, word, context.trap_vector);
  return std::nullopt;
}

}  // namespace mipzk::isa
