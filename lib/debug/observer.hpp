// SPDX-License-Identifier: Apache-2.0
// What a tool that watches a run implements, and the loop that calls it.
#pragma once

#include <cstdint>
#include <span>

#include "debug/code_map.hpp"
#include "vm/stepper.hpp"

namespace mipzk::debug {

// One instruction: at byte address `pc`, number `index` of the code map.
struct Step {
  const vm::Stepper& machine;
  uint32_t pc, index;
  const isa::RomEntry& entry;
};

// Sees every instruction that may jump, those in delay slots, and machine calls one by one. The
// others arrive in groups, unless an observer wants every instruction.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual bool wants_every_instruction() const { return false; }
  virtual void before(const Step&) {}
  virtual void after(const Step&) {}  // not called when the instruction did not complete
  // The in-guest kernel has taken a fault: the report that it would have been without it.
  virtual void fault(const vm::FaultReport&) {}
  // `count` instructions from number `index` on were executed.
  virtual void passed(uint32_t /*index*/, uint32_t /*count*/) {}
};

// Executes up to `count` instructions, fewer when the run ends.
vm::Stepper::State run_observed(vm::Stepper& machine, const CodeMap& code,
                                std::span<Observer* const> observers, uint64_t count);

}  // namespace mipzk::debug
