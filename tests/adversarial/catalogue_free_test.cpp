// SPDX-License-Identifier: Apache-2.0
// What a prover may add to a true trace without changing what it claims (docs/SECURITY.md, section
// 6): sources and rows of the boundary that the run does not need. What these must not become is
// refused.
#include "adversarial/catalogue.hpp"
#include "air/fixed.hpp"
#include "air/tables/rom.hpp"

namespace mipzk::attack {
namespace {

// The key of IMAGE's rows after its content, all of which are sources if the prover likes.
constexpr uint32_t kPadding = kReg + 254;

// Takes a word of IMAGE through memory: token, boundary row, token.
void pass_through(Shard& s, size_t word, size_t boundary_row, uint32_t t_last) {
  trace::InstanceTrace& image = table(s, air::kTableImage);
  trace::InstanceTrace& boundary = table(s, air::kTableBoundary);
  const Fp* pre = image_word(s, word);
  image_cell(image, word, "shard") = Fp(1);
  cell(boundary, boundary_row, "real") = Fp(1);
  cell(boundary, boundary_row, "key") = pre[0];
  cell(boundary, boundary_row, "in_lo") = cell(boundary, boundary_row, "out_lo") = pre[1];
  cell(boundary, boundary_row, "in_hi") = cell(boundary, boundary_row, "out_hi") = pre[2];
  cell(boundary, boundary_row, "w") = pre[3];
  cell(boundary, boundary_row, "t_last") = Fp(t_last);
}

// That key may have several sources and several rows of the boundary, and bumps. They hold zeros
// and join nothing, so the proof is accepted and claims what it claims without them.
TEST(CatalogueFree, ThePaddingKeyMayHaveManySources) {
  const Told t = told({mem(Op::kSw, kT0, 4, kS0), mem(Op::kLw, kV0, 4, kS0)});
  Shard s = t.shard;
  trace::InstanceTrace& image = table(s, air::kTableImage);
  const size_t first = t.program->program.image.size();
  const size_t words = air::kImageWords * s.data_rows(image);
  ASSERT_LT(first + 3, words);
  for (size_t i = 0; i < words; ++i) {
    const Fp* pre = image_word(s, i);
    EXPECT_EQ(pre[0] == Fp(kPadding), i >= first) << i;
    if (i < first) continue;
    EXPECT_TRUE(pre[1] == Fp() && pre[2] == Fp() && pre[3] == Fp()) << i;
  }
  const size_t last = free_row(s, table(s, air::kTableBoundary));
  pass_through(s, first, last, 0);
  pass_through(s, first + 1, last - 1, 70000);
  trace::InstanceTrace bump;
  bump.table = air::kTableBump;
  bump.log_height = 10;
  bump.base.assign(size_t{air::find_table(air::kTableBump)->layout.base_columns} << 10, Fp());
  cell(bump, 0, "real") = Fp(1);
  cell(bump, 0, "key") = Fp(kPadding);
  cell(bump, 0, "t_new") = Fp(70000);
  cell(bump, 0, "d_lo") = Fp(69999 & 0xffff);
  cell(bump, 0, "n_lo") = Fp(70000 & 0xffff);
  cell(bump, 0, "d_hi") = cell(bump, 0, "n_hi") = Fp(1);
  add_table(s, bump);
  recount(s);
  EXPECT_EQ(check(s).text(), "");
  const Bytes bytes = prove(s), honest = prove(t.shard);
  const Verdict v = verdict(s.program->id, bytes), h = verdict(s.program->id, honest);
  ASSERT_TRUE(v.accepted() && h.accepted()) << v.message << h.message;
  EXPECT_EQ(v.claim.exit_code, h.claim.exit_code);
  const auto output = [](const Bytes& b, const verify::Claim& c) {
    return std::vector<uint8_t>(b.data() + c.output_offset,
                                b.data() + c.output_offset + c.output_size);
  };
  EXPECT_EQ(output(bytes, v.claim), output(honest, h.claim));

  // No other word: a first value, a last one, a permission.
  Shard first_value = s;
  cell(table(first_value, air::kTableBoundary), last, "in_lo") = Fp(1);
  expect_refused(first_value, kLocal | kGlobal);
  Shard last_value = s;
  cell(table(last_value, air::kTableBoundary), last, "out_lo") = Fp(1);
  image_cell(table(last_value, air::kTableImage), first, "fin_lo") = Fp(1);
  expect_refused(last_value, kLocal);
  Shard writable = s;
  cell(table(writable, air::kTableBoundary), last, "w") = Fp(1);
  expect_refused(writable, kGlobal);
}

// Nothing else has that key. Any row in use of any table is told to speak of it, by each cell that
// its key depends on: then the row itself is false, or the ROM and the regions have no such entry.
// That only one cell may change is no limit of the argument: tests/determinism shows for all rows
// of instructions that memory keys are below 2^30 and register keys at most 2^30 + 82.
TEST(CatalogueFree, NothingElseNamesThePaddingKey) {
  const Shard s = run(every_table(), every_table_input());
  Mutator m(s);
  unsigned tables = 0, tried = 0;
  for (const trace::InstanceTrace& x : s.traces) {
    const TableOps& ops = table_ops(x.table);
    if (ops.info->slots == 0 && x.table != air::kTableFresh) continue;
    const auto messages = [&](const std::vector<Fp>& cells, size_t row) {
      RowSays says;
      ops.eval(s.pre(x, row), cells.data(), says);
      Terms all = says.local;
      for (const auto& [g, n] : says.global)
        if (g.bus == static_cast<uint32_t>(air::Bus::kToken)) all.emplace_back(g, n);
      return all;
    };
    bool any = false;
    for (size_t row = 0; row < 4; ++row) {
      const std::vector<Fp> honest = m.cells(x, row);
      if (!Mutator::in_use(x, honest, 0)) continue;
      const Terms before = messages(honest, row);
      for (unsigned c = 0; c < honest.size(); ++c) {
        std::vector<Fp> cells = honest;
        cells[c] += Fp(1);
        const Terms after = messages(cells, row);
        for (size_t i = 0; i < before.size(); ++i) {
          const Fp slope = Fp(after[i].first.at[0]) - Fp(before[i].first.at[0]);
          if (slope == Fp::zero()) continue;
          cells[c] = honest[c] + (Fp(kPadding) - Fp(before[i].first.at[0])) * slope.inverse();
          ASSERT_EQ(messages(cells, row)[i].first.at[0], kPadding);
          const Fate fate = m.judge(x, {{row, cells}});
          EXPECT_TRUE(fate == Fate::kRule || fate == Fate::kRange || fate == Fate::kNoProvider)
              << ops.info->name << "." << ops.columns[c] << " row " << row;
          any = true;
          ++tried;
        }
      }
    }
    tables += any;
  }
  EXPECT_GT(tables, 35u);
  EXPECT_GT(tried, 400u);
  // A public word of that key, even one whose token nobody takes: the verifier knows of none.
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  Shard forged = t.shard;
  trace::InstanceTrace& publics = table(forged, air::kTablePublic);
  const size_t row = free_row(forged, publics);
  cell(publics, row, "real") = cell(publics, row, "out") = Fp(1);
  cell(publics, row, "key") = Fp(kPadding);
  expect_refused(forged, kGlobal);
}

// Which words have rows is the prover's choice: one that no instruction touches may be brought into
// being, and may pass through memory, with the value that it has anyway. So are the entries that
// are fetched.
TEST(CatalogueFree, UntouchedWordsMayHaveRows) {
  const Told t = told({mem(Op::kLw, kV0, 16, kS0)});
  Shard s = t.shard;
  trace::InstanceTrace& image = table(s, air::kTableImage);
  size_t word = 0;
  while (image_cell(image, word, "shard") != Fp()) ++word;
  ASSERT_LT(word, t.program->program.image.size());
  pass_through(s, word, free_row(s, table(s, air::kTableBoundary)), 0);
  // The word behind the one that the program reads, in the same region, enters the chain.
  trace::InstanceTrace& fresh = table(s, air::kTableFresh);
  const uint32_t key = kData / 4 + 5;
  const size_t before = row_of_key(s, air::kTableFresh, key - 1);
  size_t after = 0;
  while (cell(fresh, after, "prev") != Fp(key - 1)) ++after;
  const size_t added = free_row(s, fresh);
  copy_row(fresh, before, fresh, added);
  cell(fresh, added, "key") = Fp(key);
  cell(fresh, added, "prev") = Fp(key - 1);
  cell(fresh, added, "shard") = cell(fresh, added, "dp_lo") = cell(fresh, added, "dp_hi") = Fp();
  cell(fresh, added, "ds_lo") += Fp(1);
  cell(fresh, added, "de_lo") -= Fp(1);
  cell(fresh, after, "prev") = Fp(key);
  cell(fresh, after, "dp_lo") -= Fp(1);
  recount(s);
  EXPECT_EQ(check(s).text(), "");
  const Verdict v = verdict(s.program->id, prove(s));
  EXPECT_TRUE(v.accepted()) << v.message;
  // Not with another value.
  cell(table(s, air::kTableFresh), added, "in_lo") =
      cell(table(s, air::kTableFresh), added, "fin_lo") = Fp(1);
  expect_refused(s, kRules);
}

// Rows that provide the same message share its multiplicity as the prover likes, and so do the last
// 256 rows of a group of FIXED and the first ones of the next; the padding of REGION provides a
// message that nobody asks for, so there the shares add up to 0.
TEST(CatalogueFree, EqualMessagesShareTheirMultiplicity) {
  const Told t = told({shift_reg(Op::kSllv, kV0, kT0, kT1)});
  const size_t region = t.program->program.regions.size();
  const size_t end = air::kFixedContentRows;
  const struct {
    air::TableId table;
    const char* from_column;
    size_t from;
    const char* to_column;
    size_t to;
    bool equal;
  } moves[] = {{air::kTableFetch, "mult", 0, "mult", 1, false},
               {air::kTableRegion, "mult", region, "mult", region + 1, true},
               {air::kTableFixed, "range2", 0, "range2", end, true},
               {air::kTableFixed, "range2", 0, "range2", end - 1, false},
               {air::kTableFixed, "and4_m", 0, "and4_m", end + 1, true},
               {air::kTableFixed, "and4_m", 1, "and4_m", end + 1, false},
               {air::kTableFixed, "range1", 7, "range0", end - 256 + 7, true},
               {air::kTableFixed, "range1", 256, "range0", end - 256, false},
               {air::kTableFixed, "and4_m", 9, "and3_m", end - 256 + 9, true},
               {air::kTableFixed, "and4_m", 9, "and3_m", end - 256 + 8, false},
               {air::kTableFixed, "byte_m", 0, "byte_m", 2304, true},
               {air::kTableFixed, "byte_m", 0, "byte_m", 2303, false},
               {air::kTableFixed, "amount_m", 0, "amount_m", 64, true},
               {air::kTableFixed, "amount_m", 0, "amount_m", 63, false}};
  for (const auto& m : moves) {
    Shard s = t.shard;
    cell(*s.find(m.table), m.from, m.from_column) -= Fp(3);
    cell(*s.find(m.table), m.to, m.to_column) += Fp(3);
    EXPECT_EQ(check(s).ok(), m.equal) << m.from_column << " " << m.from << " " << m.to;
  }
  Shard s = t.shard;
  for (const auto& m : moves) {
    if (!m.equal) continue;
    cell(*s.find(m.table), m.from, m.from_column) -= Fp(3);
    cell(*s.find(m.table), m.to, m.to_column) += Fp(3);
  }
  const Verdict v = verdict(s.program->id, prove(s));
  EXPECT_TRUE(v.accepted()) << v.message;
}

}  // namespace
}  // namespace mipzk::attack
