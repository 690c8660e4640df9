// SPDX-License-Identifier: Apache-2.0
// Turns a stopped processor into a FaultReport and an Error.
#pragma once

#include <string>

#include "base/error.hpp"
#include "isa/program.hpp"
#include "vm/fault.hpp"
#include "vm/interpreter.hpp"

namespace mipzk::vm {

// "0x00400018 (main+0x8)"; without a symbol only the address.
std::string place(const isa::Program& program, uint32_t address);

// Whether the program alone fixes `pc` as a place where a run can be: it holds an instruction, or a
// static jump or the end of the code leads there. Any other pc is the value of a register, which
// may come from the private input: no text shows it.
bool is_public_pc(const Processor& cpu, uint32_t pc);

// place() of the pc if it is public, or words that stand for it.
std::string place_of_pc(const isa::Program& program, const Processor& cpu);

// All of these return the error and fill `report` if it is given.
Error fault_error(const isa::Program& program, const Processor& cpu, FaultKind kind,
                  FaultReport* report);
Error cycle_limit_error(const isa::Program& program, Processor& cpu, uint64_t limit,
                        FaultReport* report);
Error shard_limit_error(const isa::Program& program, const Processor& cpu, uint64_t limit,
                        FaultReport* report);
Error memory_limit_error(const isa::Program& program, const Processor& cpu, uint64_t limit,
                         FaultReport* report);
// `cause` is what hooks.watch said.
Error watch_error(const isa::Program& program, const Processor& cpu, const Error& cause,
                  FaultReport* report);
Error cancelled_error(const isa::Program& program, const Processor& cpu, FaultReport* report);

}  // namespace mipzk::vm
