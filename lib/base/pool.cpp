// SPDX-License-Identifier: Apache-2.0
#include "base/pool.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

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

struct Loop;

// Of which this thread carries out a block.
thread_local Loop* current_loop = nullptr;

// One loop, on its caller's stack.
struct Loop {
  Loop(std::mutex& pool, size_t n, size_t block_count,
       const std::function<void(size_t, size_t)>& body)
      : f(body),
        stop(stop_flags),
        blocks(block_count),
        size(n / block_count),
        longer(n % block_count),
        mutex(pool),
        parent(current_loop != nullptr && &current_loop->mutex == &pool ? current_loop : nullptr) {}

  bool has_blocks() const { return next.load(std::memory_order_relaxed) < blocks; }

  bool began_in(const Loop& other) const {
    const Loop* l = this;
    while (l != nullptr && l != &other) l = l->parent;
    return l != nullptr;
  }

  // Takes blocks until none is left. Loops work on secrets: a thread leaves when nothing of its
  // blocks is on its stack any more, so that nothing is when the caller goes on.
  void work();
  void take_blocks();
  void run(size_t i);

  const std::function<void(size_t, size_t)>& f;
  const StopFlags* const stop;  // of the caller
  const size_t blocks, size, longer;
  std::atomic<size_t> next{0};
  std::atomic<bool> failed{false};

  std::mutex& mutex;   // the pool's
  Loop* const parent;  // the loop of this pool in whose block it began

  // Guarded by the mutex.
  Loop* older = nullptr;
  Loop* newer = nullptr;
  unsigned helpers = 0;             // threads in work() other than the caller's
  bool waiting = false;             // the caller, for `changed`
  std::condition_variable changed;  // no helpers, or a loop that began in this one
  std::exception_ptr error;
};

void Loop::work() {
  if (!has_blocks()) return;
  take_blocks();
  wipe_stack();
}

// A frame of its own, which wipe_stack() reaches.
[[gnu::noinline]] void Loop::take_blocks() {
  for (;;) {
    const size_t i = next.fetch_add(1, std::memory_order_relaxed);
    if (i >= blocks) return;
    if (!failed.load(std::memory_order_relaxed)) run(i);
  }
}

// The first `longer` blocks have one element more than the others.
void Loop::run(size_t i) {
  const size_t begin = i * size + std::min(i, longer);
  const size_t end = begin + size + (i < longer ? 1 : 0);
  const StopFlags* const own = std::exchange(stop_flags, stop);
  Loop* const outer = std::exchange(current_loop, this);
  try {
    throw_if_stopped();
    f(begin, end);
  } catch (...) {
    failed.store(true, std::memory_order_relaxed);
    const std::lock_guard lock(mutex);
    if (!error) error = std::current_exception();
  }
  current_loop = outer;
  stop_flags = own;
}

// In blocks, so that it can be stopped between them.
void run_inline(size_t n, size_t blocks, const std::function<void(size_t, size_t)>& f) {
  for (size_t i = 0; i < blocks; ++i) {
    throw_if_stopped();
    f(n * i / blocks, n * (i + 1) / blocks);
  }
}

}  // namespace

CancelScope::CancelScope(const StopFlags& flags)
    : flags_(flags), outer_(std::exchange(stop_flags, &flags_)) {}

CancelScope::~CancelScope() { stop_flags = outer_; }

struct Pool::Impl {
  explicit Impl(unsigned helpers) {
    threads.reserve(helpers);
    try {
      while (threads.size() < helpers) threads.emplace_back([this] { serve(); });
    } catch (...) {
      end();
      throw;
    }
  }
  ~Impl() { end(); }

  void end() {
    {
      const std::lock_guard lock(mutex);
      ending = true;
    }
    new_loop.notify_all();
    for (std::thread& t : threads) t.join();
  }

  // What the pool's threads do.
  void serve() {
    std::unique_lock lock(mutex);
    for (;;) {
      if (Loop* const loop = newest(nullptr)) {
        help(*loop, lock);
      } else if (ending) {
        return;
      } else {
        ++idle;
        new_loop.wait(lock);
        --idle;
      }
    }
  }

  // The loop that began last and still has blocks for others; `ancestor`: of those inside it.
  Loop* newest(const Loop* ancestor) const {
    for (Loop* l = last; l != nullptr; l = l->older)
      if (l->has_blocks() && (ancestor == nullptr || l->began_in(*ancestor))) return l;
    return nullptr;
  }

  void help(Loop& loop, std::unique_lock<std::mutex>& lock) {
    ++loop.helpers;
    lock.unlock();
    loop.work();
    lock.lock();
    if (--loop.helpers == 0 && loop.waiting) loop.changed.notify_one();
  }

  // By the thread that began it. The exception leaves with it.
  std::exception_ptr carry_out(Loop& loop) {
    open(loop);
    loop.work();
    std::unique_lock lock(mutex);
    (loop.newer != nullptr ? loop.newer->older : last) = loop.older;
    if (loop.older != nullptr) loop.older->newer = loop.newer;
    while (loop.helpers != 0) {
      if (Loop* const inner = newest(&loop)) {
        help(*inner, lock);
      } else {
        loop.waiting = true;
        loop.changed.wait(lock);
        loop.waiting = false;
      }
    }
    return std::exchange(loop.error, nullptr);
  }

  void open(Loop& loop) {
    const std::lock_guard lock(mutex);
    loop.older = last;
    if (last != nullptr) last->newer = &loop;
    last = &loop;
    for (Loop* l = loop.parent; l != nullptr; l = l->parent)
      if (l->waiting) l->changed.notify_one();
    if (loop.blocks > idle) {
      new_loop.notify_all();
    } else {
      for (size_t i = 1; i < loop.blocks; ++i) new_loop.notify_one();
    }
  }

  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable new_loop;
  Loop* last = nullptr;  // of the loops whose callers still look for blocks
  unsigned idle = 0;
  bool ending = false;
};

Pool::Pool(unsigned threads) : threads_(effective_threads(threads)) {
  if (threads_ > 1) impl_ = std::make_unique<Impl>(threads_ - 1);
}

Pool::~Pool() = default;

void Pool::parallel_for(size_t n, size_t grain, const std::function<void(size_t, size_t)>& f) {
  if (n == 0) return;
  const size_t blocks = std::min(n / std::max<size_t>(grain, 1), threads_ * kBlocksPerThread);
  if (impl_ == nullptr || blocks < 2) {
    run_inline(n, stop_flags != nullptr ? std::max<size_t>(blocks, 1) : 1, f);
    return;
  }
  Loop loop(impl_->mutex, n, blocks, f);
  if (std::exception_ptr error = impl_->carry_out(loop)) std::rethrow_exception(std::move(error));
}

}  // namespace mipzk
