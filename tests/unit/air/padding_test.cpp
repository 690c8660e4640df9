// SPDX-License-Identifier: Apache-2.0
// Rows that stand for nothing: the empty row satisfies every table, and whatever else a row without
// `real` holds, it writes what it reads.
#include <gtest/gtest.h>

#include "unit/air/adversary.hpp"

namespace mipzk::test {
namespace {

template <class T>
bool neutral(const air::RowReport& r) {
  for (const air::Access& a : r.locals)
    if (!same(a.read, a.write)) return false;
  for (const air::Access& a : r.globals)
    if (!same(a.read, a.write)) return false;
  for (const air::GatedAccess& a : r.gated)
    if (a.gate != Fp::zero()) return false;
  for (const air::GatedAccess& a : r.sends)
    if (a.gate != Fp::zero()) return false;
  for (const air::Tuple& t : r.requests)
    if ((t.bus == air::Bus::kRom || t.bus == air::Bus::kRegion) && t.numerator != Fp::zero())
      return false;
  for (const air::Tuple& t : r.provides)
    if (t.numerator != Fp::zero()) return false;
  return true;
}

TEST(Padding, TheEmptyRowSatisfiesEveryTable) {
  air::for_each_table([]<class T>() {
    SCOPED_TRACE(T::kName);
    const air::RowReport report = air::check_row<T>(RowOf<T>{});
    EXPECT_TRUE(report.ok());
    EXPECT_TRUE(neutral<T>(report));
  });
}

bool switches_the_row_on(const std::string& name) {
  return name.rfind("real", 0) == 0 || name == "used" || name.rfind("mult", 0) == 0;
}

// One more column, then repairs of what it breaks.
TEST(Padding, OtherColumnsDoNotMatter) {
  Rng rng(31);
  air::for_each_table([&]<class T>() {
    if constexpr (!std::is_same_v<T, air::Fixed>) {  // its rows only provide
      SCOPED_TRACE(T::kName);
      const auto names = column_names(T::kColumns);
      RowOf<T> row{};
      Fp* c = cells<T>(row);
      for (unsigned i = 0; i < kCells<T>; ++i) {
        if (switches_the_row_on(names[i])) continue;
        for (const Fp& v : tempting_values(Fp(), rng)) {
          c[i] = v;
          const air::RowReport report = air::check_row<T>(row);
          EXPECT_TRUE(!report.ok() || neutral<T>(report)) << names[i] << " = " << v.value();
        }
        c[i] = Fp();
      }
    }
  });
}

TEST(Padding, InstructionsCannotBeSwitchedOffInPart) {
  Rng rng(32);
  air::for_each_table([&]<class T>() {
    if constexpr (T::kSlots != 0) {
      SCOPED_TRACE(T::kName);
      Tally tally;
      for (unsigned i = 0; i < 2; ++i) {
        const Sample s = random_sample(T::kClass, rng);
        Adversary<T>(s, i % T::kSlots).padding_changes(rng, tally, 12);
      }
      EXPECT_TRUE(tally.forged.empty()) << tally.forged.front();
      EXPECT_GT(tally.neutral, 0u);
      EXPECT_EQ(tally.right, 0u);
    }
  });
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
  EXPECT_FALSE(neutral<air::StoreSub>(report));
}

// Each of these rows multiplies without `real`, with an effect on one limb of HI and LO.
TEST(Padding, AnAccumulationChangesNothing) {
  for (unsigned i = 0; i < 4; ++i) {
    RowOf<air::MultAcc> row{};
    row.sign = row.a[i] = row.b[i] = row.r[i] = Fp(1);
    if (i < 3) row.both[i] = Fp(1);
    const air::RowReport report = air::check_row<air::MultAcc>(row);
    EXPECT_EQ(report.violations.size(), 1u) << i;
    EXPECT_TRUE(report.bad_ranges.empty() && report.bad_tuples.empty());
    EXPECT_FALSE(neutral<air::MultAcc>(report));
  }
}

}  // namespace
}  // namespace mipzk::test
