// SPDX-License-Identifier: Apache-2.0
// The objects behind the handles of the C interface.
//
// A program and a job hold what they need of their context (options, pool, cancel flag), so that
// handles may be freed in any order.
#pragma once

#include <mipzk/mipzk.h>

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/pool.hpp"
#include "base/secret_memory.hpp"
#include "proof/profile.hpp"
#include "prove/plan_piece.hpp"
#include "prove/prove.hpp"
#include "prove/public_trees.hpp"
#include "prove/run.hpp"
#include "vm/machine.hpp"

namespace mipzk::capi {

// As the library's defaults.
inline vm::Limits default_limits() {
  vm::Limits limits;
  limits.shard_size = prove::shard_size(prove::kShardCells);
  limits.max_shards = proof::kMaxShards;
  return limits;
}

// A context's options at the moment when a program or job is made.
struct Settings {
  vm::Limits limits = default_limits();
  const proof::Profile* profile = &proof::kS100;
  bool hiding = true;
  uint64_t max_memory = 0;     // bytes; 0: half of what is available
  std::shared_ptr<Pool> pool;  // made on first use
  std::shared_ptr<std::atomic_flag> cancel;
};

// A program. Its id and what proofs need of it are made when they are asked for: a run does not.
class LoadedElf {
 public:
  LoadedElf(prove::LoadedProgram laid_out, std::shared_ptr<Pool> pool)
      : pool_(std::move(pool)), loaded_(std::move(laid_out)) {}

  const isa::Program& program() const { return loaded_.program; }
  // Of any thread; the first call takes its time, on the pool or on that of the program. Throws
  // std::bad_alloc.
  const prove::LoadedProgram& loaded(Pool* pool = nullptr) const {
    const std::lock_guard lock(mutex_);
    if (!committed_) prove::commit_to_program(pool != nullptr ? *pool : *pool_, loaded_);
    committed_ = true;
    return loaded_;
  }

  std::vector<uint8_t> shape;           // the least one of all runs
  uint32_t flags = 0;                   // e_flags
  std::vector<mipzk_segment> segments;  // struct_size not set

  // For whoever proves shards one by one, the first or later ones; made on first use. Throws
  // std::bad_alloc.
  struct ForShards {
    const prove::LoadedProgram& program;  // roots and id may be missing
    hash::Digest tables;                  // prove::digest_of_tables()
  };
  ForShards for_shards() const;
  std::shared_ptr<const prove::PublicTrees> trees(Pool& pool, const proof::Profile& profile,
                                                  bool is_first) const;

 private:
  const std::shared_ptr<Pool> pool_;
  mutable std::mutex mutex_;
  mutable bool committed_ = false, hashed_ = false;
  mutable hash::Digest tables_{};
  mutable prove::LoadedProgram loaded_;  // what was made stays as it is
  // By profile, without the program's tree and with it.
  mutable std::map<uint32_t, std::shared_ptr<const prove::PublicTrees>> trees_[2];
};

// Where a job keeps pieces; null functions: nowhere.
struct StoreFunctions {
  mipzk_keep_fn keep = nullptr;
  mipzk_find_fn find = nullptr;
  mipzk_drop_fn drop = nullptr;
  void* user = nullptr;
};

// What makes the work of one shard after the other.
struct WorkMaker {
  hash::Digest plan_digest{};  // of the plan's bytes
  prove::ProofPlan plan;
  prove::Run run;
  std::unique_ptr<prove::RepeatedRun> source;
  uint32_t made = 0;                              // shards that the source gave
  std::shared_ptr<const vm::ShardRecord> record;  // of the last one
};

// What a run left behind; all public.
struct RunResult {
  bool valid = false;
  vm::Outcome outcome;
  std::string fault_text;
};

// Takes an object for the length of a call, unless another call has it: one of another thread, or
// the one that calls back.
class Use {
 public:
  explicit Use(std::atomic_flag& in_use)
      : in_use_(in_use), mine_(!in_use.test_and_set(std::memory_order_acquire)) {}
  ~Use() {
    if (mine_) in_use_.clear(std::memory_order_release);
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  Status status() const {
    if (mine_) return {};
    return Error(Errc::kState,
                 "another call is using this object; wait for its end, on its thread or after the "
                 "callback");
  }

 private:
  std::atomic_flag& in_use_;
  const bool mine_;
};

}  // namespace mipzk::capi

struct mipzk_ctx {
  mipzk::capi::Settings settings;
  unsigned threads = 0;  // 0: one per hardware thread
  std::unique_ptr<mipzk::Arena> held_memory;
  std::atomic_flag in_use;
};

struct mipzk_program {
  std::shared_ptr<const mipzk::capi::LoadedElf> elf;
};

struct mipzk_job {
  mipzk::capi::Settings settings;
  std::shared_ptr<const mipzk::capi::LoadedElf> elf;
  std::vector<uint8_t> public_input;
  // Of a Linux program: how many bytes of the two inputs, from their beginning, are the entry of
  // what the program reads as a stream (linux_inputs.hpp).
  size_t public_stream = 0, private_stream = 0;
  std::vector<std::vector<mipzk::air::Instance>> shapes;    // by shard; empty: as the run needs
  mipzk::SecretVector<uint8_t> private_input, hints, seed;  // an empty seed: take a random one
  mipzk_print_fn print = nullptr;
  void* print_user = nullptr;
  mipzk_mark_fn mark = nullptr;
  void* mark_user = nullptr;
  mipzk_cycles_fn cycles = nullptr;
  void* cycles_user = nullptr;
  mipzk_ask_fn ask = nullptr;
  void* ask_user = nullptr;
  // What a run that asked took: the hints with the answers among them.
  mipzk::SecretVector<uint8_t> answered;
  bool is_answered = false;
  bool shown = false;  // print and mark have been called for these inputs
  mipzk::capi::RunResult result;
  // For these inputs and these shapes; null: not run.
  std::shared_ptr<const mipzk::prove::RunPlan> plan;
  mipzk::capi::StoreFunctions store;
  std::unique_ptr<mipzk::prove::ProofPlan> kept;  // the plan in the store; its run is `plan`
  std::unique_ptr<mipzk::capi::WorkMaker> works;
  std::atomic_flag in_use;
  std::atomic_flag cancel;  // of this job, beside that of its context
};

// Of either kind, not both.
struct mipzk_blob {
  std::vector<uint8_t> bytes;
  mipzk::SecretVector<uint8_t> secret;
};

namespace mipzk::capi {

// What the program takes as hints, answers included.
inline ByteView hints_of(const mipzk_job& job) {
  return job.is_answered ? ByteView(job.answered) : ByteView(job.hints);
}

// The context's pool, made if there is none yet. Throws when the system refuses threads.
Pool& pool_of(mipzk_ctx& ctx);

}  // namespace mipzk::capi
