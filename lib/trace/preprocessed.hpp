// SPDX-License-Identifier: Apache-2.0
// The preprocessed columns: the tables of a program, and the fixed lookup tables.
#pragma once

#include <vector>

#include "air/table_info.hpp"
#include "field/fp.hpp"
#include "isa/program.hpp"

namespace mipzk::trace {

// Row-major, 2^log_height rows in natural order.
struct PreMatrix {
  unsigned log_height = 0;
  unsigned width = 0;
  std::vector<field::Fp> data;
};

struct ProgramTables {
  PreMatrix rom, region, image;

  // That of the table with this number; null where the program fixes none.
  const PreMatrix* find(air::TableId id) const;
};

// log2 of the heights of a program's tables.
struct ProgramHeights {
  unsigned rom, region, image;
};
ProgramHeights program_heights(const isa::Program& program, unsigned tail_rows);

// Heights leave `tail_rows` rows free after the content; rows beyond the content are padding that
// no run can use (class 0, an empty region, key isa::kPadKey).
ProgramTables program_tables(const isa::Program& program, unsigned tail_rows);

PreMatrix fixed_tables();

// The air::kEntryCells cells of an entry.
void fill_entry(const isa::RomEntry& entry, field::Fp* cells);

}  // namespace mipzk::trace
