// SPDX-License-Identifier: Apache-2.0
// Rows that lie: no change of an honest row satisfies all rules and says something that the machine
// does not do.
#include <gtest/gtest.h>

#include "unit/air/adversary.hpp"

namespace mipzk::test {
namespace {

// Columns that can change without any effect on the buses, and why.
const std::map<std::string, std::set<std::string>> kFree = {
    // Witnesses of "not zero" are free where the number they would invert is 0, and two of them can
    // trade.
    {"BranchEq", {"inv_lo", "inv_hi"}},     {"BranchZero", {"inv"}},
    {"BranchLikely", {"inv_lo", "inv_hi"}}, {"MoveCond", {"inv"}},
    {"TrapEqual", {"inv_lo", "inv_hi"}},    {"StoreCond", {"inv_lo", "inv_hi"}},
};

void expect_honest(const air::TableInfo& table, const Tally& tally) {
  EXPECT_TRUE(tally.forged.empty()) << tally.forged.size() << " lies, such as\n"
                                    << tally.forged.front();
  const auto it = kFree.find(table.name);
  for (const std::string& name : tally.free)
    EXPECT_TRUE(it != kFree.end() && it->second.count(name) != 0) << name << " is free";
  EXPECT_GT(tally.refused, tally.tried / 8);
}

TEST(Mutations, OfSingleColumns) {
  Rng rng(11);
  for (const air::TableInfo& table : instruction_tables()) {
    SCOPED_TRACE(table.name);
    Tally tally;
    for (unsigned i = 0; i < 150; ++i) {
      const Sample s = random_sample(static_cast<isa::Class>(table.id), rng);
      Adversary(table, s, i % table.slots).single_changes(rng, tally);
    }
    expect_honest(table, tally);
  }
}

TEST(Mutations, OfPairsOfColumns) {
  Rng rng(12);
  for (const air::TableInfo& table : instruction_tables()) {
    SCOPED_TRACE(table.name);
    Tally tally;
    for (unsigned i = 0; i < 8; ++i) {
      const Sample s = random_sample(static_cast<isa::Class>(table.id), rng);
      Adversary(table, s, i % table.slots).pair_changes(rng, tally);
    }
    expect_honest(table, tally);
  }
}

TEST(Mutations, WithRepairs) {
  Rng rng(13);
  for (const air::TableInfo& table : instruction_tables()) {
    SCOPED_TRACE(table.name);
    Tally tally;
    for (unsigned i = 0; i < 5; ++i) {
      const Sample s = random_sample(static_cast<isa::Class>(table.id), rng);
      Adversary(table, s, i % table.slots).repaired_changes(rng, tally, 250);
    }
    EXPECT_TRUE(tally.forged.empty()) << tally.forged.front();
  }
}

}  // namespace
}  // namespace mipzk::test
