// SPDX-License-Identifier: Apache-2.0
// Faults that the in-guest kernel takes: docs/MACHINE.md, section 7. Such a fault is one cycle in
// place of the instruction, which changes nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "vm/interpreter.hpp"

namespace mipzk::vm {

// Why the instruction at cpu.op, which stopped the run with Stop::kFault, makes the kernel take
// over; nothing if it does not: there is no such kernel, the instruction is the kernel's, or the
// fault has no proof.
std::optional<KernelFault> kernel_fault(const Processor& cpu);

// Takes the fault; the others record it before, or make the event of one that was recorded.
void enter_kernel(Processor& cpu, const KernelFault& fault);
void record_fault(Processor& cpu, const KernelFault& fault, Recorder& recorder);
void replay_fault(Processor& cpu, const KernelFault& fault, EventSink& sink);

}  // namespace mipzk::vm
