// SPDX-License-Identifier: Apache-2.0
// The masks reach everything that is opened: ranks of the maps from mask cells to opened values,
// with the points and the functions of the prover. Counts in docs/ZK.md.
#include <gtest/gtest.h>

#include <set>

#include "prove/blinding.hpp"
#include "prove/ext_columns.hpp"
#include "prove/prove.hpp"
#include "support/test_profiles.hpp"
#include "trace/build.hpp"
#include "unit/prove/small_program.hpp"
#include "zk/maps.hpp"

namespace mipzk::test {
namespace {

// --- Columns -------------------------------------------------------------------------------------

// Only the last `cells` columns: the first tail rows are not random.
Rows last_columns(Rows m, size_t cells) {
  for (std::vector<Fp>& row : m)
    row.erase(row.begin(), row.end() - static_cast<std::ptrdiff_t>(cells));
  return m;
}

std::set<size_t> queries(const TailMap& map, size_t count, std::mt19937_64& random) {
  const std::vector<size_t> rows = distinct(random, count, size_t{1} << map.log_domain());
  return {rows.begin(), rows.end()};
}

class OfProfile : public testing::TestWithParam<proof::Profile> {};

INSTANTIATE_TEST_SUITE_P(Rank, OfProfile,
                         testing::Values(kTest2, kTest4, proof::kS100, proof::kC100, proof::kS128,
                                         proof::kC128),
                         [](const auto& p) { return std::string(p.param.name); });

TEST_P(OfProfile, TailsOfBaseColumns) {
  const proof::Profile& p = GetParam();
  std::mt19937_64 random(1);
  for (unsigned log : {10u, 11u}) {
    const TailMap map(p, log);
    Rows m = map.at(queries(map, p.queries, random));
    map.add_at(random_fp5(random), 0, m);
    // The closing row holds the ring's cells: it is not counted on.
    const size_t conditions = p.queries + kDegree;
    EXPECT_EQ(rank(last_columns(m, p.tail_rows - 1)), conditions);
    EXPECT_EQ(rank(last_columns(m, conditions)), conditions);
    EXPECT_EQ(rank(last_columns(m, conditions - 1)), conditions - 1);
  }
}

TEST_P(OfProfile, TailsOfRunningColumns) {
  const proof::Profile& p = GetParam();
  std::mt19937_64 random(2);
  const TailMap map(p, 10);
  std::set<size_t> rows = queries(map, p.queries, random);
  const std::set<size_t> asked = rows;
  for (size_t row : asked) rows.insert(next_row(row, map.log_domain(), p.log_blowup));
  Rows m = map.at(rows);
  const Fp5 zeta = random_fp5(random);
  map.add_at(zeta, 0, m);
  map.add_at(zeta, 1, m);
  const size_t conditions = rows.size() + 2 * kDegree;
  ASSERT_LE(conditions, 2 * (p.queries + kDegree));
  EXPECT_EQ(rank(last_columns(m, p.tail_rows - 1)), conditions);
  EXPECT_EQ(rank(last_columns(m, conditions)), conditions);
  EXPECT_EQ(rank(last_columns(m, conditions - 1)), conditions - 1);
}

TEST_P(OfProfile, QueriesThatMeetCountOnce) {
  const proof::Profile& p = GetParam();
  std::mt19937_64 random(3);
  const TailMap map(p, 10);
  // Chains x, gx, ggx, ... of queries.
  std::set<size_t> rows;
  for (size_t row = 17; rows.size() < p.queries;
       row = next_row(row, map.log_domain(), p.log_blowup))
    rows.insert(row);
  const std::set<size_t> asked = rows;
  for (size_t row : asked) rows.insert(next_row(row, map.log_domain(), p.log_blowup));
  ASSERT_EQ(rows.size(), p.queries + 1);
  Rows m = map.at(rows);
  for (size_t row : asked) m.push_back(map.at_row(next_row(row, map.log_domain(), p.log_blowup)));
  EXPECT_EQ(rank(last_columns(m, p.tail_rows - 1)), rows.size());
}

// The row of the map is the value at the point that the verifier takes it for.
TEST(Points, NextRowIsOneTraceRowOn) {
  for (unsigned b : {1u, 2u})
    for (size_t row : {0u, 1u, 77u, 2047u}) {
      const unsigned log = 10 + b;
      EXPECT_EQ(domain_point(next_row(row, log, b), log),
                domain_point(row, log) * field::root_of_unity(10));
    }
  const TailMap map(kTest2, 10);
  const Fp x = domain_point(5, 11), g = field::root_of_unity(10);
  // L_i(x) = g^i (x^N - 1) / (N (x - g^i))
  const Fp point = g.pow(1024 - 64);
  EXPECT_EQ(map.at_row(5)[0],
            point * (x.pow(1024) - Fp::one()) * (Fp(1024u) * (x - point)).inverse());
}

// What docs/ZK.md asks of a profile, counted here.
TEST_P(OfProfile, NumbersSuffice) {
  const proof::Profile& p = GetParam();
  const unsigned n = p.queries, e = kDegree;
  EXPECT_TRUE(proof::well_formed(p));
  EXPECT_GE(p.tail_rows - 1, n + n + e + e);  // x, gx, zeta, g zeta
  EXPECT_GE(p.first_overlap(), n + e);        // Q0 and Q1 at x, zeta
  EXPECT_GE(p.second_overlap(), n + n + e);   // and Q2 at y
  EXPECT_LE(p.second_overlap(), 1u << 10);    // t1 is part of Q2
  const unsigned first = 1024 - p.first_overlap(), second = 1024 - p.second_overlap();
  EXPECT_LE(2 * 1024 + p.tail_rows - 2, first + second + 1024);  // all coefficients fit
  EXPECT_EQ(p.tail_rows % 32, 0u);
}

TEST(Profiles, TooSmallOnesAreNotWellFormed) {
  for (proof::Profile p : {kTest2, proof::kS100, proof::kC100, proof::kS128, proof::kC128}) {
    p.tail_rows = 2 * (p.queries + kDegree);
    EXPECT_FALSE(proof::well_formed(p)) << p.name;
    p.tail_rows = 1024;
    EXPECT_FALSE(proof::well_formed(p)) << p.name;
  }
}

// --- Chunks of the quotient ----------------------------------------------------------------------

struct Opened {
  std::set<size_t> x, y;
  size_t shared = 0;  // points that are in both
};

// Rows of the two domains for queries of the greatest domain, as the prover maps them.
Opened chunk_queries(const ChunkMap& map, size_t count, std::mt19937_64& random) {
  Opened o;
  const unsigned shift = map.log_domain() - map.log_low_domain();
  // Distinct rows y too: the case with the most conditions.
  for (size_t y : distinct(random, count, size_t{1} << map.log_low_domain())) {
    o.y.insert(y);
    o.x.insert(y << shift | (random() & ((size_t{1} << shift) - 1)));
  }
  std::set<uint32_t> points;
  for (size_t row : o.x) points.insert(domain_point(row, map.log_domain()).raw());
  for (size_t row : o.y) o.shared += points.count(domain_point(row, map.log_low_domain()).raw());
  return o;
}

// The first `a0` coefficients of t0 and `a1` of t1.
std::vector<size_t> cells_of(const proof::Profile& p, size_t a0, size_t a1) {
  std::vector<size_t> cells;
  for (size_t i = 0; i < a0; ++i) cells.push_back(i);
  for (size_t i = 0; i < a1; ++i) cells.push_back(p.first_overlap() + i);
  return cells;
}

TEST_P(OfProfile, RandomisersOfTheQuotient) {
  const proof::Profile& p = GetParam();
  std::mt19937_64 random(4);
  const size_t n = p.queries, e = kDegree;
  for (unsigned log : {10u, 12u}) {
    const ChunkMap map(p, log, random_fp5(random));
    const Opened o = chunk_queries(map, n, random);
    ASSERT_EQ(o.x.size(), n);
    ASSERT_EQ(o.y.size(), n);
    if (log == 10) {
      ASSERT_EQ(o.shared, n);
    }
    // All values but those that the quotient itself gives: at zeta, and at points in both domains.
    const size_t free = 3 * (n + e) - e - o.shared;
    auto rank_with = [&](size_t a0, size_t a1) {
      return rank(map.opened(o.x, o.y, cells_of(p, a0, a1)));
    };
    EXPECT_EQ(rank_with(p.first_overlap(), p.second_overlap()), free) << log;
    // Exactly as many coefficients as are needed, and one less of either.
    const size_t a0 = n + e, a1 = 2 * n + e - o.shared;
    EXPECT_EQ(rank_with(a0, a1), free) << log;
    EXPECT_LT(rank_with(a0 - 1, a1), free) << log;
    EXPECT_LT(rank_with(a0, a1 - 1), free) << log;
    // An overlap that ignores that Q2 is opened in a domain of its own.
    const size_t short_a1 = n + 2 * e;
    if (short_a1 < a1) {
      EXPECT_LT(rank_with(p.first_overlap(), short_a1), free) << log;
    } else {
      EXPECT_EQ(rank_with(p.first_overlap(), short_a1), free) << log;
    }
    // Queries that fall together ask for less.
    std::set<size_t> few_y{*o.y.begin(), *o.y.rbegin()}, few_x;
    const unsigned shift = map.log_domain() - map.log_low_domain();
    for (size_t y : few_y)
      for (size_t k = 0; k < size_t{1} << shift; ++k) few_x.insert(y << shift | k);
    if (few_x.size() <= n) {
      const size_t opened = 2 * (few_x.size() + e) + few_y.size() + e;
      const size_t r = rank(map.opened(few_x, few_y, cells_of(p, a0, 2 * n + e)));
      EXPECT_LE(r, opened - e);
      EXPECT_GE(r, opened - e - few_y.size());
    }
  }
}

// --- The mask of the batched word ----------------------------------------------------------------

// The map from the masks' coefficients, the first `degree` of each of `coordinates`, to the view;
// a row for each coefficient. The word is the mask's extension, as in the prover.
Rows fri_map(unsigned log, size_t degree, size_t coordinates, const std::set<size_t>& entries) {
  const size_t n = size_t{1} << log;
  Rows m;
  for (size_t i = 0; i < degree; ++i)
    for (size_t k = 0; k < coordinates; ++k) {
      std::vector<Fp> mask(5 * n), word(10 * n);
      mask[5 * i + k] = Fp::one();
      commit::values_from_coeffs(pool(), mask.data(), log, 5, Fp::one(),
                                 commit::RowOrder::kNatural);
      commit::coset_lde(pool(), mask.data(), log, 5, 1, word.data(), nullptr);
      const Fp5* entry = reinterpret_cast<const Fp5*>(word.data());
      m.push_back(fri_view({entry, entry + 2 * n}, log + 1, 1, entries));
    }
  return m;
}

// Words of degree < N over the whole domain have 5 N coordinates, and the mask moves all of them.
TEST(FriMask, MakesTheWordUniform) {
  const unsigned log = 6;
  const size_t n = size_t{1} << log;
  std::set<size_t> all;
  for (size_t j = 0; j < 2 * n; ++j) all.insert(j);
  EXPECT_EQ(rank(fri_map(log, n, 5, all)), 5 * n);
  EXPECT_EQ(rank(fri_map(log, n - 1, 5, all)), 5 * n - 5);
  EXPECT_EQ(rank(fri_map(log, n, 4, all)), 4 * n);
}

// For a few queries the view has fewer dimensions than the mask, and a mask that is a little too
// small misses some all the same.
TEST(FriMask, ReachesAllThatIsShown) {
  const unsigned log = 7;
  const size_t n = size_t{1} << log;
  const std::set<size_t> entries = {3, 77, 200};
  // Three leaves of four entries; their folds are given by the last polynomial's 32 coefficients.
  const size_t shown = 5 * (3 * 3 + 32);
  EXPECT_EQ(rank(fri_map(log, n, 5, entries)), shown);
  EXPECT_EQ(rank(fri_map(log, n - 4, 5, entries)), shown - 5);  // the last coefficient stays
  EXPECT_LT(rank(fri_map(log, n, 4, entries)), shown);
}

// --- The rings -----------------------------------------------------------------------------------

// Real traces, whose closing rows take the cells of the rings.
class Rings : public testing::Test {
 protected:
  static constexpr unsigned kTail = 64;

