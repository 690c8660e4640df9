// SPDX-License-Identifier: Apache-2.0
// What the architecture leaves open or is easily got wrong in MIPS II to MIPS32 release 2, by hand.
#include <gtest/gtest.h>

#include "isa/decode.hpp"
#include "unit/vm/guest.hpp"
#include "unit/vm/recording_check.hpp"

namespace mipzk::test {
namespace {

// The guest's exit code; every run is recorded and replayed as well.
uint32_t exit_code(const Guest& guest) { return run_and_check(guest.program()).outcome.exit_code; }

// $a0 after `word` with $t0 = a, $t1 = b and $a0 = old.
uint32_t result(uint32_t word, uint32_t a, uint32_t b = 0, uint32_t old = 0) {
  Guest g;
  g.li(kT0, a).li(kT1, b).li(kA0, old).op(word).halt();
  return exit_code(g);
}

TEST(Shift, RotationByZeroAndByMultiplesOf32IsTheIdentity) {
  constexpr uint32_t kValue = 0x80000003;
  EXPECT_EQ(result(shift(Op::kRotr, kA0, kT0, 0), kValue), kValue);
  for (uint32_t amount : {0u, 32u, 64u, 0xffffffe0u})
    EXPECT_EQ(result(shift_reg(Op::kRotrv, kA0, kT0, kT1), kValue, amount), kValue);
  EXPECT_EQ(result(shift(Op::kRotr, kA0, kT0, 1), kValue), 0xc0000001u);
  EXPECT_EQ(result(shift(Op::kRotr, kA0, kT0, 31), kValue), 7u);
}

TEST(Shift, AmountsAreTakenModulo32) {
  EXPECT_EQ(result(shift_reg(Op::kSllv, kA0, kT0, kT1), 3, 33), 6u);
  EXPECT_EQ(result(shift_reg(Op::kSrlv, kA0, kT0, kT1), 0x80000000, 33), 0x40000000u);
  EXPECT_EQ(result(shift_reg(Op::kSrav, kA0, kT0, kT1), 0x80000000, 0xffffffe1), 0xc0000000u);
  EXPECT_EQ(result(shift_reg(Op::kRotrv, kA0, kT0, kT1), 1, 33), 0x80000000u);
}

TEST(Count, OfNoneIs32) {
  EXPECT_EQ(result(count(Op::kClz, kA0, kT0), 0), 32u);
  EXPECT_EQ(result(count(Op::kClo, kA0, kT0), 0xffffffff), 32u);
  EXPECT_EQ(result(count(Op::kClz, kA0, kT0), 1), 31u);
  EXPECT_EQ(result(count(Op::kClz, kA0, kT0), 0x80000000), 0u);
  EXPECT_EQ(result(count(Op::kClo, kA0, kT0), 0x7fffffff), 0u);
  EXPECT_EQ(result(count(Op::kClo, kA0, kT0), 0xfffffffe), 31u);
}

TEST(BitField, AtTheEdges) {
  EXPECT_EQ(result(bit_field(Op::kExt, kA0, kT0, 0, 32), 0x12345678), 0x12345678u);
  EXPECT_EQ(result(bit_field(Op::kExt, kA0, kT0, 31, 1), 0x80000000), 1u);
  EXPECT_EQ(result(bit_field(Op::kIns, kA0, kT0, 0, 32), 0x12345678, 0, ~0u), 0x12345678u);
  EXPECT_EQ(result(bit_field(Op::kIns, kA0, kT0, 31, 1), 0xfffffffe, 0, ~0u), 0x7fffffffu);
  EXPECT_EQ(result(bit_field(Op::kIns, kA0, kT0, 8, 8), 0xab, 0, ~0u), 0xffffabffu);
  EXPECT_EQ(result(bit_field(Op::kIns, kA0, kA0, 16, 16), 0, 0, 0x12345678), 0x56785678u);
}

TEST(ConditionalMove, KeepsTheOldValue) {
  EXPECT_EQ(result(three(Op::kMovz, kA0, kT0, kT1), 5, 0, 9), 5u);
  EXPECT_EQ(result(three(Op::kMovz, kA0, kT0, kT1), 5, 0x10000, 9), 9u);
  EXPECT_EQ(result(three(Op::kMovn, kA0, kT0, kT1), 5, 0, 9), 9u);
  EXPECT_EQ(result(three(Op::kMovn, kA0, kT0, kT1), 5, 0x80000000, 9), 5u);
  EXPECT_EQ(result(three(Op::kMovn, kA0, kT0, kA0), 5, 0, 1), 5u);  // decides on its destination
}

// HI and LO around an operation on $t0 and $t1.
uint32_t hi_lo(uint32_t word, uint32_t a, uint32_t b, uint32_t hi, uint32_t lo, bool want_hi) {
  Guest g;
  g.li(kT2, hi).op(to_hilo(Op::kMthi, kT2)).li(kT2, lo).op(to_hilo(Op::kMtlo, kT2));
  g.li(kT0, a).li(kT1, b).op(word);
  g.op(from_hilo(want_hi ? Op::kMfhi : Op::kMflo, kA0)).halt();
  return exit_code(g);
}

TEST(Multiply, MulKeepsHiAndLo) {
  EXPECT_EQ(result(three(Op::kMul, kA0, kT0, kT1), 0xffffffff, 7), 0xfffffff9u);
  EXPECT_EQ(result(three(Op::kMul, kA0, kT0, kT1), 0x10000, 0x10000), 0u);
  const uint32_t word = three(Op::kMul, kT3, kT0, kT1);
  EXPECT_EQ(hi_lo(word, 0x10000, 0x10000, 11, 22, true), 11u);
  EXPECT_EQ(hi_lo(word, 0x10000, 0x10000, 11, 22, false), 22u);
}

TEST(Multiply, AccumulationWrapsModulo64Bits) {
  const struct {
    Op op;
    uint32_t a, b, hi, lo, want_hi, want_lo;
  } cases[] = {
      {Op::kMadd, 1, 1, 0, 0xffffffff, 1, 0},
      {Op::kMadd, 1, 1, 0xffffffff, 0xffffffff, 0, 0},
      {Op::kMadd, 0xffffffff, 1, 0, 0, 0xffffffff, 0xffffffff},
      {Op::kMadd, 0x80000000, 0x80000000, 0x40000000, 0, 0x80000000, 0},
      {Op::kMaddu, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xfffffffe, 0},
      {Op::kMsub, 1, 1, 0, 0, 0xffffffff, 0xffffffff},
      {Op::kMsub, 0xffffffff, 1, 0xffffffff, 0xffffffff, 0, 0},
      {Op::kMsubu, 0xffffffff, 0xffffffff, 0, 0, 1, 0xffffffff},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(isa::op_info(c.op).mnemonic);
    EXPECT_EQ(hi_lo(hilo(c.op, kT0, kT1), c.a, c.b, c.hi, c.lo, true), c.want_hi);
    EXPECT_EQ(hi_lo(hilo(c.op, kT0, kT1), c.a, c.b, c.hi, c.lo, false), c.want_lo);
  }
}

TEST(Zero, KeepsItsValue) {
  Guest g;
  g.data = {0x12345678, 0x9abcdef0};
  g.li(kT0, kData).li(kT1, 0x80000001);
  g.op(three(Op::kMul, kZero, kT1, kT1)).op(three(Op::kMovn, kZero, kT1, kT1));
  g.op(move_fcc(Op::kMovf, kZero, kT1, 0)).op(shift(Op::kRotr, kZero, kT1, 1));
  g.op(shift_reg(Op::kRotrv, kZero, kT1, kT1)).op(bit_field(Op::kExt, kZero, kT1, 0, 32));
  g.op(bit_field(Op::kIns, kZero, kT1, 0, 32)).op(count(Op::kClo, kZero, kT1));
  g.op(byte_op(Op::kSeb, kZero, kT1)).op(byte_op(Op::kWsbh, kZero, kT1));
  g.op(fp_move(Op::kMtc1, kT1, 1)).op(fp_move(Op::kMfc1, kZero, 1));
  g.op(fp_move(Op::kMfhc1, kZero, 0)).op(to_user_local(kT1)).op(rdhwr(kZero, 29));
  g.op(mem(Op::kLl, kZero, 0, kT0)).op(mem(Op::kSc, kZero, 0, kT0));
  g.op(three(Op::kAddu, kA0, kZero, kZero)).op(mem(Op::kLw, kA1, 0, kT0));
  g.op(three(Op::kOr, kA0, kA0, kA1)).halt();
  EXPECT_EQ(exit_code(g), 0u);  // also in memory: sc stored register 0

  Guest jumps;
  jumps.li(kT0, kText + 16).op(jalr(kZero, kT0)).op(three(Op::kAddu, kA0, kZero, kZero)).halt();
  EXPECT_EQ(exit_code(jumps), 0u);
}

TEST(Likely, AnnulsTheSlotOnlyIfNotTaken) {
  const struct {
    uint32_t word;
    bool (*taken)(int32_t v);
  } branches[] = {
      {branch(Op::kBeql, kT0, kZero, 2), [](int32_t v) { return v == 0; }},
      {branch(Op::kBnel, kT0, kZero, 2), [](int32_t v) { return v != 0; }},
      {branch_zero(Op::kBlezl, kT0, 2), [](int32_t v) { return v <= 0; }},
      {branch_zero(Op::kBgtzl, kT0, 2), [](int32_t v) { return v > 0; }},
      {branch_zero(Op::kBltzl, kT0, 2), [](int32_t v) { return v < 0; }},
      {branch_zero(Op::kBgezl, kT0, 2), [](int32_t v) { return v >= 0; }},
      {branch_zero(Op::kBltzall, kT0, 2), [](int32_t v) { return v < 0; }},
      {branch_zero(Op::kBgezall, kT0, 2), [](int32_t v) { return v >= 0; }},
  };
  for (const auto& b : branches) {
    for (uint32_t value : {0u, 1u, 0x80000000u, 0xffffffffu}) {
      Guest g;
      g.li(kT0, value).li(kA0, 0).op(b.word);
      g.op(imm(Op::kAddiu, kA0, kA0, 1));   // slot: only when taken
      g.op(imm(Op::kAddiu, kA0, kA0, 10));  // only when not taken
      g.op(imm(Op::kAddiu, kA0, kA0, 100)).halt();
      SCOPED_TRACE(isa::disassemble(kText + 16, b.word));
      EXPECT_EQ(exit_code(g), b.taken(static_cast<int32_t>(value)) ? 101u : 110u) << value;
    }
  }
}

TEST(Likely, ConditionCodesDecide) {
  for (Op op : {Op::kBc1f, Op::kBc1t, Op::kBc1fl, Op::kBc1tl}) {
    for (uint32_t code : {0u, 1u}) {
      const bool likely = op == Op::kBc1fl || op == Op::kBc1tl;
      const bool taken = (op == Op::kBc1t || op == Op::kBc1tl) == (code != 0);
      Guest g;
      g.li(kT0, code).li(kA0, 0).op(fp_move(Op::kCtc1, kT0, 16 + 6)).op(fp_branch(op, 6, 2));
      g.op(imm(Op::kAddiu, kA0, kA0, 1)).op(imm(Op::kAddiu, kA0, kA0, 10));
      g.op(imm(Op::kAddiu, kA0, kA0, 100)).halt();
      EXPECT_EQ(exit_code(g), taken ? 101u : likely ? 110u : 111u);
    }
  }
}

TEST(Likely, WritesTheLinkEvenIfNotTakenAndBeforeTheSlot) {
  for (Op op : {Op::kBltzall, Op::kBgezall}) {
    for (uint32_t value : {0u, 0x80000000u}) {
      Guest g;
      g.li(kT0, value).li(kRa, 0).li(kA0, 0).op(branch_zero(op, kT0, 2));
      g.op(three(Op::kAddu, kA0, kRa, kZero));  // slot: sees the link
      g.op(three(Op::kSubu, kA0, kZero, kRa));  // only when not taken
      g.halt();
      const bool taken = (op == Op::kBltzall) == (value != 0);
      const uint32_t link = kText + 32;
      EXPECT_EQ(exit_code(g), taken ? link : 0u - link);
    }
  }
}

// Unpredictable in the manual; here an annulled slot is the instruction at npc, wherever that is.
TEST(Likely, NotTakenInADelaySlotAnnulsTheFirstTarget) {
  Guest g;
  g.li(kA0, 0);
  g.op(jump(Op::kJ, kText + 4 * 6));         // 2
  g.op(branch(Op::kBnel, kZero, kZero, 1));  // 3
  g.op(imm(Op::kAddiu, kA0, kA0, 1));
  g.op(imm(Op::kAddiu, kA0, kA0, 10));
  g.op(imm(Op::kAddiu, kA0, kA0, 100));   // 6: annulled
  g.op(imm(Op::kAddiu, kA0, kA0, 1000));  // 7
  g.halt();
  EXPECT_EQ(exit_code(g), 1000u);
}

// The slot of a jump to the word before the text: what follows the annulled word is the text.
TEST(Likely, InASlotThatLeadsBeforeTheText) {
  for (bool by_register : {false, true}) {
    Guest g;
    g.op(imm(Op::kAddiu, kA0, kA0, 1)).op(imm(Op::kSlti, kT0, kA0, 2));     // 0, 1
    g.op(branch(Op::kBeq, kT0, kZero, 5)).op(kNopWord).li(kT1, kText - 4);  // 2..5
    g.op(by_register ? jr(kT1) : jump(Op::kJ, kText - 4));                  // 6
    g.op(branch(Op::kBnel, kZero, kZero, 1)).halt();                        // 7, 8
    EXPECT_EQ(exit_code(g), 2u);
  }
}

TEST(Likely, AtTheEndOfTheText) {
  Guest g;
  g.op(jump(Op::kJ, kText + 16)).op(kNopWord).halt();
  g.op(branch(Op::kBnel, kZero, kZero, -4));  // 4: its slot and successor are no instructions
  vm::FaultReport report;
  EXPECT_FALSE(vm::run(g.program(), {}, {}, {}, &report).ok());
  EXPECT_EQ(report.kind, vm::FaultKind::kNoInstruction);
  EXPECT_EQ(report.pc, kText + 24);
}

// Programs around ll and sc: $t0 = the word, which holds 5; the exit code is that of sc in bit 0
// and the word's final value above.
uint32_t linked(std::initializer_list<uint32_t> words) {
  Guest g;
  g.data = {5, 6};
  g.li(kT0, kData).li(kT1, 9).op(mem(Op::kLw, kT2, 0, kT0)).ops(words);
  g.op(mem(Op::kLw, kA0, 0, kT0)).op(shift(Op::kSll, kA0, kA0, 1));
  g.op(three(Op::kOr, kA0, kA0, kT1)).halt();
  return exit_code(g);
}

const uint32_t kLoadLinked = mem(Op::kLl, kT2, 0, kT0), kStoreCond = mem(Op::kSc, kT1, 0, kT0);

TEST(Linked, LoadThenStoreSucceeds) { EXPECT_EQ(linked({kLoadLinked, kStoreCond}), 19u); }

TEST(Linked, StoreWithoutLoadFails) { EXPECT_EQ(linked({kStoreCond}), 10u); }

TEST(Linked, SecondStoreFails) {
  EXPECT_EQ(linked({kLoadLinked, kStoreCond, imm(Op::kAddiu, kT1, kZero, 7), kStoreCond}), 18u);
  EXPECT_EQ(linked({kLoadLinked, kStoreCond, kStoreCond}), 18u);
}

TEST(Linked, PlainStoreInBetweenDoesNotMatter) {
  EXPECT_EQ(linked({kLoadLinked, mem(Op::kSw, kZero, 0, kT0), kStoreCond}), 19u);
}

TEST(Linked, OtherAddressFailsAndClears) {
  EXPECT_EQ(linked({mem(Op::kLl, kT2, 4, kT0), kStoreCond}), 10u);
  // The failed sc cleared the link to the first word.
  EXPECT_EQ(linked({kLoadLinked, mem(Op::kSc, kT3, 4, kT0), kStoreCond}), 10u);
}

TEST(Linked, TheLastLoadCounts) {
  EXPECT_EQ(linked({kLoadLinked, mem(Op::kLl, kT2, 4, kT0), kStoreCond}), 10u);
  EXPECT_EQ(linked({mem(Op::kLl, kT2, 4, kT0), kLoadLinked, kStoreCond}), 19u);
}

TEST(Linked, LoadOverwritesItsOwnBase) {
  // The link is the address, not what the register holds afterwards.
  Guest g;
  g.data = {kData + 4, 77};
  g.li(kT0, kData).op(mem(Op::kLl, kT0, 0, kT0)).op(mem(Op::kLw, kA0, 0, kT0));
  g.li(kT1, kData).op(mem(Op::kSc, kA0, 0, kT1)).halt();
  EXPECT_EQ(exit_code(g), 1u);
}

TEST(NoEffect, PrefetchCacheAndSyncTouchNoMemory) {
  // At addresses where a load would fault; the output window would notice any access.
  Guest g;
  g.li(kT0, isa::kOutputBase + 0x100).li(kA0, 3);
  g.op(mem(Op::kPref, 30, 0, kZero)).op(mem(Op::kPref, 30, 3, kT0)).op(mem(Op::kPref, 0, 0, kT0));
  g.op(mem(Op::kCache, 0x15, 0, kZero)).op(mem(Op::kCache, 0x15, 1, kT0));
  g.op(match_of(Op::kSynci) | kT0 << 21).op(match_of(Op::kSynci) | 1);
  g.op(match_of(Op::kPrefx) | kT0 << 21 | 30u << 11).op(match_of(Op::kSync)).halt();
  const auto recording = run_and_check(g.program());
  EXPECT_EQ(recording.outcome.exit_code, 3u);
  EXPECT_TRUE(recording.outcome.output.empty());
  for (const auto& w : recording.finals) {
    if (w.key >= vm::kRegisterKeyBase) continue;
    EXPECT_EQ(w.shard_last, 0u) << std::hex << w.key;
  }
}

TEST(HardwareRegister, UserLocalAndConstants) {
  EXPECT_EQ(result(rdhwr(kA0, 29), 0, 0, 7), 0u);  // starts as 0
  EXPECT_EQ(result(rdhwr(kA0, 0), 0, 0, 7), 0u);
  EXPECT_EQ(result(rdhwr(kA0, 1), 0, 0, 7), 0u);  // no need to step: synci does nothing
  Guest g;
  g.li(kT0, 0xfeedf00d).op(to_user_local(kT0)).op(rdhwr(kA0, 29)).halt();
  EXPECT_EQ(exit_code(g), 0xfeedf00du);
}

TEST(FloatingPoint, ControlRegistersOfTheKernelAreWords) {
  for (unsigned number = 16; number <= 24; ++number) {
    Guest g;
    g.li(kT0, 0x01000003).op(fp_move(Op::kCtc1, kT0, number)).op(fp_move(Op::kCfc1, kA0, number));
    g.halt();
    EXPECT_EQ(exit_code(g), 0x01000003u) << number;
  }
}

TEST(FloatingPoint, DoublesArePairsInTheByteOrderOfTheProgram) {
  for (bool little_endian : {false, true}) {
    for (unsigned odd : {0u, 1u}) {
      Guest g;
      g.little_endian = little_endian;
      g.data = {0x11111111, 0x22222222, 0, 0};
      g.li(kT0, kData).op(mem(Op::kLdc1, 4, 0, kT0)).op(fp_two(Op::kMovD, 6, 4));
      g.op(mem(Op::kSdc1, 6, 8, kT0)).op(mem(Op::kLw, kT1, 8, kT0));
      g.op(fp_move(odd != 0 ? Op::kMfhc1 : Op::kMfc1, kA0, 6));
      g.op(three(Op::kSubu, kA0, kA0, kT1)).halt();
      // The odd register is the high word, which comes first in big-endian memory.
      const bool first = (odd != 0) != little_endian;
      EXPECT_EQ(exit_code(g), first ? 0u : 0x11111111u);
    }
  }
}

TEST(FloatingPoint, HighHalvesAreTheOddRegisters) {
  Guest g;
  g.li(kT0, 5).li(kT1, 6).op(fp_move(Op::kMthc1, kT0, 2)).op(fp_move(Op::kMtc1, kT1, 2));
  g.op(fp_move(Op::kMfc1, kA0, 3)).op(shift(Op::kSll, kA0, kA0, 4)).op(fp_move(Op::kMfhc1, kT2, 3));
  g.op(three(Op::kOr, kA0, kA0, kT2)).halt();
  EXPECT_EQ(exit_code(g), 0x55u);
}

}  // namespace
}  // namespace mipzk::test
