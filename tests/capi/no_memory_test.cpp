// SPDX-License-Identifier: Apache-2.0
// Memory that runs out at any allocation, and jobs without end: every call gives a status, and
// nothing is left behind. The library's allocations are operator new's and, for private data,
// mmap's.
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "support.hpp"

namespace {

std::atomic<int64_t> live_blocks, live_pages;  // of the whole process
std::atomic<int64_t> left{INT64_MAX};          // allocations until one fails
std::atomic<bool> all_after;                   // and those after it

bool fails() {
  const int64_t n = left.fetch_sub(1, std::memory_order_relaxed);
  return n == 0 || (n < 0 && all_after.load(std::memory_order_relaxed));
}

void* allocate(size_t size, size_t alignment) {
  void* p = nullptr;
  if (fails() || posix_memalign(&p, alignment, size == 0 ? 1 : size) != 0) return nullptr;
  ++live_blocks;
  return p;
}

void release(void* p) {
  if (p == nullptr) return;
  --live_blocks;
  std::free(p);
}

void* allocate_or_throw(size_t size, size_t alignment) {
  void* const p = allocate(size, alignment);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

constexpr size_t kUsual = alignof(std::max_align_t);

}  // namespace

// For the C++ library, too: what it allocates, others free.
#pragma GCC visibility push(default)
void* operator new(size_t n) { return allocate_or_throw(n, kUsual); }
void* operator new[](size_t n) { return allocate_or_throw(n, kUsual); }
void* operator new(size_t n, std::align_val_t a) { return allocate_or_throw(n, size_t(a)); }
void* operator new[](size_t n, std::align_val_t a) { return allocate_or_throw(n, size_t(a)); }
void* operator new(size_t n, const std::nothrow_t&) noexcept { return allocate(n, kUsual); }
void* operator new[](size_t n, const std::nothrow_t&) noexcept { return allocate(n, kUsual); }
void operator delete(void* p) noexcept { release(p); }
void operator delete[](void* p) noexcept { release(p); }
void operator delete(void* p, size_t) noexcept { release(p); }
void operator delete[](void* p, size_t) noexcept { release(p); }
void operator delete(void* p, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, size_t, std::align_val_t) noexcept { release(p); }

// In place of the C library's, for this program and the archive in it.
extern "C" void* mmap(void* at, size_t size, int protection, int flags, int fd,
                      off_t offset) noexcept {
  if ((flags & MAP_ANONYMOUS) != 0 && fails()) {
    errno = ENOMEM;
    return MAP_FAILED;
  }
  const long p = syscall(SYS_mmap, at, size, protection, flags, fd, offset);
  if (p == -1) return MAP_FAILED;
  live_pages += static_cast<int64_t>(size);
  return reinterpret_cast<void*>(p);
}
extern "C" int munmap(void* at, size_t size) noexcept {
  const long result = syscall(SYS_munmap, at, size);
  if (result == 0) live_pages -= static_cast<int64_t>(size);
  return static_cast<int>(result);
}

#pragma GCC visibility pop

namespace mipzk_test {
namespace {

struct Live {
  int64_t blocks = live_blocks, pages = live_pages;
  friend bool operator==(const Live&, const Live&) = default;
};

// Everything a host does, one call after the other, whatever they answer; says how many failed. The
// statuses but OK and NO_MEMORY are written down.
struct Host {
  const Bytes elf = guest("echo"), input = {1, 2, 3}, seed = Bytes(32, 7);
  Bytes proof, plan;
  Bytes workspace = Bytes(mipzk_verify_workspace_size(nullptr));
  char other[256] = {};
  unsigned failures = 0;

  bool check(mipzk_status status, const mipzk_error& err) {
    if (status == MIPZK_OK) return true;
    ++failures;
    if (status != MIPZK_E_NO_MEMORY && other[0] == 0)
      std::snprintf(other, sizeof other, "%s: %s", mipzk_status_name(status), err.message);
    return false;
  }
  void compare(mipzk_blob* blob, const Bytes& expected) {
    if (mipzk_blob_size(blob) != expected.size() ||
        std::memcmp(mipzk_blob_data(blob), expected.data(), expected.size()) != 0)
      std::snprintf(other, sizeof other, "another result");
  }

