// SPDX-License-Identifier: Apache-2.0
// From an event to the named columns of its row. Everything else in a row (pair columns, padding,
// extension columns) follows from these by the rules of the table.
#pragma once

#include "air/table_info.hpp"
#include "isa/rom.hpp"
#include "vm/event.hpp"

namespace mipzk::trace {

using field::Fp;

// Fills the cells of one instruction, which are 0 before: the named columns of its row, or of its
// slot in a row of several. `e` is an event of the filler's class and `rom` the ROM entry at e.pc.
using RowFiller = void (*)(Fp* cells, const vm::Event& e, const isa::RomEntry& rom);

// `cls` is one of the list in isa/classes.hpp.
RowFiller row_filler(isa::Class cls);

// Cells of an instruction in a row of the table. Slot i begins at cell i * slot_cells().
inline unsigned slot_cells(const air::TableInfo& table) {
  return table.layout.named_columns / table.slots;
}

}  // namespace mipzk::trace
