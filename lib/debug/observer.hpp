// What a tool that watches every instruction implements, and the loop that calls it.
#pragma once

#include <cstdint>
#include <span>

#include "debug/code_map.hpp"
#include "vm/stepper.hpp"

namespace mipzk::debug {

// One instruction: at byte address `pc`, entry `index` of the ROM.
struct Step {
  const vm::Stepper& machine;
  uint32_t pc, index;
  const isa::RomEntry& entry;
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void before(const Step&) {}
  virtual void after(const Step&) {}  // not called when the instruction did not complete
};

// Executes up to `count` instructions, fewer when the run ends.
inline vm::Stepper::State run_observed(vm::Stepper& machine, const CodeMap& code,
                                       std::span<Observer* const> observers, uint64_t count) {
  vm::Stepper::State state = machine.state();
  for (; count > 0; --count) {
    const uint32_t pc = machine.pc();
    const uint32_t index = code.index(pc);
    if (index == CodeMap::kNone) return machine.run(1);  // a fault, or the limit before it
    const Step step{machine, pc, index, code.entry(index)};
    for (Observer* o : observers) o->before(step);
    const uint64_t cycles = machine.cycles();
    state = machine.run(1);
    if (machine.cycles() != cycles)
      for (Observer* o : observers) o->after(step);
    if (state != vm::Stepper::State::kRunning) break;
  }
  return state;
}

}  // namespace mipzk::debug
