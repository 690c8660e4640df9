// SPDX-License-Identifier: Apache-2.0
// Why a run stopped before HALT, told for the author of the guest.
#pragma once

#include <cstdint>
#include <string>

#include "base/error.hpp"

namespace mipzk::vm {

enum class FaultKind : uint8_t {
  kNone,
  kNullPage,         // access below isa::kUserBase
  kUnmapped,         // access to a word that belongs to nothing
  kReadOnly,         // store to text, read-only data or an input window
  kUnaligned,        // a load or store at an address that is not a multiple of its size
  kOverflow,         // add, addi or sub
  kBreak,            // the break instruction
  kTrap,             // a conditional trap instruction whose condition held
  kReserved,         // an encoding that the machine does not execute
  kNoInstruction,    // pc is where no executable word is
  kUnalignedJump,    // jr or jalr to an address that is not a multiple of 4
  kHintsExhausted,   // HINT_WORD without a word left
  kOutputLength,     // HALT with a length word larger than the output window
  kOutputBeyondEnd,  // HALT with a touched output word after the announced length
  kOutputPadding,    // HALT with a non-zero byte after the length in the last word
};

// `text` holds no value of a register or of memory, because those may come from the private input;
// it may be logged. `values` holds the registers and is only filled if asked for.
struct FaultReport {
  bool want_values = false;  // set by the caller

  Errc code = Errc::kOk;
  FaultKind kind = FaultKind::kNone;  // kNone unless code is kFault
  // Of the instruction that did not complete. 0 if a jump to a register led out of the program's
  // code, because the register may hold private bytes, unless want_values is set.
  uint32_t pc = 0;
  uint64_t cycle = 0;  // instructions completed before it
  std::string text;    // cause, place, instruction, advice; several lines
  std::string values;
};

}  // namespace mipzk::vm
