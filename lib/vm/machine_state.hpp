// SPDX-License-Identifier: Apache-2.0
// Everything that one run needs, for run(), record() and the Stepper.
#pragma once

#include "vm/code.hpp"
#include "vm/interpreter.hpp"
#include "vm/machine.hpp"
#include "vm/memory.hpp"
#include "vm/windows.hpp"

namespace mipzk::vm {

// Stands before the first instruction. All arguments must outlive it.
struct Machine {
  Machine(const isa::Program& program, const Code& code, const Inputs& inputs, const Limits& limits,
          const Hooks& hooks, bool recording);

  Windows windows;
  Memory memory;
  Processor cpu;
};

// Executes up to `cycles` <= kBlockCycles instructions and records them as a block. The machine was
// made for recording.
Stop record_block(Processor& cpu, uint32_t cycles, ShardRecord& shard);

// What a run left behind, after HALT; a fault when the output breaks a rule of its window.
Result<Outcome> finish(const isa::Program& program, Processor& cpu, FaultReport* report);

}  // namespace mipzk::vm
