// Instruction words to their canonical ROM entries. Part of the definition of the program id
// (docs/MACHINE.md, "Lowering"): prover and anyone who recomputes the id must get the same entries.
#pragma once

#include <cstdint>
#include <optional>

#include "isa/rom.hpp"

namespace mipzk::isa {

// What the lowering of a word depends on besides its address.
struct LowerContext {
  bool little_endian = false;
  uint32_t trap_vector = 0;  // byte address where the in-guest kernel takes traps; 0: no kernel
};

// The ROM entry of `word` at byte address `pc` (a multiple of 4), or nothing when the encoding has
// no entry (reserved, or an instruction that always faults): executing it stops the run.
std::optional<RomEntry> lower(uint32_t pc, uint32_t word, const LowerContext& context = {});

}  // namespace mipzk::isa
