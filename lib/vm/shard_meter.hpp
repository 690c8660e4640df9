// SPDX-License-Identifier: Apache-2.0
// A shard that has to fit what it has room for (ShardRoom): where it must end, and how the run goes
// back to there.
#pragma once

#include "vm/interpreter.hpp"
#include "vm/replay.hpp"

namespace mipzk::vm {

class ShardMeter {
 public:
  // All must outlive it. `shard` is empty.
  ShardMeter(const Code& code, const ShardRoom& room, const ShardRecord& shard)
      : code_(code), room_(room), shard_(shard), replay_(code, shard) {}

  // After a block of the shard was recorded, all before it having fitted: how many of the block's
  // instructions, from its first on, fit. What follows is not metered unless all of them do.
  uint32_t fitting(const Processor& cpu);

 private:
  // What a shard takes that is not in other places; registers are not among the words.
  struct Use {
    uint64_t words = 0, entries = 0, bumps = 0;
  };
  bool fits(const ClassCounts& counts, const FaultCounts& faults, const Registers& times,
            const Use& use) const;

  const Code& code_;
  const ShardRoom& room_;
  const ShardRecord& shard_;
  Replay replay_;
  Use use_;  // of the shard until now
};

// Takes back the last block of a shard: the machine stands where the block began, and the shard
// does not have it. What the guest showed in it, it will not show again.
void take_back(Processor& cpu, ShardRecord& shard);

}  // namespace mipzk::vm
