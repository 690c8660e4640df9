// SPDX-License-Identifier: Apache-2.0
// Attacks on branch-likely, on conditional traps and on the entry of the kernel.
#include <gtest/gtest.h>

#include "air/tables/branch_likely.hpp"
#include "air/tables/trap.hpp"
#include "air/tables/trap_if.hpp"
#include "unit/air/forge.hpp"

namespace mipzk::test {
namespace {

// Ziren #320 and its audit of 2025 (the next but one pc of a branch that is not taken was free): of
// all states that a branch-likely could leave exactly one has a row. So a slot that is annulled is
// not executed, and one that is not annulled is not skipped.
TEST(Forge, AnnulledSlotsAreSkippedAndNoOthers) {
  Rng rng(71);
  for (unsigned round = 0; round < 1500; ++round) {
    const Sample s = random_sample(isa::Class::kBranchLikely, rng);
    const auto start = row_of<air::BranchLikely>(s);
    const air::RowReport honest = air::check_row<air::BranchLikely>(start);
    ASSERT_TRUE(honest.ok());
    const Fp npc = start.c.npc;
    for (unsigned flags = 0; flags < 8; ++flags) {
      for (Fp next : {npc + Fp(1), npc + Fp(2), start.target, npc, start.target + Fp(1)}) {
        auto row = start;
        row.neg = Fp(flags & 1);
        row.equal = Fp(flags >> 1 & 1);
        row.taken = Fp(flags >> 2);
        row.next = next;
        if (row.equal != start.equal) solve<air::BranchLikely>(row, row.inv_lo);
        const air::RowReport report = air::check_row<air::BranchLikely>(row);
        if (!report.ok()) continue;
        EXPECT_EQ(row.taken, start.taken);
        EXPECT_EQ(row.next, start.next);
      }
    }
  }
}

// No branch leads to the state of HALT.
TEST(Forge, AnnulledSlotsDoNotHalt) {
  Rng rng(72);
  State st = registers(1, 2);
  st.npc = 0xfffffffc;
  const Sample s = make_sample(0x50000000 | kOperands | 5, st, rng);  // beql, not taken
  auto row = row_of<air::BranchLikely>(s);
  for (Fp next : {Fp(), Fp(air::kHaltedPc4 + 1)}) {
    row.next = next;
    const air::RowReport report = air::check_row<air::BranchLikely>(row);
    EXPECT_EQ(report.locals[0].write.v[0], Fp(air::kHaltedPc4));
    EXPECT_EQ(report.ok(), next != Fp());  // HALT leaves (2^30, 0)
  }
}

// Ziren PR #519 (teq): a trap that has to be taken leaves no row to go on with, and the words are
// compared as such, not modulo p.
TEST(Forge, TrapsOnEqualityCannotBePassed) {
  Rng rng(73);
  for (uint32_t difference :
       {0u, 1u, 0x10000u, 0x7f000001u, 0x80ffffffu, 0xfe000002u, 0xffff0001u}) {
    for (bool immediate : {false, true}) {
      for (bool ne : {false, true}) {
        const uint32_t b = immediate ? 0xffff8123 : static_cast<uint32_t>(rng());
        const uint32_t teq = immediate ? 0x040c0000 | 8u << 21 | (b & 0xffff) : 0x34 | kOperands;
        const uint32_t word = teq | (!ne ? 0u : immediate ? 0x00020000u : 2u);
        Sample s = make_sample(word, registers(ne ? b : ~b, b), rng);
        s.event.rs = b + difference;
        const bool passes = (difference == 0) == ne;
        unsigned good = 0;
        for (unsigned attempt = 0; attempt < 3; ++attempt) {
          auto row = row_of<air::TrapEqual>(s);
          if (attempt == 1) solve<air::TrapEqual>(row, row.inv_lo);
          if (attempt == 2) solve<air::TrapEqual>(row, row.inv_hi);
          good += air::check_row<air::TrapEqual>(row).ok() ? 1 : 0;
        }
        EXPECT_EQ(good != 0, passes) << std::hex << word << " " << difference;
        EXPECT_EQ(execute(word, registers(b + difference, b)).has_value(), passes);
      }
    }
  }
}

TEST(Forge, TrapsOnOrderCannotBePassed) {
  Rng rng(74);
  unsigned trapping = 0;
  for (unsigned round = 0; round < 3000; ++round) {
    const Sample honest = random_sample(isa::Class::kTrapLess, rng);
    State st = honest.state;
    for (unsigned r = 1; r < 32; ++r) st.reg[r] = random_word(rng);
    if (honest.rom.rs == 0) continue;
    Sample s = honest;
    s.event.rs = st.reg[s.rom.rs];
    s.event.rt = st.reg[s.rom.rt];
    const bool passes = execute(s.word, st).has_value();
    trapping += passes ? 0 : 1;
    unsigned good = 0;
    for (unsigned flags = 0; flags < 8 * 3; ++flags) {
      auto row = row_of<air::TrapLess>(s);
      row.rs_neg = Fp(flags & 1);
      row.b_neg = Fp(flags >> 1 & 1);
      row.borrow = Fp(flags >> 2 & 1);
      row.flip = Fp(flags >> 3) - Fp(1);
      good += air::check_row<air::TrapLess>(row).ok() ? 1 : 0;
    }
    EXPECT_EQ(good, passes ? 1u : 0u) << std::hex << s.word;
  }
  EXPECT_GT(trapping, 500u);
}

// As Forge.SignsAreBits: with a fraction for a sign only the rule that it is a bit refuses the row.
TEST(Forge, SignsOfTrapsAreBits) {
  Rng rng(77);
  unsigned built = 0;
  for (unsigned round = 0; round < 200; ++round) {
    Sample s = make_sample(0x32 | kOperands, registers(5, 1), rng);  // tlt
    const uint32_t a = static_cast<uint32_t>(rng());
    s.event.rs = a;
    s.event.rt = a + 0x10000;
    const auto row = row_of<air::TrapLess>(s);
    for (uint32_t y = 0; y < 65536; y += 0x3fff) {
      for (bool of_b : {false, true}) {
        auto lie = row;
        const Fp hi = of_b ? row.rt.hi : row.rs.hi;
        (of_b ? lie.b_neg : lie.rs_neg) = (hi - Fp(y) * Fp(2).inverse()) * Fp(1u << 15).inverse();
        lie.flip = lie.b_neg - lie.rs_neg;
        const air::RowReport report = air::check_row<air::TrapLess>(lie);
        EXPECT_FALSE(report.ok());
        if (report.bad_ranges.empty() && report.violations.size() == 1) ++built;
      }
    }
  }
  EXPECT_GT(built, 50u);
}

// OpenVM GHSA-jf2r-x3j4-23m7: the limbs of the address at which the kernel goes on are unique.
TEST(Forge, TheKernelIsToldTheAddress) {
  Rng rng(75);
  for (uint32_t npc : {0x00400004u, 0u, 0xfffffffcu, 0x0000fffcu, 0x00010000u, 0x7ffffffcu}) {
    State st = registers(0, 0);
    st.context.trap_vector = 0x80000100;
    st.npc = npc;
    const Sample s = make_sample(0x0000000c, st, rng);
    const auto honest = row_of<air::Trap>(s);
    ASSERT_TRUE(air::check_row<air::Trap>(honest).ok());
    for (int hi = -4; hi <= 4; ++hi) {
      for (uint32_t quarter = 0; quarter < 4; ++quarter) {
        for (uint32_t wrap : {0u, 0x7f000001u >> 14, 65536u}) {
          auto row = honest;
          row.npc_hi += Fp::from_i32(hi) + Fp(quarter) * Fp(4).inverse() + Fp(wrap);
          row.npc_v -= (row.npc_hi - honest.npc_hi) * Fp(1u << 14);
          if (row.npc_hi == honest.npc_hi) continue;
          const air::RowReport report = air::check_row<air::Trap>(row);
          EXPECT_TRUE(report.violations.empty());
          EXPECT_FALSE(report.bad_ranges.empty());
        }
      }
    }
  }
}

// A trap between ll and sc breaks the link: whatever the row holds, LINK is 0 afterwards.
TEST(Forge, TrapsBreakTheLink) {
  Rng rng(76);
  for (unsigned round = 0; round < 200; ++round) {
    const Sample s = random_sample(isa::Class::kTrap, rng);
    const air::RowReport report = air::check_row<air::Trap>(row_of<air::Trap>(s));
    unsigned cleared = 0;
    for (const air::Access& a : report.locals)
      if (a.write.form == air::Form::kReg && a.write.v[0] == Fp(isa::kLink) &&
          a.write.v[1] == Fp() && a.write.v[2] == Fp() &&
          a.read.v[1] == Fp(s.event.mem_old & 0xffff))
        ++cleared;
    EXPECT_EQ(cleared, 1u);
  }
}

}  // namespace
}  // namespace mipzk::test
