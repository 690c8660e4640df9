// SPDX-License-Identifier: Apache-2.0
// A run under the control of a tool: a profiler, a tracer, a debugger.
//
// The instructions are those of run(), executed in slices of the tool's choice. Between two slices
// the tool sees registers and memory and may change them; what a changed run does has no proof.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "vm/code.hpp"
#include "vm/machine.hpp"
#include "vm/machine_state.hpp"

namespace mipzk::vm {

class Stepper {
 public:
  enum class State : uint8_t { kRunning, kHalted, kFault, kMemoryLimit, kCycleLimit };

  // `program` and the bytes of `inputs` must outlive the stepper. Inputs must have passed
  // Windows::check. hooks.cancel is the tool's business.
  Stepper(const isa::Program& program, const Inputs& inputs, const Limits& limits, Hooks hooks);

  // Executes up to `count` instructions, fewer when the state changes. After kHalted it does
  // nothing; after the others it tries again.
  State run(uint64_t count);
  State state() const { return state_; }
  FaultKind fault() const { return machine_.cpu.fault; }  // after kFault
  // Whether kFault comes before the in-guest kernel takes a fault; then enter_kernel() makes it do
  // so, unless that takes no such faults.
  void stop_at_faults(bool stop) { machine_.cpu.stops_at_faults = stop; }
  bool enter_kernel();

  uint32_t pc() const { return machine_.cpu.op->pc; }
  uint32_t npc() const { return machine_.cpu.next->pc; }  // of the instruction after that at pc
  uint64_t cycles() const { return machine_.cpu.cycles; }
  // Sets (pc, npc) = (address, address + 4); `address` is a multiple of 4.
  void jump(uint32_t address) { machine_.cpu.start(address); }

  static constexpr unsigned kRegisters = kRegisterCount;
  // r < kRegisters, by the numbers of isa/rom.hpp.
  uint32_t reg(unsigned r) const { return machine_.cpu.reg[r]; }
  void set_reg(unsigned r, uint32_t value) { machine_.cpu.reg[r] = value; }

  // The word that contains byte `address`; nothing when it is not mapped. Touches no page.
  std::optional<uint32_t> word(uint32_t address) const;
  // Bytes in the program's byte order; gives how many there are before the first unmapped one.
  size_t read(uint32_t address, uint8_t* out, size_t size) const;
  // False when a byte is not mapped or belongs to an instruction, which the machine takes from its
  // ROM; bytes before it have been written.
  bool write(uint32_t address, const uint8_t* data, size_t size);

  // Where the run stands, for texts that hold no value of a register.
  std::string place() const;
  // Whether place() gives the pc.
  bool pc_is_public() const;

  // The outcome after kHalted; otherwise the error that run() would have given, with its report.
  // The stepper cannot go on after it.
  Result<Outcome> finish(FaultReport* report);
  // The report of a fault, without ending the run.
  void describe(FaultReport& report) const;

 private:
  unsigned byte_shift(uint32_t address) const {
    return program_.little_endian ? 8 * (address & 3) : 24 - 8 * (address & 3);
  }

  const isa::Program& program_;
  Limits limits_;
  Hooks hooks_;
  Code code_;
  Machine machine_;
  State state_ = State::kRunning;
};

}  // namespace mipzk::vm
