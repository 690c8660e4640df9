// SPDX-License-Identifier: Apache-2.0
// From the symbol table to the names that people see. Internal to lib/elf.
#pragma once

#include "base/error.hpp"
#include "elf/file.hpp"
#include "isa/program.hpp"

namespace mipzk::elf {

// Fills image.symbols (see load.hpp); image.segments must be there. Entries that make no sense by
// themselves are left out; a table that is no symbol table is refused.
Status read_symbols(const File& file, isa::ProgramImage& image);

}  // namespace mipzk::elf
