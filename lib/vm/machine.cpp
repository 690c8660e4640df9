#include "vm/machine.hpp"

#include <algorithm>

#include "vm/boundary.hpp"
#include "vm/code.hpp"
#include "vm/fault_text.hpp"
#include "vm/interpreter.hpp"
#include "vm/memory.hpp"
#include "vm/windows.hpp"

namespace mipzk::vm {
namespace {

constexpr uint64_t kSlice = 1u << 15;
void load_registers(const isa::Program& program, Processor& cpu) {
  auto word = std::lower_bound(program.image.begin(), program.image.end(), kRegisterKeyBase,
                               [](const isa::ImageWord& w, uint32_t key) { return w.key < key; });
  for (; word != program.image.end(); ++word) cpu.reg[word->key - kRegisterKeyBase] = word->value;
}

// Runs until HALT; `step` executes up to a number of instructions.
template <class Step>
Status run_to_halt(const isa::Program& program, Processor& cpu, uint64_t max_cycles,
                   const Limits& limits, FaultReport* report, Step step) {
  const auto cancelled = [&] {
    return cpu.hooks != nullptr && cpu.hooks->cancel != nullptr &&
           cpu.hooks->cancel->load(std::memory_order_relaxed);
  };
  for (;;) {
    if (cancelled()) return cancelled_error(program, cpu, report);
    const uint64_t left = max_cycles - cpu.cycles;
    if (left == 0) {
      if (max_cycles < limits.max_cycles)
        return shard_limit_error(program, cpu, max_cycles, report);
      return cycle_limit_error(program, cpu, limits.max_cycles, report);
    }
    switch (step(static_cast<uint32_t>(std::min(left, kSlice)))) {
      case Stop::kSliceEnd:
        break;
      case Stop::kHalt:
        return {};
      case Stop::kFault:
        return fault_error(program, cpu, cpu.fault, report);
      case Stop::kMemoryLimit:
        return memory_limit_error(program, cpu, limits.max_memory_bytes, report);
    }
  }
}

Result<Outcome> finish(const isa::Program& program, Processor& cpu, FaultReport* report) {
  Outcome outcome;
  outcome.cycles = cpu.cycles;
  outcome.exit_code = cpu.reg[isa::kExitCode];
  const FaultKind broken = collect_output(cpu.memory, outcome.output);
  if (broken != FaultKind::kNone) return fault_error(program, cpu, broken, report);
  return outcome;
}

}  // namespace

Result<Outcome> run(const isa::Program& program, const Inputs& inputs, const Limits& limits,
                    const Hooks& hooks, FaultReport* report) {
  if (Status s = Windows::check(inputs); !s) return s.error();
  const Code code(program);
  Windows windows(inputs);
  Memory memory(program, windows, limits.max_memory_bytes, false);
  Processor cpu(code, memory, windows, &hooks);
  load_registers(program, cpu);
  cpu.start(program.entry);
  const Status status = run_to_halt(program, cpu, limits.max_cycles, limits, report,
                                    [&](uint32_t slice) { return execute(cpu, slice); });
  if (!status) return status.error();
  return finish(program, cpu, report);
}

Result<Recording> record(const isa::Program& program, const Inputs& inputs, const Limits& limits,
                         const Hooks& hooks, FaultReport* report) {
  if (Status s = Windows::check(inputs); !s) return s.error();
  const Code code(program);
  Windows windows(inputs);
  Memory memory(program, windows, limits.max_memory_bytes, true);
  Processor cpu(code, memory, windows, &hooks);
  load_registers(program, cpu);
  const auto initial_registers = cpu.reg;
  cpu.start(program.entry);

  Recording recording;
  recording.shards.resize(1);
  Recorder recorder(recording.shards[0]);
  const uint64_t max_shard_cycles = std::min(limits.max_shard_cycles, kMaxShardCycles);
  const uint64_t max_cycles = std::min(limits.max_cycles, max_shard_cycles);
  const Status status = run_to_halt(program, cpu, max_cycles, limits, report, [&](uint32_t slice) {
    return execute_recording(cpu, slice, recorder);
  });
  if (!status) return status.error();
  auto outcome = finish(program, cpu, report);
  if (!outcome) return outcome.error();
  recording.outcome = std::move(*outcome);
  close_shard(program, cpu, initial_registers, recording.shards[0]);
  recording.finals = source_words(windows, recording.shards[0], recording.outcome);
  return recording;
}

namespace {

template <class T>
void wipe(std::vector<T>& list) {
  secure_zero(list.data(), list.size() * sizeof(T));
}

}  // namespace

Recording::~Recording() {
  for (ShardRecord& shard : shards) {
    for (auto& events : shard.events) wipe(events);
    wipe(shard.bumps);
    wipe(shard.touched);
  }
  wipe(finals);
}

}  // namespace mipzk::vm
