// SPDX-License-Identifier: Apache-2.0
// Delay slots, links and the other rules about the order of things, by hand.
#include <gtest/gtest.h>

#include "unit/vm/guest.hpp"
#include "unit/vm/recording_check.hpp"

namespace mipzk::test {
namespace {

// The guest's exit code; every run is recorded and replayed as well.
uint32_t exit_code(const Guest& guest) { return run_and_check(guest.program()).outcome.exit_code; }

TEST(Control, TheDelaySlotRunsWhetherTakenOrNot) {
  for (bool taken : {false, true}) {
    Guest g;
    g.li(kA0, 0).li(kT0, taken ? 0 : 1);
    g.op(branch(Op::kBeq, kT0, kZero, 2));  // over the next but one
    g.op(imm(Op::kAddiu, kA0, kA0, 1));     // slot: always
    g.op(imm(Op::kAddiu, kA0, kA0, 10));    // only when not taken
    g.op(imm(Op::kAddiu, kA0, kA0, 100)).halt();
    EXPECT_EQ(exit_code(g), taken ? 101u : 111u);
  }
}

TEST(Control, OperandsAreReadBeforeTheSlot) {
  Guest g;
  g.li(kT0, 0).li(kA0, 0);
  g.op(branch(Op::kBeq, kT0, kZero, 2));
  g.op(imm(Op::kAddiu, kT0, kZero, 1));  // slot: makes the condition false, too late
  g.op(imm(Op::kAddiu, kA0, kZero, 1));
  g.halt();
  EXPECT_EQ(exit_code(g), 0u);

  Guest j;
  const uint32_t target = kText + 4 * 7;
  j.li(kT0, target).li(kA0, 5);
  j.op(jr(kT0));
  j.op(imm(Op::kAddiu, kT0, kZero, 0));  // slot: destroys the target register, too late
  j.op(imm(Op::kAddiu, kA0, kA0, 1));
  j.halt();
  EXPECT_EQ(j.here(), target + 8);
  EXPECT_EQ(exit_code(j), 5u);
}

TEST(Control, TheSlotSeesTheLink) {
  Guest g;
  g.op(jump(Op::kJal, kText + 12));
  g.op(three(Op::kAddu, kA0, kRa, kZero));  // slot
  g.op(imm(Op::kAddiu, kA0, kZero, 1));
  g.halt();
  EXPECT_EQ(exit_code(g), kText + 8);
}

TEST(Control, BranchAndLinkWritesTheLinkEvenIfNotTaken) {
  for (Op op : {Op::kBltzal, Op::kBgezal}) {
    for (uint32_t value : {0u, 0x80000000u}) {
      Guest g;
      g.li(kT0, value).li(kRa, 0).li(kA1, 0);
      g.op(branch_zero(op, kT0, 2)).op(kNopWord);
      g.op(imm(Op::kAddiu, kA1, kZero, 1));  // when not taken
      g.op(shift(Op::kSll, kA1, kA1, 31));
      g.op(three(Op::kAddu, kA0, kRa, kA1)).halt();
      const bool taken = (op == Op::kBltzal) == (value != 0);
      EXPECT_EQ(exit_code(g), kText + 32 + (taken ? 0 : 0x80000000u));
    }
  }
}

TEST(Control, BranchAndLinkOnTheLinkRegisterItself) {
  Guest g;
  g.li(kRa, 0x80000000);
  g.op(branch_zero(Op::kBltzal, kRa, 2)).op(kNopWord);
  g.op(imm(Op::kAddiu, kRa, kZero, 1));
  g.op(three(Op::kAddu, kA0, kRa, kZero)).halt();
  EXPECT_EQ(exit_code(g), kText + 16);
}

TEST(Control, JumpAndLinkRegisterToItsOwnLinkRegister) {
  // Unpredictable in the manual; here the target is read before the link is written.
  Guest g;
  g.li(kT0, kText + 20);
  g.op(jalr(kT0, kT0)).op(kNopWord);
  g.op(imm(Op::kAddiu, kT0, kZero, 1));
  g.op(three(Op::kAddu, kA0, kT0, kZero)).halt();
  EXPECT_EQ(exit_code(g), kText + 16);
}

// Unpredictable in the manual; here the (pc, npc) rule holds: the instruction at the first target
// runs as the slot of the second jump, then the second target follows.
TEST(Control, JumpInADelaySlot) {
  Guest g;
  g.li(kA0, 0);
  g.op(jump(Op::kJ, kText + 4 * 8));   // 2
  g.op(jump(Op::kJ, kText + 4 * 11));  // 3: in the slot
  g.ops({kNopWord, kNopWord, kNopWord, kNopWord});
  g.op(imm(Op::kAddiu, kA0, kA0, 1));     // 8: runs, as a slot
  g.op(imm(Op::kAddiu, kA0, kA0, 10));    // 9: skipped
  g.op(imm(Op::kAddiu, kA0, kA0, 100));   // 10: skipped
  g.op(imm(Op::kAddiu, kA0, kA0, 1000));  // 11
  g.halt();
  EXPECT_EQ(exit_code(g), 1001u);
}

TEST(Control, BranchesNotTakenInADelaySlot) {
  Guest g;
  g.li(kA0, 0);
  g.op(jump(Op::kJ, kText + 4 * 6));        // 2
  g.op(branch(Op::kBne, kZero, kZero, 1));  // 3: not taken, so npc goes on after the target
  g.op(imm(Op::kAddiu, kA0, kA0, 1));
  g.op(imm(Op::kAddiu, kA0, kA0, 10));
  g.op(imm(Op::kAddiu, kA0, kA0, 100));   // 6
  g.op(imm(Op::kAddiu, kA0, kA0, 1000));  // 7
  g.halt();
  EXPECT_EQ(exit_code(g), 1100u);
}

TEST(Control, HaltInADelaySlot) {
  Guest g;
  g.li(kA0, 7).op(jump(Op::kJ, kText)).op(kHaltWord);
  EXPECT_EQ(exit_code(g), 7u);
}

TEST(Control, LoadsAreInterlocked) {
  Guest g;
  g.data = {41};
  g.li(kT0, kData).op(mem(Op::kLw, kA0, 0, kT0));
  g.op(imm(Op::kAddiu, kA0, kA0, 1)).halt();  // uses the loaded value at once
  EXPECT_EQ(exit_code(g), 42u);
}

TEST(Control, WritesToZeroAreLost) {
  Guest g;
  g.data = {0x12345678};
  g.li(kT0, kData).li(kT1, 5);
  g.op(mem(Op::kLw, kZero, 0, kT0)).op(mem(Op::kLwl, kZero, 1, kT0));
  g.op(mem(Op::kLb, kZero, 1, kT0)).op(mem(Op::kLhu, kZero, 2, kT0));
  g.op(three(Op::kAdd, kZero, kT1, kT1)).op(imm(Op::kAddi, kZero, kT1, 1));
  g.op(three(Op::kSub, kZero, kZero, kT1)).op(three(Op::kAddu, kZero, kT1, kT1));
  g.op(lui(kZero, 0x1234)).op(three(Op::kSltu, kZero, kZero, kT1));
  g.op(three(Op::kAddu, kA0, kZero, kZero)).halt();
  EXPECT_EQ(exit_code(g), 0u);
}

TEST(Control, UnalignedLoadPairsAtEveryOffset) {
  for (unsigned k = 0; k < 4; ++k) {
    Guest g;
    g.data = {0x11223344, 0x55667788};
    g.li(kT0, kData + k).li(kA0, 0xaabbccdd);
    g.op(mem(Op::kLwl, kA0, 0, kT0)).op(mem(Op::kLwr, kA0, 3, kT0)).halt();
    EXPECT_EQ(exit_code(g), 0x1122334455667788u >> (32 - 8 * k) & 0xffffffffu) << k;
  }
}

TEST(Control, UnalignedStorePairsAtEveryOffset) {
  for (unsigned k = 0; k < 4; ++k) {
    for (unsigned word = 0; word < 2; ++word) {
      Guest g;
      g.data = {0x11223344, 0x55667788};
      g.li(kT0, kData).li(kT1, 0xaabbccdd);
      g.op(mem(Op::kSwl, kT1, k, kT0)).op(mem(Op::kSwr, kT1, k + 3, kT0));
      g.op(mem(Op::kLw, kA0, 4 * word, kT0)).halt();
      const uint64_t keep = 0x1122334455667788u, put = 0xaabbccddull << (32 - 8 * k);
      const uint64_t mask = 0xffffffffull << (32 - 8 * k);
      const uint64_t both = (keep & ~mask) | put;
      EXPECT_EQ(exit_code(g), word == 0 ? both >> 32 : both & 0xffffffffu) << k;
    }
  }
}

// One half of each pair alone, for all offsets: the tables of the MIPS manual, big-endian.
TEST(Control, UnalignedHalvesAtEveryOffset) {
  constexpr uint32_t kMemory = 0x11223344, kReg = 0xaabbccdd;
  const struct {
    Op op;
    uint32_t want[4];
  } cases[] = {
      {Op::kLwl, {0x11223344, 0x223344dd, 0x3344ccdd, 0x44bbccdd}},
      {Op::kLwr, {0xaabbcc11, 0xaabb1122, 0xaa112233, 0x11223344}},
      {Op::kSwl, {0xaabbccdd, 0x11aabbcc, 0x1122aabb, 0x112233aa}},
      {Op::kSwr, {0xdd223344, 0xccdd3344, 0xbbccdd44, 0xaabbccdd}},
  };
  for (const auto& c : cases) {
    for (unsigned k = 0; k < 4; ++k) {
      Guest g;
      g.data = {kMemory};
      g.li(kT0, kData + k).li(kA0, kReg).op(mem(c.op, kA0, 0, kT0));
      if (c.op == Op::kSwl || c.op == Op::kSwr) g.li(kT0, kData).op(mem(Op::kLw, kA0, 0, kT0));
      g.halt();
      EXPECT_EQ(exit_code(g), c.want[k]) << isa::op_info(c.op).mnemonic << " " << k;
    }
  }
}

// The same in little-endian programs, from the manual's tables for them.
TEST(Control, UnalignedHalvesAtEveryOffsetLittleEndian) {
  constexpr uint32_t kMemory = 0x11223344, kReg = 0xaabbccdd;
  const struct {
    Op op;
    uint32_t want[4];
  } cases[] = {
      {Op::kLwl, {0x44bbccdd, 0x3344ccdd, 0x223344dd, 0x11223344}},
      {Op::kLwr, {0x11223344, 0xaa112233, 0xaabb1122, 0xaabbcc11}},
      {Op::kSwl, {0x112233aa, 0x1122aabb, 0x11aabbcc, 0xaabbccdd}},
      {Op::kSwr, {0xaabbccdd, 0xbbccdd44, 0xccdd3344, 0xdd223344}},
      {Op::kLbu, {0x44, 0x33, 0x22, 0x11}},
      {Op::kSb, {0x112233dd, 0x1122dd44, 0x11dd3344, 0xdd223344}},
  };
  for (const auto& c : cases) {
    for (unsigned k = 0; k < 4; ++k) {
      Guest g;
      g.little_endian = true;
      g.data = {kMemory};
      g.li(kT0, kData + k).li(kA0, kReg).op(mem(c.op, kA0, 0, kT0));
      if (c.op == Op::kSwl || c.op == Op::kSwr || c.op == Op::kSb)
        g.li(kT0, kData).op(mem(Op::kLw, kA0, 0, kT0));
      g.halt();
      EXPECT_EQ(exit_code(g), c.want[k]) << isa::op_info(c.op).mnemonic << " " << k;
    }
  }
  for (unsigned k : {0u, 2u}) {
    Guest load, store;
    load.little_endian = store.little_endian = true;
    load.data = store.data = {kMemory};
    load.li(kT0, kData + k).op(mem(Op::kLhu, kA0, 0, kT0)).halt();
    store.li(kT0, kData).li(kA0, kReg).op(mem(Op::kSh, kA0, k, kT0));
    store.op(mem(Op::kLw, kA0, 0, kT0)).halt();
    EXPECT_EQ(exit_code(load), k == 0 ? 0x3344u : 0x1122u);
    EXPECT_EQ(exit_code(store), k == 0 ? 0x1122ccddu : 0xccdd3344u);
  }
}

// A pair needs no distance: lwr first in little-endian programs, as compilers write it, or last.
TEST(Control, UnalignedPairsBackToBackLittleEndian) {
  for (bool right_first : {false, true}) {
    for (unsigned k = 0; k < 4; ++k) {
      Guest g;
      g.little_endian = true;
      g.data = {0x55667788, 0x11223344};
      g.li(kT0, kData + k).li(kA0, 0xaabbccdd);
      const uint32_t left = mem(Op::kLwl, kA0, 3, kT0), right = mem(Op::kLwr, kA0, 0, kT0);
      g.op(right_first ? right : left).op(right_first ? left : right).halt();
      EXPECT_EQ(exit_code(g), 0x1122334455667788u >> (8 * k) & 0xffffffffu) << k;
    }
  }
}

TEST(Control, DivisionByZeroAndItsOverflow) {
  const struct {
    Op op;
    uint32_t n, d, lo, hi;
  } cases[] = {
      {Op::kDiv, 7, 0, 7, 0},
      {Op::kDiv, 0xfffffff9, 0, 0xfffffff9, 0},
      {Op::kDivu, 0xfffffff9, 0, 0xfffffff9, 0},
      {Op::kDiv, 0x80000000, 0xffffffff, 0x80000000, 0},
      {Op::kDiv, 0xfffffff9, 2, 0xfffffffd, 0xffffffff},
  };
  for (const auto& c : cases) {
    for (bool want_hi : {false, true}) {
      Guest g;
      g.li(kT0, c.n).li(kT1, c.d).op(hilo(c.op, kT0, kT1));
      g.op(from_hilo(want_hi ? Op::kMfhi : Op::kMflo, kA0)).halt();
      EXPECT_EQ(exit_code(g), want_hi ? c.hi : c.lo);
    }
  }
}

TEST(Control, InitialRegisters) {
  Guest g;
  g.op(three(Op::kAddu, kA0, kSp, kZero)).halt();
  EXPECT_EQ(exit_code(g), isa::kStackTop - 64);
  for (unsigned r = 1; r < 32; ++r) {
    if (r == kSp) continue;
    Guest zero;
    zero.op(three(Op::kOr, kA0, r, kZero)).halt();
    EXPECT_EQ(exit_code(zero), 0u) << r;
  }
}

TEST(Control, TextIsReadAsData) {
  Guest g;
  g.li(kT0, kText).op(mem(Op::kLw, kA0, 0, kT0)).halt();
  EXPECT_EQ(exit_code(g), lui(kT0, kText >> 16));
}

TEST(Control, ZeroRamFromTheEndOfTheSegmentsToTheStackTop) {
  Guest g;
  g.li(kT0, isa::kStackTop - 4).op(mem(Op::kLw, kA0, 0, kT0));
  g.li(kT0, 0x10002000).op(mem(Op::kLw, kT1, 0, kT0)).op(three(Op::kAddu, kA0, kA0, kT1));
  g.op(mem(Op::kSw, kT0, 0, kT0)).op(mem(Op::kLw, kT1, 0, kT0));
  g.op(three(Op::kAddu, kA0, kA0, kT1)).halt();
  EXPECT_EQ(exit_code(g), 0x10002000u);
}

TEST(Control, CodeFarApart) {
  // Two executable segments, one of them small and distant, and jumps both ways.
  Guest g;
  g.li(kT0, 0x20000000).op(jalr(kRa, kT0)).op(kNopWord);
  g.op(imm(Op::kAddiu, kA0, kA0, 1)).halt();
  isa::ProgramImage image;
  image.entry = kText;
  // The far text: jr $ra with addiu a0,zero,10 in its slot.
  isa::Segment text{kText, 0, true, false, true, {}};
  for (uint32_t w : g.text)
    for (int s = 24; s >= 0; s -= 8) text.bytes.push_back(static_cast<uint8_t>(w >> s));
  text.memory_size = static_cast<uint32_t>(text.bytes.size());
  isa::Segment far{0x20000000, 8,    true,
                   false,      true, {0x03, 0xe0, 0x00, 0x08, 0x24, 0x04, 0x00, 0x0a}};
  image.segments = {text, far};
  const auto program = isa::build_program(image);
  ASSERT_TRUE(program.ok());
  EXPECT_EQ(run_and_check(*program).outcome.exit_code, 11u);
}

}  // namespace
}  // namespace mipzk::test
