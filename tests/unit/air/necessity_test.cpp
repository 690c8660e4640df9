// SPDX-License-Identifier: Apache-2.0
// Without one of its rules a table can lie, and the adversary of the mutation tests finds the lie.
// So the mutation tests have teeth, and no rule is there in vain.
#include <gtest/gtest.h>

#include "unit/air/adversary.hpp"

namespace mipzk::test {
namespace {

bool finds_a_lie_without(const air::TableInfo& table, Dropped rule) {
  Rng rng(21);
  auto attempt = [&](unsigned rounds, const auto& attack) {
    for (unsigned i = 0; i < rounds; ++i) {
      const Sample s = random_sample(static_cast<isa::Class>(table.id), rng);
      Adversary adversary(table, s, 0, rule);
      Tally tally;
      attack(adversary, tally);
      if (!tally.forged.empty()) return true;
    }
    return false;
  };
  const auto padding = [&](auto& a, Tally& t) { a.padding_changes(rng, t, 4); };
  const auto single = [&](auto& a, Tally& t) { a.single_changes(rng, t); };
  const auto pairs = [&](auto& a, Tally& t) { a.pair_changes(rng, t); };
  const auto repairs = [&](auto& a, Tally& t) { a.repaired_changes(rng, t, 40); };
  // The cheap attacks first.
  if (attempt(8, single) || attempt(1, padding) || attempt(4, pairs)) return true;
  for (unsigned i = 0; i < 12; ++i)
    if (attempt(4, single) || attempt(1, repairs) || attempt(6, pairs)) return true;
  return false;
}

// Rules whose lies need more columns that fit together than the adversary tries; "z" counts `zero`
// rules, "r" ranges and "t" tuples of a table, each from 0. By kind:
//   - `real` is a bit, and npc stays on padding rows: for instructions that go on at npc + 1 these
//     two are one equation, (1 - real) real = 0. Jumps and branches (z0, or z1 where a register is
//     read first): with another `real` the rules of padding hold.
//   - the two checks of the lower half of an address: Forge.AddressesHaveOneKey,
//     Forge.PairedAccessesHaveOneKey;
//   - the checks of single carries: Forge.MultiplicationCarriesCannotTrade; the bytes of factors
//     other than the top ones, which only bound sums;
//   - flags are bits, and signs and borrow of a division: Forge.DivisionHasOneResult,
//     Forge.SignsAreBits;
//   - a byte store on padding: Padding.AByteStoreChangesNothing;
//   - the rest of a shift amount: Forge.ShiftAmountIsTheRegisters,
//     Forge.RotationAmountIsTheRegisters;
//   - the limbs of an accumulation on padding: Padding.AnAccumulationChangesNothing;
//   - the leading byte and its shift: Forge.OneByteLeads,
//     Forge.LeadingZerosOfWordsThatWrapTheField; the signs of a trap: Forge.SignsOfTrapsAreBits.
const std::map<std::string, std::set<std::string>> kBeyond = {
    {"Nop", {"z0", "z2"}},
    {"Add", {"z0", "z2"}},
    {"AddTrap", {"z0", "z2"}},
    {"AddImm", {"z0", "z2"}},
    {"Logic", {"z0", "z2"}},
    {"LogicImm", {"z0", "z2"}},
    {"Shift", {"z0", "z2"}},
    {"ShiftVar", {"z0", "z2", "r3"}},
    {"Slt", {"z0", "z2", "z8", "z9"}},
    {"SltImm", {"z0", "z2", "z7"}},
    {"BranchEq", {"z0"}},
    {"BranchZero", {"z0"}},
    {"BranchLink", {"z0"}},
    {"Jump", {"z0"}},
    {"JumpLink", {"z0"}},
    {"JumpReg", {"z1"}},
    {"JumpRegLink", {"z1"}},
    {"LoadWord", {"z0", "z2", "r1", "r2"}},
    {"StoreWord", {"z0", "z2", "r2", "r3"}},
    {"LoadSub", {"z0", "z2", "z5", "r1", "r2"}},
    {"LoadPart", {"z0", "z2", "z5", "r1", "r2"}},
    {"StoreSub", {"z0", "z2", "z6", "z10", "r2", "r3"}},
    {"StorePart", {"z0", "z2", "z5", "z6", "r2", "r3"}},
    {"Mult", {"z0", "z2", "r8", "r9", "r10", "t1", "t2", "t3"}},
    {"Div", {"z0", "z2", "z13", "z14", "z15", "z16", "z22", "r6", "r7", "r8", "r9", "r10", "r11"}},
    {"Halt", {"z0"}},
    {"Hint", {"z0", "z2"}},
    {"BranchLikely", {"z0"}},
    {"MoveCond", {"z0", "z2"}},
    {"MultAcc", {"z0", "z2", "z6", "z9", "z10", "r8", "r9", "r10", "t1", "t2"}},
    {"CountLeading", {"z0", "z2", "z11", "t4"}},
    {"BitField", {"z0", "z2", "r3"}},
    {"ByteOps", {"z0", "z2"}},
    {"TrapEqual", {"z0", "z2"}},
    {"TrapLess", {"z0", "z2", "z5", "z6"}},
    {"LoadLinked", {"z0", "z2", "r1", "r2"}},
    {"StoreCond", {"z0", "z2", "r2", "r3"}},
    {"LoadDouble", {"z0", "z2", "r1", "r2"}},
    {"StoreDouble", {"z0", "z2", "r3", "r4"}},
    {"MovePair", {"z0", "z2"}},
    {"Trap", {"z0"}},
};

TEST(Rules, AreNecessary) {
  Rng rng(22);
  unsigned found = 0;
  for (const air::TableInfo& table : instruction_tables()) {
    SCOPED_TRACE(table.name);
    const Sample sample = random_sample(static_cast<isa::Class>(table.id), rng);
    const air::RowReport report = check_row(table, row_of(table, sample));
    const std::set<std::string>& beyond = kBeyond.at(table.name);
    auto probe = [&](Dropped::Kind kind, const char* name, unsigned i) {
      std::string rule = name;
      rule += std::to_string(i);
      if (beyond.count(rule) != 0) return;
      EXPECT_TRUE(finds_a_lie_without(table, {kind, i})) << rule;
      ++found;
    };
    // Slots have the same rules; a sample lies in the first one.
    for (unsigned i = 0; i < report.zeros.size() / table.slots; ++i) probe(Dropped::kZero, "z", i);
    for (unsigned i = 0; i < report.ranges.size() / table.slots; ++i)
      probe(Dropped::kRange, "r", i);
    for (unsigned i = 0; i < report.requests.size(); ++i)
      if (report.requests[i].bus != air::Bus::kRom) probe(Dropped::kTuple, "t", i);
  }
  EXPECT_GT(found, 300u);
}

}  // namespace
}  // namespace mipzk::test
