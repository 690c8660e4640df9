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

// Shared by the threads that prove shards.
class Progress {
 public:
  explicit Progress(const Options& options, uint32_t shards = 1)
      : options_(options),
        total_(static_cast<uint32_t>(kProveSteps) * shards),
        owner_(std::this_thread::get_id()) {}

  // A step is done. The caller is told on the thread that made this object alone. Throws Cancelled
  // when the caller wants no more.
  void step(Phase phase) {
    done_.fetch_add(1, std::memory_order_relaxed);
    if (std::this_thread::get_id() == owner_) tell(phase);
    if (flags().any()) throw Cancelled{};
  }

  // Tells the caller of steps that are new to it, on its own thread.
  void tell(Phase phase) {
    const uint32_t done = std::min(done_.load(std::memory_order_relaxed), total_);
    if (done == told_ || !options_.progress) return;
    told_ = done;
    if (options_.progress(phase, done, total_)) stop();
  }

  // Ends the work of all threads.
  void stop() { stop_.test_and_set(std::memory_order_relaxed); }
  StopFlags flags() const { return {&stop_, options_.cancel}; }

 private:
  const Options& options_;
  const uint32_t total_;
  const std::thread::id owner_;
  std::atomic<uint32_t> done_{0};  // 64 bits take libatomic on some processors
  uint32_t told_ = 0;              // of the owner
  std::atomic_flag stop_;
};

}  // namespace mipzk::prove
