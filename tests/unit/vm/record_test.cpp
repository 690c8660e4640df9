// SPDX-License-Identifier: Apache-2.0
// Recordings in detail, and the replay itself: it must notice what it is there for.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <functional>

#include "unit/vm/guest.hpp"
#include "unit/vm/recording_check.hpp"

namespace mipzk::test {
namespace {

using isa::Class;

TEST(Record, EventsOfASmallProgram) {
  Guest g;
  g.op(lui(kT0, kData >> 16));           // clk 0
  g.op(imm(Op::kAddiu, kT1, kZero, 7));  // clk 4
  g.op(mem(Op::kSw, kT1, 8, kT0));       // clk 8
  g.op(mem(Op::kLw, kA0, 8, kT0));       // clk 12
  g.op(hilo(Op::kMult, kA0, kA0));       // clk 16
  g.op(kHaltWord);                       // clk 20
  const auto r = run_and_check(g.program());
  const Events events = replayed(g.program(), r);
  ASSERT_EQ(events.of(Class::kAddImm).size(), 2u);
  const vm::Event& lui_event = events.of(Class::kAddImm)[0];
  EXPECT_EQ(lui_event.clk, 0u);
  EXPECT_EQ(lui_event.pc, kText);
  EXPECT_EQ(lui_event.npc, kText + 4);
  EXPECT_EQ(lui_event.next_npc, kText + 8);
  EXPECT_EQ(lui_event.t_rs, 0u);  // $zero, never accessed before
  EXPECT_EQ(lui_event.t_rd, 0u);
  EXPECT_EQ(lui_event.rd_new, kData);
  EXPECT_EQ(events.of(Class::kAddImm)[1].t_rs, 1u);
  const vm::Event& store = events.of(Class::kStoreWord)[0];
  EXPECT_EQ(store.t_rs, 4u);
  EXPECT_EQ(store.t_rt, 8u);
  EXPECT_EQ(store.mem_addr, kData + 8);
  EXPECT_EQ(store.mem_old, 0u);
  EXPECT_EQ(store.mem_new, 7u);
  EXPECT_EQ(store.t_mem, 0u);
  const vm::Event& load = events.of(Class::kLoadWord)[0];
  EXPECT_EQ(load.t_rs, 9u);
  EXPECT_EQ(load.t_mem, 11u);
  EXPECT_EQ(load.mem_writable, 1u);
  const vm::Event& mult = events.of(Class::kMult)[0];
  EXPECT_EQ(mult.t_rs, 16u);
  EXPECT_EQ(mult.t_rt, 17u);  // the same register in both operands
  EXPECT_EQ(mult.rd_new, 49u);
  const vm::Event& halt = events.of(Class::kHalt)[0];
  EXPECT_EQ(halt.clk, 20u);
  EXPECT_EQ(halt.npc, kText + 24);
  EXPECT_EQ(halt.next_npc, 0u);
  EXPECT_EQ(halt.rd_new, 7u);
  EXPECT_EQ(r.shards[0].cycles, 6u);
  const vm::Touched& state = r.shards[0].touched.back();
  EXPECT_EQ(state.key, vm::kStateKey);
  EXPECT_EQ(state.t_last, 24u);
}

TEST(Record, BumpsWhenAWordRestedTooLong) {
  // $t3 and a memory word are written, left alone for 2^16 ticks and more, and read again.
  for (uint32_t rounds : {8189u, 8190u, 8191u, 8192u, 20000u}) {
    Guest g;
    g.li(kT0, kData).li(kT1, rounds).li(kT3, 0x00030002);
    g.op(mem(Op::kSw, kT3, 0, kT0));         // 6
    g.op(branch(Op::kBne, kT1, kZero, -1));  // loop: 2 cycles a round
    g.op(imm(Op::kAddiu, kT1, kT1, 0xffff));
    g.op(three(Op::kAddu, kA0, kT3, kT3)).op(mem(Op::kLw, kA1, 0, kT0)).halt();
    const auto r = run_and_check(g.program());
    EXPECT_EQ(r.outcome.exit_code, 0x00060004u);
    // rs of the addu: last access at 4 * 6 + 2, now at 4 * (7 + 2 * (rounds + 1)) + 1.
    const uint32_t gap = 4 * (7 + 2 * (rounds + 1)) + 1 - 26;
    bool bumped = false;
    for (const vm::Bump& b : replayed(g.program(), r).bumps)
      bumped |= b.key == vm::kRegisterKeyBase + kT3;
    EXPECT_EQ(bumped, gap - 1 >= 1u << 16) << rounds;
  }
}

TEST(Record, TrashAndExitCode) {
  Guest g;
  g.li(kT0, kData).op(mem(Op::kLw, kZero, 0, kT0)).li(kA0, 3).halt();
  g.data = {99};
  const auto r = run_and_check(g.program());
  const auto find = [&](uint32_t reg) -> const vm::SourceWord* {
    for (const auto& w : r.finals)
      if (w.key == vm::kRegisterKeyBase + reg) return &w;
    return nullptr;
  };
  ASSERT_NE(find(isa::kTrash), nullptr);
  EXPECT_EQ(find(isa::kTrash)->value_final, 99u);
  ASSERT_NE(find(isa::kExitCode), nullptr);
  EXPECT_EQ(find(isa::kExitCode)->value_final, 3u);
  EXPECT_EQ(find(kZero)->value_final, 0u);
}

TEST(Record, IsRepeatable) {
  Guest g;
  g.li(kT1, 100).op(branch(Op::kBne, kT1, kZero, -1)).op(imm(Op::kAddiu, kT1, kT1, 0xffff)).halt();
  const auto a = run_and_check(g.program()), b = run_and_check(g.program());
  EXPECT_EQ(a.finals, b.finals);
  EXPECT_EQ(a.shards[0].cycles, b.shards[0].cycles);
}

// A recording whose defects the replay has to find.
vm::Recording sample(isa::Program& program) {
  Guest g;
  g.data = {5, 6};
  g.li(kT0, kData).op(mem(Op::kLw, kT1, 4, kT0)).op(three(Op::kAddu, kT2, kT1, kT1));
  g.op(mem(Op::kSw, kT2, 0, kT0)).li(kT3, 9000);
  g.op(branch(Op::kBne, kT3, kZero, -1)).op(imm(Op::kAddiu, kT3, kT3, 0xffff));
  g.op(mem(Op::kLw, kA0, 0, kT0)).halt();
  program = g.program();
  return run_and_check(program);
}

TEST(Replay, NoticesEveryKindOfDefect) {
  using Change = std::function<void(vm::Recording&, Events&)>;
  const Change changes[] = {
      [](vm::Recording&, Events& e) { e.of(Class::kAdd)[0].t_rs += 1; },
      [](vm::Recording&, Events& e) { e.of(Class::kAdd)[0].rs += 1; },
      [](vm::Recording&, Events& e) { e.of(Class::kAdd)[0].rd_new += 1; },
      [](vm::Recording&, Events& e) { e.of(Class::kAdd)[0].rd_old += 1; },
      [](vm::Recording&, Events& e) { e.of(Class::kAdd)[0].npc += 4; },
      [](vm::Recording&, Events& e) { e.of(Class::kAdd)[0].clk += 4; },
      [](vm::Recording&, Events& e) { e.of(Class::kLoadWord)[0].mem_old += 1; },
      [](vm::Recording&, Events& e) { e.of(Class::kLoadWord)[0].mem_writable ^= 1; },
      [](vm::Recording&, Events& e) { e.of(Class::kLoadWord)[0].mem_addr += 4; },
      [](vm::Recording&, Events& e) { e.of(Class::kStoreWord)[0].mem_new += 1; },
      [](vm::Recording&, Events& e) { e.of(Class::kStoreWord)[0].t_mem += 1; },
      [](vm::Recording&, Events& e) { e.of(Class::kAdd).clear(); },
      [](vm::Recording&, Events& e) { e.bumps.pop_back(); },
      [](vm::Recording&, Events& e) { e.bumps[0].t_new -= 1; },
      [](vm::Recording& r, Events&) { r.shards[0].touched.erase(r.shards[0].touched.begin()); },
      [](vm::Recording& r, Events&) { r.shards[0].touched[0].t_last += 1; },
      [](vm::Recording& r, Events&) { r.shards[0].touched[0].in_lo ^= 1; },
      [](vm::Recording& r, Events&) { r.shards[0].touched[0].out_hi ^= 1; },
      [](vm::Recording& r, Events&) { r.shards[0].touched.back().out_lo = 0; },
      [](vm::Recording& r, Events&) { r.shards[0].cycles += 1; },
      [](vm::Recording& r, Events&) { r.finals[0].value_init ^= 1; },
      [](vm::Recording& r, Events&) { r.finals[0].shard_last ^= 1; },
      [](vm::Recording& r, Events&) { r.finals.pop_back(); },
  };
  for (size_t i = 0; i < std::size(changes); ++i) {
    isa::Program program;
    vm::Recording r = sample(program);
    ASSERT_FALSE(HasFailure());
    Events events = replayed(program, r);
    ASSERT_FALSE(events.bumps.empty());
    changes[i](r, events);
    testing::TestPartResultArray found;
    {
      testing::ScopedFakeTestPartResultReporter reporter(
          testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &found);
      check_recording(program, {}, r, {&events, 1});
    }
    EXPECT_GT(found.size(), 0) << "change " << i;
  }
}

}  // namespace
}  // namespace mipzk::test
