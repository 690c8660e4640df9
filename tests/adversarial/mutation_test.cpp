// SPDX-License-Identifier: Apache-2.0
// Every column of every table of real traces is changed in many ways; each change is caught, or is
// on the list below with the reason why it does no harm (docs/SECURITY.md repeats the list).
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <sstream>

#include "adversarial/mutator.hpp"
#include "adversarial/shards.hpp"

namespace mipzk::attack {
namespace {

// Cells of rows in use that may change without any effect on rules and buses.
const std::set<std::string> kFree = {
    // Witnesses that a number is not zero: free where that number is zero, because it then
    // multiplies them. What they would show (`equal`, `is_zero`, `ok`) is fixed by other rules.
    "BranchEq.inv_lo",     "BranchEq.inv_hi",  "BranchZero.inv",      "BranchLikely.inv_lo",
    "BranchLikely.inv_hi", "MoveCond.inv",     "TrapEqual.inv_lo",    "TrapEqual.inv_hi",
    "StoreCond.inv_lo",    "StoreCond.inv_hi", "OperandFault.inv_lo", "OperandFault.inv_hi",
};

// The slots of a row in another order.
bool slots_permuted(const trace::InstanceTrace& t, const std::vector<Fp>& a,
                    const std::vector<Fp>& b) {
  const unsigned slots = table_ops(t.table).info->slots;
  if (slots < 2) return false;
  auto sorted = [&](const std::vector<Fp>& cells) {
    std::vector<std::vector<uint32_t>> out(slots);
    for (size_t i = 0; i < cells.size(); ++i)
      out[i * slots / cells.size()].push_back(cells[i].value());
    std::sort(out.begin(), out.end());
    return out;
  };
  return sorted(a) == sorted(b);
}

bool full_run() {
  const char* v = std::getenv("MIPZK_MUTATE_FULL");
  return v != nullptr && *v != 0;
}

struct Tally {
  std::map<Fate, uint64_t> fates;
  uint64_t padding = 0;  // survivors in unused slots: neutral
  uint64_t neutral = 0;  // slots in another order
  std::map<std::string, uint64_t> free;
  std::vector<std::string> escaped;  // survivors that are not on the list

  uint64_t tried() const {
    uint64_t n = 0;
    for (const auto& [fate, count] : fates) n += count;
    return n;
  }
};

class Mutations : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string name = GetParam();
    shard_ = name == "every_table" ? run(every_table(), every_table_input()) : run(guest(name), {});
    ASSERT_EQ(check(shard_).text(), "");
  }

  // `changed`: the columns that differ from the honest row.
  void consider(Mutator& m, const trace::InstanceTrace& t, size_t row, const std::vector<Fp>& cells,
                const std::vector<unsigned>& changed) {
    const Fate fate = m.judge(t, {{row, cells}});
    ++tally_.fates[fate];
    if (fate != Fate::kSurvives) return;
    const TableOps& ops = table_ops(t.table);
    const std::vector<Fp> honest = m.cells(t, row);
    if (slots_permuted(t, honest, cells)) {
      ++tally_.neutral;
      return;
    }
    for (unsigned c : changed) {
      if (!Mutator::in_use(t, honest, c) && !Mutator::in_use(t, cells, c)) {
        ++tally_.padding;
        continue;
      }
      const std::string name = std::string(ops.info->name) + "." + ops.columns[c];
      ++tally_.free[name];
      if (kFree.count(name) != 0) continue;
      std::ostringstream s;
      s << name << " row " << row << ": " << honest[c].value() << " -> " << cells[c].value();
      tally_.escaped.push_back(s.str());
    }
  }

  void expect_none_escaped(uint64_t at_least) {
    EXPECT_TRUE(tally_.escaped.empty())
        << tally_.escaped.size() << " escaped, such as " << tally_.escaped.front();
    EXPECT_GT(tally_.tried(), at_least);
    std::printf("%s: %llu changes;", GetParam(), static_cast<unsigned long long>(tally_.tried()));
    const char* const kNames[] = {"rule",        "range",        "local",  "global",
                                  "no provider", "multiplicity", "survive"};
    for (const auto& [fate, n] : tally_.fates)
      std::printf(" %s %llu", kNames[static_cast<int>(fate)], static_cast<unsigned long long>(n));
    std::printf(" (cells of padding %llu, neutral %llu)\n",
                static_cast<unsigned long long>(tally_.padding),
                static_cast<unsigned long long>(tally_.neutral));
  }

