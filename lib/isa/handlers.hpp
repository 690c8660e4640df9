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
  X(nop, Nop) X(host, Nop) \
  X(addu, Add) X(subu, Add) X(add_trap, AddTrap) X(sub_trap, AddTrap) X(add_imm, AddImm) \
  X(and_, Logic) X(or_, Logic) X(xor_, Logic) X(nor, Logic) \
  X(andi, LogicImm) X(ori, LogicImm) X(xori, LogicImm) \
  X(sll, Shift) X(srl, Shift) X(rotr, Shift) \
  X(sll_var, ShiftVar) X(srl_var, ShiftVar) X(sra_var, ShiftVar) \
  X(slt, Slt) X(sltu, Slt) X(slti, SltImm) X(sltiu, SltImm) \
  X(beq, BranchEq) X(bne, BranchEq) \
  X(bltz, BranchZero) X(bgez, BranchZero) X(blez, BranchZero) X(bgtz, BranchZero) \
  X(bltzal, BranchLink) X(bgezal, BranchLink) \
  X(beq_likely, BranchLikely) X(bne_likely, BranchLikely) X(bltz_likely, BranchLikely) \
  X(bgez_likely, BranchLikely) X(blez_likely, BranchLikely) X(bgtz_likely, BranchLikely) \
  X(j, Jump) X(jal, JumpLink) X(jr, JumpReg) X(jalr, JumpRegLink) \
  X(lw, LoadWord) X(sw, StoreWord) \
  X(lb, LoadSub) X(lbu, LoadSub) X(lh, LoadSub) X(lhu, LoadSub) X(sb, StoreSub) X(sh, StoreSub) \
  X(lwl, LoadPart) X(lwr, LoadPart) X(swl, StorePart) X(swr, StorePart) \
  X(ll, LoadLinked) X(sc, StoreCond) X(ldc1, LoadDouble) X(sdc1, StoreDouble) \
  X(mov_pair, MovePair) X(movz, MoveCond) X(movn, MoveCond) \
  X(mult, Mult) X(multu, Mult) X(div, Div) X(divu, Div) \
  X(madd, MultAcc) X(maddu, MultAcc) X(msub, MultAcc) X(msubu, MultAcc) \
  X(clz, CountLeading) X(clo, CountLeading) X(seb, ByteOps) X(seh, ByteOps) X(wsbh, ByteOps) \
  X(bit_field, BitField) X(bit_insert, BitField) \
  X(teq, TrapEqual) X(tne, TrapEqual) \
  X(tge, TrapLess) X(tgeu, TrapLess) X(tlt, TrapLess) X(tltu, TrapLess) \
  X(hint, Hint) X(halt, Halt) X(trap, Trap)
// clang-format on

enum class Handler : uint8_t {
  missing,  // there is no instruction
#define MIPZK_HANDLER(name, cls) name,
  MIPZK_HANDLERS(MIPZK_HANDLER)
#undef MIPZK_HANDLER
};

// Of the handlers after `missing`.
inline constexpr Class kHandlerClasses[] = {
#define MIPZK_HANDLER(name, cls) Class::k##cls,
    MIPZK_HANDLERS(MIPZK_HANDLER)
#undef MIPZK_HANDLER
};
inline constexpr unsigned kHandlerCount = 1 + sizeof(kHandlerClasses) / sizeof(kHandlerClasses[0]);

// Not for `missing`.
constexpr Class class_of(Handler h) { return kHandlerClasses[static_cast<unsigned>(h) - 1]; }

// The calls of the machine, `syscall N`.
constexpr bool is_machine_call(Handler h) {
  return h == Handler::host || h == Handler::hint || h == Handler::halt;
}

// A handler and the operands that are not registers of the ROM entry; 0 where there is none.
struct Operation {
  Handler handler = Handler::missing;
  uint32_t imm = 0;    // constant, offset, amount of a shift, or the link of a likely branch;
                       // calls of the machine: the number; trap: the instruction word
  uint32_t extra = 0;  // lb..swr: address bits to flip (3 in little-endian programs, else 0);
                       // bit fields: the mask; ldc1, sdc1, mov_pair, mult: the second register
};

}  // namespace mipzk::isa
