// SPDX-License-Identifier: Apache-2.0
// Faults that the in-guest kernel takes, with kernels of a few instructions.
#include <gtest/gtest.h>

#include <vector>

#include "unit/vm/faulty_guest.hpp"
#include "unit/vm/recording_check.hpp"

namespace mipzk::test {
namespace {

// What the kernel sees.
struct Seen {
  uint32_t epc, enpc, code, address;
  friend bool operator==(const Seen&, const Seen&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Seen& s) {
    return out << std::hex << "pc " << s.epc << " npc " << s.enpc << " code " << s.code
               << " address " << s.address;
  }
};

uint32_t exit_code(const Guest& g, const vm::Inputs& inputs = {}) {
  return run_and_check(g.program(), inputs).outcome.exit_code;
}

// A kernel that halts with one of the four, for each of them.
Seen seen_of(Guest g, const vm::Inputs& inputs = {}) {
  uint32_t value[4];
  g.takes_faults = true;
  for (unsigned i = 0; i < 4; ++i) {
    const unsigned number[] = {kCp0Epc, kCp0Enpc, kCp0Cause, kCp0BadVAddr};
    g.kernel = {mfc0(kA0, number[i]), kHaltWord};
    value[i] = exit_code(g, inputs);
  }
  EXPECT_EQ(value[2] % 4, 0u);
  return {value[0], value[1], value[2] / 4, value[3]};
}

// A run that ends without the kernel.
vm::FaultKind stopped(Guest g, const vm::Inputs& inputs = {}, std::string* text = nullptr) {
  g.takes_faults = true;
  if (g.kernel.empty()) g.kernel = {kHaltWord};
  vm::FaultReport report;
  const auto outcome = vm::run(g.program(), inputs, {}, {}, &report);
  EXPECT_FALSE(outcome.ok());
  if (text != nullptr) *text = report.text;
  // A recorded run stops there, too.
  EXPECT_FALSE(vm::record(g.program(), inputs).ok());
  return report.kind;
}

// An access at kText + 8 to `address`.
Guest access(Op op, uint32_t address, unsigned reg = kT1) {
  Guest g;
  g.li(kT0, address - 4).op(mem(op, reg, 4, kT0)).halt();
  return g;
}
Seen of_access(Op op, uint32_t address, unsigned reg = kT1) {
  return seen_of(access(op, address, reg));
}
Seen at_access(uint32_t code, uint32_t address) { return {kText + 8, kText + 12, code, address}; }

constexpr uint32_t kGap = kText + 0x1000;  // between text and data

TEST(KernelFault, TellsUnmappedLoadsAndStores) {
  for (const uint32_t address : {0u, 0xfffcu, kGap, 0x7fff0000u, 0x90000000u, 0x9ffffffcu,
                                 0xa4000000u, 0xb4000000u, 0xbffffffcu, 0xfffffff8u}) {
    for (const Op op : {Op::kLw, Op::kLb, Op::kLhu, Op::kLwl, Op::kLwr, Op::kLl, Op::kLwc1})
      EXPECT_EQ(of_access(op, address, 4), at_access(2, address));
    for (const Op op : {Op::kSw, Op::kSb, Op::kSh, Op::kSwl, Op::kSwr, Op::kSc, Op::kSwc1})
      EXPECT_EQ(of_access(op, address, 4), at_access(3, address));
  }
  EXPECT_EQ(of_access(Op::kLb, kGap + 3), at_access(2, kGap + 3));
  EXPECT_EQ(of_access(Op::kLwl, kGap + 1), at_access(2, kGap + 1));
  EXPECT_EQ(of_access(Op::kLdc1, kGap, 4), at_access(2, kGap));
  EXPECT_EQ(of_access(Op::kSdc1, kGap, 4), at_access(3, kGap));
}

TEST(KernelFault, TellsStoresToReadOnlyWords) {
  for (const uint32_t address : {kText, kText + 8, 0xa0000000u, 0xa3fffffcu, 0xb0000000u}) {
    for (const Op op : {Op::kSw, Op::kSb, Op::kSh, Op::kSwl, Op::kSwr, Op::kSc, Op::kSwc1})
      EXPECT_EQ(of_access(op, address, 4), at_access(1, address));
  }
  EXPECT_EQ(of_access(Op::kSdc1, kText, 4), at_access(1, kText));
  EXPECT_EQ(of_access(Op::kSb, kText + 3), at_access(1, kText + 3));
}

TEST(KernelFault, TellsUnalignedAccesses) {
  for (const uint32_t where : {kData, kText, kGap, 0x10u}) {  // before all other causes
    for (uint32_t i = 1; i < 8; ++i) {
      const uint32_t address = where + i;
      if (i % 2 != 0) {
        EXPECT_EQ(of_access(Op::kLh, address), at_access(4, address));
        EXPECT_EQ(of_access(Op::kLhu, address), at_access(4, address));
        EXPECT_EQ(of_access(Op::kSh, address), at_access(5, address));
      }
      if (i % 4 != 0) {
        for (const Op op : {Op::kLw, Op::kLl, Op::kLwc1})
          EXPECT_EQ(of_access(op, address, 4), at_access(4, address));
        for (const Op op : {Op::kSw, Op::kSc, Op::kSwc1})
          EXPECT_EQ(of_access(op, address, 4), at_access(5, address));
      }
      EXPECT_EQ(of_access(Op::kLdc1, address, 4), at_access(4, address));
      EXPECT_EQ(of_access(Op::kSdc1, address, 4), at_access(5, address));
    }
  }
}

// Unmapped before read-only, whichever of the two words it is.
TEST(KernelFault, TellsOneCauseForTwoWords) {
  Guest g;
  g.li(kT0, kText + 16).op(mem(Op::kSdc1, 4, 0, kT0)).halt();  // the last word of the text
  g.data = {1};
  g.bss_bytes = 0;
  ASSERT_EQ(g.text.size(), 5u);
  EXPECT_EQ(seen_of(g), at_access(3, kText + 16));
  g.text[2] = mem(Op::kLdc1, 4, 0, kT0);
  EXPECT_EQ(seen_of(g), at_access(2, kText + 16));
  // The word at the lower address is unmapped: the gap ends with the word before the data.
  Guest h = access(Op::kSdc1, 0x20000000, 4);
  h.guards = {{0x20000000, 4}};
  EXPECT_EQ(seen_of(h), at_access(3, 0x20000000));
  h = access(Op::kLdc1, 0x1ffffff8, 4);
  h.guards = {{0x1ffffffc, 4}};
  EXPECT_EQ(seen_of(h), at_access(2, 0x1ffffff8));
}

TEST(KernelFault, GuardsAreUnmapped) {
  for (const uint32_t address : {0x70000000u, 0x70000ffcu}) {
    Guest g = access(Op::kSw, address);
    g.guards = {{0x60000000, 0x1000}, {0x70000000, 0x1000}};
    EXPECT_EQ(seen_of(g), at_access(3, address));
  }
  for (const uint32_t address : {0x6ffffffcu, 0x70001000u, 0x5ffffffcu, 0x60001000u}) {
    Guest g = access(Op::kSw, address);
    g.guards = {{0x60000000, 0x1000}, {0x70000000, 0x1000}};
    g.op(0);
    EXPECT_EQ(exit_code(g), 0u);
  }
}

TEST(KernelFault, TellsJumpsToUnalignedAddresses) {
  for (uint32_t i = 1; i < 4; ++i) {
    Guest g;
    g.li(kT0, kText + i).op(jr(kT0)).op(kNopWord).halt();
    EXPECT_EQ(seen_of(g), at_access(4, kText + i));
    g.text[2] = jalr(kRa, kT0);
    EXPECT_EQ(seen_of(g), at_access(4, kText + i));
  }
}

TEST(KernelFault, TellsOverflowAndConditionalTraps) {
  const auto seen = [](uint32_t a, uint32_t b, uint32_t word) {
    Guest g;
    return seen_of(g.li(kT0, a).li(kT1, b).op(word).halt());
  };
  const auto at = [](uint32_t code) { return Seen{kText + 16, kText + 20, code, 0}; };
  EXPECT_EQ(seen(0x7fffffff, 1, three(Op::kAdd, kZero, kT0, kT1)), at(12));
  EXPECT_EQ(seen(0x80000000, 1, three(Op::kSub, kT2, kT0, kT1)), at(12));
  EXPECT_EQ(seen(0x80000000, 1, imm(Op::kAddi, kT2, kT0, -1)), at(12));
  EXPECT_EQ(seen(5, 5, trap(Op::kTeq, kT0, kT1, 7)), at(13));
  EXPECT_EQ(seen(5, 6, trap(Op::kTne, kT0, kT1)), at(13));
  EXPECT_EQ(seen(~0u, 6, trap(Op::kTlt, kT0, kT1)), at(13));
  EXPECT_EQ(seen(6, 6, trap(Op::kTgeu, kT0, kT1)), at(13));
  EXPECT_EQ(seen(6, 0, trap_imm(Op::kTlti, kT0, 7)), at(13));
}

TEST(KernelFault, TellsPlacesWithoutInstruction) {
  for (const uint32_t word :
       {code(Op::kBreak, 7), 0xffffffffu, code(Op::kSyscall, 6), mfc0(kT0, kCp0Epc)}) {
    Guest g;
    g.op(kNopWord).op(word).halt();
    EXPECT_EQ(seen_of(g), (Seen{kText + 4, kText + 8, 6, kText + 4})) << std::hex << word;
  }
  for (const uint32_t to : {0u, kData, kGap, 0x7ffeff00u, 0xa0000000u, 0xb0000008u, 0xc0000000u,
                            0xdeadbee0u, 0xfffffff8u}) {
    Guest g;
    g.li(kT0, to).op(jr(kT0)).op(kNopWord);
    EXPECT_EQ(seen_of(g), (Seen{to, to + 4, 6, to}));
    g.text[3] = jump(Op::kJ, kText);  // in the slot: where the run would go on
    EXPECT_EQ(seen_of(g), (Seen{to, kText, 6, to}));
  }
  Guest g;  // falls off the end of the text
  g.op(kNopWord);
  EXPECT_EQ(seen_of(g), (Seen{kText + 4, kText + 8, 6, kText + 4}));
}

TEST(KernelFault, InADelaySlotSeesTheTarget) {
  Guest g;
  g.op(jump(Op::kJ, kText + 0x40)).op(mem(Op::kLw, kT0, 0, kZero)).halt();
  EXPECT_EQ(seen_of(g), (Seen{kText + 4, kText + 0x40, 2, 0}));
  g.text[1] = code(Op::kBreak, 0);
  EXPECT_EQ(seen_of(g), (Seen{kText + 4, kText + 0x40, 6, kText + 4}));
}

// Two jumps in a row set pc and npc: the kernel goes on after a load in a delay slot, whose work it
// does.
TEST(KernelFault, TheKernelReturnsToAnyPair) {
  Guest g;
  g.takes_faults = true;
  g.kernel = {mfc0(kK0, kCp0Enpc), imm(Op::kAddiu, kK1, kK0, 4), imm(Op::kAddiu, kA0, kA0, 1),
              jr(kK0), jr(kK1)};
  g.op(jump(Op::kJal, kText + 20)).op(mem(Op::kLw, kT1, 0, kZero));  // 0, 1
  g.op(mem(Op::kLw, kT1, 0, kZero)).halt();                          // 2
  g.op(jr(kRa)).op(mem(Op::kSw, kT1, 0, kZero));                     // 5
  EXPECT_EQ(exit_code(g), 3u);
}

TEST(KernelFault, ChangesNothingElse) {
  Guest g;
  g.takes_faults = true;
  g.data = {7};
  g.kernel = {three(Op::kAddu, kA0, kT1, kRa), three(Op::kAddu, kA0, kA0, kT2), kHaltWord};
  g.li(kT0, kText).li(kT1, 5).li(kT2, kData);
  g.op(mem(Op::kLw, kT2, 0, kT2)).op(mem(Op::kSc, kT1, 0, kT0));
  EXPECT_EQ(exit_code(g), 12u);
  // LINK is gone, as after every trap.
  g.kernel = {mfc0(kK0, kCp0Epc), imm(Op::kAddiu, kK0, kK0, 4), jr(kK0), kNopWord};
  g.text.clear();
  g.li(kT0, kData).op(mem(Op::kLl, kA0, 0, kT0)).op(mem(Op::kLw, kT2, 1, kT0));
  g.op(mem(Op::kSc, kA0, 0, kT0)).halt();
  EXPECT_EQ(exit_code(g), 0u);
}

// Recorded in shards of every length, so that each fault is first and last in one: the same run.
TEST(KernelFault, AtTheBoundariesOfShards) {
  for (const bool little_endian : {false, true}) {
    const isa::Program program = faulty_guest(2, little_endian).program();
    const auto whole = run_and_check(program);
    EXPECT_EQ(whole.outcome.exit_code, 2 * kFaultsOfARound);
    EXPECT_EQ(whole.shards[0].faults.size(), 2 * kFaultsOfARound);
    for (const uint64_t cycles : {1u, 3u, 16u, 101u}) {
      const auto r = run_and_check(program, {}, cycles);
      EXPECT_EQ(r.outcome.exit_code, 2 * kFaultsOfARound);
    }
  }
}

// Faults in several blocks of a long run, with bumps between them.
TEST(KernelFault, InLongRuns) {
  const auto r = run_and_check(faulty_guest(300).program());
  EXPECT_EQ(r.outcome.exit_code, 300 * kFaultsOfARound);
  EXPECT_GT(r.shards[0].blocks.size(), 2u);
}

TEST(KernelFault, TakesACycle) {
  Guest g = access(Op::kLw, 0);
  g.takes_faults = true;
  g.kernel = {kHaltWord};
  const auto outcome = vm::run(g.program(), {});
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->cycles, 4u);  // lui, ori, the fault, HALT
  EXPECT_FALSE(vm::run(g.program(), {}, {.max_cycles = 3}).ok());
  EXPECT_TRUE(vm::run(g.program(), {}, {.max_cycles = 4}).ok());
}

TEST(KernelFault, WhatHasNoProofStopsTheRun) {
  using vm::FaultKind;
  // The kernel's own faults.
  Guest g;
  g.op(0x0000000c);
  for (const uint32_t word : {mem(Op::kLw, kT0, 0, kZero), mem(Op::kSw, kT0, 1, kZero)}) {
    g.kernel = {word, kHaltWord};
    EXPECT_NE(stopped(g), FaultKind::kNone);
  }
  g.kernel = {jr(kK0), code(Op::kBreak, 0)};
  EXPECT_EQ(stopped(g), FaultKind::kBreak);
  // Addresses of the kernel, words of the public window beyond the input, hints.
  EXPECT_EQ(stopped(access(Op::kLw, 0x88000000)), FaultKind::kUnmapped);
  EXPECT_EQ(stopped(access(Op::kLw, 0xb0000004)), FaultKind::kUnmapped);
  Guest h;
  h.op(kHintWord).halt();
  EXPECT_EQ(stopped(h), FaultKind::kHintsExhausted);
  for (const uint32_t to : {0x88000000u, 0xfffffffcu}) {
    Guest j;
    j.li(kT0, to).op(jr(kT0)).op(kNopWord);
    EXPECT_EQ(stopped(j), FaultKind::kNoInstruction);
  }
  // A double of which the second word is beyond the input, which has one word.
  const std::string input = "abcd";
  EXPECT_EQ(stopped(access(Op::kLdc1, 0xb0000008, 4), {{}, view(input), {}}), FaultKind::kUnmapped);
}

TEST(KernelFault, TheReportSaysWhyTheKernelDoesNotTakeIt) {
  const auto says = [](const Guest& g, const char* what) {
    std::string text;
    stopped(g, {}, &text);
    EXPECT_NE(text.find(what), std::string::npos) << text;
  };
  Guest g;
  g.op(0x0000000c);
  g.kernel = {mem(Op::kLw, kT0, 0, kZero), kHaltWord};
  says(g, "a fault of the in-guest kernel's own");
  says(access(Op::kLw, 0x88000000), "one of the kernel's own addresses, or lies in the window");
  says(access(Op::kSw, 0xb0000004), "one of the kernel's own addresses, or lies in the window");
  Guest j;
  j.li(kT0, 0xfffffffc).op(jr(kT0)).op(kNopWord);
  says(j, "the last word of the address space");
  Guest h;
  h.op(kHintWord).halt();
  std::string text;
  stopped(h, {}, &text);
  EXPECT_EQ(text.find("in-guest kernel"), std::string::npos) << text;
}

// Without a kernel that takes faults all is as without the kernel.
TEST(KernelFault, OtherKernelsTakeNone) {
  Guest g = access(Op::kLw, 0);
  g.kernel = {kHaltWord};
  EXPECT_FALSE(vm::run(g.program(), {}).ok());
  EXPECT_TRUE(g.program().spans.empty());
}

}  // namespace
}  // namespace mipzk::test