  Shard shard_;
  Tally tally_;
  Rng rng_{20};
};

TEST_P(Mutations, OfSingleCells) {
  Mutator m(shard_);
  for (const trace::InstanceTrace& t : shard_.traces) {
    for (size_t row : sample_rows(shard_, t, full_run() ? 400 : 24, rng_)) {
      const std::vector<Fp> honest = m.cells(t, row);
      std::vector<Fp> cells = honest;
      for (unsigned c = 0; c < cells.size(); ++c) {
        for (Fp v : tempting(t, c, honest[c], rng_)) {
          cells[c] = v;
          consider(m, t, row, cells, {c});
        }
        cells[c] = honest[c];
      }
    }
  }
  expect_none_escaped(100000);
}

TEST_P(Mutations, OfPairsOfCells) {
  Mutator m(shard_);
  std::vector<Fp> deltas;
  for (Fp d : {Fp(1), Fp(256), Fp(65536), Fp(65536).inverse(), Fp(static_cast<uint32_t>(rng_()))}) {
    deltas.push_back(d);
    deltas.push_back(-d);
  }
  for (const trace::InstanceTrace& t : shard_.traces) {
    for (size_t row : sample_rows(shard_, t, full_run() ? 40 : 4, rng_)) {
      const std::vector<Fp> honest = m.cells(t, row);
      std::vector<Fp> cells = honest;
      for (unsigned a = 0; a < cells.size(); ++a) {
        for (unsigned b = a + 1; b < cells.size(); ++b) {
          for (Fp da : deltas) {
            const Fp db = deltas[rng_() % deltas.size()];
            cells[a] = honest[a] + da;
            for (Fp v : {honest[b] + da, honest[b] - da, honest[b] + db, honest[a]}) {
              if (v == honest[b]) continue;
              cells[b] = v;
              consider(m, t, row, cells, {a, b});
            }
          }
          // The two change places.
          cells[a] = honest[b];
          cells[b] = honest[a];
          if (honest[a] != honest[b]) consider(m, t, row, cells, {a, b});
          cells[a] = honest[a];
          cells[b] = honest[b];
        }
      }
    }
  }
  expect_none_escaped(100000);
}

// One cell is changed; then the rules that break are mended one after another by solving them for
// other cells, as a prover would who wants the row to look right.
class Mender {
 public:
  using Done = std::function<void(const std::vector<Fp>&, const std::vector<unsigned>&)>;
  Mender(Mutator& m, const trace::InstanceTrace& t, size_t row, unsigned budget, Done done)
      : m_(m), t_(t), row_(row), budget_(budget), done_(std::move(done)) {}

  void change(unsigned column, Fp value) {
    std::vector<Fp> cells = m_.cells(t_, row_);
    cells[column] = value;
    changed_ = {column};
    left_ = budget_;
    mend(cells);
  }

 private:
  void mend(std::vector<Fp>& cells) {
    if (left_ == 0 || changed_.size() > 8) return;
    --left_;
    const std::vector<Fp> now = m_.residues(t_, {row_, cells});
    size_t k = 0;
    while (k < now.size() && now[k] == Fp::zero()) ++k;
    if (k == now.size()) {
      if (changed_.size() > 1) done_(cells, changed_);
      return;
    }
    for (unsigned c = 0; c < cells.size(); ++c) {
      if (std::find(changed_.begin(), changed_.end(), c) != changed_.end()) continue;
      const Fp old = cells[c];
      cells[c] = old + Fp(1);
      const Fp one = m_.residues(t_, {row_, cells})[k];
      cells[c] = old + Fp(2);
      const Fp two = m_.residues(t_, {row_, cells})[k];
      const Fp slope = one - now[k];
      if (slope != Fp::zero() && two - one == slope) {
        cells[c] = old - now[k] * slope.inverse();
        changed_.push_back(c);
        mend(cells);
        changed_.pop_back();
      }
      cells[c] = old;
    }
  }

