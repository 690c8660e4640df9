// SPDX-License-Identifier: Apache-2.0
// Runs recorded in several shards: what crosses their boundaries, wherever these lie.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "unit/vm/guest.hpp"
#include "unit/vm/recording_check.hpp"
#include "vm/boundary.hpp"
#include "vm/sharded_run.hpp"

namespace mipzk::test {
namespace {

// Loads, stores, both words of a double, ll and sc, branches with delay slots, HI and LO, a trap.
Guest busy_guest() {
  Guest g;
  g.data = {5, 6, 7, 8};
  g.li(kT0, kData).li(kT1, 6);
  g.op(mem(Op::kLl, kT2, 0, kT0));  // loop
  g.op(three(Op::kAddu, kT2, kT2, kT1));
  g.op(mem(Op::kSc, kT2, 0, kT0));
  g.op(hilo(Op::kMult, kT2, kT1));
  g.op(mem(Op::kLw, kT3, 8, kT0));
  g.op(mem(Op::kSw, kT3, 12, kT0));
  g.op(mem(Op::kSb, kT1, 5, kT0));
  g.op(imm(Op::kAddiu, kT1, kT1, 0xffff));
  g.op(branch(Op::kBne, kT1, kZero, -9));
  g.op(imm(Op::kAddiu, kA0, kA0, 1));
  g.halt();
  return g;
}

TEST(Shards, EveryPlaceOfABoundary) {
  const isa::Program program = busy_guest().program();
  const vm::Recording whole = run_and_check(program);
  const uint64_t cycles = whole.outcome.cycles;
  ASSERT_GT(cycles, 60u);
  for (uint64_t size = 1; size <= cycles; ++size) {
    SCOPED_TRACE(size);
    const vm::Recording r = run_and_check(program, {}, size);
    EXPECT_EQ(r.shards.size(), (cycles + size - 1) / size);
    EXPECT_EQ(r.outcome.exit_code, whole.outcome.exit_code);
    ASSERT_EQ(r.finals.size(), whole.finals.size());
    for (size_t i = 0; i < r.finals.size(); ++i)
      EXPECT_EQ(r.finals[i].value_final, whole.finals[i].value_final);
    if (HasFailure()) return;
  }
}

// Longer than blocks, longer than the pause after which a word needs a bump.
TEST(Shards, OfManyBlocks) {
  Guest g;
  g.li(kT0, kData).li(kT1, 30000).li(kT3, 0x00030002);
  g.op(mem(Op::kSw, kT3, 0, kT0));
  g.op(branch(Op::kBne, kT1, kZero, -1));
  g.op(imm(Op::kAddiu, kT1, kT1, 0xffff));
  g.op(mem(Op::kLw, kA0, 0, kT0)).halt();
  const isa::Program program = g.program();
  for (uint64_t size : {8192u, 8193u, 20000u, 60000u}) {
    const vm::Recording r = run_and_check(program, {}, size);
    EXPECT_GT(r.shards.size(), 1u);
    EXPECT_EQ(r.outcome.exit_code, 0x00030002u);
    // The word rests in between: no shard but the first and the last has a row for it.
    for (size_t i = 0; i < r.shards.size(); ++i) {
      const auto& touched = r.shards[i].touched;
      const bool has = std::any_of(touched.begin(), touched.end(),
                                   [](const vm::Touched& t) { return t.key == kData / 4; });
      EXPECT_EQ(has, i == 0 || i + 1 == r.shards.size());
    }
  }
}

TEST(Shards, MoreThanThereMayBeAreUnprovable) {
  const isa::Program program = busy_guest().program();
  const uint64_t cycles = run_and_check(program).outcome.cycles;
  const uint64_t size = (cycles + 3) / 4;
  EXPECT_TRUE(vm::record(program, {}, {.max_shard_cycles = size, .max_shards = 4}).ok());
  vm::FaultReport report;
  const auto r = vm::record(program, {}, {.max_shard_cycles = size, .max_shards = 3}, {}, &report);
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.error().code, Errc::kUnprovable);
  EXPECT_EQ(report.cycle, 3 * size);
}

// A page of the output window that an earlier shard touched counts at the end, too.
TEST(Shards, OutputBeyondItsEndIsNoticedInAnyShard) {
  for (uint32_t offset : {8u, 0x2000u}) {
    Guest g;
    g.li(kT0, isa::kOutputBase).li(kT1, 4);
    g.li(kT2, isa::kOutputBase + offset);
    g.op(mem(Op::kSw, kZero, 0, kT2));
    g.op(mem(Op::kSw, kT1, 0, kT0)).halt();
    const isa::Program program = g.program();
    for (uint64_t size : {1u, 2u, 100u}) {
      vm::FaultReport report;
      const auto r =
          vm::record(program, {}, {.max_shard_cycles = size, .max_shards = 100}, {}, &report);
      ASSERT_FALSE(r.ok());
      EXPECT_EQ(report.kind, vm::FaultKind::kOutputBeyondEnd) << size;
    }
  }
}

TEST(Shards, InputAndHintsAreTakenOn) {
  Guest g;
  g.li(kT0, isa::kPrivateBase).li(kT1, isa::kPublicBase);
  g.op(mem(Op::kLw, kT2, 4, kT0)).op(mem(Op::kLw, kT3, 4, kT1));
  g.op(three(Op::kAddu, kA0, kT2, kT3)).op(mem(Op::kLw, kT2, 8, kT0));
  g.op(three(Op::kAddu, kA0, kA0, kT2)).op(mem(Op::kLw, kT2, 4, kT0));
  g.op(three(Op::kAddu, kA0, kA0, kT2)).halt();
  const std::vector<uint8_t> secret = {0, 0, 0, 1, 0, 0, 0, 16}, open = {0, 0, 1, 0};
  for (uint64_t size : {1u, 2u, 3u, 5u}) {
    const vm::Recording r = run_and_check(g.program(), {secret, open, {}}, size);
    EXPECT_EQ(r.outcome.exit_code, 1u + 256 + 16 + 1);
  }
}

// The host hears of every CYCLE once, with the instructions of the whole run.
TEST(Shards, TheHostCountsTheWholeRun) {
  Guest g;
  for (uint32_t i = 0; i < 3; ++i) g.li(kA0, i).op(kCycleWord);
  g.li(kA0, 0).halt();
  const isa::Program program = g.program();
  const auto heard = [&](uint64_t size) {
    std::vector<std::pair<uint64_t, uint32_t>> marks;
    vm::Hooks hooks;
    hooks.cycle = [&](uint64_t cycle, uint32_t mark) { marks.emplace_back(cycle, mark); };
    EXPECT_TRUE(vm::record(program, {}, {.max_shard_cycles = size, .max_shards = 100}, hooks).ok());
    return marks;
  };
  const auto whole = heard(1000);
  EXPECT_EQ(whole.size(), 3u);
  for (uint64_t size : {1u, 2u, 5u}) EXPECT_EQ(heard(size), whole);
}

// A shard ends with the block that fills it; instructions and touched words count.
TEST(Shards, EndWithTheBlockThatHasTheCells) {
  Guest g;
  g.li(kT3, 20000);
  g.op(imm(Op::kAddiu, kT3, kT3, 0xffff)).op(branch(Op::kBne, kT3, kZero, -2)).op(kNopWord);
  g.op(imm(Op::kAddiu, kA0, 0, 0)).halt();
  const isa::Program program = g.program();
  const uint64_t cycles = vm::run(program, {})->cycles;
  ASSERT_GT(cycles, 5 * vm::kBlockCycles);
  const auto lengths = [&](const vm::ShardSize& size) {
    const auto r = vm::record(program, {}, {.shard_size = size, .max_shards = 1000});
    EXPECT_TRUE(r.ok()) << r.error().message;
    std::vector<uint64_t> all;
    for (const vm::ShardRecord& shard : r->shards) all.push_back(shard.cycles);
    return all;
  };
  vm::ShardSize size;
  size.of_instruction.fill(3);
  for (const uint64_t blocks : {1, 2}) {
    size.cells = 3 * blocks * vm::kBlockCycles;
    const auto exact = lengths(size);
    ++size.cells;
    const auto more = lengths(size);
    for (size_t i = 0; i + 1 < exact.size(); ++i) EXPECT_EQ(exact[i], blocks * vm::kBlockCycles);
    for (size_t i = 0; i + 1 < more.size(); ++i)
      EXPECT_EQ(more[i], (blocks + 1) * vm::kBlockCycles);
    EXPECT_EQ(std::accumulate(exact.begin(), exact.end(), uint64_t{0}), cycles);
  }
  size.of_instruction.fill(0);
  EXPECT_EQ(lengths(size).size(), 1u);
}

// Each word once in a shard, however often it is used; the next shard counts it again.
TEST(Shards, WordsCountOnceInAShard) {
  constexpr uint32_t kWords = 3000, kRounds = 12;
  Guest g;
  g.li(kT3, kRounds);
  g.li(kT0, kData).li(kT1, kData + 4 * kWords);  // the outer loop begins here
  g.op(mem(Op::kLw, kT2, 0, kT0)).op(imm(Op::kAddiu, kT0, kT0, 4));
  g.op(branch(Op::kBne, kT0, kT1, -3)).op(kNopWord);
  g.op(imm(Op::kAddiu, kT3, kT3, 0xffff));
  g.op(branch(Op::kBne, kT3, kZero, -10)).op(kNopWord);
  g.op(imm(Op::kAddiu, kA0, 0, 0)).halt();
  const isa::Program program = g.program();
  vm::ShardSize size;
  size.of_word = 10;
  size.cells = 10 * kWords;
  const auto r = vm::record(program, {}, {.shard_size = size, .max_shards = 1000});
  ASSERT_TRUE(r.ok()) << r.error().message;
  ASSERT_GT(r->shards.size(), 3u);
  for (size_t i = 0; i + 1 < r->shards.size(); ++i) {
    const auto words = std::ranges::count_if(
        r->shards[i].touched, [](const vm::Touched& t) { return t.key < vm::kRegisterKeyBase; });
    EXPECT_EQ(words, kWords) << i;
  }
}

}  // namespace
}  // namespace mipzk::test