  // `proves`: the calls that take long, too.
  void run(bool proves) {
    mipzk_ctx* ctx = nullptr;
    mipzk_program* program = nullptr;
    mipzk_job* job = nullptr;
    mipzk_blob *made = nullptr, *work = nullptr;
    mipzk_error err;
    uint8_t id[32];
    if (check(mipzk_ctx_new(MIPZK_ABI_VERSION, &ctx, &err), err)) {
      check(mipzk_ctx_set_u64(ctx, MIPZK_OPT_THREADS, 1, &err), err);
      check(mipzk_program_load_elf(ctx, elf.data(), elf.size(), &program, &err), err);
    }
    if (program != nullptr) {
      mipzk_program_id(program, id);
      check(mipzk_job_new(ctx, program, &job, &err), err);
    }
    if (job != nullptr) {
      const bool set = check(mipzk_job_private_input(job, input.data(), input.size(), &err), err) &&
                       check(mipzk_job_public_input(job, input.data(), input.size(), &err), err) &&
                       check(mipzk_job_seed(job, seed.data(), &err), err);
      check(mipzk_job_execute(job, nullptr, nullptr, &err), err);
      if (set && proves) {
        if (check(mipzk_job_plan(job, 0, &made, &err), err)) {
          if (plan.empty())
            plan.assign(mipzk_blob_data(made), mipzk_blob_data(made) + mipzk_blob_size(made));
          check(mipzk_job_work(job, mipzk_blob_data(made), mipzk_blob_size(made), 1, &work, &err),
                err);
          mipzk_blob_free(work);
          mipzk_blob_free(made);
          made = nullptr;
        }
        if (check(mipzk_job_prove(job, nullptr, nullptr, &made, &err), err)) {
          if (proof.empty())
            proof.assign(mipzk_blob_data(made), mipzk_blob_data(made) + mipzk_blob_size(made));
          compare(made, proof);
          mipzk_blob_free(made);
        }
      }
      if (!proof.empty()) {
        mipzk_claim claim = empty_claim();
        check(mipzk_ctx_verify(ctx, id, proof.data(), proof.size(), nullptr, &claim, &err), err);
      }
    }
    mipzk_job_free(job);
    mipzk_program_free(program);
    mipzk_ctx_free(ctx);
  }
};

// Calls that nothing fails in, for what the library makes once: caches and thread-local memory.
int64_t allocations_of(Host& host, bool proves) {
  host.run(proves);
  left = INT64_MAX / 2;
  const Live before;
  host.run(proves);
  const int64_t count = INT64_MAX / 2 - left;
  EXPECT_TRUE(Live() == before) << "a run that succeeds leaves something behind";
  EXPECT_EQ(host.failures, 0u) << host.other;
  left = INT64_MAX;
  return count;
}

void fail_at(Host& host, int64_t n, bool after, bool proves) {
  host.failures = 0;
  const Live before;
  all_after = after;
  left = n;
  host.run(proves);
  left = INT64_MAX;
  all_after = false;
  const Live now;
  EXPECT_EQ(now.blocks, before.blocks) << "allocation " << n;
  EXPECT_EQ(now.pages, before.pages) << "allocation " << n;
  // The id of a program is zeros then, and a verifier's view of the proof is that of another
  // program.
  if (std::string(host.other).find("MIPZK_E_WRONG_PROGRAM") == 0) host.other[0] = 0;
  EXPECT_STREQ(host.other, "") << "allocation " << n;
}

TEST(NoMemory, AtEveryAllocationOfARun) {
  Host host;
  const int64_t count = allocations_of(host, false);
  ASSERT_GT(count, 50);
  for (int64_t n = 0; n<count; n += count> 4000 ? count / 2000 : 1) {
    fail_at(host, n, false, false);
    if (n % 3 == 0) fail_at(host, n, true, false);
    if (HasFailure()) FAIL() << "allocation " << n << " of " << count;
  }
  std::printf("%lld allocations\n", static_cast<long long>(count));
}

TEST(NoMemory, AtAllocationsOfAProof) {
  Host host;
  const int64_t count = allocations_of(host, true);
  // Dense where a run ends and a proof begins, and some of the many in it.
  const int64_t step = std::max<int64_t>(1, count / 40);
  for (int64_t n = step / 2; n < count; n += step) {
    fail_at(host, n, n / step % 2 == 0, true);
    if (HasFailure()) FAIL() << "allocation " << n << " of " << count;
  }
  std::printf("%lld allocations\n", static_cast<long long>(count));
}

TEST(NoMemory, ThousandJobsLeaveNothing) {
  Session s("echo");
  s.set(MIPZK_OPT_THREADS, 1);
  const auto one = [&] {
    mipzk_job* job = nullptr;
    ASSERT_EQ(mipzk_job_new(s.ctx, s.program, &job, &s.err), MIPZK_OK);
    const uint8_t input[] = {1, 2, 3};
    ASSERT_EQ(mipzk_job_private_input(job, input, sizeof input, &s.err), MIPZK_OK);
    ASSERT_EQ(mipzk_job_execute(job, nullptr, nullptr, &s.err), MIPZK_OK);
    mipzk_job_free(job);
  };
  one();
  const Live before;
  for (unsigned i = 0; i < 1000; ++i) one();
  EXPECT_TRUE(Live() == before);
}

}  // namespace
}  // namespace mipzk_test
