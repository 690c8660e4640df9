// SPDX-License-Identifier: Apache-2.0
// Speed of the machine on one thread: plain runs, recordings, and the replay that gives the events.
// Without arguments it measures small loops of its own; arguments are ELF files of guests without
// input. Each number is the best of three.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "elf/load.hpp"
#include "isa/program.hpp"
#include "unit/isa/encode.hpp"
#include "vm/machine.hpp"
#include "vm/replay.hpp"

namespace {

using namespace mipzk;
using namespace mipzk::test;

constexpr uint32_t kText = 0x00400000, kData = 0x10000000;
constexpr uint32_t kHaltWord = 0x0000004c;

struct Words : std::vector<uint32_t> {
  using std::vector<uint32_t>::vector;
  Words& li(unsigned reg, uint32_t value) {
    push_back(lui(reg, value >> 16));
    push_back(imm(Op::kOri, reg, reg, value));
    return *this;
  }
  Words& add(std::initializer_list<uint32_t> words) {
    insert(end(), words);
    return *this;
  }
  // `bne reg, zero` back to `to`, counting reg down in the delay slot; then HALT.
  Words& loop(unsigned reg, size_t to) {
    const int offset = static_cast<int>(to) - static_cast<int>(size()) - 1;
    return add({branch(Op::kBne, reg, 0, offset), imm(Op::kAddiu, reg, reg, 0xffff)});
  }
  Words& halt() { return add({kHaltWord, kNopWord}); }
};

isa::ProgramImage image_of(const Words& words) {
  isa::Segment text;
  text.address = kText;
  text.readable = text.executable = true;
  for (uint32_t w : words)
    for (int s = 24; s >= 0; s -= 8) text.bytes.push_back(static_cast<uint8_t>(w >> s));
  text.memory_size = static_cast<uint32_t>(text.bytes.size());
  isa::ProgramImage image;
  image.entry = kText;
  image.segments = {text};
  return image;
}

// Shifts and logic on registers.
Words xorshift(uint32_t rounds) {
  Words w;
  w.li(8, 0x12345678).li(9, rounds);
  const size_t top = w.size();
  w.add({shift(Op::kSll, 10, 8, 13), three(Op::kXor, 8, 8, 10), shift(Op::kSrl, 10, 8, 17),
         three(Op::kXor, 8, 8, 10), shift(Op::kSll, 10, 8, 5), three(Op::kXor, 8, 8, 10)});
  return w.loop(9, top).halt();
}

// A pass over `words` words: read, change, write, count by bytes.
Words memory_walk(uint32_t passes, uint32_t words) {
  Words w;
  w.li(9, passes);
  const size_t outer = w.size();
  w.li(8, kData).li(11, words);
  const size_t inner = w.size();
  w.add({mem(Op::kLw, 10, 0, 8), imm(Op::kAddiu, 10, 10, 77), mem(Op::kSw, 10, 0, 8),
         mem(Op::kLbu, 12, 3, 8), three(Op::kAddu, 13, 13, 12), mem(Op::kSb, 13, 2, 8),
         imm(Op::kAddiu, 8, 8, 4)});
  return w.loop(11, inner).loop(9, outer).halt();
}

// Recursive Fibonacci numbers: calls, returns, stack.
Words fibonacci(uint32_t n) {
  Words w;
  w.li(4, n).add({jump(Op::kJal, kText + 6 * 4), kNopWord, kHaltWord, kNopWord});
  // fib(a0): a0 < 2 ? a0 : fib(a0 - 1) + fib(a0 - 2)
  const uint32_t fib = kText + 6 * 4;
  w.add({imm(Op::kSlti, 8, 4, 2), branch(Op::kBeq, 8, 0, 3), three(Op::kAddu, 2, 4, 0), jr(31),
         kNopWord, imm(Op::kAddiu, 29, 29, 0xfff0), mem(Op::kSw, 31, 0, 29), mem(Op::kSw, 4, 4, 29),
         jump(Op::kJal, fib), imm(Op::kAddiu, 4, 4, 0xffff), mem(Op::kSw, 2, 8, 29),
         mem(Op::kLw, 4, 4, 29), jump(Op::kJal, fib), imm(Op::kAddiu, 4, 4, 0xfffe),
         mem(Op::kLw, 8, 8, 29), mem(Op::kLw, 31, 0, 29), three(Op::kAddu, 2, 2, 8), jr(31),
         imm(Op::kAddiu, 29, 29, 16)});
  return w;
}

// A linear congruential generator and a remainder.
Words multiply_divide(uint32_t rounds) {
  Words w;
  w.li(8, 1).li(9, rounds).li(10, 1664525).li(11, 1013904223).li(12, 7919);
  const size_t top = w.size();
  w.add({hilo(Op::kMultu, 8, 10), from_hilo(Op::kMflo, 8), three(Op::kAddu, 8, 8, 11),
         hilo(Op::kDivu, 8, 12), from_hilo(Op::kMfhi, 13)});
  return w.loop(9, top).halt();
}

template <class F>
double seconds(const F& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void measure(const std::string& name, const isa::ProgramImage& image) {
  const auto program = isa::build_program(image);
  if (!program) {
    std::printf("%-16s %s\n", name.c_str(), program.error().message);
    return;
  }
  double plain = 1e9;
  uint64_t cycles = 0;
  for (int i = 0; i < 3; ++i) {
    plain = std::min(plain, seconds([&] {
                       const auto r = vm::run(*program, {});
                       if (!r) std::printf("%s: %s\n", name.c_str(), r.error().message);
                       cycles = r ? r->cycles : 0;
                     }));
  }
  const double n = static_cast<double>(cycles) / 1e6;
  std::printf("%-16s %12.1f %12.1f", name.c_str(), n, n / plain);
  if (cycles > vm::kMaxShardCycles) {
    std::printf("  (too long for one shard)\n");
    return;
  }
  double recording = 1e9, replaying = 1e9;
  size_t bumps = 0;
  for (int i = 0; i < 3; ++i) {
    std::optional<Result<vm::Recording>> r;
    recording = std::min(recording, seconds([&] { r.emplace(vm::record(*program, {})); }));
    if (!r->ok()) return;
    const vm::ShardRecord& shard = (*r)->shards[0];
    replaying = std::min(replaying, seconds([&] {
                           const vm::Code code(*program);
                           vm::Replay replay(code, shard);
                           bumps = 0;
                           for (size_t b = 0; b < shard.blocks.size(); ++b) {
                             replay.run(b);
                             bumps += replay.bumps().size();
                           }
                         }));
  }
  std::printf(" %12.1f %12.1f %12.1f %10zu\n", n / recording, n / replaying,
              n / (recording + replaying), bumps);
}

}  // namespace

int main(int argc, char** argv) {
  std::printf("%-16s %12s %12s %12s %12s %12s %10s\n", "guest", "M cycles", "plain M/s",
              "record M/s", "replay M/s", "both M/s", "bumps");
  if (argc > 1) {
    for (int i = 1; i < argc; ++i) {
      std::ifstream file(argv[i], std::ios::binary);
      const std::vector<uint8_t> bytes((std::istreambuf_iterator<char>(file)), {});
      const auto image = elf::load(bytes);
      if (!image) {
        std::printf("%s: %s\n", argv[i], image.error().message);
        return 1;
      }
      measure(argv[i], *image);
    }
    return 0;
  }
  measure("xorshift", image_of(xorshift(2'000'000)));
  measure("xorshift long", image_of(xorshift(50'000'000)));
  measure("memory 64 KiB", image_of(memory_walk(100, 16384)));
  measure("memory 4 MiB", image_of(memory_walk(1, 1 << 20)));
  measure("memory long", image_of(memory_walk(100, 1 << 18)));
  measure("fibonacci", image_of(fibonacci(26)));
  measure("fibonacci long", image_of(fibonacci(33)));
  measure("mult and div", image_of(multiply_divide(2'000'000)));
}
