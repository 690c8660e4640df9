// SPDX-License-Identifier: Apache-2.0
// The parts of a proof on their way from the workers to whoever takes it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "base/pool.hpp"
#include "prove/prove.hpp"

namespace mipzk::prove {

// Gives parts to the sink in their order, from 1. Any thread may have one; the sink is called on
// that which made this object, the owner. While the owner works, others wait with parts that are
// more than `ahead` ahead of the next one, so that a slow sink does not make them pile up.
class PartWriter {
 public:
  PartWriter(const ProofSink& sink, uint32_t ahead, StopFlags stop)
      : sink_(sink), owner_(std::this_thread::get_id()), ahead_(ahead), stop_(stop) {}

  // A worker works while it has one of these; null: for nobody.
  class Presence {
   public:
    explicit Presence(PartWriter* parts)
        : parts_(parts != nullptr && parts->is_owner() ? parts : nullptr) {
      if (parts_ != nullptr) parts_->set_present(true);
    }
    ~Presence() {
      if (parts_ != nullptr) parts_->set_present(false);
    }
    Presence(const Presence&) = delete;
    Presence& operator=(const Presence&) = delete;

   private:
    PartWriter* const parts_;
  };

  // Errors: those of the sink. Throws Cancelled where it waits.
  Status put(uint32_t number, std::vector<uint8_t> part) {
    if (is_owner()) {
      add(number, std::move(part));
      return write();
    }
    std::unique_lock lock(mutex_);
    // The next part itself never waits, and the owner waits for nobody. Flags tell nobody when they
    // are set, so they are looked at.
    while (present_ && number - next_ > ahead_) {
      if (stop_.any()) throw Cancelled{};
      moved_.wait_for(lock, std::chrono::milliseconds(20));
    }
    waiting_.emplace(number, std::move(part));
    return {};
  }

  // By the owner: those that nothing before them is missing of.
  Status write() {
    for (;;) {
      std::unique_lock lock(mutex_);
      const auto part = waiting_.extract(next_);
      if (part.empty()) return {};
      lock.unlock();
      if (Status s = sink_(part.mapped()); !s) return s;
      lock.lock();
      ++next_;
      moved_.notify_all();
    }
  }

 private:
  bool is_owner() const { return std::this_thread::get_id() == owner_; }
  void add(uint32_t number, std::vector<uint8_t> part) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(number, std::move(part));
  }
  void set_present(bool present) {
    const std::lock_guard lock(mutex_);
    present_ = present;
    moved_.notify_all();
  }

  const ProofSink& sink_;
  const std::thread::id owner_;
  const uint32_t ahead_;
  const StopFlags stop_;
  std::mutex mutex_;
  std::condition_variable moved_;
  std::map<uint32_t, std::vector<uint8_t>> waiting_;
  uint32_t next_ = 1;
  bool present_ = false;
};

}  // namespace mipzk::prove