  void SetUp() override {
    auto program = prove::load_program(pool(), program_of(sum_program(3)));
    ASSERT_TRUE(program);
    const std::vector<uint8_t> private_input = {1, 2, 3, 4}, public_input = {0, 0, 0, 9};
    auto recording = vm::record(program->program, {private_input, public_input, {}});
    ASSERT_TRUE(recording);
    auto traces =
        trace::build(pool(), program->program, program->tables, recording->shard(), kTail);
    ASSERT_TRUE(traces);
    // A ring of a few instances without preprocessed columns.
    for (trace::InstanceTrace& t : *traces)
      if (air::find_table(t.table)->layout.pre_columns == 0 && ring_.size() < 5)
        ring_.push_back(std::move(t));
    ASSERT_EQ(ring_.size(), 5u);
    std::mt19937_64 random(7);
    for (air::Challenges* c : {&local_, &global_}) {
      c->alpha = random_fp5(random);
      for (Fp5& b : c->beta) b = random_fp5(random);
    }
  }
  // Cell `i` of the tuple a of instance t; it is cell 10 + i of the next one, too.
  void set_cell(size_t t, size_t i, Fp v) {
    closing(t)[i] = v;
    closing((t + 1) % ring_.size())[10 + i] = v;
  }
  Fp* closing(size_t t) {
    const unsigned width = air::find_table(ring_[t].table)->layout.base_columns;
    return &ring_[t].base[((size_t{1} << ring_[t].log_height) - kTail) * width];
  }
  air::Published published(size_t t) {
    const air::FormBases local(local_), global(global_);
    const prove::ExtScope scope{ring_[t].table, &local, &global, nullptr, ring_[t].base.data()};
    SecretVector<Fp> ext;
    air::Published out;
    EXPECT_TRUE(prove::fill_ext(pool(), scope, ring_[t].log_height, kTail, ext, out));
    return out;
  }
  // The part of the message of cells 5..9, which are linear in them: P_t / P_t(0) - 1.
  Rows message_map() {
    const Fp5 before = published(0).p;
    Rows m;
    for (size_t i = 5; i < 10; ++i) {
      closing(0)[i] = Fp::one();
      const Fp5 moved = published(0).p * before.inverse() - Fp5::one();
      closing(0)[i] = Fp::zero();
      m.emplace_back(moved.c.begin(), moved.c.end());
    }
    return m;
  }

