// SPDX-License-Identifier: Apache-2.0
// Runs of several shards: whoever knows both candidates for the private input, and sees what a
// proof shows of all shards, tells which one it is of when a kind of masks is off or the ring of G
// is not what it should be, and is no better than a coin otherwise.
#include <gtest/gtest.h>

#include "zk/rings.hpp"
#include "zk/sharded_witnesses.hpp"
#include "zk/statistics.hpp"

namespace mipzk::test {
namespace {

// That all guesses are right by chance has a probability of 1e-6: one for each shard of a proof, or
// one for each proof of the ring tests.
constexpr size_t kProofs = 10, kRings = 20, kAllMasks = 32;

// --- Real proofs ---------------------------------------------------------------------------------

class ShardDistinguisher : public TwoAndThreeShards {
 protected:
  static void TearDownTestSuite() {
    TwoAndThreeShards::TearDownTestSuite();
    extended_.clear();
  }

  // A base matrix of witness w, extended, were its tail zero.
  static const std::vector<Fp>& extended(ShardedWitnesses& runs, size_t w, size_t shard, size_t i) {
    std::vector<Fp>& e = extended_[{&runs, w, shard, i}];
    if (!e.empty()) return e;
    const trace::InstanceTrace& t = runs.witness[w].traces[shard][i];
    const size_t width = air::find_table(t.table)->layout.base_columns;
    e.resize((width << t.log_height) << kTest2.log_blowup);
    commit::coset_lde(runs.pool, t.base.data(), t.log_height, width, kTest2.log_blowup, e.data(),
                      nullptr);
    return e;
  }

  // How many base columns of a shard agree with witness w, were the tails zero but for the closing
  // row: what is opened differs then by one unknown times the closing row's Lagrange polynomial, a
  // constant times (x^N - 1) / (x - closing).
  static size_t columns_explained(ShardedWitnesses& runs, const OpenRun& run, size_t s, size_t w) {
    const OpenProver& shard = run.shard(s);
    const auto all = shard.shape().matrices();
    size_t explained = 0;
    for (size_t i = 0; i < all.size(); ++i) {
      const proof::Matrix& m = all[i];
      if (m.tree != proof::kTreePassOne && m.tree != proof::kTreeMain) continue;
      const unsigned log = m.log_height + kTest2.log_blowup;
      const Fp closing =
          field::root_of_unity(m.log_height).pow((1u << m.log_height) - kTest2.tail_rows);
      const std::vector<Fp>& expected = extended(runs, w, s, static_cast<size_t>(m.instance));
      const std::set<size_t> rows = shard.opened(log);
      if (rows.size() < 2) continue;
      for (size_t c = 0; c < m.width; ++c) {
        std::set<uint32_t> unknowns;
        for (const size_t row : rows) {
          const Fp x = domain_point(row, log);
          const Fp off = shard.row(i, row)[c] - expected[row * m.width + c];
          unknowns.insert(
              (off * (x - closing) * (x.pow(1u << m.log_height) - Fp::one()).inverse()).raw());
        }
        explained += unknowns.size() == 1;
      }
    }
    return explained;
  }

  // How many published values of a shard are those of witness w, were the rings' cells zero; the
  // product of all G, which the ring inside of the shard does not move, counts as one.
  static size_t values_explained(ShardedWitnesses& runs, const OpenRun& run, size_t s, size_t w) {
    const OpenProver& shard = run.shard(s);
    const auto index = static_cast<uint32_t>(s + 1);
    const air::FormBases local(shard.challenges().local, index),
        global(shard.challenges().global, index);
    size_t explained = 0;
    Fp5 tokens = Fp5::one(), expected = Fp5::one();
    for (size_t i = 0; i < shard.shape().instances().size(); ++i) {
      const air::Layout& l = shard.shape().info(i).layout;
      if (l.pre_columns != 0 && !l.pass_one) continue;
      const trace::PreMatrix* const pre = runs.program.tables.find(shard.shape().info(i).id);
      const air::Published seen = shard.published()[i],
                           bare = bare_values(runs.pool, runs.witness[w].traces[s][i],
                                              pre != nullptr ? pre->data.data() : nullptr, local,
                                              global, kTest2.tail_rows);
      explained += l.has_p() && seen.p == bare.p;
      explained += l.has_s() && seen.s == bare.s;
      explained += l.has_g() && seen.g == bare.g;
      if (!l.pass_one) continue;
      tokens *= seen.g;
      expected *= bare.g;
    }
    return explained + (tokens == expected);
  }

  using Score = size_t (*)(ShardedWitnesses&, const OpenRun&, size_t shard, size_t w);
  static size_t guess(Score score, ShardedWitnesses& runs, const OpenRun& run, size_t s,
                      std::mt19937_64& random) {
    const size_t s0 = score(runs, run, s, 0), s1 = score(runs, run, s, 1);
    return s0 == s1 ? random() & 1 : s1 > s0;
  }

