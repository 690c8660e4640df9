// SPDX-License-Identifier: Apache-2.0
// A run that is recorded shard by shard: what a shard leaves behind can be proved, and forgotten,
// while the run goes on.
#pragma once

#include "vm/boundary.hpp"
#include "vm/code.hpp"
#include "vm/machine.hpp"
#include "vm/machine_state.hpp"

namespace mipzk::vm {

class ShardedRun {
 public:
  // Stands before the first instruction. The arguments and the bytes of `inputs`, which must have
  // passed Windows::check, must outlive it.
  ShardedRun(const isa::Program& program, const Inputs& inputs, const Limits& limits,
             const Hooks& hooks);

  // After the last shard: that with HALT, or one that is idle (Limits::rooms).
  bool done() const;
  // Executes the next shard, which ends as the limits say or with HALT, and records it in `shard`,
  // which is empty. Errors: those of record(). Not after done().
  Status next(ShardRecord& shard, FaultReport* report);
  // The same for a shard of which a run before this one tells how many instructions it has.
  Status repeat(ShardRecord& shard, uint64_t cycles);
  // Counts memory that the caller keeps of earlier shards as the run's own.
  void keep(uint64_t bytes) { kept_bytes_ += bytes; }

  // After done().
  const Outcome& outcome() const { return outcome_; }
  SecretVector<SourceWord> source_words() { return start_.source_words(machine_.cpu, outcome_); }
  SecretVector<uint16_t> code_last() const { return start_.code_last(); }
  // Of guest memory, a shard's record and what is kept.
  uint64_t peak_bytes() const { return peak_bytes_; }

 private:
  // The next shard; true when the run has ended: the shard is idle, and closed.
  bool begin(ShardRecord& shard);
  Status next_fitting(ShardRecord& shard, FaultReport* report);
  // `shards`: their greatest number.
  template <class Step>
  Status advance(ShardRecord& shard, uint64_t cycles, uint32_t shards, FaultReport* report,
                 Step step);

  const isa::Program& program_;
  const Limits limits_;
  const Code code_;
  Machine machine_;
  ShardStart start_;
  bool begun_ = false, halted_ = false;
  Outcome outcome_;
  uint64_t peak_bytes_ = 0, kept_bytes_ = 0;
};

}  // namespace mipzk::vm
