// SPDX-License-Identifier: Apache-2.0
// Rows that stand for nothing: the empty row satisfies every table, and whatever else a row without
// `real` holds, it writes what it reads.
#include <gtest/gtest.h>

#include "air/tables/mult_acc.hpp"
#include "air/tables/sub_word.hpp"
#include "unit/air/adversary.hpp"
#include "unit/air/typed_row.hpp"

namespace mipzk::test {
namespace {

bool neutral(const air::RowReport& r) {
  for (const air::Access& a : r.locals)
    if (!same(a.read, a.write)) return false;
  for (const air::Access& a : r.globals)
    if (!same(a.read, a.write)) return false;
  for (const air::GatedMessage& m : r.sends)
    if (m.gate != Fp::zero()) return false;
  for (const air::Tuple& t : r.requests)
    if ((t.bus == air::Bus::kRom || t.bus == air::Bus::kRegion) && t.numerator != Fp::zero())
      return false;
  for (const air::Tuple& t : r.provides)
    if (t.numerator != Fp::zero()) return false;
  return true;
}

// With preprocessed columns of zeros.
air::RowReport check_empty_pre(const air::TableInfo& table, const Row& row) {
  const Row pre(table.layout.pre_columns);
  air::RowReport report;
  air::RowChecker(table).check(pre.data(), row.data(), report);
  return report;
}

TEST(Padding, TheEmptyRowSatisfiesEveryTable) {
  for (const air::TableInfo& table : air::tables()) {
    SCOPED_TRACE(table.name);
    const air::RowReport report = check_empty_pre(table, Row(table.layout.named_columns));
    EXPECT_TRUE(report.ok());
    EXPECT_TRUE(neutral(report));
  }
}

bool switches_the_row_on(const std::string& name) {
  return name.rfind("real", 0) == 0 || name.rfind("mult", 0) == 0;
}

// One more column, then repairs of what it breaks.
TEST(Padding, OtherColumnsDoNotMatter) {
  Rng rng(31);
  for (const air::TableInfo& table : air::tables()) {
    if (table.id == air::kTableFixed) continue;  // its rows only provide
    // Every row is of the program: a token comes back with what it was given, or is seen.
    const bool always_on = table.id == air::kTableRom || table.id == air::kTableImage;
    SCOPED_TRACE(table.name);
    const auto names = column_names(table.columns);
    Row row(table.layout.named_columns);
    for (size_t i = 0; i < row.size(); ++i) {
      if (switches_the_row_on(names[i])) continue;
      for (const Fp& v : tempting_values(Fp(), rng)) {
        row[i] = v;
        const air::RowReport report = check_empty_pre(table, row);
        EXPECT_TRUE(!report.ok() || neutral(report) != (always_on && v != Fp()))
            << names[i] << " = " << v.value();
      }
      row[i] = Fp();
    }
  }
}

TEST(Padding, InstructionsCannotBeSwitchedOffInPart) {
  Rng rng(32);
  for (const air::TableInfo& table : instruction_tables()) {
    SCOPED_TRACE(table.name);
    Tally tally;
    for (unsigned i = 0; i < 2; ++i) {
      const Sample s = random_sample(static_cast<isa::Class>(table.id), rng);
      Adversary(table, s, i % table.slots).padding_changes(rng, tally, 12);
    }
    EXPECT_TRUE(tally.forged.empty()) << tally.forged.front();
    EXPECT_GT(tally.neutral, 0u);
    EXPECT_EQ(tally.right, 0u);
  }
}

// The only thing wrong with this row is that it stores without `real`.
TEST(Padding, AByteStoreChangesNothing) {
  RowOf<air::StoreSub> row{};
  row.rs.lo = Fp(2);  // address 2, the lower half
  row.a1 = Fp(1);
  row.r0 = Fp(7);
  row.new_lo = Fp(7 * 256);
  const air::RowReport report = air::check_row<air::StoreSub>(row);
  EXPECT_EQ(report.violations.size(), 1u);
  EXPECT_TRUE(report.bad_ranges.empty() && report.bad_tuples.empty());
  EXPECT_FALSE(neutral(report));
}

// Each of these rows multiplies without `real`, with an effect on one limb of HI and LO.
TEST(Padding, AnAccumulationChangesNothing) {
  for (unsigned i = 0; i < 4; ++i) {
    RowOf<air::MultAcc> row{};
    row.sign = row.rs.byte[i] = row.rt.byte[i] = row.r[i] = Fp(1);
    if (i < 3) row.both[i] = Fp(1);
    const air::RowReport report = air::check_row<air::MultAcc>(row);
    EXPECT_EQ(report.violations.size(), 1u) << i;
    EXPECT_TRUE(report.bad_ranges.empty() && report.bad_tuples.empty());
    EXPECT_FALSE(neutral(report));
  }
}

}  // namespace
}  // namespace mipzk::test
