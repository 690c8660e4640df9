// SPDX-License-Identifier: Apache-2.0
// The run that is proved: its shards, made as often as the prover wants them, and what a first run
// tells of it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "prove/hedge.hpp"
#include "prove/prove.hpp"
#include "vm/sharded_run.hpp"

namespace mipzk::prove {

// Gives the records of the shards of a run, in their order.
class ShardSource {
 public:
  virtual ~ShardSource() = default;
  // Begins again: the next shard is the first one.
  virtual Status begin() = 0;
  // Errors: those of vm::record.
  virtual Result<std::shared_ptr<const vm::ShardRecord>> next() = 0;
};

// Those of a recording, which must outlive it.
class RecordedShards : public ShardSource {
 public:
  explicit RecordedShards(const vm::Recording& recording) : recording_(recording) {}
  Status begin() override;
  Result<std::shared_ptr<const vm::ShardRecord>> next() override;

 private:
  const vm::Recording& recording_;
  size_t next_ = 0;
};

// Runs the program again, silently. The arguments must outlive it.
class RepeatedRun : public ShardSource {
 public:
  RepeatedRun(const isa::Program& program, const Run& run, const RunPlan& plan,
              const StopFlags& cancel);
  Status begin() override;
  Result<std::shared_ptr<const vm::ShardRecord>> next() override;

 private:
  const isa::Program& program_;
  const Run& run_;
  const RunPlan& plan_;
  vm::Hooks hooks_;
  std::optional<vm::ShardedRun> machine_;
  size_t next_ = 0;
};

}  // namespace mipzk::prove
