// SPDX-License-Identifier: Apache-2.0
// From an event to the named columns of its row. Everything else in a row (pair columns,
// padding, extension columns) follows from these by the rules of the table.
//
// `e` is an event of the table's class and `rom` the ROM entry at e.pc. Rows of tables with several
// slots hold one instruction in each; a slot that is not filled stays zero.
#pragma once

#include "air/fixed.hpp"
#include "air/tables.hpp"
#include "vm/event.hpp"

namespace mipzk::trace {

using field::Fp;

#define MIPZK_ROW(Table) \
  void fill_row(air::Table::Row<Fp>& row, const vm::Event& e, const isa::RomEntry& rom)
MIPZK_ROW(Add);
MIPZK_ROW(AddTrap);
MIPZK_ROW(AddImm);
MIPZK_ROW(Logic);
MIPZK_ROW(LogicImm);
MIPZK_ROW(Shift);
MIPZK_ROW(ShiftVar);
MIPZK_ROW(Slt);
MIPZK_ROW(SltImm);
MIPZK_ROW(BranchEq);
MIPZK_ROW(BranchZero);
MIPZK_ROW(BranchLink);
MIPZK_ROW(JumpRegLink);
MIPZK_ROW(LoadWord);
MIPZK_ROW(StoreWord);
MIPZK_ROW(LoadSub);
MIPZK_ROW(LoadPart);
MIPZK_ROW(StoreSub);
MIPZK_ROW(StorePart);
MIPZK_ROW(Mult);
MIPZK_ROW(Div);
MIPZK_ROW(Halt);
MIPZK_ROW(Hint);
MIPZK_ROW(BranchLikely);
MIPZK_ROW(MoveCond);
MIPZK_ROW(MultAcc);
MIPZK_ROW(CountLeading);
MIPZK_ROW(BitField);
MIPZK_ROW(ByteOps);
MIPZK_ROW(TrapEqual);
MIPZK_ROW(TrapLess);
MIPZK_ROW(LoadLinked);
MIPZK_ROW(StoreCond);
MIPZK_ROW(LoadDouble);
MIPZK_ROW(StoreDouble);
MIPZK_ROW(MovePair);
MIPZK_ROW(Trap);
#undef MIPZK_ROW

#define MIPZK_SLOT(Table)                                                     \
  void fill_slot(air::Table::Row<Fp>& row, unsigned slot, const vm::Event& e, \
                 const isa::RomEntry& rom)
MIPZK_SLOT(Nop);
MIPZK_SLOT(Jump);
MIPZK_SLOT(JumpLink);
MIPZK_SLOT(JumpReg);
#undef MIPZK_SLOT

}  // namespace mipzk::trace
