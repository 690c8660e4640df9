// SPDX-License-Identifier: Apache-2.0
// What calls leave on the stacks of their thread and of the context's threads: nothing that depends
// on a secret. With the library as an archive, so that the test can reach threads and kernels.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <functional>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "../../capi/objects.hpp"
#include "air/table_info.hpp"
#include "base/bytes.hpp"
#include "base/secret_memory.hpp"
#include "capi/support.hpp"
#include "support/cpu_tiers.hpp"
#include "zk/failing_runs.hpp"
#include "zk/painted_stack.hpp"

namespace mipzk::test {
namespace {

using mipzk_test::Bytes;
using mipzk_test::Session;

// What is not wiped, from the upper end down. On the caller's thread: frames of the C function,
// down to the one that wipes; they hold pointers, sizes and statuses (DoesNotDependOnTheSecret). On
// the context's threads: what the pool and the C library do between two loops, without registers
// that held a secret.
constexpr size_t kCallersOwn = 512, kPoolsOwn = 256;

// All tables, so that the kernels of all of them run.
Bytes every_table() {
  Bytes shape(4);
  store_le32(shape.data(), static_cast<uint32_t>(air::tables().size()));
  for (const air::TableInfo& table : air::tables()) {
    shape.push_back(table.id);
    shape.push_back(13);
  }
  return shape;
}

// Where the calling thread has been painted for measure(), if it has.
thread_local Stretch painted;

// A guest with a secret and a shape of every table.
struct Job : Session {
  Job(const std::string& name, unsigned threads, mipzk_option option = MIPZK_OPT_MAX_CYCLES,
      uint64_t value = 0)
      : Session(name) {
    set(option, value);
    set(MIPZK_OPT_THREADS, threads);
    private_input(Bytes(64, 2));  // which makes `faults` make a mistake
    const Bytes shape = every_table();
    EXPECT_EQ(mipzk_job_shape(job, shape.data(), shape.size(), &err), MIPZK_OK);
  }
  ~Job() { mipzk_blob_free(proof); }

  Pool& pool() { return *job->settings.pool; }
  // The proof stays until the next one: freeing it afterwards would disturb the stack.
  mipzk_status prove(mipzk_progress_fn fn = nullptr, void* user = nullptr) {
    mipzk_blob_free(proof);
    return mipzk_job_prove(job, fn, user, &proof, &err);
  }

  mipzk_blob* proof = nullptr;
};

// A thread of the context's pool.
struct Helper {
  pid_t id;
  Stretch stretch;
};

std::vector<Helper> paint_helpers(Pool& pool) {
  std::vector<Helper> helpers;
  std::mutex mutex;
  std::atomic<unsigned> inside{0};
  const pid_t self = gettid();
  pool.parallel_for(pool.threads(), 1, [&](size_t, size_t) {
    ++inside;
    while (inside.load() < pool.threads()) std::this_thread::yield();
    if (gettid() == self) return;
    const Stretch stretch = paint_stack();
    const std::lock_guard lock(mutex);
    helpers.push_back({gettid(), stretch});
  });
  return helpers;
}

[[gnu::noinline]] mipzk_status observe(const std::function<mipzk_status()>& call, Stretch& stretch,
                                       uint64_t* words) {
  stretch = paint_stack();
  const mipzk_status status = call();
  copy_stretch(stretch, words);
  return status;
}

void expect_clean(const char* whose, const std::vector<uint64_t>& words, size_t own) {
  EXPECT_LE(leftovers(words).deepest, own) << whose << ": neither wiped nor untouched";
}

// Calls, and looks at the stacks as soon as the call has returned.
void expect_clean_after(Job& job, mipzk_status status, const std::function<mipzk_status()>& call) {
  // Twice, so that the dynamic linker has had its turn on their stacks.
  paint_helpers(job.pool());
  const std::vector<Helper> helpers = paint_helpers(job.pool());
  std::vector<uint64_t> words(kPainted / sizeof(uint64_t));
  Stretch stretch;
  EXPECT_EQ(observe(call, stretch, words.data()), status) << job.err.message;
  expect_clean("caller", words, kCallersOwn);
  for (const Helper& helper : helpers) {
    uintptr_t top = 0;
    while ((top = stack_pointer(helper.id)) == 0) std::this_thread::yield();
    ASSERT_GT(top, helper.stretch.low);
    words.resize((top - helper.stretch.low) / sizeof(uint64_t));
    copy_stretch({top - words.size() * sizeof(uint64_t), top}, words.data());
    expect_clean("helper", words, kPoolsOwn);
  }
}

TEST(Stacks, AreCleanAfterAProof) {
  on_each_tier([](const CpuTier& tier) {
    for (unsigned threads : {1u, 3u}) {
      SCOPED_TRACE(testing::Message() << tier.name << ", threads " << threads);
      Job job("sha256", threads);
      expect_clean_after(job, MIPZK_OK, [&] { return job.prove(); });
    }
  });
}

// Runs of all ends, each on the caller's thread alone and with the context's.
TEST(Stacks, AreCleanAfterRuns) {
  const auto execute = [](Job& job) {
    return mipzk_job_execute(job.job, nullptr, nullptr, &job.err);
  };
  Job job("sha256", 3);
  expect_clean_after(job, MIPZK_OK, [&] { return execute(job); });
  for (const FailingRun& run : kFailingRuns) {
    SCOPED_TRACE(testing::Message() << run.guest << ": " << run.status);
    Job failing(run.guest, 3, run.option, run.value);
    expect_clean_after(failing, run.status, [&] { return execute(failing); });
    expect_clean_after(failing, run.status, [&] { return failing.prove(); });
  }
}

TEST(Stacks, AreCleanAfterCancelling) {
  struct Stop {
    uint64_t at, calls = 0;
  };
  const auto stop_at = [](void* user, const mipzk_progress*) -> int32_t {
    auto* stop = static_cast<Stop*>(user);
    return ++stop->calls >= stop->at;
  };
  for (unsigned threads : {1u, 3u}) {
    Job job("sha256", threads);
    for (uint64_t step = 1; step <= prove::kShardSteps; ++step) {
      SCOPED_TRACE(testing::Message() << "step " << step << ", threads " << threads);
      Stop stop{step};
      expect_clean_after(job, MIPZK_E_CANCELLED, [&] { return job.prove(stop_at, &stop); });
    }
  }
}

// Leaves no more than a MiB to allocate, from a step of a proof on.
struct MemoryEnd {
  uint64_t at, calls = 0;
  rlimit before{};

