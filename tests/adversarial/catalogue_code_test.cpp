// SPDX-License-Identifier: Apache-2.0
// Attacks on the tie between what a shard fetches and the program: each entry that answers a
// request has a token that began in ROM (docs/SECURITY.md, section 6).
#include "adversarial/catalogue.hpp"
#include "air/tables/rom.hpp"

namespace mipzk::attack {
namespace {

Told sum() { return told({three(Op::kAddu, kV0, kT0, kT1), imm(Op::kOri, kV0, kV0, 1)}); }

// As recount(), but nothing is added: Fetch stays as the attack left it.
void expect_refused_as_it_is(const Shard& s, unsigned where) {
  const Findings f = check(s);
  SCOPED_TRACE(f.text());
  EXPECT_EQ(!f.rules.empty() || !f.ranges.empty() || !f.lookups.empty(), (where & kRules) != 0);
  EXPECT_TRUE(f.local.empty());
  EXPECT_EQ(!f.global.empty(), (where & kGlobal) != 0);
  EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
}

// The row of Fetch that holds the entry of this class.
size_t fetch_of(const Shard& s, trace::InstanceTrace& fetch, isa::Class cls) {
  for (size_t row = 0; row < s.data_rows(fetch); ++row)
    if (cell(fetch, row, "class") == Fp(static_cast<uint32_t>(cls))) return row;
  ADD_FAILURE();
  return 0;
}

TEST(CatalogueCode, TheHonestTokensAreThoseOfTheRun) {
  const Told t = sum();
  Shard s = t.shard;
  trace::InstanceTrace& rom = table(s, air::kTableRom);
  trace::InstanceTrace& fetch = table(s, air::kTableFetch);
  size_t used = 0, fetched = 0;
  for (size_t i = 0; i < t.program->program.rom.size(); ++i) used += rom_shard(rom, i) == Fp(1);
  for (size_t row = 0; row < s.data_rows(fetch); ++row)
    fetched += cell(fetch, row, "real") == Fp(1);
  EXPECT_EQ(used, fetched);
  EXPECT_GT(used, 10u);
  EXPECT_TRUE(verdict(s.program->id, prove(s)).accepted());
}

// An instruction that the program does not have, in Fetch as well, so that the shard by itself is
// right: no token of it exists, whatever the row says where its own comes from.
TEST(CatalogueCode, AnEntryThatTheProgramDoesNotHave) {
  const Told t = sum();
  for (const uint32_t shard_in : {0u, 1u, 2u, field::kP - 1}) {
    Shard s = t.shard;
    trace::InstanceTrace& fetch = table(s, air::kTableFetch);
    trace::InstanceTrace& add = table(s, isa::Class::kAdd);
    const size_t row = fetch_of(s, fetch, isa::Class::kAdd);
    // a - b in place of a + b, with a result that was not computed.
    cell(fetch, row, "k0") = -Fp(1);
    cell(fetch, row, "shard_in") = Fp(shard_in);
    const size_t at = row_at(s, add.table, kBody);
    cell(add, at, "sign") = -Fp(1);
    const Findings f = check(s);
    EXPECT_TRUE(f.lookups.empty() || shard_in != 0) << f.text();
    EXPECT_FALSE(f.global.empty());
    // shard - shard_in - 1 is a range: 0 for the shard's own number would be -1.
    EXPECT_EQ(f.ranges.empty(), shard_in == 0 || shard_in == field::kP - 1);
    EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
  }
}

// Also as a row more, with the multiplicity that is asked for.
TEST(CatalogueCode, AnEntryOfAnotherProgram) {
  const Told t = sum();
  const Told other = told({three(Op::kSubu, kV0, kT0, kT1), imm(Op::kOri, kV0, kV0, 1)});
  Shard s = other.shard;
  s.program = t.program;
  // Its own ROM shows its tokens; that of the program has none of one entry.
  recount(s);
  trace::InstanceTrace& fetch = table(s, air::kTableFetch);
  cell(fetch, fetch_of(s, fetch, isa::Class::kAdd), "mult") = Fp(1);
  const Findings f = check(s);
  EXPECT_TRUE(f.lookups.empty()) << f.text();
  EXPECT_FALSE(f.global.empty());
  EXPECT_EQ(verdict(t.program->id, prove(s)).code, Errc::kRejected);
}

// One entry in two rows, which share what is asked for: the second token does not exist.
TEST(CatalogueCode, AnEntryIsFetchedTwice) {
  const Told t = sum();
  Shard s = t.shard;
  trace::InstanceTrace& fetch = table(s, air::kTableFetch);
  const size_t row = fetch_of(s, fetch, isa::Class::kAdd), more = free_row(s, fetch);
  copy_row(fetch, row, fetch, more);
  cell(fetch, row, "mult") -= Fp(5);
  cell(fetch, more, "mult") = Fp(5);
  expect_refused_as_it_is(s, kGlobal);
  // Nor does one for a row that answers nothing.
  cell(fetch, row, "mult") += Fp(5);
  cell(fetch, more, "mult") = Fp();
  expect_refused_as_it_is(s, kGlobal);
}

// A row that takes no token answers nothing.
TEST(CatalogueCode, AnEntryIsNeverAskedFor) {
  const Told t = sum();
  Shard s = t.shard;
  trace::InstanceTrace& fetch = table(s, air::kTableFetch);
  const size_t row = fetch_of(s, fetch, isa::Class::kAdd);
  size_t entry = 0;
  while (t.program->program.rom[entry].cls != isa::Class::kAdd) ++entry;
  rom_shard(table(s, air::kTableRom), entry) = Fp();
  cell(fetch, row, "real") = Fp();
  expect_refused_as_it_is(s, kRules);
  // In part.
  cell(fetch, row, "real") = Fp(2).inverse();
  expect_refused_as_it_is(s, kRules | kGlobal);
  // Nor with the token of another entry, of the same or of another word.
  s = t.shard;
  trace::InstanceTrace& again = table(s, air::kTableFetch);
  cell(again, row, "pc") += Fp(1);
  EXPECT_FALSE(check(s).global.empty());
  EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
}

// ROM says of an entry that a shard used it, or another one, or none.
TEST(CatalogueCode, TheLastTokenIsTheOneThatWasLeft) {
  const Told t = sum();
  const size_t entries = t.program->program.rom.size();
  for (const size_t entry : {size_t{0}, entries - 1, entries, entries + 7})
    for (const Fp d : {Fp(1), -Fp(1), Fp(2), Fp(65536)}) {
      Shard s = t.shard;
      rom_shard(table(s, air::kTableRom), entry) += d;
      expect_refused_as_it_is(s, kGlobal);
    }
}

}  // namespace
}  // namespace mipzk::attack
