// SPDX-License-Identifier: Apache-2.0
#include "base/secret_memory.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cstdint>
#include <iterator>
#include <map>
#include <mutex>

#include "base/bytes.hpp"

namespace mipzk {
namespace {

constexpr std::align_val_t kAlignment{64};
constexpr size_t kPage = size_t{1} << 16;  // the largest page size of the systems we know
// Filling a block with pages at once is cheaper than a fault for each; the largest are better
// filled by the threads that work on them.
constexpr size_t kPopulated = size_t{64} << 20;
#ifdef MAP_POPULATE
constexpr int kPopulate = MAP_POPULATE;
#else
constexpr int kPopulate = 0;
#endif

constinit std::atomic<const WipeObserver*> wipe_observer = nullptr;

size_t round_up(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

// Advice may be refused, by old kernels for example: what it asks for is then not to be had.
void advise(void* data, size_t size, int advice) { (void)madvise(data, size, advice); }

void* map(size_t size, int flags) {
  void* p = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  if (p == MAP_FAILED) throw std::bad_alloc();
  return p;
}

#if defined(__x86_64__)
// A function of its own, because compilers take the clobbers only with the instruction set.
[[gnu::noinline, gnu::target("avx512f")]] void clear_upper_vector_registers() noexcept {
  __asm__ __volatile__(
      ".irp r, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n\t"
      "vpxord %%zmm\\r, %%zmm\\r, %%zmm\\r\n\t.endr" ::
          : "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24",
            "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31");
}
#endif

// A signal, or the first call of a function of another shared library, would save them on the
// stack.
[[gnu::noinline]] void clear_vector_registers() noexcept {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) clear_upper_vector_registers();
  if (__builtin_cpu_supports("avx")) {
    __asm__ __volatile__("vzeroall" ::
                             : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
                               "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
                               "xmm15");
  } else {
    __asm__ __volatile__(
        ".irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
        "pxor %%xmm\\r, %%xmm\\r\n\t.endr" ::
            : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
              "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  }
#elif defined(__aarch64__)
  __asm__ __volatile__(
      ".irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, "
      "23, 24, 25, 26, 27, 28, 29, 30, 31\n\t"
      "movi v\\r\\().2d, #0\n\t.endr" ::
          : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13",
            "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25",
            "v26", "v27", "v28", "v29", "v30", "v31");
#endif
}

// Volatile and word by word, because the frame of a called function would stay below.
[[gnu::noinline]] void clear_frames() noexcept {
  volatile uint64_t frame[kWipedStack / sizeof(uint64_t)];
  for (volatile uint64_t& word : frame) word = 0;
}

void* map_block(size_t size) {
  void* const data = map(size, size <= kPopulated ? kPopulate : 0);
#ifdef MADV_DONTDUMP
  advise(data, size, MADV_DONTDUMP);
#endif
  return data;
}

void unmap_block(void* data, size_t size) noexcept {
  // Fails where the system cannot split a mapping that it joined with its neighbours.
  if (munmap(data, size) != 0) secure_zero(data, size);
}

// The free pages of arenas. Sizes are multiples of kPage.
class FreePages {
 public:
  void begin() {
    const std::lock_guard lock(mutex_);
    if (arenas_++ == 0) used_ = most_ = free_ = 0;
    active_.store(true, std::memory_order_relaxed);
  }

  void end() noexcept {
    const std::lock_guard lock(mutex_);
    if (--arenas_ != 0) return;
    active_.store(false, std::memory_order_relaxed);
    for (const auto& [begin, size] : ranges_) unmap_block(begin, size);
    ranges_.clear();
  }

  bool active() const { return active_.load(std::memory_order_relaxed); }

  void* take(size_t size) {
    const std::lock_guard lock(mutex_);
    auto best = ranges_.end();
    for (auto r = ranges_.begin(); r != ranges_.end(); ++r)
      if (r->second >= size && (best == ranges_.end() || r->second < best->second)) best = r;
    used_ += static_cast<ptrdiff_t>(size);
    most_ = std::max(most_, used_);
    if (best != ranges_.end()) {
      const auto [begin, all] = *best;
      if (all > size)
        move(best, begin + size, all - size);
      else
        ranges_.erase(best);
      free_ -= size;
      return begin;
    }
    trim();
    try {
      return map_block(size);
    } catch (...) {
      used_ -= static_cast<ptrdiff_t>(size);
      throw;
    }
  }

  void give(void* data, size_t size) noexcept {
    const std::lock_guard lock(mutex_);
    used_ -= static_cast<ptrdiff_t>(size);  // below 0 when blocks are older than the arena
    try {
      if (arenas_ == 0) throw std::bad_alloc();  // the last one has just gone
      add(static_cast<uint8_t*>(data), size);
    } catch (...) {
      unmap_block(data, size);
      return;
    }
    free_ += size;
    trim();
  }

 private:
  using Ranges = std::map<uint8_t*, size_t>;

  // Another beginning and size for a range, without an allocation that could fail.
  void move(Ranges::iterator range, uint8_t* begin, size_t size) {
    auto node = ranges_.extract(range);
    node.key() = begin;
    node.mapped() = size;
    ranges_.insert(std::move(node));
  }

  // A range, joined with those beside it.
  void add(uint8_t* begin, size_t size) {
    auto next = ranges_.lower_bound(begin);
    if (next != ranges_.begin()) {
      const auto before = std::prev(next);
      if (before->first + before->second == begin) {
        before->second += size;
        if (next != ranges_.end() && begin + size == next->first) {
          before->second += next->second;
          ranges_.erase(next);
        }
        return;
      }
    }
    if (next != ranges_.end() && begin + size == next->first) {
      move(next, begin, size + next->second);
      return;
    }
    ranges_.emplace_hint(next, begin, size);
  }

  // Returns pages to the system until what is held is within the bound.
  void trim() {
    const auto bound = static_cast<size_t>(most_ + most_ / 16);
    for (;;) {
      const size_t held = static_cast<size_t>(std::max<ptrdiff_t>(used_, 0)) + free_;
      if (free_ == 0 || held <= bound) return;
      const auto largest =
          std::max_element(ranges_.begin(), ranges_.end(),
                           [](const auto& a, const auto& b) { return a.second < b.second; });
      const size_t size = std::min(largest->second, round_up(held - bound, kPage));
      largest->second -= size;
      free_ -= size;
      unmap_block(largest->first + largest->second, size);
      if (largest->second == 0) ranges_.erase(largest);
    }
  }

  std::mutex mutex_;
  std::atomic<bool> active_{false};
  unsigned arenas_ = 0;
  ptrdiff_t used_ = 0, most_ = 0;  // bytes in use since begin(), and the most at once
  size_t free_ = 0;
  Ranges ranges_;  // free ones: beginning, size
};

FreePages free_pages;

// Blocks up to this size are wiped before an arena keeps them: keys, seeds and small inputs, which
// would otherwise stay as long as any proof is made in the process.
constexpr size_t kWiped = size_t{1} << 16;

}  // namespace

void* secret_allocate(size_t bytes) {
  if (bytes < kSecretPages) return ::operator new(bytes, kAlignment);
  const size_t size = round_up(bytes, kPage);
  if (!free_pages.active()) return map_block(size);
  // What lies behind the block is never written, and may outlive the arena with it.
  void* const data = free_pages.take(size);
  secure_zero(static_cast<uint8_t*>(data) + bytes, size - bytes);
  return data;
}

void secret_free(void* data, size_t bytes) noexcept {
  if (data == nullptr) return;
  if (bytes < kSecretPages) {
    secure_zero(data, bytes);
    ::operator delete(data, kAlignment);
  } else if (free_pages.active()) {
    if (bytes <= kWiped) secure_zero(data, bytes);
    free_pages.give(data, round_up(bytes, kPage));
  } else {
    unmap_block(data, round_up(bytes, kPage));
  }
}

Arena::Arena() { free_pages.begin(); }

Arena::~Arena() { free_pages.end(); }

void wipe_stack() noexcept {
  const WipeObserver* const told = wipe_observer.load(std::memory_order_acquire);
  if (told != nullptr) told->before();
  clear_vector_registers();
  clear_frames();
  if (told != nullptr) told->after();
}

void observe_wipes(const WipeObserver* observer) noexcept {
  wipe_observer.store(observer, std::memory_order_release);
}

}  // namespace mipzk
