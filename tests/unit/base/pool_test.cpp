// SPDX-License-Identifier: Apache-2.0
#include "base/pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <limits>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/secret_memory.hpp"

namespace mipzk {
namespace {

// Number of threads of this process, or 0 where the system does not tell.
size_t process_threads() {
  FILE* f = std::fopen("/proc/self/status", "r");
  if (f == nullptr) return 0;
  char line[256];
  unsigned n = 0;
  while (std::fgets(line, sizeof line, f) != nullptr) {
    if (std::sscanf(line, "Threads: %u", &n) == 1) break;
  }
  std::fclose(f);
  return n;
}

class PoolSizes : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Threads, PoolSizes, testing::Values(1u, 2u, 3u, 8u));

TEST_P(PoolSizes, CoversEveryElementOnceInBlocksOfAtLeastTheGrain) {
  Pool pool(GetParam());
  EXPECT_EQ(pool.threads(), GetParam());
  for (size_t n : {0u, 1u, 2u, 7u, 16u, 63u, 64u, 1000u, 4097u}) {
    for (size_t grain : {0u, 1u, 3u, 64u, 5000u}) {
      std::vector<std::atomic<int>> seen(n);
      std::mutex mutex;
      std::vector<std::pair<size_t, size_t>> blocks;
      pool.parallel_for(n, grain, [&](size_t begin, size_t end) {
        for (size_t i = begin; i < end; ++i) seen[i].fetch_add(1);
        std::lock_guard lock(mutex);
        blocks.emplace_back(begin, end);
      });
      for (size_t i = 0; i < n; ++i) ASSERT_EQ(seen[i].load(), 1) << "n " << n << " at " << i;
      for (auto [begin, end] : blocks) {
        ASSERT_LT(begin, end);
        ASSERT_GE(end - begin, std::min(grain, n)) << "n " << n << " grain " << grain;
      }
      ASSERT_EQ(blocks.empty(), n == 0);
    }
  }
}

TEST_P(PoolSizes, WritesOfBlocksAreVisibleAfterwardsAndToTheNextLoop) {
  Pool pool(GetParam());
  std::vector<uint64_t> v(10000);
  std::iota(v.begin(), v.end(), 0);
  for (int round = 0; round < 50; ++round) {
    pool.parallel_for(v.size(), 1, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) v[i] = 3 * v[i] + 1;
    });
  }
  uint64_t a = 1, b = 0;
  for (int round = 0; round < 50; ++round) a = 3 * a, b = 3 * b + 1;
  for (size_t i = 0; i < v.size(); ++i) ASSERT_EQ(v[i], a * i + b);
}

TEST_P(PoolSizes, RethrowsAndStaysUsable) {
  Pool pool(GetParam());
  for (int round = 0; round < 100; ++round) {
    std::atomic<int> running{0};
    std::string text;
    try {
      pool.parallel_for(1000, 1, [&](size_t begin, size_t end) {
        running.fetch_add(1);
        if (begin <= 500 && 500 < end) {
          running.fetch_sub(1);
          throw std::runtime_error("block with 500");
        }
        running.fetch_sub(1);
      });
      FAIL() << "the exception was lost";
    } catch (const std::runtime_error& e) {
      text = e.what();
    }
    EXPECT_EQ(running.load(), 0);
    EXPECT_EQ(text, "block with 500");
  }
  std::atomic<size_t> sum{0};
  pool.parallel_for(100, 1, [&](size_t begin, size_t end) { sum += end - begin; });
  EXPECT_EQ(sum.load(), 100u);
}

TEST_P(PoolSizes, OneExceptionOfManyArrives) {
  Pool pool(GetParam());
  for (int round = 0; round < 100; ++round) {
    EXPECT_THROW(pool.parallel_for(1000, 1, [](size_t begin, size_t) { throw begin; }), size_t);
  }
}

TEST_P(PoolSizes, NestedCallsCoverEveryElementOnce) {
  Pool pool(GetParam());
  std::vector<std::atomic<int>> seen(64 * 100);
  pool.parallel_for(64, 1, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      std::atomic<size_t> sum{0};
      pool.parallel_for(100, 1, [&](size_t b, size_t e) {
        for (size_t j = b; j < e; ++j) seen[100 * i + j].fetch_add(1);
        pool.parallel_for(e - b, 1, [&](size_t from, size_t to) { sum += to - from; });
      });
      ASSERT_EQ(sum.load(), 100u);
    }
  });
  for (const auto& times : seen) ASSERT_EQ(times.load(), 1);
}

