// SPDX-License-Identifier: Apache-2.0
// The contents of the fixed tables: the rows provide the valid messages and nothing else, those of
// padding and tail included, and every valid message is provided where place_*() says.
#include "air/fixed.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "air/check.hpp"
#include "proof/profile.hpp"

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

// By bus, messages as numbers: 2^9 times the first coordinate plus the second one, which the others
// follow from; on RANGE the only one.
using Messages = std::map<Bus, std::set<uint32_t>>;

Messages valid_messages() {
  Messages m;
  for (uint32_t v = 0; v < 65536; ++v) m[Bus::kRange].insert(v);
  for (uint32_t a = 0; a < 256; ++a)
    for (uint32_t b = 0; b < 256; ++b) m[Bus::kAnd].insert(a << 9 | b);
  for (uint32_t b = 0; b < 256; ++b)
    for (uint32_t v = 0; v <= 8; ++v) m[Bus::kShiftByte].insert(b << 9 | v);
  for (uint32_t right = 0; right < 2; ++right)
    for (uint32_t s = 0; s < 32; ++s) m[Bus::kShiftAmount].insert(right << 9 | s);
  return m;
}

void add_messages(uint32_t row, Messages& messages) {
  const air::RowReport report = row_report(row);
  ASSERT_EQ(report.provides.size(), 2 * air::kFixedGroups + 2);
  for (const air::Tuple& t : report.provides) {
    // So the other coordinates are what they should be.
    ASSERT_TRUE(air::fixed_contains(t.bus, t.coords)) << "row " << row;
    const uint32_t first = t.coords.v[0].value();
    messages[t.bus].insert(t.bus == Bus::kRange ? first : first << 9 | t.coords.v[1].value());
  }
}

// Multiplicities of all rows are the prover's, so all rows count: content, padding and tail.
TEST(FixedTables, ProvideTheValidMessagesAndNothingElse) {
  Messages provided;
  for (uint32_t i = 0; i < 1u << air::kFixedLogRows; ++i) add_messages(i, provided);
  EXPECT_EQ(provided, valid_messages());
}

// The rows under constraints are enough for that in every profile, whatever the masks in its tail.
TEST(FixedTables, HaveTheirContentBeforeTheTail) {
  for (const proof::Profile& profile : proof::profiles()) {
    ASSERT_LE(air::kFixedContentRows + profile.tail_rows, 1u << air::kFixedLogRows);
    Messages provided;
    for (uint32_t i = 0; i < (1u << air::kFixedLogRows) - profile.tail_rows; ++i)
      add_messages(i, provided);
    EXPECT_EQ(provided, valid_messages()) << profile.name;
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
      ASSERT_TRUE(provided(air::place_and(a, b), air::kFixedGroups, {a, b, a & b}));
  for (uint32_t b = 0; b < 256; ++b)
    for (uint32_t v = 0; v <= 8; ++v)
      ASSERT_TRUE(provided(air::place_shift_byte(b, v), 2 * air::kFixedGroups,
                           {b, v, (b << v) % 256, (b << v) / 256}));
  for (uint32_t right = 0; right < 2; ++right)
    for (uint32_t s = 0; s < 32; ++s)
      ASSERT_TRUE(
          provided(air::place_shift_amount(right, s), 2 * air::kFixedGroups + 1, {right, s}));
}

// The multiplicity columns are in the order of the places.
TEST(FixedTables, TakeMultiplicitiesByGroup) {
  Fixed::Row<Fp> row{};
  for (uint32_t k = 0; k < air::kFixedGroups; ++k) {
    row.range[k] = Fp(10 + k);
    row.both[k] = Fp(20 + k);
  }
  row.shift_byte = Fp(30);
  row.shift_amount = Fp(40);
  air::RowReport report;
  air::check_row<Fixed>(air::fixed_row(5), row, report);
  const uint32_t want[] = {10, 11, 12, 13, 14, 20, 21, 22, 23, 24, 30, 40};
  ASSERT_EQ(report.provides.size(), std::size(want));
  for (size_t i = 0; i < std::size(want); ++i) EXPECT_EQ(report.provides[i].numerator, Fp(want[i]));
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
