// SPDX-License-Identifier: Apache-2.0
#include "debug/observer.hpp"

#include <algorithm>

namespace mipzk::debug {

using State = vm::Stepper::State;

namespace {

// Up to `end`, or to a fault.
State run_up_to(vm::Stepper& machine, const CodeMap& code, std::span<Observer* const> observers,
                uint64_t end) {
  const bool every = std::any_of(observers.begin(), observers.end(),
                                 [](const Observer* o) { return o->wants_every_instruction(); });
  State state = machine.state();
  bool single = true;  // the next instruction may be in a delay slot
  while (machine.cycles() < end && state == State::kRunning) {
    uint32_t pc = machine.pc();
    uint32_t index = code.index(pc);
    if (index == CodeMap::kNone) return machine.run(1);  // a fault, or the limit before it
    const uint64_t before = machine.cycles();
    if (const uint32_t group = code.straight(index); group > 0 && !every && !single) {
      state = machine.run(std::min<uint64_t>(group, end - before));
      const auto done = static_cast<uint32_t>(machine.cycles() - before);
      for (Observer* o : observers) o->passed(index, done);
      if (done < group) continue;
      pc += 4 * group;
      index += group;
      if (machine.cycles() == end) break;
    }
    const Step step{machine, pc, index, code.entry(index)};
    for (Observer* o : observers) o->before(step);
    const uint64_t cycles = machine.cycles();
    state = machine.run(1);
    if (machine.cycles() != cycles)
      for (Observer* o : observers) o->after(step);
    single = code.straight(index) == 0;
  }
  return state;
}

}  // namespace

State run_observed(vm::Stepper& machine, const CodeMap& code, std::span<Observer* const> observers,
                   uint64_t count) {
  // Observers see the instructions up to a fault, and then those of the kernel that takes it.
  const uint64_t end = machine.cycles() + count;
  machine.stop_at_faults(true);
  State state = run_up_to(machine, code, observers, end);
  while (state == State::kFault) {
    vm::FaultReport report;
    machine.describe(report);
    if (!machine.enter_kernel()) break;
    for (Observer* const o : observers) o->fault(report);
    state = run_up_to(machine, code, observers, end);
  }
  machine.stop_at_faults(false);
  return state;
}

}  // namespace mipzk::debug