// Blocks that wait until as many threads as the pool has are in them: it ends only if they come.
void wait_for_all(std::atomic<unsigned>& inside, unsigned threads) {
  ++inside;
  while (inside.load() < threads) std::this_thread::yield();
}

// The last block of a loop goes on alone; whoever has none left, the caller too, comes to help.
TEST_P(PoolSizes, ThreadsWithoutWorkJoinTheLoopsOfABlock) {
  const unsigned threads = GetParam();
  Pool pool(threads);
  for (const bool by_caller : {true, false}) {
    const auto caller = std::this_thread::get_id();
    std::atomic<unsigned> begun{0}, inside{0};
    std::atomic_flag chosen;
    pool.parallel_for(threads, 1, [&](size_t, size_t) {
      wait_for_all(begun, threads);
      if (threads > 1 && (std::this_thread::get_id() == caller) != by_caller) return;
      if (chosen.test_and_set()) return;
      pool.parallel_for(threads, 1, [&](size_t, size_t) { wait_for_all(inside, threads); });
    });
    EXPECT_EQ(inside.load(), threads);
  }
}

// Their blocks may take longer than what it waits for.
TEST(Pool, ACallerThatWaitsLeavesLoopsOfOthersAlone) {
  Pool pool(2);
  const auto caller = std::this_thread::get_id();
  std::atomic<unsigned> begun{0};
  std::atomic<bool> other_began{false}, ended{false};
  std::thread other;
  pool.parallel_for(2, 1, [&](size_t, size_t) {
    wait_for_all(begun, 2);
    if (std::this_thread::get_id() == caller) {
      while (!other_began) std::this_thread::yield();
      return;
    }
    other = std::thread([&] {
      pool.parallel_for(2, 1, [&](size_t, size_t) {
        other_began = true;
        if (std::this_thread::get_id() == caller) ADD_FAILURE();
        while (!ended && std::this_thread::get_id() != caller) std::this_thread::yield();
      });
    });
    while (!other_began) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // in which the caller waits
  });
  ended = true;
  other.join();
}

TEST_P(PoolSizes, ExceptionOfANestedCallReachesTheOuterCaller) {
  Pool pool(GetParam());
  EXPECT_THROW(pool.parallel_for(16, 1,
                                 [&](size_t, size_t) {
                                   pool.parallel_for(4, 1, [](size_t, size_t) {
                                     throw std::out_of_range("inner");
                                   });
                                 }),
               std::out_of_range);
}

TEST_P(PoolSizes, CallsFromSeveralThreadsAtOnceAreAllServed) {
  Pool pool(GetParam());
  std::vector<size_t> sums(4);
  std::vector<std::thread> callers;
  for (size_t t = 0; t < sums.size(); ++t) {
    callers.emplace_back([&, t] {
      for (int round = 0; round < 50; ++round) {
        std::atomic<size_t> sum{0};
        pool.parallel_for(1000, 10, [&](size_t begin, size_t end) {
          for (size_t i = begin; i < end; ++i) sum += i;
        });
        sums[t] += sum.load();
      }
    });
  }
  for (auto& c : callers) c.join();
  for (size_t s : sums) EXPECT_EQ(s, 50u * 499500u);
}

TEST(Pool, OneThreadCreatesNoneAndRunsOnTheCaller) {
  // Not an equality: the kernel may still count threads of earlier tests that have been joined.
  const size_t before = process_threads();
  if (before == 0) std::puts("note: no /proc/self/status; the number of threads is not compared");
  Pool pool(1);
  EXPECT_LE(process_threads(), before);
  const auto me = std::this_thread::get_id();
  pool.parallel_for(1000, 1, [&](size_t, size_t) { EXPECT_EQ(std::this_thread::get_id(), me); });
}

TEST(Pool, AllItsThreadsTakePart) {
  for (unsigned threads : {2u, 3u, 5u}) {
    Pool pool(threads);
    std::mutex mutex;
    std::set<std::thread::id> ids;
    // Each block waits until there are as many as threads, so the test needs no timing.
    std::atomic<unsigned> inside{0};
    pool.parallel_for(threads, 1, [&](size_t, size_t) {
      ++inside;
      while (inside.load() < threads) std::this_thread::yield();
      std::lock_guard lock(mutex);
      ids.insert(std::this_thread::get_id());
    });
    EXPECT_EQ(ids.size(), threads);
    EXPECT_EQ(ids.count(std::this_thread::get_id()), 1u);
  }
}

