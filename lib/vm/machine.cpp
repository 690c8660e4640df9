// SPDX-License-Identifier: Apache-2.0
#include "vm/machine.hpp"

#include <algorithm>

#include "vm/code.hpp"
#include "vm/fault_text.hpp"
#include "vm/interpreter.hpp"
#include "vm/machine_state.hpp"
#include "vm/shard_meter.hpp"
#include "vm/sharded_run.hpp"

namespace mipzk::vm {
namespace {

constexpr uint64_t kSlice = kBlockCycles;  // between two looks at the cancel flag

void load_registers(const isa::Program& program, Processor& cpu) {
  auto word = std::lower_bound(program.image.begin(), program.image.end(), kRegisterKeyBase,
                               [](const isa::ImageWord& w, uint32_t key) { return w.key < key; });
  for (; word != program.image.end(); ++word) cpu.reg[word->key - kRegisterKeyBase] = word->value;
}

// What a run that is recorded holds beside the guest's memory: a shard and its number, and earlier
// ones.
struct Recorded {
  const ShardRecord& shard;
  uint32_t number;
  uint64_t kept_bytes;
};

// How far a run is; `recorded`: null unless it is.
Progress progress_of(const Processor& cpu, const Recorded* recorded, uint64_t touched = 0) {
  Progress p{cpu.cycles, cpu.memory->host_bytes(), nullptr, touched};
  if (recorded != nullptr) {
    p.counts = &recorded->shard.counts;
    p.shard = recorded->number;
    p.host_bytes += recorded->kept_bytes + recorded->shard.log_bytes() +
                    touched * (sizeof(Touched) + sizeof(SourceWord));
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
                    const Limits& limits, const Recorded* recorded, FaultReport* report,
                    Step step) {
  const auto cancelled = [&] { return cpu.hooks->cancel.any(); };
  uint64_t next_look = 0;
  for (;;) {
    if (cancelled()) return cancelled_error(program, cpu, report);
    if (cpu.cycles >= next_look) {
      if (Status s = watch(program, cpu, progress_of(cpu, recorded), report); !s) return s.error();
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
uint64_t cells_of(const ShardSize& size, const ShardRecord& shard, uint64_t words) {
  const ClassCounts& counts = shard.counts;
  uint64_t cells = words * size.of_word;
  const FaultCounts faults = shard.fault_counts();
  for (size_t t = 0; t < kFaultTables; ++t) cells += uint64_t{faults[t]} * size.of_fault[t];
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
  if (recording) cpu.executed.resize(code.places());
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
  // For a whole block, so that the chunks of the log do not tell how it was asked for.
  const AccessLog::Position log = shard.log.reserve(size_t{kMaxAccesses} * kBlockCycles);
  shard.blocks.push_back({cpu.op->pc, cpu.next->pc,
                          static_cast<uint32_t>(cpu.cycles - cpu.shard_start), shard.counts, log,
                          shard.words.end(), cpu.reg, cpu.reg_time});
  Cell* const begin = shard.log.at(log);
  Recorder recorder{begin,          shard.counts, &shard.words, cpu.executed.data(),
                    cpu.code.ops(), &shard.faults};
  const Stop stop = execute_recording(cpu, cycles, recorder);
  shard.log.advance(static_cast<size_t>(recorder.log - begin));
  shard.cycles = cpu.cycles - cpu.shard_start;
  return stop;
}

Result<Outcome> run(const isa::Program& program, const Inputs& inputs, const Limits& limits,
                    const Hooks& hooks, FaultReport* report) {
  if (Status s = Windows::check(inputs); !s) return s.error();
  const Code code(program);
  Machine m(program, code, inputs, limits, hooks, false);
  const auto halted = run_on(program, m.cpu, limits.max_cycles, limits, nullptr, report,
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
      start_(machine_.cpu, program.code_rows()) {}

bool ShardedRun::done() const {
  return halted_ && (limits_.rooms.empty() || start_.shard() == limits_.rooms.size());
}

bool ShardedRun::begin(ShardRecord& shard) {
  if (begun_) start_.next(machine_.cpu);
  begun_ = true;
  shard.hints_begin = shard.hints_end = machine_.windows.hints_taken();
  if (halted_) start_.close(machine_.cpu, true, shard);
  return halted_;
}

Status ShardedRun::next(ShardRecord& shard, FaultReport* report) {
  if (begin(shard)) return {};
  if (!limits_.rooms.empty()) return next_fitting(shard, report);
  const uint64_t most = std::min(limits_.max_shard_cycles, kMaxShardCycles);
  uint64_t words = 0;
  const bool is_sized = limits_.shard_size.cells != UINT64_MAX;
  const auto step = [&](uint32_t slice, uint64_t& end) {
    const Stop stop = record_block(machine_.cpu, slice, shard);
    if (is_sized) {
      const AccessLog::Position from = shard.blocks.back().log, to = shard.log.end_of_chunk();
      words += first_touches(shard.log.at(from), shard.log.at(to));
      if (cells_of(limits_.shard_size, shard, words) >= limits_.shard_size.cells)
        end = machine_.cpu.cycles;
    }
    return stop;
  };
  return advance(shard, most, std::min(limits_.max_shards, kMaxShards), report, step);
}

Status ShardedRun::next_fitting(ShardRecord& shard, FaultReport* report) {
  const auto shards = static_cast<uint32_t>(limits_.rooms.size());
  ShardMeter meter(code_, limits_.rooms[start_.shard() - 1], shard);
  const auto step = [&](uint32_t slice, uint64_t& end) {
    Processor& cpu = machine_.cpu;
    const Stop stop = record_block(cpu, slice, shard);
    if (start_.shard() == shards || (stop != Stop::kSliceEnd && stop != Stop::kHalt)) return stop;
    const auto executed = static_cast<uint32_t>(shard.cycles - shard.blocks.back().cycle);
    const uint32_t fitting = meter.fitting(cpu);
    if (fitting == executed) return stop;
    // As if the block had been recorded up to there at once, which a second run does.
    take_back(cpu, shard);
    if (fitting != 0) record_block(cpu, fitting, shard);
    end = cpu.cycles;
    return Stop::kSliceEnd;
  };
  return advance(shard, kMaxShardCycles, shards, report, step);
}

Status ShardedRun::repeat(ShardRecord& shard, uint64_t cycles) {
  if (begin(shard)) return {};
  const auto step = [&](uint32_t slice, uint64_t&) {
    return record_block(machine_.cpu, slice, shard);
  };
  return advance(shard, cycles, kMaxShards + 1, nullptr, step);
}

template <class Step>
Status ShardedRun::advance(ShardRecord& shard, uint64_t cycles, uint32_t shards,
                           FaultReport* report, Step step) {
  Processor& cpu = machine_.cpu;
  uint64_t end = std::min(limits_.max_cycles, cpu.shard_start + cycles);
  const Recorded recorded{shard, start_.shard(), kept_bytes_};
  const auto halted = run_on(program_, cpu, end, limits_, &recorded, report,
                             [&](uint32_t slice) { return step(slice, end); });
  if (!halted) return halted.error();
  halted_ = *halted;
  if (!halted_) {
    if (cpu.cycles == limits_.max_cycles)
      return cycle_limit_error(program_, cpu, limits_.max_cycles, report);
    if (start_.shard() >= shards) return shard_limit_error(program_, cpu, end, report);
  }
  const Progress progress = progress_of(cpu, &recorded, count_touched(cpu));
  peak_bytes_ = std::max(peak_bytes_, progress.host_bytes);
  if (Status s = watch(program_, cpu, progress, report); !s) return s;
  if (halted_) {
    auto outcome = vm::finish(program_, cpu, report);
    if (!outcome) return outcome.error();
    outcome_ = std::move(*outcome);
  }
  shard.hints_end = machine_.windows.hints_taken();
  start_.close(cpu, halted_, shard);
  return {};
}

Result<Recording> record(const isa::Program& program, const Inputs& inputs, const Limits& limits,
                         const Hooks& hooks, FaultReport* report) {
  if (Status s = Windows::check(inputs); !s) return s.error();
  ShardedRun run(program, inputs, limits, hooks);
  Recording recording;
  while (!run.done()) {
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