  Mutator& m_;
  const trace::InstanceTrace& t_;
  size_t row_;
  unsigned budget_, left_ = 0;
  std::vector<unsigned> changed_;
  Done done_;
};

TEST_P(Mutations, MendedToSatisfyTheRules) {
  Mutator m(shard_);
  for (const trace::InstanceTrace& t : shard_.traces) {
    for (size_t row : sample_rows(shard_, t, full_run() ? 60 : 7, rng_)) {
      Mender mender(m, t, row, full_run() ? 400 : 60,
                    [&](const std::vector<Fp>& cells, const std::vector<unsigned>& changed) {
                      consider(m, t, row, cells, changed);
                    });
      const std::vector<Fp> honest = m.cells(t, row);
      for (unsigned c = 0; c < honest.size(); ++c)
        for (Fp v : tempting(t, c, honest[c], rng_)) mender.change(c, v);
    }
  }
  expect_none_escaped(1000);
}

// Rows stand alone: their order says nothing, unless a preprocessed column names them.
TEST_P(Mutations, SwappedRows) {
  Mutator m(shard_);
  uint64_t caught = 0;
  for (const trace::InstanceTrace& t : shard_.traces) {
    const std::vector<size_t> rows = sample_rows(shard_, t, 40, rng_);
    const bool named = table_ops(t.table).info->layout.pre_columns != 0;
    for (size_t k = 0; k + 1 < rows.size(); ++k) {
      const size_t i = rows[k], j = rows[k + 1];
      const std::vector<Fp> a = m.cells(t, i), b = m.cells(t, j);
      const Fate fate = m.judge(t, {{i, b}, {j, a}});
      if (!named) {
        EXPECT_EQ(fate, Fate::kSurvives) << table_ops(t.table).info->name;
      }
      // Two unused rows, two equal ones, or two rows of the same contents may change places.
      if (named && a != b && fate == Fate::kSurvives) {
        const unsigned w = table_ops(t.table).info->layout.pre_columns;
        EXPECT_TRUE(std::equal(shard_.pre(t, i), shard_.pre(t, i) + w, shard_.pre(t, j)))
            << table_ops(t.table).info->name << " " << i << " " << j;
      }
      caught += fate != Fate::kSurvives;
    }
  }
  EXPECT_GT(caught, 0u);
}

TEST_P(Mutations, DroppedAndDuplicatedRows) {
  Mutator m(shard_);
  uint64_t dropped = 0, duplicated = 0;
  for (const trace::InstanceTrace& t : shard_.traces) {
    const TableOps& ops = table_ops(t.table);
    const std::vector<Fp> empty(ops.info->layout.named_columns);
    for (size_t row : sample_rows(shard_, t, full_run() ? 4000 : 200, rng_)) {
      const std::vector<Fp> cells = m.cells(t, row);
      if (cells == empty) continue;
      ++dropped;
      EXPECT_NE(m.judge(t, {{row, empty}}), Fate::kSurvives) << ops.info->name << " row " << row;
      // The last row before the tail is padding in most instances.
      const size_t last = shard_.data_rows(t) - 1;
      if (m.cells(t, last) != empty) continue;
      ++duplicated;
      EXPECT_NE(m.judge(t, {{last, cells}}), Fate::kSurvives) << ops.info->name << " row " << row;
    }
  }
  EXPECT_GT(dropped, 500u);
  EXPECT_GT(duplicated, 500u);
}