// A frame full of a secret, at `at`.
constexpr uint64_t kSecret = 0x5ec2e7f00d15bad5;
[[gnu::noinline]] void leave_secret(uintptr_t& at) {
  volatile uint64_t frame[1024];
  for (volatile uint64_t& word : frame) word = kSecret;
  at = reinterpret_cast<uintptr_t>(frame);
}

// How many words of such frames are still there. Through /proc, because they are other threads';
// all are read before the first is looked at, because one is this thread's.
size_t left_of_secrets(const std::vector<uintptr_t>& frames) {
  std::ifstream memory("/proc/self/mem", std::ios::binary);
  std::vector<uint64_t> words(1024 * frames.size());
  for (size_t i = 0; i < frames.size(); ++i) {
    memory.seekg(static_cast<std::streamoff>(frames[i]));
    memory.read(reinterpret_cast<char*>(&words[1024 * i]), 8 * 1024);
    EXPECT_TRUE(memory.good());
  }
  return static_cast<size_t>(std::ranges::count(words, kSecret));
}

std::atomic<bool> returned;
std::thread::id caller;

// The pool's own threads are slow to wipe: they wait whether the loop returns without them.
void wipe_late() noexcept {
  if (std::this_thread::get_id() == caller) return;
  for (int i = 0; i < 100 && !returned; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

TEST(Pool, NothingOfTheBlocksIsOnAnyStackWhenALoopReturns) {
  caller = std::this_thread::get_id();
  static constexpr WipeObserver kLate = {.before = wipe_late, .after = []() noexcept {}};
  observe_wipes(&kLate);
  for (unsigned threads : {2u, 3u, 8u}) {
    for (bool fails : {false, true}) {
      Pool pool(threads);
      returned = false;
      std::vector<uintptr_t> frames(threads);
      std::atomic<unsigned> inside{0};
      const auto loop = [&] {
        pool.parallel_for(threads, 1, [&](size_t begin, size_t) {
          ++inside;
          while (inside.load() < threads) std::this_thread::yield();
          leave_secret(frames[begin]);
          if (fails) throw std::runtime_error("a block");
        });
      };
      if (fails)
        EXPECT_THROW(loop(), std::runtime_error);
      else
        loop();
      returned = true;
      EXPECT_EQ(left_of_secrets(frames), 0u) << threads << " threads";
    }
  }
  observe_wipes(nullptr);
}

TEST(Pool, ZeroMeansHardwareThreads) {
  Pool pool(0);
  EXPECT_EQ(pool.threads(), std::max(1u, std::thread::hardware_concurrency()));
}

TEST(Pool, HugeRangesDoNotOverflow) {
  Pool pool(3);
  std::atomic<uint64_t> total{0};
  const size_t n = std::numeric_limits<size_t>::max();
  pool.parallel_for(n, 1, [&](size_t begin, size_t end) { total += end - begin; });
  EXPECT_EQ(total.load(), n);
}

// Blocks that have begun end, no other one begins.
TEST_P(PoolSizes, AScopeThatIsStoppedEndsLoops) {
  Pool pool(GetParam());
  std::atomic_flag never, stop;
  const CancelScope scope({&never, &stop});
  std::atomic<size_t> done{0};
  EXPECT_NO_THROW(
      pool.parallel_for(1000, 1, [&](size_t begin, size_t end) { done += end - begin; }));
  EXPECT_EQ(done, 1000u);
  done = 0;
  EXPECT_THROW(pool.parallel_for(1000, 1,
                                 [&](size_t begin, size_t end) {
                                   stop.test_and_set();
                                   done += end - begin;
                                 }),
               Cancelled);
  EXPECT_LT(done, 1000u);
  EXPECT_THROW(pool.parallel_for(1, 1, [&](size_t, size_t) { ADD_FAILURE(); }), Cancelled);
  {
    const CancelScope inner({&never, nullptr});
    EXPECT_NO_THROW(pool.parallel_for(8, 1, [](size_t, size_t) {}));
  }
  EXPECT_THROW(pool.parallel_for(8, 1, [](size_t, size_t) {}), Cancelled);
}

// Loops of other pools that begin inside, on whichever thread.
TEST(Pool, AScopeReachesLoopsInsideLoops) {
  Pool outer(2);
  std::atomic_flag stop;
  const CancelScope scope({&stop, nullptr});
  std::atomic<int> begun{0};
  EXPECT_THROW(outer.parallel_for(2, 1,
                                  [&](size_t, size_t) {
                                    Pool inner(1);
                                    stop.test_and_set();
                                    inner.parallel_for(1, 1, [&](size_t, size_t) { ++begun; });
                                  }),
               Cancelled);
  EXPECT_EQ(begun, 0);
}

}  // namespace
}  // namespace mipzk
