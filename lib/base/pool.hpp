// SPDX-License-Identifier: Apache-2.0
// A fixed set of threads that share the work of loops. The only place where the library makes
// threads.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "base/stop_flags.hpp"

namespace mipzk {

// Thrown by loops that are stopped.
struct Cancelled {};

// While it exists, the loops that its thread begins, and those that begin in them, throw Cancelled
// between two blocks once a flag is set. The flags must outlive it. Scopes nest; the last one
// counts.
class CancelScope {
 public:
  explicit CancelScope(const StopFlags& flags);
  ~CancelScope();
  CancelScope(const CancelScope&) = delete;
  CancelScope& operator=(const CancelScope&) = delete;

 private:
  const StopFlags flags_;
  const StopFlags* const outer_;
};

class Pool {
 public:
  static constexpr unsigned kMaxThreads = 1024;

  // `threads` counts the caller's thread too, so 1 creates none; 0 means one per hardware thread.
  // More than kMaxThreads is cut. Throws std::system_error when the system refuses a thread.
  explicit Pool(unsigned threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  unsigned threads() const { return threads_; }

  // Calls f(begin, end) for blocks that together cover [0, n) exactly once, each of at least
  // min(grain, n) elements (a grain of 0 counts as 1), on the caller's thread and the pool's, and
  // returns when all have ended and the stacks of the pool's threads are wiped. Blocks see what the
  // caller wrote before, and afterwards the caller sees what they wrote.
  //
  // Block bounds and order depend on the number of threads and on timing: a result may only depend
  // on them if the blocks are not independent, which the caller must rule out.
  //
  // After an exception, or in a CancelScope that is stopped, the blocks not yet begun are skipped;
  // the first one is rethrown on the caller's thread once no block runs any more.
  //
  // Calls may come from inside a block and from several threads at once; they share the pool's
  // threads. A thread without work joins whichever loop began last; a caller that waits for the end
  // of its loop joins the loops that began in it, and no others, which might keep it for longer.
  void parallel_for(size_t n, size_t grain, const std::function<void(size_t, size_t)>& f);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  unsigned threads_;
};

}  // namespace mipzk
