// SPDX-License-Identifier: Apache-2.0
// Memory for secrets: aligned, zero where it is fresh pages, out of core files, gone when freed.
#include "base/secret_memory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace mipzk {
namespace {

// The VmFlags of the mapping that holds an address; empty when nothing is mapped there.
std::string flags_at(const void* address) {
  std::ifstream smaps("/proc/self/smaps");
  const auto at = reinterpret_cast<uintptr_t>(address);
  bool inside = false;
  for (std::string line; std::getline(smaps, line);) {
    uintptr_t first = 0, last = 0;
    char dash = 0;
    std::istringstream range(line);
    if (range >> std::hex >> first >> dash >> last && dash == '-')
      inside = first <= at && at < last;
    if (inside && line.starts_with("VmFlags:")) return line;
  }
  return "";
}

TEST(SecretMemory, SizesAndAlignment) {
  for (size_t size : {size_t{1}, size_t{100}, kSecretPages - 1, kSecretPages, kSecretPages + 1,
                      size_t{3} << 20, size_t{4} << 20, (size_t{9} << 20) + 12345}) {
    auto* p = static_cast<uint8_t*>(secret_allocate(size));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(p) % 64, 0u) << size;
    if (size >= kSecretPages) {
      for (size_t i = 0; i < size; i += 4096) ASSERT_EQ(p[i], 0) << size;
      ASSERT_EQ(p[size - 1], 0) << size;
    }
    std::memset(p, 0xa5, size);
    secret_free(p, size);
  }
  secret_free(nullptr, 0);
}

TEST(SecretMemory, LargeBlocksStayOutOfCoreFilesAndGoBackToTheSystem) {
  for (size_t size : {kSecretPages, size_t{1} << 20, size_t{8} << 20}) {
    auto* p = static_cast<uint8_t*>(secret_allocate(size));
    std::memset(p, 0xa5, size);
    EXPECT_NE(flags_at(p).find(" dd"), std::string::npos) << size;
    EXPECT_NE(flags_at(p + size - 1).find(" dd"), std::string::npos) << size;
    secret_free(p, size);
    EXPECT_EQ(flags_at(p), "") << size;
  }
}

TEST(SecretMemory, AnArenaUsesPagesAgainAndReturnsThem) {
  constexpr size_t kMiB = size_t{1} << 20;
  auto* const old = static_cast<uint8_t*>(secret_allocate(kMiB));
  uint8_t* first;
  {
    const Arena arena;
    first = static_cast<uint8_t*>(secret_allocate(8 * kMiB));
    std::memset(first, 0xa5, 8 * kMiB);
    secret_free(first, 8 * kMiB);
    // Two that fit into the block that is free, and the whole of it again.
    auto* const a = static_cast<uint8_t*>(secret_allocate(3 * kMiB));
    auto* const b = static_cast<uint8_t*>(secret_allocate(5 * kMiB));
    EXPECT_EQ(a, first);
    EXPECT_EQ(b, first + 3 * kMiB);
    EXPECT_EQ(b[0], 0xa5);
    EXPECT_NE(flags_at(b).find(" dd"), std::string::npos);
    secret_free(b, 5 * kMiB);
    {
      const Arena another;  // the pages stay until the last one goes
      secret_free(a, 3 * kMiB);
    }
    EXPECT_EQ(secret_allocate(8 * kMiB), first);
    secret_free(first, 8 * kMiB);
    secret_free(old, kMiB);  // older than the arena
    EXPECT_NE(flags_at(first), "");
  }
  EXPECT_EQ(flags_at(first), "");
  EXPECT_EQ(flags_at(old), "");
}

// Keys and small inputs are gone when they are freed, though the pages stay.
TEST(SecretMemory, AnArenaKeepsNoSmallSecrets) {
  for (const size_t size : {kSecretPages, size_t{50000}, size_t{1} << 16}) {
    const Arena arena;
    auto* const p = static_cast<uint8_t*>(secret_allocate(size));
    std::memset(p, 0xa5, size);
    secret_free(p, size);
    auto* const again = static_cast<uint8_t*>(secret_allocate(size));
    ASSERT_EQ(again, p);
    EXPECT_EQ(std::count(again, again + size, 0xa5), 0) << size;
    secret_free(again, size);
  }
}

