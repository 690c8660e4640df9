// SPDX-License-Identifier: Apache-2.0
// Runs whose shards have a given room: where they end, to the instruction, and that nothing shows
// of the instructions that were taken back.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "unit/vm/faulty_guest.hpp"
#include "unit/vm/recording_check.hpp"
#include "vm/replay.hpp"
#include "vm/sharded_run.hpp"

namespace mipzk::test {
namespace {

constexpr uint64_t kPlenty = uint64_t{1} << 30;

vm::ShardRoom plenty() {
  vm::ShardRoom room;
  room.instructions.fill(1u << 30);
  room.touched = room.entries = room.bumps = kPlenty;
  room.faults.fill(kPlenty);
  return room;
}

// Only for the state of the run.
vm::ShardRoom none() {
  vm::ShardRoom room;
  room.touched = 1;
  return room;
}

// What a shard takes.
vm::ShardRoom use_of(const isa::Program& program, const vm::ShardRecord& shard) {
  vm::ShardRoom use;
  use.instructions = shard.counts;
  use.touched = shard.touched.size();
  use.entries = shard.executed.size();
  std::ranges::copy(shard.fault_counts(), use.faults.begin());
  const vm::Code code(program);
  vm::Replay replay(code, shard);
  for (size_t b = 0; b < shard.blocks.size(); ++b) {
    replay.run(b);
    use.bumps += replay.bumps().size();
  }
  return use;
}

bool fits(const vm::ShardRoom& use, const vm::ShardRoom& room) {
  for (size_t cls = 0; cls < use.instructions.size(); ++cls)
    if (use.instructions[cls] > room.instructions[cls]) return false;
  for (size_t i = 0; i < use.faults.size(); ++i)
    if (use.faults[i] > room.faults[i]) return false;
  return use.touched <= room.touched && use.entries <= room.entries && use.bumps <= room.bumps;
}

// That of the first `cycles` instructions.
vm::ShardRoom use_of_first(const isa::Program& program, const vm::Inputs& inputs, uint64_t cycles) {
  const auto r =
      vm::record(program, inputs, {.max_shard_cycles = cycles, .max_shards = vm::kMaxShards});
  EXPECT_TRUE(r.ok());
  return use_of(program, r->shards[0]);
}

bool same(const vm::AccessLog& a, const vm::AccessLog& b) {
  if (a.chunks() != b.chunks()) return false;
  for (size_t i = 0; i < a.chunks(); ++i)
    if (!std::ranges::equal(a.chunk(i), b.chunk(i), [](const vm::Cell& x, const vm::Cell& y) {
          return x.value == y.value && x.meta == y.meta;
        }))
      return false;
  return true;
}

void expect_same(const vm::ShardRecord& a, const vm::ShardRecord& b) {
  EXPECT_EQ(a.cycles, b.cycles);
  EXPECT_EQ(a.counts, b.counts);
  EXPECT_TRUE(same(a.log, b.log));
  ASSERT_EQ(a.blocks.size(), b.blocks.size());
  for (size_t i = 0; i < a.blocks.size(); ++i) {
    const vm::Checkpoint &x = a.blocks[i], &y = b.blocks[i];
    EXPECT_EQ(std::pair(x.pc, x.npc), std::pair(y.pc, y.npc));
    EXPECT_EQ(std::pair(x.log.chunk, x.log.index), std::pair(y.log.chunk, y.log.index));
    EXPECT_TRUE(x.cycle == y.cycle && x.before == y.before && x.reg == y.reg &&
                x.reg_time == y.reg_time);
  }
  EXPECT_TRUE(
      std::ranges::equal(a.faults, b.faults, [](const vm::FaultMark& x, const vm::FaultMark& y) {
        return x.cycle == y.cycle && x.fault.code == y.fault.code &&
               x.fault.address == y.fault.address && x.fault.span == y.fault.span;
      }));
  EXPECT_TRUE(
      std::ranges::equal(a.executed, b.executed, [](const vm::Executed& x, const vm::Executed& y) {
        return x.rom == y.rom && x.count == y.count && x.shard_in == y.shard_in;
      }));
  EXPECT_TRUE(
      std::ranges::equal(a.touched, b.touched, [](const vm::Touched& x, const vm::Touched& y) {
        return x.key == y.key && x.in_lo == y.in_lo && x.in_hi == y.in_hi && x.out_lo == y.out_lo &&
               x.out_hi == y.out_hi && x.writable == y.writable && x.shard_in == y.shard_in &&
               x.t_last == y.t_last;
      }));
}

// Records with these rooms and checks all but where the cuts are: that each shard fits but the last
// one, and that a run told of the cuts gives the same.
vm::Recording record_in(const isa::Program& program, const std::vector<vm::ShardRoom>& rooms,
                        const vm::Inputs& inputs = {}, const vm::Hooks& hooks = {}) {
  auto r = vm::record(program, inputs, {.rooms = rooms}, hooks);
  EXPECT_TRUE(r.ok()) << r.error().message;
  if (!r) return {};
  EXPECT_EQ(r->shards.size(), rooms.size());
  check_recording(program, inputs, *r);
  for (size_t i = 0; i + 1 < r->shards.size(); ++i)
    EXPECT_TRUE(fits(use_of(program, r->shards[i]), rooms[i])) << i;
  const vm::Hooks silent;
  vm::ShardedRun again(program, inputs, {}, silent);
  for (const vm::ShardRecord& shard : r->shards) {
    vm::ShardRecord second;
    EXPECT_TRUE(again.repeat(second, shard.cycles).ok());
    expect_same(shard, second);
  }
  const auto finals = again.source_words();
  EXPECT_TRUE(std::ranges::equal(finals, r->finals));
  EXPECT_EQ(again.code_last(), r->code_last);
  return std::move(*r);
}

// Loads, stores, both words of a double, ll and sc, branches with delay slots, HI and LO, hints.
Guest busy_guest() {
  Guest g;
  g.data = {5, 6, 7, 8, 9, 10};
  g.li(kT0, kData).li(kT1, 4);
  g.op(mem(Op::kLl, kT2, 0, kT0));  // loop
  g.op(three(Op::kAddu, kT2, kT2, kT1));
  g.op(mem(Op::kSc, kT2, 0, kT0));
  g.op(hilo(Op::kMult, kT2, kT1));
  g.op(kHintWord);
  g.op(mem(Op::kSw, kV0, 12, kT0));
  g.op(mem(Op::kSb, kT1, 5, kT0));
  g.op(mem(Op::kLdc1, 0, 16, kT0));
  g.op(mem(Op::kSdc1, 0, 8, kT0));
  g.op(kCycleWord);
  g.op(imm(Op::kAddiu, kT1, kT1, 0xffff));
  g.op(branch(Op::kBne, kT1, kZero, -12));
  g.op(imm(Op::kAddiu, kA0, kA0, 1));
  g.halt();
  return g;
}
const std::vector<uint8_t> kHints = {0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4};

// Room for just what a part of the run takes, of one table at a time: the shard ends before the
// first instruction that takes more, wherever that is.
TEST(Rooms, AShardEndsBeforeTheFirstInstructionThatDoesNotFit) {
  const isa::Program program = busy_guest().program();
  const vm::Inputs inputs{{}, {}, kHints};
  const vm::Recording whole = run_and_check(program, inputs);
  const uint64_t cycles = whole.outcome.cycles;
  std::vector<vm::ShardRoom> uses(1);
  uses[0].touched = 1;
  for (uint64_t n = 1; n <= cycles; ++n) uses.push_back(use_of_first(program, inputs, n));
  size_t cuts = 0;
  for (uint64_t n = 0; n < cycles; ++n) {
    SCOPED_TRACE(n);
    std::vector<vm::ShardRoom> rooms;
    for (size_t cls = 0; cls < isa::kClassCount; ++cls) {
      if (uses[n + 1].instructions[cls] == uses[n].instructions[cls]) continue;
      rooms.push_back(plenty());
      rooms.back().instructions[cls] = uses[n].instructions[cls];
    }
    if (uses[n + 1].touched != uses[n].touched) {
      rooms.push_back(plenty());
      rooms.back().touched = uses[n].touched;
      if (uses[n].touched + 1 < uses[n + 1].touched) ++rooms.back().touched;  // one too few
    }
    if (uses[n + 1].entries != uses[n].entries) {
      rooms.push_back(plenty());
      rooms.back().entries = uses[n].entries;
    }
    for (const vm::ShardRoom& room : rooms) {
      const vm::Recording r = record_in(program, {room, plenty()}, inputs);
      ASSERT_EQ(r.shards.size(), 2u);
      EXPECT_EQ(r.shards[0].cycles, n);
      EXPECT_EQ(r.outcome.exit_code, whole.outcome.exit_code);
      ++cuts;
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(cuts, cycles);
}

// The same of faults, of each table; and the spans of the program that they show are entries.
TEST(Rooms, FaultsNeedRoomToo) {
  const isa::Program program = faulty_guest(1).program();
  const uint64_t cycles = run_and_check(program).outcome.cycles;
  std::vector<vm::ShardRoom> uses(1);
  uses[0].touched = 1;
  for (uint64_t n = 1; n <= cycles; ++n) uses.push_back(use_of_first(program, {}, n));
  size_t cuts = 0;
  const auto cut_at = [&](const vm::ShardRoom& room, uint64_t n) {
    const vm::Recording r = record_in(program, {room, plenty()});
    EXPECT_EQ(r.shards[0].cycles, n);
    EXPECT_EQ(r.outcome.exit_code, kFaultsOfARound);
    ++cuts;
  };
  for (uint64_t n = 0; n < cycles; ++n) {
    SCOPED_TRACE(n);
    for (size_t i = 0; i < vm::kFaultTables; ++i) {
      if (uses[n + 1].faults[i] == uses[n].faults[i]) continue;
      vm::ShardRoom room = plenty();
      room.faults[i] = uses[n].faults[i];
      cut_at(room, n);
      if (uses[n + 1].entries != uses[n].entries) {
        room = plenty();
        room.entries = uses[n].entries;
        cut_at(room, n);
      }
      if (uses[n + 1].touched != uses[n].touched) {
        room = plenty();
        room.touched = uses[n].touched;
        cut_at(room, n);
      }
    }
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(cuts, 2 * kFaultsOfARound);
}

// One more of anything is enough for the whole run.
TEST(Rooms, ARunThatExactlyFillsAShardEndsInIt) {
  const isa::Program program = busy_guest().program();
  const vm::Inputs inputs{{}, {}, kHints};
  const uint64_t cycles = run_and_check(program, inputs).outcome.cycles;
  const vm::ShardRoom use = use_of_first(program, inputs, cycles);
  const vm::Recording r = record_in(program, {use, none(), none()}, inputs);
  ASSERT_EQ(r.shards.size(), 3u);
  EXPECT_EQ(r.shards[0].cycles, cycles);
  EXPECT_EQ(r.shards[1].cycles + r.shards[2].cycles, 0u);
}

// Shards without room have no instruction, and those after HALT neither; what comes is taken up
// where there is room again.
TEST(Rooms, ShardsMayBeIdle) {
  const isa::Program program = busy_guest().program();
  const vm::Inputs inputs{{}, {}, kHints};
  const uint64_t cycles = run_and_check(program, inputs).outcome.cycles;
  const vm::ShardRoom first = use_of_first(program, inputs, 20);
  const vm::Recording r =
      record_in(program, {none(), first, none(), plenty(), none(), none()}, inputs);
  const std::vector<uint64_t> expected = {0, 20, 0, cycles - 20, 0, 0};
  ASSERT_EQ(r.shards.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(r.shards[i].cycles, expected[i]) << i;
  // Nothing but the state of the run passes through an idle shard.
  for (const size_t i : {0, 2, 4, 5}) {
    ASSERT_EQ(r.shards[i].touched.size(), 1u);
    EXPECT_EQ(r.shards[i].touched[0].key, vm::kStateKey);
    EXPECT_EQ(r.shards[i].touched[0].in_lo, r.shards[i].touched[0].out_lo);
  }
}

// The last shard takes the rest: whoever wants to know whether it fits has all of it.
TEST(Rooms, TheLastShardGoesOnToTheEnd) {
  const isa::Program program = busy_guest().program();
  const vm::Inputs inputs{{}, {}, kHints};
  EXPECT_EQ(record_in(program, {vm::ShardRoom{}}, inputs).shards[0].cycles,
            vm::run(program, inputs)->cycles);
}

// Words that rest for 2^16 ticks need bumps, and the log of a shard has several chunks.
Guest long_guest() {
  Guest g;
  g.data = {1, 2, 3, 4};
  g.li(kT0, kData).li(kT1, 60000).li(kS0, 7);
  g.op(mem(Op::kLw, kT2, 0, kT0)).op(mem(Op::kLw, kT3, 4, kT0));  // loop
  g.op(branch(Op::kBne, kT1, kZero, -3));
  g.op(imm(Op::kAddiu, kT1, kT1, 0xffff));
  g.op(mem(Op::kLw, kT2, 8, kT0)).op(three(Op::kAddu, kA0, kS0, kT2));
  g.op(mem(Op::kLw, kT2, 12, kT0)).halt();
  return g;
}

constexpr uint32_t kLoads = 2 * 60001 + 2;

// Bumps in several blocks: a word and a register rest in each of three loops.
Guest resting_guest() {
  Guest g;
  g.data = {1, 2, 3, 4};
  g.li(kT0, kData).li(kS0, 7);
  for (unsigned i = 0; i < 3; ++i) {
    g.li(kT1, 9000 + i);
    g.op(branch(Op::kBne, kT1, kZero, -1)).op(imm(Op::kAddiu, kT1, kT1, 0xffff));
    g.op(mem(Op::kLw, kT2, 0, kT0)).op(three(Op::kAddu, kA0, kS0, kT2));
  }
  return g.halt();
}

TEST(Rooms, BumpsNeedRoomToo) {
  const isa::Program program = resting_guest().program();
  const uint64_t cycles = vm::run(program, {})->cycles;
  const uint64_t bumps = use_of_first(program, {}, cycles).bumps;
  ASSERT_GE(bumps, 4u);
  for (uint64_t most = 0; most < bumps; ++most) {
    vm::ShardRoom room = plenty();
    room.bumps = most;
    const vm::Recording r = record_in(program, {room, plenty()});
    const uint64_t n = r.shards[0].cycles;
    EXPECT_LE(use_of_first(program, {}, n).bumps, most);
    EXPECT_GT(use_of_first(program, {}, n + 1).bumps, most) << most;
  }
}

// Cuts of every kind of place among blocks and chunks of the log, which a second run finds again.
TEST(Rooms, AnyPlaceInALongRun) {
  const isa::Program program = long_guest().program();
  constexpr auto kLoad = static_cast<size_t>(isa::Class::kLoadWord);
  for (const uint32_t loads : {4000u, 4096u, 8192u, 61000u, 61440u, 63000u, 65536u, 119000u}) {
    vm::ShardRoom room = plenty();
    room.instructions[kLoad] = loads;
    const vm::Recording r = record_in(program, {room, room, plenty()});
    EXPECT_EQ(r.shards[0].counts[kLoad], loads);
    EXPECT_EQ(r.shards[1].counts[kLoad], std::min(loads, kLoads - loads));
  }
  record_in(program, {plenty()});  // its last block, which ends with HALT, has a chunk of its own
}

// The host hears each CYCLE and PRINT once and in order, though some are executed twice.
TEST(Rooms, TheHostHearsEverythingOnce) {
  Guest g;
  g.data = {0x41424344};
  for (uint32_t i = 0; i < 40; ++i)
    g.li(kA0, i).op(kCycleWord).li(kA0, kData).li(kA1, 1 + i % 4).op(kPrintWord);
  g.li(kA0, 0).halt();
  const isa::Program few = g.program();
  constexpr auto kNop = static_cast<size_t>(isa::Class::kNop);
  // The same with a CYCLE as the first instruction of each block.
  Guest loop;
  loop.li(kT1, 5000).op(kNopWord).op(kNopWord);
  loop.op(kCycleWord).op(imm(Op::kAddiu, kT1, kT1, 0xffff));
  loop.op(branch(Op::kBne, kT1, kZero, -3)).op(kNopWord);
  loop.li(kA0, 0).halt();
  const isa::Program blocks = loop.program();
  const auto heard = [](const isa::Program& program, const std::vector<vm::ShardRoom>& rooms) {
    std::vector<std::string> all;
    vm::Hooks hooks;
    hooks.cycle = [&](uint64_t cycle, uint32_t mark) {
      all.push_back(std::to_string(cycle) + ":" + std::to_string(mark));
    };
    hooks.print = [&](ByteView text) { all.emplace_back(text.begin(), text.end()); };
    EXPECT_TRUE(vm::record(program, {}, {.rooms = rooms}, hooks).ok());
    return all;
  };
  const auto whole = heard(few, {vm::ShardRoom{}});
  EXPECT_EQ(whole.size(), 80u);
  const auto of_blocks = heard(blocks, {vm::ShardRoom{}});
  ASSERT_EQ(of_blocks.size(), 5000u);
  EXPECT_EQ(of_blocks[2047], std::to_string(vm::kBlockCycles) + ":0");
  for (const uint32_t calls : {0u, 1u, 2u, 7u}) {
    vm::ShardRoom room = plenty();
    room.instructions[kNop] = calls;
    EXPECT_EQ(heard(few, {room, room, room, {}}), whole) << calls;
    EXPECT_EQ(heard(blocks, {room, room, room, {}}), of_blocks) << calls;
  }
}

// A fault is told where it is, in whichever shard.
TEST(Rooms, AFaultIsToldOnce) {
  Guest g;
  g.li(kT0, kData).op(mem(Op::kLw, kT1, 0, kT0)).op(mem(Op::kLw, kT1, 1, kT0)).halt();
  g.data = {1};
  const isa::Program program = g.program();
  for (const uint32_t words : {0u, 1u}) {
    vm::ShardRoom room = plenty();
    room.instructions[static_cast<size_t>(isa::Class::kLoadWord)] = words;
    vm::FaultReport report;
    const auto r = vm::record(program, {}, {.rooms = {room, room, {}}}, {}, &report);
    ASSERT_FALSE(r.ok());
    EXPECT_EQ(report.kind, vm::FaultKind::kUnaligned);
    EXPECT_EQ(report.cycle, 3u);
  }
}

}  // namespace
}  // namespace mipzk::test
