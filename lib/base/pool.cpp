// SPDX-License-Identifier: Apache-2.0
#include "base/pool.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "base/secret_memory.hpp"

namespace mipzk {
namespace {

// More blocks than threads, so that a thread which the system delays holds up little work.
constexpr size_t kBlocksPerThread = 8;

unsigned effective_threads(unsigned wanted) {
  if (wanted == 0) wanted = std::thread::hardware_concurrency();
  return std::clamp(wanted, 1u, Pool::kMaxThreads);
}

thread_local const StopFlags* stop_flags = nullptr;

void throw_if_stopped() {
  if (stop_flags != nullptr && stop_flags->any()) throw Cancelled{};
}

// One loop. Shared by the caller and the posted tasks, because a task may start only after all its
// blocks are gone and the caller has returned; such a task never touches `f`.
struct Loop {
  Loop(size_t n, size_t block_count, const std::function<void(size_t, size_t)>& body)
      : f(body),
        stop(stop_flags),
        blocks(block_count),
        size(n / block_count),
        longer(n % block_count) {}

  // Takes blocks until none is left. Loops work on secrets: a block has ended when nothing of it is
  // on the thread's stack any more, so that nothing is when the caller goes on.
  void work() {
    const size_t taken = take_blocks();
    if (taken == 0) return;
    wipe_stack();
    std::lock_guard lock(mutex);
    if ((ended += taken) == blocks) all_ended.notify_one();
  }

  // Says how many. A frame of its own, which wipe_stack() reaches.
  [[gnu::noinline]] size_t take_blocks() {
    for (size_t taken = 0;; ++taken) {
      const size_t i = next.fetch_add(1, std::memory_order_relaxed);
      if (i >= blocks) return taken;
      if (!failed.load(std::memory_order_relaxed)) run(i);
    }
  }

  // The first `longer` blocks have one element more than the others.
  void run(size_t i) {
    const size_t begin = i * size + std::min(i, longer);
    const size_t end = begin + size + (i < longer ? 1 : 0);
    const StopFlags* const own = std::exchange(stop_flags, stop);
    try {
      throw_if_stopped();
      f(begin, end);
    } catch (...) {
      failed.store(true, std::memory_order_relaxed);
      std::lock_guard lock(mutex);
      if (!error) error = std::current_exception();
    }
    stop_flags = own;
  }

  // The exception leaves the loop with the caller: a late task must not be the one to destroy it.
  std::exception_ptr wait() {
    std::unique_lock lock(mutex);
    all_ended.wait(lock, [this] { return ended == blocks; });
    return std::exchange(error, nullptr);
  }

  const std::function<void(size_t, size_t)>& f;
  const StopFlags* const stop;  // of the caller
  const size_t blocks, size, longer;
  std::atomic<size_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::condition_variable all_ended;
  size_t ended = 0;          // guarded by mutex
  std::exception_ptr error;  // guarded by mutex
};

// In blocks, so that it can be stopped between them.
void run_inline(size_t n, size_t blocks, const std::function<void(size_t, size_t)>& f) {
  for (size_t i = 0; i < blocks; ++i) {
    throw_if_stopped();
    f(n * i / blocks, n * (i + 1) / blocks);
  }
}

struct Release {
  std::atomic_flag& flag;
  ~Release() { flag.clear(std::memory_order_release); }
};

}  // namespace

CancelScope::CancelScope(const StopFlags& flags)
    : flags_(flags), outer_(std::exchange(stop_flags, &flags_)) {}

CancelScope::~CancelScope() { stop_flags = outer_; }

struct Pool::Impl {
  explicit Impl(unsigned helpers) : workers(helpers) {}
  ~Impl() { workers.join(); }

  boost::asio::thread_pool workers;
  std::atomic_flag busy;  // exchanging an atomic<bool> takes libatomic on some processors
};

Pool::Pool(unsigned threads) : threads_(effective_threads(threads)) {
  if (threads_ > 1) impl_ = std::make_unique<Impl>(threads_ - 1);
}

Pool::~Pool() = default;

void Pool::parallel_for(size_t n, size_t grain, const std::function<void(size_t, size_t)>& f) {
  if (n == 0) return;
  const size_t blocks = std::min(n / std::max<size_t>(grain, 1), threads_ * kBlocksPerThread);
  if (impl_ == nullptr || blocks < 2 || impl_->busy.test_and_set(std::memory_order_acquire)) {
    run_inline(n, stop_flags != nullptr ? std::max<size_t>(blocks, 1) : 1, f);
    return;
  }
  const Release release{impl_->busy};
  const auto loop = std::make_shared<Loop>(n, blocks, f);
  const size_t helpers = std::min<size_t>(threads_, blocks) - 1;
  try {
    for (size_t i = 0; i < helpers; ++i) {
      boost::asio::post(impl_->workers, [loop] { loop->work(); });
    }
  } catch (...) {
    // Out of memory means fewer helpers; the caller's thread does what is left.
  }
  loop->work();
  if (std::exception_ptr error = loop->wait()) std::rethrow_exception(std::move(error));
}

}  // namespace mipzk
