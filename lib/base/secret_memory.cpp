#include "base/secret_memory.hpp"

#include <sys/mman.h>

#include <cstdint>

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

size_t round_up(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

// Advice may be refused, by old kernels for example: what it asks for is then not to be had.
void advise(void* data, size_t size, int advice) { (void)madvise(data, size, advice); }

void* map(size_t size, int flags) {
  void* p = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  if (p == MAP_FAILED) throw std::bad_alloc();
  return p;
}

}  // namespace

void* secret_allocate(size_t bytes) {
  if (bytes < kSecretPages) return ::operator new(bytes, kAlignment);
  const size_t size = round_up(bytes, kPage);
  void* const data = map(size, size <= kPopulated ? kPopulate : 0);
#ifdef MADV_DONTDUMP
  advise(data, size, MADV_DONTDUMP);
#endif
  return data;
}

void secret_free(void* data, size_t bytes) noexcept {
  if (data == nullptr) return;
  if (bytes < kSecretPages) {
    secure_zero(data, bytes);
    ::operator delete(data, kAlignment);
  } else {
    // Fails where the system cannot split a mapping that it joined with its neighbours.
    if (munmap(data, round_up(bytes, kPage)) != 0) secure_zero(data, bytes);
  }
}

[[gnu::noinline]] void wipe_stack() noexcept {
  uint8_t frame[size_t{1} << 16];
  secure_zero(frame, sizeof frame);
}

}  // namespace mipzk