  std::vector<trace::InstanceTrace> ring_;
  air::Challenges local_, global_;
};

TEST_F(Rings, SumsAreFreeButForTheirTotal) {
  const size_t count = ring_.size();
  std::vector<Fp5> before;
  for (size_t t = 0; t < count; ++t) before.push_back(published(t).s);
  Rows m;
  for (size_t t = 0; t < count; ++t)
    for (size_t i = 0; i < 10; ++i) {
      set_cell(t, i, Fp::one());
      Fp5 total;
      m.emplace_back();
      for (size_t s = 0; s < count; ++s) {
        const Fp5 moved = published(s).s - before[s];
        m.back().insert(m.back().end(), moved.c.begin(), moved.c.end());
        total += moved;
      }
      set_cell(t, i, Fp::zero());
      EXPECT_TRUE(total.is_zero());
    }
  EXPECT_EQ(rank(m), 5 * (count - 1));
}

TEST_F(Rings, ProductsMultiplyToTheSame) {
  Fp5 before = Fp5::one(), after = Fp5::one();
  std::vector<Fp5> each;
  for (size_t t = 0; t < ring_.size(); ++t) {
    each.push_back(published(t).p);
    before *= each.back();
  }
  std::mt19937_64 random(8);
  for (size_t t = 0; t < ring_.size(); ++t)
    for (size_t i = 0; i < 10; ++i) set_cell(t, i, random_fp(random));
  for (size_t t = 0; t < ring_.size(); ++t) {
    const Fp5 p = published(t).p;
    EXPECT_NE(p, each[t]);
    after *= p;
  }
  EXPECT_EQ(before, after);
}

TEST_F(Rings, CellsMakeTheMessageUniform) {
  const std::span<const Fp5> betas(local_.beta.data() + 6, 5);
  EXPECT_TRUE(prove::independent(betas));
  EXPECT_EQ(rank(message_map()), 5u);
  // A challenge for which the cells do not reach all of F_q: the prover starts again.
  local_.beta[8] = local_.beta[6] * Fp(3u) - local_.beta[10];
  EXPECT_FALSE(prove::independent(betas));
  EXPECT_EQ(rank(message_map()), 4u);
}

}  // namespace
}  // namespace mipzk::test
