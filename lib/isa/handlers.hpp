// SPDX-License-Identifier: Apache-2.0
// What the machine executes: one handler for each way of computing, each of one class. Lowering
// chooses it (lower.hpp), the interpreter has a routine for each. No part of the program id.
#pragma once

#include <cstdint>

#include "isa/classes.hpp"

namespace mipzk::isa {

// X(handler, class).
// clang-format off
#define MIPZK_HANDLERS(X) \
  X(Nop, Nop) X(Host, Nop) \
  X(Addu, Add) X(Subu, Add) X(AddTrap, AddTrap) X(SubTrap, AddTrap) X(AddImm, AddImm) \
  X(And, Logic) X(Or, Logic) X(Xor, Logic) X(Nor, Logic) \
  X(Andi, LogicImm) X(Ori, LogicImm) X(Xori, LogicImm) \
  X(Sll, Shift) X(Srl, Shift) X(Rotr, Shift) \
  X(SllVar, ShiftVar) X(SrlVar, ShiftVar) X(SraVar, ShiftVar) \
  X(Slt, Slt) X(Sltu, Slt) X(Slti, SltImm) X(Sltiu, SltImm) \
  X(Beq, BranchEq) X(Bne, BranchEq) \
  X(Bltz, BranchZero) X(Bgez, BranchZero) X(Blez, BranchZero) X(Bgtz, BranchZero) \
  X(Bltzal, BranchLink) X(Bgezal, BranchLink) \
  X(BeqLikely, BranchLikely) X(BneLikely, BranchLikely) X(BltzLikely, BranchLikely) \
  X(BgezLikely, BranchLikely) X(BlezLikely, BranchLikely) X(BgtzLikely, BranchLikely) \
  X(J, Jump) X(Jal, JumpLink) X(Jr, JumpReg) X(Jalr, JumpRegLink) \
  X(Lw, LoadWord) X(Sw, StoreWord) \
  X(Lb, LoadSub) X(Lbu, LoadSub) X(Lh, LoadSub) X(Lhu, LoadSub) X(Sb, StoreSub) X(Sh, StoreSub) \
  X(Lwl, LoadPart) X(Lwr, LoadPart) X(Swl, StorePart) X(Swr, StorePart) \
  X(Ll, LoadLinked) X(Sc, StoreCond) X(Ldc1, LoadDouble) X(Sdc1, StoreDouble) \
  X(MovPair, MovePair) X(Movz, MoveCond) X(Movn, MoveCond) \
  X(Mult, Mult) X(Multu, Mult) X(Div, Div) X(Divu, Div) \
  X(Madd, MultAcc) X(Maddu, MultAcc) X(Msub, MultAcc) X(Msubu, MultAcc) \
  X(Clz, CountLeading) X(Clo, CountLeading) X(Seb, ByteOps) X(Seh, ByteOps) X(Wsbh, ByteOps) \
  X(BitField, BitField) X(BitInsert, BitField) \
  X(Teq, TrapEqual) X(Tne, TrapEqual) \
  X(Tge, TrapLess) X(Tgeu, TrapLess) X(Tlt, TrapLess) X(Tltu, TrapLess) \
  X(Hint, Hint) X(Halt, Halt) X(Trap, Trap)
// clang-format on

enum class Handler : uint8_t {
  kMissing,  // there is no instruction
#define MIPZK_HANDLER(name, cls) k##name,
  MIPZK_HANDLERS(MIPZK_HANDLER)
#undef MIPZK_HANDLER
};

// Of the handlers after kMissing.
inline constexpr Class kHandlerClasses[] = {
#define MIPZK_HANDLER(name, cls) Class::k##cls,
    MIPZK_HANDLERS(MIPZK_HANDLER)
#undef MIPZK_HANDLER
};
inline constexpr unsigned kHandlerCount = 1 + sizeof(kHandlerClasses) / sizeof(kHandlerClasses[0]);

// Not for kMissing.
constexpr Class class_of(Handler h) { return kHandlerClasses[static_cast<unsigned>(h) - 1]; }

// The calls of the machine, `syscall N`.
constexpr bool is_machine_call(Handler h) {
  return h == Handler::kHost || h == Handler::kHint || h == Handler::kHalt;
}

// A handler and the operands that are not registers of the ROM entry; 0 where there is none.
struct Operation {
  Handler handler = Handler::kMissing;
  uint32_t imm = 0;    // constant, offset, amount of a shift, or the link of a likely branch;
                       // calls of the machine: the number; trap: the instruction word
  uint32_t extra = 0;  // lb..swr: address bits to flip (3 in little-endian programs, else 0);
                       // bit fields: the mask; ldc1, sdc1, mov.d, mult: the second register
};

}  // namespace mipzk::isa
