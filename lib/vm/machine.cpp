// SPDX-License-Identifier: Apache-2.0
#include "vm/machine.hpp"

#include <algorithm>

#include "vm/code.hpp"
#include "vm/fault_text.hpp"
#include "vm/interpreter.hpp"
#include "vm/machine_state.hpp"
#include "vm/sharded_run.hpp"

namespace mipzk::vm {
namespace {

constexpr uint64_t kSlice = kBlockCycles;  // between two looks at the cancel flag

void load_registers(const isa::Program& program, Processor& cpu) {
  auto word = std::lower_bound(program.image.begin(), program.image.end(), kRegisterKeyBase,
                               [](const isa::ImageWord& w, uint32_t key) { return w.key < key; });
  for (; word != program.image.end(); ++word) cpu.reg[word->key - kRegisterKeyBase] = word->value;
}

// How far a run is; `shard`: of a recording, otherwise null.
Progress progress_of(const Processor& cpu, const ShardRecord* shard, uint64_t kept_bytes,
                     uint64_t touched = 0) {
  Progress p{cpu.cycles, cpu.memory->host_bytes() + kept_bytes, nullptr, touched};
  if (shard != nullptr) {
    p.counts = &shard->counts;
    p.host_bytes += shard->log_bytes() + touched * (sizeof(Touched) + sizeof(SourceWord));
  }
  return p;
}

Status watch(const isa::Program& program, const Processor& cpu, const Progress& progress,
             FaultReport* report) {
  if (!cpu.hooks->watch) return {};
  if (Status s = cpu.hooks->watch(progress); !s)
    return watch_error(program, cpu, s.error(), report);
  return {};
}

// Runs on until HALT (gives true), or until `end` instructions are done; `step` executes up to a
// number of instructions, and may change `end` to those that are done.
template <class Step>
Result<bool> run_on(const isa::Program& program, Processor& cpu, const uint64_t& end,
                    const Limits& limits, const ShardRecord* shard, uint64_t kept_bytes,
                    FaultReport* report, Step step) {
  const auto cancelled = [&] {
    return cpu.hooks->cancel != nullptr && cpu.hooks->cancel->test(std::memory_order_relaxed);
  };
  uint64_t next_look = 0;
  for (;;) {
    if (cancelled()) return cancelled_error(program, cpu, report);
    if (cpu.cycles >= next_look) {
      if (Status s = watch(program, cpu, progress_of(cpu, shard, kept_bytes), report); !s)
        return s.error();
      next_look = cpu.cycles + kWatchCycles;
    }
    const uint64_t left = end - cpu.cycles;
    if (left == 0) return false;
    switch (step(static_cast<uint32_t>(std::min(left, kSlice)))) {
      case Stop::kSliceEnd:
        break;
      case Stop::kHalt:
        return true;
      case Stop::kFault:
        return fault_error(program, cpu, cpu.fault, report);
      case Stop::kMemoryLimit:
        return memory_limit_error(program, cpu, limits.max_memory_bytes, report);
    }
  }
}

// Words of memory that a shard touched first between two positions of its log, which lie in one
// chunk. Hints in the log count, too.
uint64_t first_touches(const Cell* begin, const Cell* end) {
  return static_cast<uint64_t>(
      std::count_if(begin, end, [](const Cell& c) { return (c.meta & kTimeMask) == 0; }));
}

// Cells that ShardSize counts.
uint64_t cells_of(const ShardSize& size, const ClassCounts& counts, uint64_t words) {
  uint64_t cells = words * size.of_word;
  for (size_t cls = 0; cls < counts.size(); ++cls)
    cells += uint64_t{counts[cls]} * size.of_instruction[cls];
  return cells;
}

}  // namespace

Machine::Machine(const isa::Program& program, const Code& code, const Inputs& inputs,
                 const Limits& limits, const Hooks& hooks, bool recording)
    : windows(inputs, program.little_endian),
      memory(program, windows, limits.max_memory_bytes, recording),
      cpu(code, memory, windows, &hooks) {
  load_registers(program, cpu);
  cpu.start(program.entry);
  if (recording) cpu.executed.resize(code.size());
}

Result<Outcome> finish(const isa::Program& program, Processor& cpu, FaultReport* report) {
  Outcome outcome;
  outcome.cycles = cpu.cycles;
  outcome.exit_code = cpu.reg[isa::kExitCode];
  const FaultKind broken = collect_output(*cpu.memory, program.little_endian, outcome.output);
  if (broken != FaultKind::kNone) return fault_error(program, cpu, broken, report);
  return outcome;
}

Stop record_block(Processor& cpu, uint32_t cycles, ShardRecord& shard) {
  const AccessLog::Position log = shard.log.reserve(size_t{kMaxAccesses} * cycles);
  shard.blocks.push_back({cpu.op->pc, cpu.next->pc,
                          static_cast<uint32_t>(cpu.cycles - cpu.shard_start), shard.counts, log,
                          shard.words.end(), cpu.reg, cpu.reg_time});
  Cell* const begin = shard.log.at(log);
  Recorder recorder{begin, shard.counts, &shard.words, cpu.executed.data(), cpu.code.ops()};
  const Stop stop = execute_recording(cpu, cycles, recorder);
  shard.log.advance(static_cast<size_t>(recorder.log - begin));
  return stop;
}

Result<Outcome> run(const isa::Program& program, const Inputs& inputs, const Limits& limits,
                    const Hooks& hooks, FaultReport* report) {
  if (Status s = Windows::check(inputs); !s) return s.error();
  const Code code(program);
  Machine m(program, code, inputs, limits, hooks, false);
  const auto halted = run_on(program, m.cpu, limits.max_cycles, limits, nullptr, 0, report,
                             [&](uint32_t slice) { return execute(m.cpu, slice); });
  if (!halted) return halted.error();
  if (!*halted) return cycle_limit_error(program, m.cpu, limits.max_cycles, report);
  return finish(program, m.cpu, report);
}

uint64_t Recording::host_bytes() const {
  uint64_t bytes = finals.capacity() * sizeof(SourceWord) + code_last.capacity() * 2;
  for (const ShardRecord& s : shards) bytes += s.host_bytes();
  return bytes;
}

ShardedRun::ShardedRun(const isa::Program& program, const Inputs& inputs, const Limits& limits,
                       const Hooks& hooks)
    : program_(program),
      limits_(limits),
      code_(program),
      machine_(program, code_, inputs, limits, hooks, true),
      start_(machine_.cpu, program.rom.size()) {}

Status ShardedRun::next(ShardRecord& shard, FaultReport* report) {
  Processor& cpu = machine_.cpu;
  if (begun_) start_.next(cpu);
  begun_ = true;
  const uint64_t most = std::min(limits_.max_shard_cycles, kMaxShardCycles);
  uint64_t end = std::min(limits_.max_cycles, cpu.shard_start + most);
  uint64_t words = 0;
  const bool is_sized = limits_.shard_size.cells != UINT64_MAX;
  const auto step = [&](uint32_t slice) {
    const Stop stop = record_block(cpu, slice, shard);
    if (is_sized) {
      const AccessLog::Position from = shard.blocks.back().log, to = shard.log.end_of_chunk();
      words += first_touches(shard.log.at(from), shard.log.at(to));
      if (cells_of(limits_.shard_size, shard.counts, words) >= limits_.shard_size.cells)
        end = cpu.cycles;
    }
    return stop;
  };
  const auto halted = run_on(program_, cpu, end, limits_, &shard, kept_bytes_, report, step);
  if (!halted) return halted.error();
  halted_ = *halted;
  if (!halted_) {
    if (cpu.cycles == limits_.max_cycles)
      return cycle_limit_error(program_, cpu, limits_.max_cycles, report);
    if (start_.shard() >= std::min(limits_.max_shards, kMaxShards))
      return shard_limit_error(program_, cpu, end, report);
  }
  const Progress progress = progress_of(cpu, &shard, kept_bytes_, count_touched(cpu));
  peak_bytes_ = std::max(peak_bytes_, progress.host_bytes);
  if (Status s = watch(program_, cpu, progress, report); !s) return s;
  if (halted_) {
    auto outcome = vm::finish(program_, cpu, report);
    if (!outcome) return outcome.error();
    outcome_ = std::move(*outcome);
  }
  start_.close(cpu, halted_, shard);
  return {};
}

Result<Recording> record(const isa::Program& program, const Inputs& inputs, const Limits& limits,
                         const Hooks& hooks, FaultReport* report) {
  if (Status s = Windows::check(inputs); !s) return s.error();
  ShardedRun run(program, inputs, limits, hooks);
  Recording recording;
  while (!run.halted()) {
    ShardRecord& shard = recording.shards.emplace_back();
    if (Status s = run.next(shard, report); !s) return s.error();
    run.keep(shard.host_bytes());
  }
  recording.finals = run.source_words();
  recording.code_last = run.code_last();
  recording.outcome = run.outcome();
  recording.peak_bytes = run.peak_bytes();
  return recording;
}

}  // namespace mipzk::vm
