// SPDX-License-Identifier: Apache-2.0
#include "vm/replay.hpp"

namespace mipzk::vm {

Replay::Replay(const Code& code, const ShardRecord& shard) : code_(code), shard_(shard) {}

void Replay::run(size_t b) {
  const Checkpoint& from = shard_.blocks[b];
  const bool last = b + 1 == shard_.blocks.size();
  const ClassCounts& after = last ? shard_.counts : shard_.blocks[b + 1].before;
  const uint64_t end = last ? shard_.cycles : shard_.blocks[b + 1].cycle;

  const auto count = static_cast<size_t>(end - from.cycle);
  if (storage_.size() < count) storage_.resize(count);
  bumps_.clear();
  faults_.clear();
  EventSink sink{shard_.log.at(from.log),        {},      bumps_, {shard_.words, from.words},
                 shard_.faults_from(from.cycle), &faults_};
  uint32_t begin = 0;
  for (unsigned cls = 0; cls < isa::kClassCount; ++cls) {
    ranges_[cls] = {begin, after[cls] - from.before[cls]};
    sink.at[cls] = storage_.data() + begin;
    begin += ranges_[cls].count;
  }
  Processor cpu(code_);
  cpu.reg = from.reg;
  cpu.reg_time = from.reg_time;
  cpu.op = cpu.fetch(from.pc);
  cpu.next = cpu.fetch(from.npc);
  cpu.cycles = from.cycle;
  execute_replaying(cpu, static_cast<uint32_t>(count), sink);
}

}  // namespace mipzk::vm
