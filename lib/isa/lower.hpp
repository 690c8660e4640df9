// SPDX-License-Identifier: Apache-2.0
// Instruction words to what is proved of them and what is executed.
//
// `lower()` is part of the definition of the program id (docs/MACHINE.md, "Lowering"): prover and
// anyone who recomputes the id must get the same entries. The operation is not: it does what the
// entry says, in a form that the interpreter executes fast.
#pragma once

#include <cstdint>
#include <optional>

#include "isa/handlers.hpp"
#include "isa/rom.hpp"

namespace mipzk::isa {

// What the lowering of a word depends on besides its address.
struct LowerContext {
  bool little_endian = false;
  uint32_t trap_vector = 0;  // byte address where the in-guest kernel takes traps; 0: no kernel
};

struct Lowered {
  RomEntry entry;
  Operation operation;  // its handler is of the entry's class
};

// What `word` at byte address `pc` (a multiple of 4) is, or nothing when the encoding has no entry
// (reserved, or an instruction that always faults): executing it stops the run.
std::optional<Lowered> lower(uint32_t pc, uint32_t word, const LowerContext& context = {});

}  // namespace mipzk::isa