  explicit MemoryEnd(uint64_t step) : at(step) { getrlimit(RLIMIT_AS, &before); }
  ~MemoryEnd() { setrlimit(RLIMIT_AS, &before); }
  static int32_t progress(void* user, const mipzk_progress*) {
    auto* end = static_cast<MemoryEnd*>(user);
    if (++end->calls != end->at) return 0;
    rlim_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlim_t size = pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + (1 << 20);
    const rlimit limit{size, end->before.rlim_max};
    setrlimit(RLIMIT_AS, &limit);
    return 0;
  }
};

// Exceptions pass through the frames. Memory ends after the proof has begun: before, it would be
// refused; and not late, when what was freed is enough for the rest.
TEST(Stacks, AreCleanAfterMemoryEnds) {
  for (unsigned threads : {1u, 3u}) {
    for (uint64_t step = 2; step <= 5; ++step) {
      SCOPED_TRACE(testing::Message() << "step " << step << ", threads " << threads);
      Job job("sha256", threads);
      expect_clean_after(job, MIPZK_E_NO_MEMORY, [&] {
        MemoryEnd end(step);
        return job.prove(MemoryEnd::progress, &end);
      });
      EXPECT_STREQ(job.err.message, "out of memory");  // the words for std::bad_alloc
    }
  }
}

// Two processes with the same memory, but for the private input: what they leave in the frames that
// are not wiped is the same, byte for byte.
TEST(Stacks, WhatIsNotWipedDoesNotDependOnTheSecret) {
  Job job("sha256", 1);
  const Bytes seed(32, 0x3c);
  ASSERT_EQ(mipzk_job_seed(job.job, seed.data(), &job.err), MIPZK_OK);
  std::vector<uint64_t> words(kPainted / sizeof(uint64_t));
  constexpr size_t kShown = 2 * kCallersOwn / sizeof(uint64_t);
  const auto left_by = [&](uint8_t secret) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      job.private_input(Bytes(64, secret));
      Stretch stretch;
      const mipzk_status status = observe([&] { return job.prove(); }, stretch, words.data());
      const bool written = write(ends[1], &words[words.size() - kShown], 8 * kShown) == 8 * kShown;
      _exit(status == MIPZK_OK && written ? 0 : 1);
    }
    close(ends[1]);
    std::vector<uint64_t> left(kShown);
    EXPECT_EQ(read(ends[0], left.data(), 8 * kShown), static_cast<ssize_t>(8 * kShown));
    close(ends[0]);
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    return left;
  };
  const std::vector<uint64_t> one = left_by(0x11), other = left_by(0xee);
  EXPECT_GT(leftovers(one).deepest, 0u);
  EXPECT_EQ(one, other);
}

// How deep calls go: the stack of every thread is painted again after each wipe, and looked at
// before the next.
struct Depths {
  std::mutex mutex;
  std::set<pid_t> threads;
  size_t below_wipe = 0;   // of what a wipe had to reach, from its own frame
  size_t below_first = 0;  // of all, from the first frame that was painted
} depths;

void measure() noexcept {
  thread_local std::vector<uint64_t> words(2 * kPainted / sizeof(uint64_t));
  if (painted.high == 0) return;
  const auto frame = reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) & ~uintptr_t{7};
  words.resize((frame - painted.low) / sizeof(uint64_t));
  copy_stretch({painted.low, frame}, words.data());
  const size_t depth = leftovers(words).depth;
  const std::lock_guard lock(depths.mutex);
  depths.threads.insert(gettid());
  depths.below_wipe = std::max(depths.below_wipe, depth);
  depths.below_first = std::max(depths.below_first, depth + painted.high - frame);
}

void paint_again() noexcept {
  const Stretch stretch = paint_stack();
  if (painted.high == 0) painted = stretch;
}

constexpr WipeObserver kMeasuring = {.before = measure, .after = paint_again};

TEST(Stacks, AreWipedDeeperThanTheyAreUsed) {
  on_each_tier([](const CpuTier& tier) {
    for (unsigned threads : {1u, 3u}) {
      Job job("sha256", threads);
      observe_wipes(&kMeasuring);
      paint_helpers(job.pool());
      depths.threads.clear();
      depths.below_wipe = depths.below_first = 0;
      painted = paint_stack();
      EXPECT_EQ(job.prove(), MIPZK_OK) << job.err.message;
      observe_wipes(nullptr);
      painted = {};
      std::printf("%s, %u threads: %zu bytes below a wipe, %zu in all\n", tier.name, threads,
                  depths.below_wipe, depths.below_first);
      EXPECT_EQ(depths.threads.size(), threads);
      // A quarter is for what is not measured here: signals, other compilers and C libraries.
      EXPECT_LE(depths.below_first, kWipedStack / 4 * 3);
    }
  });
}

}  // namespace
}  // namespace mipzk::test