  // Each shard of a proof by itself tells.
  static void expect_won(Score score, const prove::Masks& masks, uint64_t first_seed) {
    std::mt19937_64 random(first_seed);
    size_t right[2] = {};
    for (size_t k = 0; k < kProofs; ++k) {
      const size_t w = random() & 1;
      const prove::Options options = two_->options(first_seed + k, masks);
      OpenRun run = two_->open(two_->witness[w], options);
      run.prove();
      for (size_t s = 0; s < 2; ++s) right[s] += guess(score, *two_, run, s, random) == w;
    }
    EXPECT_EQ(right[0], kProofs);
    EXPECT_EQ(right[1], kProofs);
  }

  static std::map<std::tuple<ShardedWitnesses*, size_t, size_t, size_t>, std::vector<Fp>> extended_;
};
std::map<std::tuple<ShardedWitnesses*, size_t, size_t, size_t>, std::vector<Fp>>
    ShardDistinguisher::extended_;

TEST_F(ShardDistinguisher, WinsWithoutTails) {
  prove::Masks masks;
  masks.tails = false;
  expect_won(columns_explained, masks, 1000);
}

TEST_F(ShardDistinguisher, WinsWithoutRings) {
  prove::Masks masks;
  masks.rings = false;
  expect_won(values_explained, masks, 2000);
}

// With all masks the same guesses are those of a coin, in each shard; and what is seen of each
// shard is uniform, and of one distribution for both witnesses.
TEST_F(ShardDistinguisher, IsAtChanceWithAllMasks) {
  std::mt19937_64 random(3);
  std::map<std::string, Histogram> seen[2];
  size_t right[3][2] = {}, count[2] = {};
  for (size_t k = 0; k < kAllMasks; ++k) {
    const size_t w = random() & 1;
    ++count[w];
    const prove::Options options = three_->options(3000 + k);
    OpenRun run = three_->open(three_->witness[w], options);
    run.prove();
    for (size_t s = 0; s < 3; ++s) {
      right[s][0] += guess(columns_explained, *three_, run, s, random) == w;
      right[s][1] += guess(values_explained, *three_, run, s, random) == w;
      const OpenProver& shard = run.shard(s);
      const std::string name = "shard " + std::to_string(s + 1) + ": ";
      const auto add = [&](const std::string& group, const Fp5& v) {
        for (const Fp c : v.c) seen[w][name + group].add(c);
      };
      for (size_t i = 0; i < shard.published().size(); ++i) {
        const air::Published& v = shard.published()[i];
        const air::Layout& layout = shard.shape().info(i).layout;
        if (layout.in_local_ring()) {
          add("published P, S", v.p);
          add("published P, S", v.s);
        }
        if (layout.in_global_ring())
          for (const Fp c : v.g.c) seen[w]["published G"].add(c);
      }
      for (size_t i = 0; i < shard.shape().matrices().size(); ++i) {
        const proof::Matrix& m = shard.shape().matrices()[i];
        if (m.tree < proof::kTreePassOne) continue;
        for (const size_t row : shard.opened(m.log_height + kTest2.log_blowup))
          for (const Fp x : shard.row(i, row))
            seen[w][name + "rows of tree " + std::to_string(m.tree)].add(x);
        if (!m.opened) continue;
        for (size_t c = 0; c < m.width + 5u * m.running; ++c)
          add(c < m.width ? "openings" : "next openings", shard.openings()[m.first_opening + c]);
      }
    }
  }
  for (size_t s = 0; s < 3; ++s)
    for (const size_t n : right[s]) EXPECT_TRUE(at_chance(n, kAllMasks)) << s << " " << n;

  ASSERT_GT(count[0], kAllMasks / 3);
  ASSERT_GT(count[1], kAllMasks / 3);
  const double limit = chi_square_limit(Histogram::kClasses - 1);
  EXPECT_EQ(seen[0].size(), 3 * 7 + 1);
  for (const auto& [group, h] : seen[0]) {
    const Histogram& other = seen[1][group];
    ASSERT_GT(h.total, 5.0 * Histogram::kClasses) << group;
    EXPECT_LT(chi_square_uniform(h), limit) << group;
    EXPECT_LT(chi_square_uniform(other), limit) << group;
    EXPECT_LT(chi_square_equal(h, other), limit) << group;
  }
}

// --- Rings with masks that are missing -----------------------------------------------------------

// The prover's ring of G for one of the witnesses, under challenges at random: what it publishes,
// and what it would with other cells.
class RingView {
 public:
  RingView(ShardedWitnesses& runs, size_t w, uint64_t seed, std::mt19937_64& random)
      : options_(runs.options(seed)), run_(runs.open(runs.witness[w], options_)) {
    run_.commit();
    ring = global_ring(run_);
    places = run_.ring();
    air::Challenges c;
    c.alpha = random_fp5(random);
    for (Fp5& beta : c.beta) beta = random_fp5(random);
    for (const RingPlace& at : places) {
      bases_.emplace_back(c, static_cast<uint32_t>(at.shard + 1));
      const air::Layout& l = run_.shard(at.shard).shape().info(at.instance).layout;
      const Fp* pre = l.pre_columns != 0 ? runs.program.tables.image.data.data() : nullptr;
      for (size_t h = 0; h < 2; ++h)
        bare_[h].push_back(bare_values(runs.pool, runs.witness[h].traces[at.shard][at.instance],
                                       pre, bases_.back(), bases_.back(), kTest2.tail_rows)
                               .g);
    }
    seen_ = bare_[w];
  }

