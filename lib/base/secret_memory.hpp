// SPDX-License-Identifier: Apache-2.0
// Memory for what depends on private input: wiped when it is freed, and, where it is large, left
// out of core files.
#pragma once

#include <algorithm>
#include <cstddef>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace mipzk {

// At least `bytes` bytes, aligned to 64, to be freed by secret_free with the same size. Throws
// std::bad_alloc. Blocks from kSecretPages on are pages of their own: marked MADV_DONTDUMP, and but
// for an Arena zero, and returned to the system when freed. Huge pages are not asked for: proving
// got slower by a seventh in the median with them, on a virtual machine whose host takes free huge
// pages away.
inline constexpr size_t kSecretPages = size_t{1} << 12;
void* secret_allocate(size_t bytes);
void secret_free(void* data, size_t bytes) noexcept;

// While one exists, the pages of freed blocks are used again, with what is in them, since fresh
// pages cost more than the work on them; the last one to go returns all that are free. Never keeps
// more than a sixteenth above the most that was in use at once.
class Arena {
 public:
  Arena();
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
};

// Overwrites what calls that have returned left behind: kWipedStack bytes below the caller's frame,
// and on x86-64 the vector registers.
inline constexpr size_t kWipedStack = size_t{1} << 16;
void wipe_stack() noexcept;

// For measurements and tests: who is told of each wipe, on the thread that wipes, before it and
// after it, from a frame just below that of the code that wipes. Null: nobody.
struct WipeObserver {
  void (*before)() noexcept;
  void (*after)() noexcept;
};
void observe_wipes(const WipeObserver* observer) noexcept;

namespace detail {
struct StackWiper {
  ~StackWiper() { wipe_stack(); }
};
// A frame of its own, which lies below that of its caller.
template <class F>
[[gnu::noinline]] auto call(const F& f) {
  return f();
}
}  // namespace detail

// Calls f, and wipes what it left on the stack, also when it throws.
template <class F>
auto wiping_stack(const F& f) {
  const detail::StackWiper wiper;
  return detail::call(f);
}

template <class T>
struct SecretAllocator {
  using value_type = T;
  static_assert(alignof(T) <= 64);

  SecretAllocator() = default;
  template <class U>
  SecretAllocator(const SecretAllocator<U>&) {}

  T* allocate(size_t n) {
    if (n > static_cast<size_t>(-1) / 2 / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(secret_allocate(n * sizeof(T)));
  }
  void deallocate(T* p, size_t n) noexcept { secret_free(p, n * sizeof(T)); }

  friend bool operator==(const SecretAllocator&, const SecretAllocator&) { return true; }
};

// A vector that leaves nothing behind, not even where it grew.
template <class T>
using SecretVector = std::vector<T, SecretAllocator<T>>;

// Memory for `size` elements, which are not initialised.
template <class T>
class SecretBuffer {
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 64);

 public:
  SecretBuffer() = default;
  explicit SecretBuffer(size_t size)
      : data_(static_cast<T*>(secret_allocate(size * sizeof(T)))), size_(size) {}
  ~SecretBuffer() { secret_free(data_, size_ * sizeof(T)); }
  SecretBuffer(SecretBuffer&& o) noexcept
      : data_(std::exchange(o.data_, nullptr)), size_(std::exchange(o.size_, 0)) {}
  SecretBuffer& operator=(SecretBuffer&& o) noexcept {
    std::swap(data_, o.data_);
    std::swap(size_, o.size_);
    return *this;
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return size_; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }

 private:
  T* data_ = nullptr;
  size_t size_ = 0;
};

// A copy in pages of its own, however small it is, so that it stays out of core files.
template <class T>
SecretVector<T> secret_copy(std::span<const T> data) {
  SecretVector<T> copy;
  copy.reserve(std::max(data.size(), kSecretPages / sizeof(T)));
  copy.assign(data.begin(), data.end());
  return copy;
}

}  // namespace mipzk
