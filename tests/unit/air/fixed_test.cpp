// SPDX-License-Identifier: Apache-2.0
// The contents of the fixed tables: every row provides valid messages only, and every valid message
// is provided where place_*() says.
#include "air/fixed.hpp"

#include <gtest/gtest.h>

#include "air/check.hpp"

namespace mipzk::test {
namespace {

using air::Bus;
using air::Fixed;
using air::FixedPlace;
using air::Fp;

air::RowReport row_report(uint32_t row) {
  air::RowReport report;
  air::check_row<Fixed>(air::fixed_row(row), Fixed::Row<Fp>{}, report);
  return report;
}

TEST(FixedTables, ProvideOnlyValidMessages) {
  for (uint32_t i = 0; i < 1u << air::kFixedLogRows; ++i) {
    const air::RowReport report = row_report(i);
    ASSERT_EQ(report.provides.size(), 10u);
    for (const air::Tuple& t : report.provides)
      ASSERT_TRUE(air::fixed_contains(t.bus, t.coords)) << "row " << i;
  }
}

TEST(FixedTables, ProvideEveryMessageAtItsPlace) {
  // Messages of each group by row.
  std::vector<air::RowReport> rows;
  for (uint32_t i = 0; i < air::kFixedContentRows; ++i) rows.push_back(row_report(i));
  auto provided = [&](FixedPlace place, unsigned first, std::initializer_list<uint32_t> want) {
    const air::Coords<Fp>& c = rows.at(place.row).provides.at(first + place.group).coords;
    unsigned i = 0;
    for (uint32_t v : want)
      if (c.v[i++] != Fp(v)) return false;
    return true;
  };
  for (uint32_t v = 0; v < 65536; ++v) ASSERT_TRUE(provided(air::place_range(v), 0, {v}));
  for (uint32_t a = 0; a < 256; ++a)
    for (uint32_t b = 0; b < 256; ++b)
      ASSERT_TRUE(provided(air::place_and(a, b), 4, {a, b, a & b}));
  for (uint32_t b = 0; b < 256; ++b)
    for (uint32_t v = 0; v <= 8; ++v)
      ASSERT_TRUE(provided(air::place_shift_byte(b, v), 8, {b, v, (b << v) % 256, (b << v) / 256}));
  for (uint32_t right = 0; right < 2; ++right)
    for (uint32_t s = 0; s < 32; ++s)
      ASSERT_TRUE(provided(air::place_shift_amount(right, s), 9, {right, s}));
}

// The multiplicity columns are in the order of the places.
TEST(FixedTables, TakeMultiplicitiesByGroup) {
  Fixed::Row<Fp> row{};
  for (uint32_t k = 0; k < 4; ++k) {
    row.range[k] = Fp(10 + k);
    row.both[k] = Fp(20 + k);
  }
  row.shift_byte = Fp(30);
  row.shift_amount = Fp(40);
  air::RowReport report;
  air::check_row<Fixed>(air::fixed_row(5), row, report);
  const uint32_t want[] = {10, 11, 12, 13, 20, 21, 22, 23, 30, 40};
  for (size_t i = 0; i < 10; ++i) EXPECT_EQ(report.provides[i].numerator, Fp(want[i]));
}

// The amounts do what ShiftVar makes of them, for all shifts of a few words.
TEST(FixedTables, ShiftAmountsShift) {
  for (uint32_t word : {0x80000000u, 0x12345678u, 0xffffffffu, 1u, 0x00ff8001u}) {
    for (uint32_t s = 0; s < 32; ++s) {
      const air::ShiftAmount left = air::shift_amount(false, s), right = air::shift_amount(true, s);
      EXPECT_EQ(static_cast<uint32_t>((uint64_t{word} << left.v) << (8 * left.j)), word << s);
      EXPECT_EQ(static_cast<uint32_t>((uint64_t{word} << right.v) >> (8 * right.j + 8)), word >> s);
      EXPECT_EQ(word >> s | ((word >> 31) != 0 ? right.fill : 0),
                static_cast<uint32_t>(static_cast<int32_t>(word) >> s));
      EXPECT_EQ(left.fill, 0u);
    }
  }
}

}  // namespace
}  // namespace mipzk::test
