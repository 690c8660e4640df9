// SPDX-License-Identifier: Apache-2.0
// The events of a run.
#pragma once

#include <array>
#include <vector>

#include "unit/isa/class_facts.hpp"
#include "vm/machine.hpp"
#include "vm/replay.hpp"

namespace mipzk::test {

struct Events {
  std::array<std::vector<vm::Event>, isa::kClassCount> by_class;  // in order of execution
  std::vector<vm::Bump> bumps;
  std::vector<vm::FaultEvent> faults;  // that the in-guest kernel took

  const std::vector<vm::Event>& of(isa::Class cls) const {
    return by_class[static_cast<size_t>(cls)];
  }
  std::vector<vm::Event>& of(isa::Class cls) { return by_class[static_cast<size_t>(cls)]; }
};

// Those of one shard.
inline Events replayed(const isa::Program& program, const vm::ShardRecord& shard) {
  Events all;
  const vm::Code code(program);
  vm::Replay replay(code, shard);
  for (size_t b = 0; b < shard.blocks.size(); ++b) {
    replay.run(b);
    for (unsigned cls = isa::kFirstClass; cls <= isa::kLastClass; ++cls) {
      const auto events = replay.events(static_cast<isa::Class>(cls));
      all.by_class[cls].insert(all.by_class[cls].end(), events.begin(), events.end());
    }
    all.faults.insert(all.faults.end(), replay.faults().begin(), replay.faults().end());
    all.bumps.insert(all.bumps.end(), replay.bumps().begin(), replay.bumps().end());
  }
  return all;
}

// Those of the first shard of a run.
inline Events replayed(const isa::Program& program, const vm::Recording& recording) {
  return replayed(program, recording.shards[0]);
}

}  // namespace mipzk::test
