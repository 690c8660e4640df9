// SPDX-License-Identifier: Apache-2.0
// Random programs with branches, delay slots and memory against Unicorn; their recordings are
// replayed.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

#include "isa/opcodes.hpp"
#include "unit/vm/random_guest.hpp"
#include "unit/vm/recording_check.hpp"
#include "unit/vm/unicorn_machine.hpp"
#include "vm/interpreter.hpp"

namespace mipzk::test {
namespace {

void compare(const Guest& guest) {
  const isa::Program program = guest.program();
  const vm::Code code(program);
  vm::Windows windows(vm::Inputs{}, program.little_endian);
  vm::Memory memory(program, windows, 1u << 20, false);
  vm::Processor cpu(code, memory, windows, nullptr);
  // Nothing in the program writes condition codes.
  Registers initial{};
  initial[kSp] = isa::kStackTop - 64;
  for (unsigned cc = 0; cc < 8; ++cc) initial[isa::kFcc0 + cc] = cc % 3 == 1;
  cpu.reg = initial;
  cpu.start(program.entry);
  ASSERT_EQ(vm::execute(cpu, 10'000'000), vm::Stop::kHalt);

  UnicornMachine unicorn(guest.text, guest.data, guest.little_endian);
  unicorn.set_registers(initial);
  ASSERT_TRUE(unicorn.run(kText, guest.here() - 8, 10'000'000));
  const auto want = unicorn.registers();
  for (unsigned r = 0; r < want.size(); ++r) {
    if (!is_shared(r)) continue;
    ASSERT_EQ(cpu.reg[r], want[r]) << "register " << r;
  }
  for (unsigned i = 0; i < kRandomDataWords; ++i)
    ASSERT_EQ(memory.cell(kData + 4 * i)->value, unicorn.word(kData + 4 * i));
}

TEST(RandomProgram, AgreesWithUnicornAndReplays) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 rng(seed);
    const Guest guest = random_guest(rng, 20 + rng() % 150, 1 + rng() % 8);
    compare(guest);
    run_and_check(guest.program());
    run_and_check(guest.program(), {}, 1 + rng() % 400);
    if (HasFailure()) return;
  }
}

// Of all classes that a proof may hold, only those that change the course of a run by design are
// missing in the programs above.
TEST(RandomProgram, HoldEveryOrdinaryClass) {
  std::set<isa::Class> seen;
  for (unsigned seed = 0; seed < 150; ++seed) {
    std::mt19937 rng(seed);
    for (const isa::RomEntry& e : random_guest(rng, 20 + rng() % 150, 1).program().rom)
      seen.insert(e.cls);
  }
  using isa::Class;
  for (unsigned i = isa::kFirstClass; i <= isa::kLastClass; ++i) {
    const auto cls = static_cast<Class>(i);
    const bool missing = cls == Class::kAddTrap || cls == Class::kJump || cls == Class::kJumpLink ||
                         cls == Class::kJumpReg || cls == Class::kJumpRegLink ||
                         cls == Class::kHint || cls == Class::kTrap;
    EXPECT_EQ(seen.count(cls), missing ? 0u : 1u) << i;
  }
}

TEST(RandomProgram, LongEnoughForBumps) {
  for (unsigned seed = 1000; seed < 1003; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 rng(seed);
    const Guest guest = random_guest(rng, 100, 500);
    compare(guest);
    const vm::Recording recording = run_and_check(guest.program());
    ASSERT_EQ(recording.shards.size(), 1u);
    EXPECT_GT(recording.shards[0].cycles, 20000u);
    EXPECT_FALSE(replayed(guest.program(), recording).bumps.empty());
    if (HasFailure()) return;
  }
}

// Room for a few shards, the last of which takes the rest anyway.
std::vector<vm::ShardRoom> random_rooms(std::mt19937& rng) {
  std::vector<vm::ShardRoom> rooms(2 + rng() % 4);
  for (vm::ShardRoom& room : rooms) {
    for (uint32_t& n : room.instructions) n = rng() % 2000;
    room.touched = 1 + rng() % 120;
    room.entries = rng() % 200;
    room.bumps = rng() % 40;
  }
  return rooms;
}

