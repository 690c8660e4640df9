// SPDX-License-Identifier: Apache-2.0
// Traps into an in-guest kernel, with kernels of a few instructions.
#include <gtest/gtest.h>

#include "unit/vm/guest.hpp"
#include "unit/vm/recording_check.hpp"

namespace mipzk::test {
namespace {

constexpr uint32_t kSyscall = 0x0000000c, kAddD = 0x46241000;  // add.d $f0,$f2,$f4

// A kernel that adds 1 to a word of its memory, leaves its address in $v1 and returns.
std::vector<uint32_t> counting_kernel() {
  return {lui(kV1, kKernelData >> 16), mem(Op::kLw, kV0, 0, kV1), imm(Op::kAddiu, kV0, kV0, 1),
          jr(kK0), mem(Op::kSw, kV0, 0, kV1)};
}

uint32_t exit_code(const Guest& guest) { return run_and_check(guest.program()).outcome.exit_code; }

TEST(Trap, EntersWithTheReturnAddressAndTheWordAndReturns) {
  for (bool little_endian : {false, true}) {
    for (uint32_t word : {kSyscall, kAddD, 0x47ffffffu, rdhwr(3, 2), 0xd7a10008u}) {
      Guest g;
      g.little_endian = little_endian;
      g.kernel = counting_kernel();
      g.op(word).op(word);                           // 0, 1
      g.op(three(Op::kAddu, kA0, kV0, kK0)).halt();  // 2
      const auto r = run_and_check(g.program());
      EXPECT_EQ(r.outcome.exit_code, 2 + kText + 8);
      const auto events = replayed(g.program(), r).of(isa::Class::kTrap);
      ASSERT_EQ(events.size(), 2u);
      EXPECT_EQ(events[0].pc, kText);
      EXPECT_EQ(events[0].npc, kText + 4);
      EXPECT_EQ(events[0].next_npc, kKernelText + 4);
      EXPECT_EQ(events[0].rd_new, kText + 4);
      EXPECT_EQ(events[0].hi_new, word);
      EXPECT_EQ(events[1].rd_old, kText + 4);
      EXPECT_EQ(events[1].hi_old, word);
    }
  }
}

TEST(Trap, LeavesAllOtherRegistersAlone) {
  // The kernel halts at once with the sum of what it finds, its own two registers aside.
  for (unsigned r = 1; r < 32; ++r) {
    if (r == kK0 || r == kK1) continue;
    Guest g;
    g.kernel = {three(Op::kAddu, kA0, r, kZero), kHaltWord};
    g.li(r, 0x1234 + r).op(kSyscall).halt();
    EXPECT_EQ(exit_code(g), 0x1234 + r) << r;
  }
}

TEST(Trap, InTheSlotOfATakenBranchReturnsToTheTarget) {
  for (bool taken : {false, true}) {
    Guest g;
    g.kernel = counting_kernel();
    g.li(kT0, taken ? 0 : 1).li(kA1, 0);
    g.op(branch(Op::kBeq, kT0, kZero, 2)).op(kSyscall);  // 4, 5
    g.op(imm(Op::kAddiu, kA1, kA1, 10));                 // 6: only when not taken
    g.op(imm(Op::kAddiu, kA1, kA1, 100));                // 7
    g.op(three(Op::kAddu, kA0, kA1, kV0)).halt();
    EXPECT_EQ(exit_code(g), taken ? 101u : 111u);
  }
}

TEST(Trap, InTheSlotOfJumpsSeesTheLinkAndReturnsToTheTarget) {
  Guest g;
  g.kernel = counting_kernel();
  g.op(jump(Op::kJal, kText + 16)).op(kSyscall);  // 0, 1
  g.op(imm(Op::kAddiu, kA0, kA0, 50)).halt();     // 2: where the function returns to
  g.text.resize(4);
  g.op(three(Op::kAddu, kA0, kRa, kV0));  // 4
  g.op(jr(kRa)).op(kSyscall);             // 5, 6
  EXPECT_EQ(exit_code(g), kText + 8 + 1 + 50);
}

TEST(Trap, InALikelySlotHappensOnlyIfTaken) {
  for (bool taken : {false, true}) {
    Guest g;
    g.kernel = counting_kernel();
    g.li(kT0, taken ? 0 : 1).li(kV0, 0);
    g.op(branch(Op::kBeql, kT0, kZero, 1)).op(kSyscall);
    g.op(three(Op::kAddu, kA0, kV0, kZero)).halt();
    EXPECT_EQ(exit_code(g), taken ? 1u : 0u);
  }
}

TEST(Trap, ClearsTheLink) {
  for (bool trap : {false, true}) {
    Guest g;
    g.kernel = counting_kernel();
    g.data = {5};
    g.li(kT0, kData).op(mem(Op::kLl, kT1, 0, kT0));
    g.op(trap ? kSyscall : kNopWord).op(mem(Op::kSc, kT1, 0, kT0));
    g.op(three(Op::kAddu, kA0, kT1, kZero)).halt();
    EXPECT_EQ(exit_code(g), trap ? 0u : 1u);
  }
}

TEST(Trap, KernelMayReturnElsewhereWithASlot) {
  // The slot of the kernel's jr runs before the user's instruction.
  Guest g;
  g.kernel = {imm(Op::kAddiu, kK0, kK0, 4), jr(kK0), imm(Op::kAddiu, kA0, kA0, 1)};
  g.op(kSyscall).op(imm(Op::kAddiu, kA0, kA0, 10)).op(imm(Op::kAddiu, kA0, kA0, 100)).halt();
  EXPECT_EQ(exit_code(g), 101u);
}

TEST(Trap, MachineCallsDoNotEnterTheKernel) {
  Guest g;
  g.kernel = {imm(Op::kAddiu, kA0, kZero, 99), kHaltWord};
  g.op(kPrintWord).op(kCycleWord).op(imm(Op::kAddiu, kA0, kZero, 3)).halt();
  EXPECT_EQ(exit_code(g), 3u);
}

TEST(Trap, KernelMemoryIsWritableTextIsNot) {
  Guest g;
  g.kernel = {lui(kT0, kKernelText >> 16), mem(Op::kSw, kT0, 0, kT0), kHaltWord};
  g.op(kSyscall).halt();
  vm::FaultReport report;
  EXPECT_FALSE(vm::run(g.program(), {}, {}, {}, &report).ok());
  EXPECT_EQ(report.kind, vm::FaultKind::kReadOnly);
  EXPECT_EQ(report.pc, kKernelText + 4);
}

TEST(Trap, ConditionalTrapsAndBreakStopTheRun) {
  const struct {
    uint32_t word;
    vm::FaultKind kind;
  } cases[] = {
      {trap(Op::kTeq, kZero, kZero, 7), vm::FaultKind::kTrap},
      {code(Op::kBreak, 7 << 10), vm::FaultKind::kBreak},
      {code(Op::kSyscall, 6), vm::FaultKind::kReserved},
      {0x40096000, vm::FaultKind::kReserved},  // mfc0
  };
  for (const auto& c : cases) {
    Guest g;
    g.kernel = counting_kernel();
    g.op(kNopWord).op(c.word).halt();
    vm::FaultReport report;
    EXPECT_FALSE(vm::run(g.program(), {}, {}, {}, &report).ok());
    EXPECT_EQ(report.kind, c.kind) << report.text;
    EXPECT_EQ(report.pc, kText + 4);
    EXPECT_EQ(report.cycle, 1u);
  }
}

TEST(Trap, WithoutAKernelTheRunStops) {
  for (uint32_t word : {kSyscall, kAddD, rdhwr(3, 2)}) {
    Guest g;
    g.op(kNopWord).op(word).halt();
    vm::FaultReport report;
    EXPECT_FALSE(vm::run(g.program(), {}, {}, {}, &report).ok());
    EXPECT_EQ(report.kind, vm::FaultKind::kReserved);
    EXPECT_EQ(report.pc, kText + 4);
  }
}

// Long rests of LINK and of the kernel's registers need bumps like those of others.
TEST(Trap, AfterALongRest) {
  Guest g;
  g.kernel = counting_kernel();
  g.op(kSyscall).li(kT1, 10000);
  g.op(branch(Op::kBne, kT1, kZero, -1)).op(imm(Op::kAddiu, kT1, kT1, 0xffff));
  g.op(kSyscall).op(three(Op::kAddu, kA0, kV0, kZero)).halt();
  const auto r = run_and_check(g.program());
  EXPECT_EQ(r.outcome.exit_code, 2u);
  unsigned found = 0;
  for (const vm::Bump& b : replayed(g.program(), r).bumps)
    for (unsigned reg : {26u, 27u, unsigned{isa::kLink}})
      found += b.key == vm::kRegisterKeyBase + reg;
  EXPECT_EQ(found, 3u);
}

}  // namespace
}  // namespace mipzk::test
