// SPDX-License-Identifier: Apache-2.0
#include "vm/shard_meter.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace mipzk::vm {
namespace {

// A hint in the log is no word.
bool is_first_touch(const Cell& c) { return (c.meta & kMapped) != 0 && (c.meta & kTimeMask) == 0; }

uint64_t first_touches(const Cell* begin, const Cell* end) {
  return static_cast<uint64_t>(std::count_if(begin, end, is_first_touch));
}

// Of counts or times, 0: none.
template <class List>
uint64_t count_used(const List& list) {
  return static_cast<uint64_t>(
      std::count_if(list.begin(), list.end(), [](uint32_t n) { return n != 0; }));
}

// The last block of a shard, executed again instruction by instruction.
class Steps {
 public:
  Steps(const Code& code, const ShardRecord& shard)
      : from_(shard.blocks.back()),
        left_(static_cast<uint32_t>(shard.cycles - from_.cycle)),
        cpu_(code),
        events_(isa::kClassCount),
        sink_{shard.log.at(from_.log),        {},      bumps_, {shard.words, from_.words},
              shard.faults_from(from_.cycle), &faults_} {
    cpu_.reg = from_.reg;
    cpu_.reg_time = from_.reg_time;
    cpu_.op = cpu_.fetch(from_.pc);
    cpu_.next = cpu_.fetch(from_.npc);
    cpu_.cycles = from_.cycle;
  }

  // False at the end of the block.
  bool next() {
    if (left_ == 0) return false;
    --left_;
    rows_ = 0;
    begin_ = sink_.log;
    const bool is_fault = !sink_.faults.empty() && sink_.faults.front().cycle == cpu_.cycles;
    if (is_fault) {
      begin_fault(sink_.faults.front().fault);
    } else {
      cls_ = static_cast<size_t>(isa::class_of(cpu_.op->handler));
      sink_.at[cls_] = &events_[cls_];
      add_row(static_cast<size_t>(cpu_.op - cpu_.code.ops()));
    }
    execute_replaying(cpu_, 1, sink_);
    address_ = is_fault ? faults_.back().fault.address : events_[cls_].mem_addr;
    return true;
  }

  // Of the instruction that was executed last, or of the fault in place of one: the rows of ROM
  // that it used, by their places; what it took from the log, and the byte address of the first of
  // these words (those of the others follow it).
  std::span<const size_t> rows() const { return {row_, rows_}; }
  const Cell* begin() const { return begin_; }
  const Cell* end() const { return sink_.log; }
  uint32_t address() const { return address_ & ~3u; }
  // Counts it.
  void count(ClassCounts& counts, FaultCounts& faults) const {
    if (cls_ != 0) {
      ++counts[cls_];
    } else {
      ++faults[static_cast<size_t>(table_of(faults_.back().fault.code))];
    }
  }
  // Of all instructions until now.
  const Registers& times() const { return cpu_.reg_time; }
  uint64_t bumps() const { return bumps_.size(); }

 private:
  void add_row(size_t place) { row_[rows_++] = place; }
  void begin_fault(const KernelFault& fault) {
    cls_ = 0;
    if (table_of(fault.code) != FaultTable::kFetch)
      add_row(static_cast<size_t>(cpu_.op - cpu_.code.ops()));
    if (fault.span != kNoSpan) add_row(cpu_.code.place_of_span(fault.span));
  }

  const Checkpoint& from_;
  uint32_t left_;
  Processor cpu_;
  SecretVector<Event> events_;  // one of each class
  SecretVector<Bump> bumps_;
  SecretVector<FaultEvent> faults_;
  EventSink sink_;
  size_t cls_ = 0;  // 0: a fault
  size_t row_[2] = {}, rows_ = 0;
  const Cell* begin_ = nullptr;
  uint32_t address_ = 0;
};

}  // namespace

bool ShardMeter::fits(const ClassCounts& counts, const FaultCounts& faults, const Registers& times,
                      const Use& use) const {
  const auto fit = [](uint32_t used, uint64_t room) { return used <= room; };
  return use.words + count_used(times) + 1 <= room_.touched && use.entries <= room_.entries &&
         use.bumps <= room_.bumps &&
         std::equal(counts.begin(), counts.end(), room_.instructions.begin(), fit) &&
         std::equal(faults.begin(), faults.end(), room_.faults.begin(), fit);
}

uint32_t ShardMeter::fitting(const Processor& cpu) {
  const Checkpoint& block = shard_.blocks.back();
  replay_.run(shard_.blocks.size() - 1);
  const uint64_t words =
      first_touches(shard_.log.at(block.log), shard_.log.at(shard_.log.end_of_chunk()));
  const Use after{use_.words + words, count_used(cpu.executed),
                  use_.bumps + replay_.bumps().size()};
  FaultCounts faults = shard_.fault_counts();
  if (fits(shard_.counts, faults, cpu.reg_time, after)) {
    use_ = after;
    return static_cast<uint32_t>(shard_.cycles - block.cycle);
  }
  // How often each entry was executed before the block.
  SecretVector<uint32_t> executed = cpu.executed;
  for (Steps steps(code_, shard_); steps.next();)
    for (const size_t row : steps.rows()) --executed[row];
  Steps steps(code_, shard_);
  ClassCounts counts = block.before;
  for (const FaultMark& m : shard_.faults_from(block.cycle))
    --faults[static_cast<size_t>(table_of(m.fault.code))];
  uint32_t done = 0;
  for (; steps.next(); ++done) {
    steps.count(counts, faults);
    use_.words += first_touches(steps.begin(), steps.end());
    for (const size_t row : steps.rows()) use_.entries += executed[row]++ == 0;
    Use use = use_;
    use.bumps += steps.bumps();
    if (!fits(counts, faults, steps.times(), use)) break;
  }
  return done;
}

void take_back(Processor& cpu, ShardRecord& shard) {
  const Checkpoint& block = shard.blocks.back();
  SecretVector<uint32_t> addresses;  // of the cells in the log; 0: a hint
  Steps steps(cpu.code, shard);
  size_t hints = 0;
  while (steps.next()) {
    for (const size_t row : steps.rows()) --cpu.executed[row];
    for (const Cell* c = steps.begin(); c != steps.end(); ++c) {
      const bool hint = (c->meta & kMapped) == 0;
      hints += hint;
      addresses.push_back(hint ? 0
                               : steps.address() + 4 * static_cast<uint32_t>(c - steps.begin()));
    }
  }
  // Backwards: of several accesses to a word, what was before the first one counts.
  const Cell* const cells = shard.log.at(block.log);
  for (size_t i = addresses.size(); i-- > 0;)
    if (addresses[i] != 0) *cpu.memory->cell(addresses[i]) = cells[i];
  cpu.windows->return_hints(hints);
  cpu.shown = std::max(cpu.shown, cpu.cycles);
  cpu.cycles = cpu.shard_start + block.cycle;
  cpu.op = cpu.fetch(block.pc);
  cpu.next = cpu.fetch(block.npc);
  cpu.reg = block.reg;
  cpu.reg_time = block.reg_time;
  shard.counts = block.before;
  shard.cycles = block.cycle;
  shard.log.cut(block.log);
  while (!shard.faults.empty() && shard.faults.back().cycle >= block.cycle) shard.faults.pop_back();
  shard.blocks.pop_back();
}

}  // namespace mipzk::vm