TEST(RandomProgram, InShardsOfAnyRoom) {
  size_t cuts = 0;
  for (unsigned seed = 2000; seed < 2060; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 rng(seed);
    const isa::Program program = random_guest(rng, 20 + rng() % 150, 1 + rng() % 100).program();
    const auto plain = vm::run(program, {});
    ASSERT_TRUE(plain.ok());
    const auto r = vm::record(program, {}, {.rooms = random_rooms(rng)});
    ASSERT_TRUE(r.ok()) << r.error().message;
    EXPECT_EQ(r->outcome.output, plain->output);
    EXPECT_EQ(r->outcome.exit_code, plain->exit_code);
    check_recording(program, {}, *r);
    for (const vm::ShardRecord& shard : r->shards) cuts += shard.cycles != 0;
    if (HasFailure()) return;
  }
  EXPECT_GT(cuts, 120u);
}

// Arbitrary instructions: jumps into anything, faults, endless loops. All ways of running must
// stop for the same reason at the same place.
TEST(RandomProgram, ArbitraryInstructionsStopTheSameWayWhenRecorded) {
  unsigned kinds[16] = {}, limits = 0, halts = 0;
  for (unsigned seed = 0; seed < 1500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 rng(seed);
    Guest g;
    g.data.assign(64, static_cast<uint32_t>(rng()));
    for (unsigned r = 1; r < 32; ++r)  // pointers to text and data survive longest
      g.li(r, rng() % 8 == 0 ? 0x7ffffff0 : (rng() % 3 != 0 ? kData : kText) + rng() % 256);
    for (unsigned i = 0; i < 64; ++i) {
      // Without mfc0, which has a meaning at the kernel's addresses alone.
      auto op = static_cast<unsigned>(rng() % (isa::kOpCount - 1));
      if (op >= static_cast<unsigned>(Op::kMfc0)) ++op;
      const auto& info = isa::kOps[op];
      uint32_t word = info.match | (static_cast<uint32_t>(rng()) & ~info.mask);
      if (rng() % 4 != 0 && info.format != isa::Format::kJump) word &= 0xffff00ff;  // small offsets
      if (rng() % 64 == 0) word = static_cast<uint32_t>(rng());
      if (rng() % 64 == 0) word = kHaltWord;
      g.op(word);
    }
    const isa::Program program = g.program();
    const vm::Limits limit{.max_cycles = 20000, .max_memory_bytes = 1u << 20};
    const std::string hints(64, 'h');
    const vm::Inputs in{.private_input = {}, .public_input = {}, .hints = view(hints)};
    vm::FaultReport plain, recorded, sharded;
    const auto a = vm::run(program, in, limit, {}, &plain);
    auto b = vm::record(program, in, limit, {}, &recorded);
    ASSERT_EQ(a.ok(), b.ok());
    vm::Limits rooms = limit;
    rooms.rooms = random_rooms(rng);
    const auto c = vm::record(program, in, rooms, {}, &sharded);
    ASSERT_EQ(a.ok(), c.ok());
    if (a.ok()) {
      ++halts;
      ASSERT_EQ(a->exit_code, b->outcome.exit_code);
      check_recording(program, in, *b);
      check_recording(program, in, *c);
      if (HasFailure()) return;
      continue;
    }
    ASSERT_EQ(plain.code, recorded.code);
    ASSERT_EQ(plain.text, recorded.text);
    ASSERT_EQ(plain.text, sharded.text);
    ASSERT_FALSE(plain.text.empty());
    limits += plain.code == Errc::kCycleLimit;
    ++kinds[static_cast<unsigned>(plain.kind)];
  }
  EXPECT_GT(halts, 20u);
  EXPECT_GT(limits, 0u);
  for (vm::FaultKind kind :
       {vm::FaultKind::kUnmapped, vm::FaultKind::kReadOnly, vm::FaultKind::kUnaligned,
        vm::FaultKind::kOverflow, vm::FaultKind::kBreak, vm::FaultKind::kReserved,
        vm::FaultKind::kTrap, vm::FaultKind::kNoInstruction, vm::FaultKind::kUnalignedJump})
    EXPECT_GT(kinds[static_cast<unsigned>(kind)], 0u) << static_cast<unsigned>(kind);
}

}  // namespace
}  // namespace mipzk::test
