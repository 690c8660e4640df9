// SPDX-License-Identifier: Apache-2.0
// How far a proof is, and how it ends early.
#pragma once

#include <algorithm>
#include <atomic>
#include <thread>

#include "prove/prove.hpp"

namespace mipzk::prove {

// The challenges hit a zero, a pole, a domain or dependent masks: begin again with fresh masks.
struct Restart {};

// Shares of the steps in the time of a shard, in thousandths, as measured by prove_bench with one
// thread and profile S100 on a shard of 2^25 cells.
enum class Step : uint32_t {
  kPassOne = 5,
  kTrace = 75,
  kMain = 210,
  kExtension = 130,
  kExtensionCommitment = 170,
  kQuotient = 290,
  kQuotientCommitment = 40,
  kOpenings = 20,
  kBatch = 45,
  kQueries = 15,
};

// Counts cells of shards that are proved, in progress_units(). Shared by the threads that prove.
class Progress {
 public:
  // `cells`: of all shards.
  explicit Progress(const Options& options, uint64_t cells = 0)
      : options_(options), total_(units(cells)), owner_(std::this_thread::get_id()) {}

  // A step of a shard with so many cells is done. The caller is told on the thread that made this
  // object alone. Throws Cancelled when the caller wants no more.
  void step(Phase phase, Step step, uint64_t cells) {
    done_.fetch_add(units(cells * static_cast<uint32_t>(step) / 1000), std::memory_order_relaxed);
    if (std::this_thread::get_id() == owner_) tell(phase);
    if (flags().any()) throw Cancelled{};
  }

  // A shard of so many cells, or its first commitment, is there already.
  void skip(trace::Part part, uint64_t cells) {
    const uint64_t share = static_cast<uint32_t>(Step::kPassOne);
    done_.fetch_add(units(cells * (part == trace::Part::kPassOne ? share : 1000 - share) / 1000),
                    std::memory_order_relaxed);
  }

  // Tells the caller, on its own thread, how far all threads are.
  void tell(Phase phase) { report(phase, std::min(done_.load(std::memory_order_relaxed), total_)); }
  // Tells that all is done.
  void finish() { report(Phase::kQuery, total_); }

  // Ends the work of all threads.
  void stop() { stop_.test_and_set(std::memory_order_relaxed); }
  StopFlags flags() const { return options_.cancel.with(stop_); }

 private:
  static uint32_t units(uint64_t cells) { return static_cast<uint32_t>(progress_units(cells)); }

  void report(Phase phase, uint32_t done) {
    if (options_.progress && options_.progress(phase, done, total_)) stop();
  }

  const Options& options_;
  const uint32_t total_;
  const std::thread::id owner_;
  std::atomic<uint32_t> done_{0};  // 64 bits take libatomic on some processors
  uint32_t told_ = 0;              // of the owner
  std::atomic_flag stop_;
};

}  // namespace mipzk::prove
