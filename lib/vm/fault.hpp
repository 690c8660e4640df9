// SPDX-License-Identifier: Apache-2.0
// Why a run stopped before HALT, told for the author of the guest.
#pragma once

#include <array>
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

// What CAUSE holds, divided by 4: numbers of MIPS.
enum class FaultCode : uint8_t {
  kReadOnly = 1,
  kUnmappedLoad = 2,
  kUnmappedStore = 3,
  kUnalignedLoad = 4,  // jumps, too
  kUnalignedStore = 5,
  kNoInstruction = 6,
  kOverflow = 12,
  kTrap = 13,
};

// The tables of faults.
enum class FaultTable : uint8_t { kAccess, kOperand, kFetch };
inline constexpr unsigned kFaultTables = 3;
using FaultCounts = std::array<uint32_t, kFaultTables>;  // by table
constexpr FaultTable table_of(FaultCode code) {
  switch (code) {
    case FaultCode::kNoInstruction:
      return FaultTable::kFetch;
    case FaultCode::kOverflow:
    case FaultCode::kTrap:
      return FaultTable::kOperand;
    default:
      return FaultTable::kAccess;
  }
}

// A fault that the in-guest kernel takes.
inline constexpr uint32_t kNoSpan = UINT32_MAX;
struct KernelFault {
  FaultCode code;
  uint32_t address = 0;     // BADVADDR
  uint32_t span = kNoSpan;  // of the program, in which there is nothing
  bool second = false;      // the span holds the next word, not that of the address
  uint8_t words = 0;        // of a store to read-only memory: that it goes to
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