// A padding row or an unused slot that calls itself used, with the contents of any other row.
TEST_P(Mutations, PaddingThatClaimsToBeReal) {
  Mutator m(shard_);
  uint64_t tried = 0;
  for (const trace::InstanceTrace& t : shard_.traces) {
    const TableOps& ops = table_ops(t.table);
    const size_t last = shard_.data_rows(t) - 1;
    const std::vector<Fp> padding = m.cells(t, last);
    for (unsigned c = 0; c < padding.size(); ++c) {
      const std::string& name = ops.columns[c];
      if (name.substr(0, 4) != "real") continue;
      if (padding[c] != Fp::zero()) continue;
      for (Fp flag : {Fp(1), Fp(2), -Fp(1), Fp(2).inverse(), Fp(65536)}) {
        for (size_t row : sample_rows(shard_, t, 30, rng_)) {
          for (std::vector<Fp> cells : {padding, m.cells(t, row)}) {
            cells[c] = flag;
            ++tried;
            EXPECT_NE(m.judge(t, {{last, cells}}), Fate::kSurvives)
                << ops.info->name << "." << name << " = " << flag.value();
          }
        }
      }
    }
  }
  EXPECT_GT(tried, 1000u);
}

// The tail is free: no rule reads it and no bus hears it, but for the mask cells of its first row.
TEST_P(Mutations, TailRowsHaveNoEffect) {
  Shard s = shard_;
  for (trace::InstanceTrace& t : s.traces) {
    const size_t closing = s.data_rows(t);
    const unsigned mask = table_ops(t.table).info->layout.mask_cells();
    for (unsigned c = mask; c < width(t); ++c)
      row_of(t, closing)[c] = Fp(static_cast<uint32_t>(rng_()));
    for (size_t row = closing + 1; row < closing + s.tail_rows; ++row)
      for (unsigned c = 0; c < width(t); ++c) row_of(t, row)[c] = Fp(static_cast<uint32_t>(rng_()));
  }
  EXPECT_EQ(check(s).text(), "");
  // The rings are seen.
  for (trace::InstanceTrace& t : s.traces)
    for (unsigned c = 0; c < 10; ++c)
      row_of(t, s.data_rows(t))[c] = Fp(static_cast<uint32_t>(rng_()));
  EXPECT_FALSE(check(s).mask.empty());
}

// The quick verdicts agree with the check of everything.
TEST_P(Mutations, QuickVerdictsEqualFullOnes) {
  Mutator m(shard_);
  std::vector<trace::InstanceTrace*> all;
  Shard s = shard_;
  for (int i = 0; i < (full_run() ? 200 : 24); ++i) {
    const size_t at = rng_() % s.traces.size();
    trace::InstanceTrace& t = s.traces[at];
    const std::vector<size_t> rows = sample_rows(s, t, 8, rng_);
    const size_t row = rows[rng_() % rows.size()];
    std::vector<Fp> cells = m.cells(shard_.traces[at], row);
    const auto c = static_cast<unsigned>(rng_() % cells.size());
    const std::vector<Fp> values = tempting(t, c, cells[c], rng_);
    cells[c] = values[rng_() % values.size()];
    const Fate fate = m.judge(shard_.traces[at], {{row, cells}});
    std::copy(cells.begin(), cells.end(), row_of(t, row));
    if (fate != Fate::kMultiplicity) recount(s);
    const Findings f = check(s);
    SCOPED_TRACE(std::string(table_ops(t.table).info->name) + "." + table_ops(t.table).columns[c] +
                 "\n" + f.text());
    switch (fate) {
      case Fate::kRule:
        EXPECT_FALSE(f.rules.empty());
        break;
      case Fate::kRange:
        EXPECT_FALSE(f.ranges.empty());
        break;
      case Fate::kLocal:
        EXPECT_FALSE(f.local.empty());
        break;
      case Fate::kGlobal:
        EXPECT_FALSE(f.global.empty());
        break;
      case Fate::kNoProvider:
      case Fate::kMultiplicity:
        EXPECT_FALSE(f.lookups.empty());
        break;
      case Fate::kSurvives:
        EXPECT_TRUE(f.ok());
        break;
    }
    s = shard_;
  }
}

INSTANTIATE_TEST_SUITE_P(Traces, Mutations, testing::Values("every_table", "all_insns"),
                         [](const auto& p) { return std::string(p.param); });

}  // namespace
}  // namespace mipzk::attack
