// SPDX-License-Identifier: Apache-2.0
// A run in pieces is the run.
#include "vm/stepper.hpp"

#include <gtest/gtest.h>

#include "unit/vm/guest.hpp"

namespace mipzk::test {
namespace {

using State = vm::Stepper::State;

// Sums 1..100 into the word at kData, through a loop with a delay slot; exit code 7.
Guest summing(bool little_endian = false) {
  Guest g;
  g.little_endian = little_endian;
  g.data = {0};
  g.li(kT0, kData).li(kT1, 100).li(kA0, 7);
  g.op(mem(Op::kLw, kT2, 0, kT0));
  g.op(three(Op::kAddu, kT2, kT2, kT1));
  g.op(mem(Op::kSw, kT2, 0, kT0));
  g.op(imm(Op::kAddiu, kT1, kT1, 0xffff));
  g.op(branch(Op::kBne, kT1, kZero, -5));
  g.op(kNopWord).halt();
  return g;
}

TEST(Stepper, EverySliceGivesTheRun) {
  const isa::Program program = summing().program();
  const auto whole = vm::run(program, {});
  ASSERT_TRUE(whole.ok());
  for (const uint64_t slice : {1u, 2u, 3u, 7u, 100u, 1000000u}) {
    vm::Stepper machine(program, {}, {}, {});
    while (machine.run(slice) == State::kRunning) {
    }
    EXPECT_EQ(machine.state(), State::kHalted);
    EXPECT_EQ(machine.run(1), State::kHalted);  // nothing more happens
    EXPECT_EQ(machine.word(kData), 5050u);
    const auto outcome = machine.finish(nullptr);
    ASSERT_TRUE(outcome.ok());
    EXPECT_EQ(outcome->cycles, whole->cycles);
    EXPECT_EQ(outcome->exit_code, 7u);
  }
}

TEST(Stepper, StopsBetweenABranchAndItsSlot) {
  const isa::Program program = summing().program();
  vm::Stepper machine(program, {}, {}, {});
  const uint32_t branch_pc = kText + 4 * 10;
  while (machine.pc() != branch_pc) machine.run(1);
  machine.run(1);
  EXPECT_EQ(machine.pc(), branch_pc + 4);
  EXPECT_EQ(machine.npc(), branch_pc - 4 * 4);
  machine.run(1);
  EXPECT_EQ(machine.pc(), branch_pc - 4 * 4);
}

TEST(Stepper, ReadsAndWritesInTheByteOrderOfTheProgram) {
  for (const bool little_endian : {false, true}) {
    const isa::Program program = summing(little_endian).program();
    vm::Stepper machine(program, {}, {}, {});
    const uint8_t bytes[] = {0x11, 0x22, 0x33, 0x44, 0x55};
    EXPECT_TRUE(machine.write(kData + 1, bytes, sizeof bytes));
    EXPECT_EQ(machine.word(kData), little_endian ? 0x33221100u : 0x00112233u);
    EXPECT_EQ(machine.word(kData + 4), little_endian ? 0x00005544u : 0x44550000u);
    uint8_t back[8] = {};
    EXPECT_EQ(machine.read(kData, back, sizeof back), sizeof back);
    EXPECT_EQ(back[1], 0x11);
    EXPECT_EQ(back[5], 0x55);
    EXPECT_FALSE(machine.write(kText, bytes, 1));  // an instruction
    EXPECT_FALSE(machine.write(0, bytes, 1));
    EXPECT_EQ(machine.word(0), std::nullopt);
    // Up to the end of what is mapped.
    uint8_t beyond[16];
    const uint32_t end = kData + 4 + 0x1000;
    EXPECT_EQ(machine.read(end - 3, beyond, sizeof beyond), 3u);
  }
}

TEST(Stepper, AChangedRunGoesOnWithTheChange) {
  const isa::Program program = summing().program();
  vm::Stepper machine(program, {}, {}, {});
  machine.run(6);
  machine.set_reg(kT1, 2);
  machine.run(1000000);
  EXPECT_EQ(machine.word(kData), 3u);
  machine.set_reg(kA0, 9);
  machine.jump(kText + 4 * 12);  // after HALT nothing moves any more
  EXPECT_EQ(machine.run(10), State::kHalted);
}

TEST(Stepper, EndsAsRunDoes) {
  Guest g;
  g.op(mem(Op::kLw, kT0, 0, kZero)).halt();
  const isa::Program program = g.program();
  vm::FaultReport expected, report;
  EXPECT_FALSE(vm::run(program, {}, {}, {}, &expected).ok());
  vm::Stepper machine(program, {}, {}, {});
  EXPECT_EQ(machine.run(100), State::kFault);
  EXPECT_EQ(machine.run(100), State::kFault);  // it stays where it is
  machine.describe(report);
  EXPECT_EQ(report.text, expected.text);
  EXPECT_EQ(report.kind, vm::FaultKind::kNullPage);
  EXPECT_EQ(machine.finish(nullptr).error().code, Errc::kFault);

  vm::Limits limits;
  limits.max_cycles = 50;
  const isa::Program endless = summing().program();
  vm::Stepper limited(endless, {}, limits, {});
  EXPECT_EQ(limited.run(1000), State::kCycleLimit);
  EXPECT_EQ(limited.cycles(), 50u);
  EXPECT_EQ(limited.finish(nullptr).error().code, Errc::kCycleLimit);
}

}  // namespace
}  // namespace mipzk::test