TEST(SecretMemory, AnArenaKeepsLittleMoreThanWasInUseAtOnce) {
  constexpr size_t kMiB = size_t{1} << 20;
  const auto mapped = [] {
    std::ifstream statm("/proc/self/statm");
    size_t pages = 0;
    statm >> pages;
    return pages * 4096;
  };
  const Arena arena;
  const size_t before = mapped();
  for (size_t size = 1; size <= 64; ++size) {
    void* const p = secret_allocate(size * kMiB);
    EXPECT_LE(mapped(), before + 68 * kMiB) << size;
    secret_free(p, size * kMiB);
  }
}

// Blocks of several threads, each with contents of its own.
TEST(SecretMemory, ArenasAreForAllThreads) {
  const Arena arena;
  std::vector<std::thread> threads;
  std::atomic<unsigned> wrong{0};
  for (unsigned t = 0; t < 4; ++t)
    threads.emplace_back([t, &wrong] {
      uint64_t random = t + 1;
      std::vector<SecretVector<uint64_t>> held(8);
      for (unsigned round = 0; round < 300; ++round) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        SecretVector<uint64_t>& v = held[round % held.size()];
        for (const uint64_t x : v) wrong += x != v.size() * 4 + t;
        v = {};
        v.resize(random >> 47);
        std::ranges::fill(v, v.size() * 4 + t);
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(wrong, 0u);
}

TEST(SecretMemory, SmallBlocksAreWipedAlsoWhenAVectorGrows) {
  SecretVector<uint64_t> v;
  constexpr uint64_t kSecret = 0x5ec2e7f00d15bad5;
  std::vector<uint64_t*> blocks;
  for (size_t i = 0; i < kSecretPages / 2 / sizeof kSecret; ++i) {
    v.push_back(kSecret);
    if (blocks.empty() || blocks.back() != v.data()) blocks.push_back(v.data());
  }
  ASSERT_GT(blocks.size(), 5u);
  blocks.pop_back();  // still in use
  // /proc/self/mem, because reading freed memory in the usual way is no valid program.
  std::ifstream memory("/proc/self/mem", std::ios::binary);
  for (const uint64_t* block : blocks) {
    uint64_t words[2] = {};
    // The first words of a free block may hold the heap's own links.
    memory.seekg(static_cast<std::streamoff>(reinterpret_cast<uintptr_t>(block) + 16));
    memory.read(reinterpret_cast<char*>(words), 8);
    ASSERT_TRUE(memory.good());
    EXPECT_NE(words[0], kSecret);
  }
}

// As many frames full of a secret as are wiped, but for a few that the test itself needs.
constexpr uint64_t kLeft = 0x5ec2e7f00d15bad5;
[[gnu::noinline]] void leave_frames(uintptr_t& at) {
  volatile uint64_t frame[(kWipedStack - 512) / sizeof(uint64_t)];
  for (volatile uint64_t& word : frame) word = kLeft;
  at = reinterpret_cast<uintptr_t>(frame);
}

TEST(SecretMemory, TheStackIsWipedAsFarAsItIsSaid) {
  std::vector<uint64_t> words((kWipedStack - 512) / sizeof(uint64_t));
  std::ifstream memory("/proc/self/mem", std::ios::binary);
  const auto count = [&](uintptr_t at) {
    memory.seekg(static_cast<std::streamoff>(at));
    memory.read(reinterpret_cast<char*>(words.data()),
                static_cast<std::streamsize>(words.size() * sizeof words[0]));
    EXPECT_TRUE(memory.good());
    return static_cast<size_t>(std::ranges::count(words, kLeft));
  };
  uintptr_t at = 0;
  leave_frames(at);
  EXPECT_GT(count(at), words.size() / 2);  // reading disturbs the uppermost ones
  leave_frames(at);
  wipe_stack();
  EXPECT_EQ(count(at), 0u);
}

#if defined(__x86_64__)
// Fills vector registers with ones, wipes the stack, and stores the registers: 16 of 32 bytes, 32
// of 64.
#define MIPZK_LOW "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15"
#define MIPZK_HIGH "16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31"
[[gnu::noinline, gnu::target("avx2")]] void wiped_avx2(uint8_t* out) {
  __asm__ __volatile__(".irp r, " MIPZK_LOW "\n\tvpcmpeqd %%ymm\\r, %%ymm\\r, %%ymm\\r\n\t.endr" ::
                           : "memory");
  wipe_stack();
  __asm__ __volatile__(".irp r, " MIPZK_LOW "\n\tvmovups %%ymm\\r, 32*\\r(%0)\n\t.endr" ::"r"(out)
                       : "memory");
}
[[gnu::noinline, gnu::target("avx512f")]] void wiped_avx512(uint8_t* out) {
  __asm__ __volatile__(".irp r, " MIPZK_LOW ", " MIPZK_HIGH
                       "\n\tvpternlogd $255, %%zmm\\r, %%zmm\\r, %%zmm\\r\n\t.endr" ::
                           : "memory");
  wipe_stack();
  __asm__ __volatile__(".irp r, " MIPZK_LOW ", " MIPZK_HIGH
                       "\n\tvmovups %%zmm\\r, 64*\\r(%0)\n\t.endr" ::"r"(out)
                       : "memory");
}

TEST(SecretMemory, WipingTheStackClearsVectorRegisters) {
  std::vector<uint8_t> registers(32 * 64, 0xff);
  if (__builtin_cpu_supports("avx512f")) {
    wiped_avx512(registers.data());
  } else if (__builtin_cpu_supports("avx2")) {
    registers.resize(16 * 32);
    wiped_avx2(registers.data());
  } else {
    GTEST_SKIP() << "this processor has only the registers of SSE2, which the test uses itself";
  }
  EXPECT_EQ(std::ranges::count(registers, 0), static_cast<std::ptrdiff_t>(registers.size()));
}
#elif defined(__aarch64__)
// The registers that a called function need not keep, v0 to v7 and v16 to v31, of 16 bytes each.
#define MIPZK_FREE_REGISTERS \
  "0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31"
[[gnu::noinline]] void wiped(uint8_t* out) {
  __asm__ __volatile__(".irp r, " MIPZK_FREE_REGISTERS
                       "\n\tmovi v\\r\\().2d, #0xffffffffffffffff\n\t.endr" ::
                           : "memory");
  wipe_stack();
  __asm__ __volatile__(".irp r, " MIPZK_FREE_REGISTERS
                       "\n\tstr q\\r, [%0, #(16 * \\r)]\n\t.endr" ::"r"(out)
                       : "memory");
}

TEST(SecretMemory, WipingTheStackClearsVectorRegisters) {
  alignas(16) uint8_t registers[32 * 16] = {};
  std::fill(std::begin(registers), std::end(registers), uint8_t{0xff});
  wiped(registers);
  for (size_t r = 0; r < 32; ++r) {
    if (r >= 8 && r < 16) continue;
    EXPECT_EQ(std::count(registers + 16 * r, registers + 16 * (r + 1), 0), 16) << "v" << r;
  }
}
#endif

TEST(SecretMemory, AbsurdSizesAreRefused) {
  SecretVector<uint32_t> v;
  EXPECT_THROW(v.reserve(size_t{1} << 60), std::exception);
  EXPECT_THROW(secret_allocate(size_t{1} << 62), std::bad_alloc);
}

// A block of freed pages may outlive the arena: behind what it was asked for nothing is left of
// them.
TEST(SecretMemory, NothingIsLeftBehindABlockOfAnArena) {
  constexpr size_t kUnit = size_t{1} << 16, kAll = 4 * kUnit, kBytes = kUnit + 100;
  const Arena arena;
  auto* const old = static_cast<uint8_t*>(secret_allocate(kAll));
  std::fill_n(old, kAll, uint8_t{0xee});
  secret_free(old, kAll);
  auto* const block = static_cast<uint8_t*>(secret_allocate(kBytes));
  ASSERT_EQ(block, old);
  EXPECT_EQ(block[0], 0xee);  // what the owner of a block does with it is its own
  EXPECT_TRUE(std::all_of(block + kBytes, block + 2 * kUnit, [](uint8_t b) { return b == 0; }));
  secret_free(block, kBytes);
}

}  // namespace
}  // namespace mipzk