  // Which candidates explain the product of the values from instance `first` to `last`, were there
  // no masks at its ends; the ring goes round.
  std::array<bool, 2> explained(const Ring& with, size_t first, size_t last) const {
    Fp5 product = Fp5::one(), expected[2] = {Fp5::one(), Fp5::one()};
    const size_t n = places.size();
    for (size_t t = first;; t = (t + 1) % n) {
      product *= seen_[t] * mask_factor(bases_[t], with.links[t]);
      for (size_t h = 0; h < 2; ++h) expected[h] *= bare_[h][t];
      if (t == last) break;
    }
    return {product == expected[0], product == expected[1]};
  }
  // The candidates differ there.
  bool differ(size_t first, size_t last) const {
    Fp5 ratio = Fp5::one();
    for (size_t t = first;; t = (t + 1) % places.size()) {
      ratio *= bare_[0][t] * bare_[1][t].inverse();
      if (t == last) return ratio != Fp5::one();
    }
  }

  Ring ring;
  std::vector<RingPlace> places;

 private:
  const prove::Options options_;
  OpenRun run_;
  std::vector<air::FormBases> bases_;
  std::vector<Fp5> bare_[2], seen_;
};

class RingDistinguisher : public testing::TestWithParam<uint32_t> {};
INSTANTIATE_TEST_SUITE_P(Shards, RingDistinguisher, testing::Values(2u, 3u),
                         [](const auto& p) { return std::to_string(p.param); });

// Where two masks are missing the ring falls into two arcs. The product of each is seen, and tells
// where the witnesses differ in it; no other product does, and with one mask missing none.
TEST_P(RingDistinguisher, WinsWhereTwoMasksAreMissing) {
  const auto runs = ShardedWitnesses::of(GetParam(), kTest2);
  std::mt19937_64 random(GetParam());
  size_t arcs_that_tell = 0;
  for (size_t k = 0; k < kRings; ++k) {
    const size_t w = random() & 1;
    const RingView view(*runs, w, 4000 + k, random);
    const size_t n = view.places.size();
    const auto expect = [&](const Ring& ring, size_t t, size_t u) {
      for (size_t first = 0; first < n; ++first)
        for (size_t length = 1; length < n; ++length) {
          const size_t last = (first + length - 1) % n;
          const size_t before = (first + n - 1) % n;
          // Masks t and u stand behind instances t and u.
          const bool bare = t != u && ((before == t && last == u) || (before == u && last == t));
          const std::array<bool, 2> e = view.explained(ring, first, last);
          EXPECT_EQ(e[w], bare) << t << " " << u << ": " << first << " to " << last;
          EXPECT_EQ(e[1 - w], bare && !view.differ(first, last));
          arcs_that_tell += bare && view.differ(first, last);
        }
    };
    expect(view.ring, 0, 0);
    for (size_t t = 0; t < n; ++t) {
      Ring off = view.ring;
      off.clear(t);
      expect(off, t, t);
      for (size_t u = t + 1; u < n; ++u) {
        Ring two = off;
        two.clear(u);
        expect(two, t, u);
      }
    }
  }
  // All but the arcs in which nothing depends on the private input, and those of all others: of
  // Public and Fetch in the first shard, of Fetch in the last one and Rom, which comes next; of
  // Fetch in the shards between.
  const size_t n = 2 * GetParam() + 4;
  EXPECT_EQ(arcs_that_tell, kRings * (n * (n - 1) - 2 * (3 + 3 + (GetParam() - 2))));
}

// A ring of its own for each shard would show what goes from one to the other.
TEST_P(RingDistinguisher, WinsWhereEachShardHasItsRing) {
  const auto runs = ShardedWitnesses::of(GetParam(), kTest2);
  std::mt19937_64 random(10 + GetParam());
  for (size_t k = 0; k < kRings; ++k) {
    const size_t w = random() & 1;
    const RingView view(*runs, w, 5000 + k, random);
    const size_t n = view.places.size();
    Ring apart = view.ring;
    for (size_t t = 0, first = 0; t < n; ++t) {
      if (t + 1 < n && view.places[t + 1].shard == view.places[t].shard) continue;
      EXPECT_FALSE(view.explained(view.ring, first, t)[w]);
      apart.links[first].b = apart.links[t].a;
      EXPECT_TRUE(view.explained(apart, first, t)[w]);
      EXPECT_FALSE(view.explained(apart, first, t)[1 - w]);
      first = t + 1;
    }
  }
}

}  // namespace
}  // namespace mipzk::test
