// SPDX-License-Identifier: Apache-2.0
// Flags by which somebody else, on any thread or in a signal handler, ends work that is under way.
#pragma once

#include <atomic>

namespace mipzk {

// Any of them stops the work; null: none. They must outlive it.
class StopFlags {
 public:
  StopFlags(const std::atomic_flag* first = nullptr, const std::atomic_flag* second = nullptr,
            const std::atomic_flag* third = nullptr)
      : flags_{first, second, third} {}

  bool any() const {
    for (const std::atomic_flag* flag : flags_)
      if (flag != nullptr && flag->test(std::memory_order_relaxed)) return true;
    return false;
  }
  // The same and one more, of at most three.
  StopFlags with(const std::atomic_flag& more) const { return {flags_[0], flags_[1], &more}; }

 private:
  const std::atomic_flag* flags_[3];
};

}  // namespace mipzk
