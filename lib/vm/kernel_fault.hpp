// SPDX-License-Identifier: Apache-2.0
// Faults that the in-guest kernel takes: docs/MACHINE.md, section 7. Such a fault is one cycle in
// place of the instruction, which changes nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "vm/interpreter.hpp"

namespace mipzk::vm {

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

struct KernelFault {
  FaultCode code;
  uint32_t address = 0;           // BADVADDR
  uint32_t span = Code::kNoSpan;  // of the program, in which there is nothing
  bool second = false;            // the span holds the next word, not that of the address
  uint8_t words = 0;              // of a store to read-only memory: that it goes to
};

// Why the instruction at cpu.op, which stopped the run with Stop::kFault, makes the kernel take
// over; nothing if it does not: there is no such kernel, the instruction is the kernel's, or the
// fault has no proof.
std::optional<KernelFault> kernel_fault(const Processor& cpu);

// Takes the fault.
void enter_kernel(Processor& cpu, const KernelFault& fault);

}  // namespace mipzk::vm
