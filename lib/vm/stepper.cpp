// SPDX-License-Identifier: Apache-2.0
#include "vm/stepper.hpp"

#include <algorithm>
#include <utility>

#include "vm/fault_text.hpp"
#include "vm/kernel_fault.hpp"

namespace mipzk::vm {

Stepper::Stepper(const isa::Program& program, const Inputs& inputs, const Limits& limits,
                 Hooks hooks)
    : program_(program),
      limits_(limits),
      hooks_(std::move(hooks)),
      code_(program),
      machine_(program, code_, inputs, limits_, hooks_, false) {}

Stepper::State Stepper::run(uint64_t count) {
  if (state_ == State::kHalted) return state_;
  constexpr uint64_t kSlice = 1u << 30;
  for (;;) {
    const uint64_t left = limits_.max_cycles - std::min(limits_.max_cycles, cycles());
    if (left == 0) return state_ = State::kCycleLimit;
    const uint64_t slice = std::min({left, count, kSlice});
    if (slice == 0) return state_ = State::kRunning;
    switch (execute(machine_.cpu, static_cast<uint32_t>(slice))) {
      case Stop::kSliceEnd:
        count -= slice;
        break;
      case Stop::kHalt:
        return state_ = State::kHalted;
      case Stop::kFault:
        return state_ = State::kFault;
      case Stop::kMemoryLimit:
        return state_ = State::kMemoryLimit;
    }
  }
}

bool Stepper::enter_kernel() {
  if (state_ != State::kFault) return false;
  const auto fault = kernel_fault(machine_.cpu);
  if (!fault || cycles() >= limits_.max_cycles) return false;
  vm::enter_kernel(machine_.cpu, *fault);
  state_ = State::kRunning;
  return true;
}

std::optional<uint32_t> Stepper::word(uint32_t address) const {
  Page fresh;
  const Page* page = machine_.memory.view(address & ~(kPageBytes - 1), fresh);
  if (page == nullptr) return std::nullopt;
  const Cell& cell = page->cells[address / 4 % kPageWords];
  if ((cell.meta & kMapped) == 0) return std::nullopt;
  return cell.value;
}

size_t Stepper::read(uint32_t address, uint8_t* out, size_t size) const {
  Page fresh;
  const Page* page = nullptr;
  for (size_t i = 0; i < size; ++i, ++address) {
    if (i == 0 || address % kPageBytes == 0)
      page = machine_.memory.view(address & ~(kPageBytes - 1), fresh);
    if (page == nullptr) return i;
    const Cell& cell = page->cells[address / 4 % kPageWords];
    if ((cell.meta & kMapped) == 0) return i;
    out[i] = static_cast<uint8_t>(cell.value >> byte_shift(address));
  }
  return size;
}

bool Stepper::write(uint32_t address, const uint8_t* data, size_t size) {
  for (size_t i = 0; i < size; ++i, ++address) {
    const MicroOp* const op = code_.find(address & ~3u);
    if (op != nullptr && op->handler != Handler::kMissing) return false;
    Cell* const cell = machine_.memory.cell(address);
    if (cell == nullptr || (cell->meta & kMapped) == 0) return false;
    const unsigned shift = byte_shift(address);
    cell->value = (cell->value & ~(0xffu << shift)) | uint32_t{data[i]} << shift;
  }
  return true;
}

Result<Outcome> Stepper::finish(FaultReport* report) {
  Processor& cpu = machine_.cpu;
  switch (state_) {
    case State::kHalted:
      return vm::finish(program_, cpu, report);
    case State::kFault:
      return fault_error(program_, cpu, cpu.fault, report);
    case State::kMemoryLimit:
      return memory_limit_error(program_, cpu, limits_.max_memory_bytes, report);
    case State::kCycleLimit:
      return cycle_limit_error(program_, cpu, limits_.max_cycles, report);
    case State::kRunning:
      break;
  }
  return cancelled_error(program_, cpu, report);
}

std::string Stepper::place() const { return place_of_pc(program_, machine_.cpu); }

bool Stepper::pc_is_public() const { return is_public_pc(machine_.cpu, pc()); }

void Stepper::describe(FaultReport& report) const {
  static_cast<void>(fault_error(program_, machine_.cpu, machine_.cpu.fault, &report));
}

}  // namespace mipzk::vm
