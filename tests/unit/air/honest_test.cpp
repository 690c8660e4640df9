// SPDX-License-Identifier: Apache-2.0
// Rows of random instructions satisfy all rules and say what the machine does.
#include <gtest/gtest.h>

#include "air/tables/add_trap.hpp"
#include "air/tables/jump.hpp"
#include "air/tables/load_word.hpp"
#include "air/tables/store_word.hpp"
#include "air/tables/sub_word.hpp"
#include "unit/air/typed_row.hpp"

namespace mipzk::test {
namespace {

constexpr unsigned kRounds = 4000;

TEST(HonestRows, SatisfyTheRulesAndSayWhatTheMachineDoes) {
  Rng rng(1);
  for (const air::TableInfo& table : instruction_tables()) {
    SCOPED_TRACE(table.name);
    air::RowChecker checker(table);
    air::RowReport report;
    for (unsigned i = 0; i < kRounds; ++i) {
      const Sample s = random_sample(static_cast<isa::Class>(table.id), rng);
      checker.check(nullptr, row_of(table, s, i % table.slots).data(), report);
      ASSERT_TRUE(report.violations.empty()) << std::hex << s.word;
      ASSERT_TRUE(report.bad_ranges.empty()) << std::hex << s.word;
      ASSERT_TRUE(report.bad_tuples.empty()) << std::hex << s.word;
      Replay replay;
      ASSERT_EQ(judge(s.word, s.state.pc, s.state.context, report, &replay), Verdict::kRight)
          << std::hex << s.word;
      // It is the row of this sample, not just of some execution.
      ASSERT_EQ(replay.clk, Fp(s.event.clk));
      ASSERT_EQ(replay.npc, Fp(s.state.npc / 4));
      if (s.effect.any_value) {
        const uint32_t key = vm::kRegisterKeyBase + s.effect.writes.front().first;
        ASSERT_EQ(replay.words.at(key).value, s.event.rd_new);
      }
      unsigned read = 0;
      for (const air::Access& a : report.locals) {
        if (same(a.read, a.write)) continue;
        ++read;
        if (a.read.form == air::Form::kMem) {
          const unsigned word = a.read.v[0] == Fp(*s.effect.address / 4) ? 0 : 1;
          ASSERT_EQ(a.read.v[1].value() | a.read.v[2].value() << 16, s.state.memory[word]);
          ASSERT_EQ(a.read.v[3], Fp(s.effect.store ? 1 : s.event.mem_writable >> word & 1));
          const uint32_t time = word == 0        ? s.event.t_mem
                                : s.effect.store ? s.event.t_rd
                                                 : s.event.t_rt;
          ASSERT_EQ(a.read.v[4], Fp(time));
        }
      }
      ASSERT_EQ(read, report.locals.size() / table.slots);
    }
  }
}

TEST(HonestRows, FillAllSlotsOfARow) {
  Rng rng(2);
  for (const air::TableInfo& table : instruction_tables()) {
    if (table.slots == 1) continue;
    SCOPED_TRACE(table.name);
    Row row(table.layout.named_columns);
    std::vector<Sample> samples;
    for (unsigned i = 0; i < table.slots; ++i) {
      samples.push_back(random_sample(static_cast<isa::Class>(table.id), rng));
      fill_slot(table, row.data(), i, samples[i].event, samples[i].rom);
    }
    const air::RowReport report = check_row(table, row);
    EXPECT_TRUE(report.ok());
    for (unsigned i = 0; i < table.slots; ++i) {
      // The same messages as of the row that holds this instruction alone.
      const air::RowReport alone = check_row(table, row_of(table, samples[i], i));
      const size_t per_slot = report.locals.size() / table.slots;
      for (size_t k = i * per_slot; k < (i + 1) * per_slot; ++k) {
        EXPECT_TRUE(same(report.locals[k].read, alone.locals[k].read));
        EXPECT_TRUE(same(report.locals[k].write, alone.locals[k].write));
      }
    }
  }
}

// Every table names its columns, each once.
TEST(Columns, AreAllNamed) {
  for (const air::TableInfo& table : air::tables()) {
    SCOPED_TRACE(table.name);
    auto names = column_names(table.columns);
    EXPECT_EQ(names.size(), table.layout.named_columns);
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  }
}

// An unaligned access, an overflow and an unaligned jump have no row: those are faults.
TEST(FaultingInstructions, HaveNoRow) {
  Rng rng(3);
  auto broken = [&]<class T>(uint32_t word, uint32_t good_rs, uint32_t bad_rs, uint32_t rt) {
    State s;
    s.pc = 0x400000;
    s.npc = 0x400004;
    s.reg[8] = good_rs;
    s.reg[9] = rt;
    s.memory[0] = 0x12345678;
    Sample sample = make_sample(word, s, rng);
    ASSERT_TRUE(air::check_row<T>(row_of<T>(sample)).ok());
    // The same instruction with the value that faults, and the columns that it would need.
    sample.event.rs = bad_rs;
    if (sample.effect.address) sample.event.mem_addr = *sample.effect.address + bad_rs - good_rs;
    if constexpr (std::is_same_v<T, air::AddTrap>)
      sample.event.rd_new = (word & 2) != 0 ? bad_rs - rt : bad_rs + rt;
    EXPECT_FALSE(air::check_row<T>(row_of<T>(sample)).ok()) << std::hex << word;
  };
  const uint32_t rs8_rt9 = 8u << 21 | 9u << 16;
  broken.template operator()<air::LoadWord>(0x23u << 26 | rs8_rt9, 0x1000, 0x1002, 5);
  broken.template operator()<air::StoreWord>(0x2bu << 26 | rs8_rt9, 0x1000, 0x1001, 5);
  broken.template operator()<air::LoadSub>(0x21u << 26 | rs8_rt9, 0x1000, 0x1001, 5);
  broken.template operator()<air::LoadSub>(0x25u << 26 | rs8_rt9, 0x1002, 0x1003, 5);
  broken.template operator()<air::StoreSub>(0x29u << 26 | rs8_rt9, 0x1000, 0x1003, 5);
  broken.template operator()<air::AddTrap>(rs8_rt9 | 10 << 11 | 0x20, 1, 0x7fffffff, 1);
  broken.template operator()<air::AddTrap>(rs8_rt9 | 10 << 11 | 0x20, 1, 0x80000000, 0xffffffff);
  broken.template operator()<air::AddTrap>(rs8_rt9 | 10 << 11 | 0x22, 1, 0x80000000, 1);
  broken.template operator()<air::AddTrap>(rs8_rt9 | 10 << 11 | 0x22, 1, 0x7fffffff, 0xffffffff);
}

// A jump to an address that is not a multiple of 4: the limb would be 4 v with v no integer.
TEST(FaultingInstructions, UnalignedJumpsHaveNoRow) {
  Rng rng(4);
  for (uint32_t low = 1; low < 4; ++low) {
    State s;
    s.pc = 0x400000;
    s.npc = 0x400004;
    s.reg[8] = 0x1000;
    const Fp v = Fp(0x1000 + low) * Fp(4).inverse();
    auto jr = row_of<air::JumpReg>(make_sample(8u << 21 | 0x08, s, rng), 1);
    auto jalr = row_of<air::JumpRegLink>(make_sample(8u << 21 | 31 << 11 | 0x09, s, rng));
    ASSERT_TRUE(air::check_row<air::JumpReg>(jr).ok());
    ASSERT_TRUE(air::check_row<air::JumpRegLink>(jalr).ok());
    jr.slot[1].rs.v = jalr.rs.v = v;
    EXPECT_FALSE(air::check_row<air::JumpReg>(jr).bad_ranges.empty());
    EXPECT_FALSE(air::check_row<air::JumpRegLink>(jalr).bad_ranges.empty());
  }
}

}  // namespace
}  // namespace mipzk::test
