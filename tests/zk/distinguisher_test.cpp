// SPDX-License-Identifier: Apache-2.0
// Whoever knows both candidates for the private input, and sees a proof, tells which one it is of
// when one of the masks is off, and is no better than a coin when all are on. On real proofs; the
// masks of quotient and FRI need tight instances, see tight_test.cpp.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "commit/deep.hpp"
#include "proof/protocol.hpp"
#include "prove/ext_columns.hpp"
#include "zk/linear.hpp"
#include "zk/statistics.hpp"
#include "zk/two_witnesses.hpp"

namespace mipzk::test {
namespace {

constexpr size_t kProofs = 100, kAllMasks = 120;

struct View {
  std::vector<uint8_t> proof;
  attack::ProofMap map;
};

class Distinguisher : public testing::Test {
 protected:
  static void SetUpTestSuite() { runs_ = new TwoWitnesses(kTest2, 2); }
  static void TearDownTestSuite() { delete runs_; }

  static View view(size_t w, uint64_t seed, const prove::Masks& masks) {
    View v{runs_->prove(w, runs_->options(seed, masks)), {}};
    v.map = attack::map_proof(v.proof, kTest2);
    EXPECT_TRUE(v.map.ok);
    return v;
  }

  // How many base columns agree with witness w, were the tails zero but for the closing row, where
  // the ring's cells may stand: what is opened at zeta then differs from what the data rows give by
  // a cell, an element of F, times the closing row's Lagrange polynomial, which is a constant times
  // (X^N - 1) / (X - closing).
  static size_t columns_explained(const View& v, size_t w) {
    const Fp5 zeta = find_draw(v.map, "zeta").transcript.draw(proof::kLabelZeta).fp5();
    std::map<unsigned, commit::LagrangeWeights> weights;
    size_t explained = 0;
    const auto all = v.map.shape.matrices();
    for (size_t i = 0; i < all.size(); ++i) {
      const proof::Matrix& m = all[i];
      if (m.tree != proof::kTreePassOne && m.tree != proof::kTreeMain) continue;
      const unsigned log = m.log_height;
      if (weights.count(log) == 0)
        weights.emplace(log, commit::lagrange_weights(runs_->pool, log, zeta));
      std::vector<Fp5> expected(m.width);
      const trace::InstanceTrace& t = runs_->traces[w][static_cast<size_t>(m.instance)];
      commit::evaluate_columns(runs_->pool, t.base.data(), log, m.width, m.width, weights.at(log),
                               0, expected.data());
      const Fp closing = proof::closing_point(log, kTest2.tail_rows);
      const Fp5 factor = (zeta - closing) * (zeta.pow(1u << log) - Fp::one()).inverse();
      const size_t at = v.map["opening " + std::to_string(i) + "/0"].offset;
      for (size_t c = 0; c < m.width; ++c) {
        const Fp5 cell = (read_fp5(v.proof, at + 20 * c) - expected[c]) * factor;
        explained += std::all_of(cell.c.begin() + 1, cell.c.end(), [](Fp x) { return x == Fp(); });
      }
    }
    return explained;
  }

  // How many published values are those of witness w, were the ring's cells zero.
  static size_t values_explained(const View& v, size_t w) {
    auto bases = [&](const char* name, uint32_t label) {
      return air::FormBases(find_draw(v.map, name).transcript.draw(label).challenges());
    };
    const air::FormBases local = bases("local", proof::kLabelLookupChallenges);
    const air::FormBases global = bases("global", proof::kLabelGlobalChallenges);
    size_t explained = 0;
    for (size_t i = 0; i < runs_->traces[w].size(); ++i) {
      const trace::InstanceTrace& t = runs_->traces[w][i];
      const air::Layout& l = air::find_table(t.table)->layout;
      if (l.pre_columns != 0) continue;
      const prove::ExtScope scope{t.table, &local, &global, nullptr, t.base.data()};
      SecretVector<Fp> ext;
      air::Published p;
      EXPECT_TRUE(prove::fill_ext(runs_->pool, scope, t.log_height, kTest2.tail_rows, ext, p));
      auto value = [&](const char* name) {
        return read_fp5(v.proof, v.map[name + std::to_string(i)].offset);
      };
      if (l.has_p()) explained += value("published P ") == p.p;
      if (l.has_s()) explained += value("published S ") == p.s;
      if (l.has_g()) explained += value("published G ") == p.g;
    }
    return explained;
  }

  // Right guesses among proofs of witnesses chosen at random.
  using Score = size_t (*)(const View&, size_t w);
  static size_t right_guesses(Score score, const prove::Masks& masks, uint64_t first_seed) {
    std::mt19937_64 random(first_seed);
    size_t right = 0;
    for (size_t k = 0; k < kProofs; ++k) {
      const size_t w = random() & 1;
      right += guess(score, view(w, first_seed + k, masks), random) == w;
    }
    return right;
  }
  static size_t guess(Score score, const View& v, std::mt19937_64& random) {
    const size_t s0 = score(v, 0), s1 = score(v, 1);
    return s0 == s1 ? random() & 1 : s1 > s0;
  }

  static TwoWitnesses* runs_;
};
TwoWitnesses* Distinguisher::runs_ = nullptr;

TEST_F(Distinguisher, WinsWithoutTails) {
  prove::Masks masks;
  masks.tails = false;
  EXPECT_EQ(right_guesses(columns_explained, masks, 1000), kProofs);
}

TEST_F(Distinguisher, WinsWithoutRings) {
  prove::Masks masks;
  masks.rings = false;
  EXPECT_EQ(right_guesses(values_explained, masks, 2000), kProofs);
}

// With all masks the same guesses are those of a coin. The proofs serve a second test: opened and
// published values of either witness are uniform, and of one distribution.
TEST_F(Distinguisher, IsAtChanceWithAllMasks) {
  std::mt19937_64 random(3);
  std::map<std::string, Histogram> seen[2];
  size_t right_columns = 0, right_values = 0, count[2] = {};
  for (size_t k = 0; k < kAllMasks; ++k) {
    const size_t w = random() & 1;
    ++count[w];
    const View v = view(w, 3000 + k, {});
    right_columns += guess(columns_explained, v, random) == w;
    right_values += guess(values_explained, v, random) == w;

    const auto all = v.map.shape.matrices();
    size_t public_matrices = 0;  // preprocessed columns are public
    while (all[public_matrices].tree < proof::kTreePassOne) ++public_matrices;
    for (const attack::Field& f : v.map.fields) {
      std::string group;
      for (const char* tree : {"pass-1", "main", "extension", "quotient"})
        if (f.name.starts_with(tree) && f.name.find(" row ") != std::string::npos &&
            !f.name.ends_with("salt"))
          group = std::string("rows of ") + tree;
      if (f.name.starts_with("published ")) group = f.name.substr(0, 11);
      if (f.name.starts_with("final ")) group = "final";
      if (f.name.starts_with("fri ") && f.name.find(" row ") != std::string::npos)
        group = f.name.substr(0, 5);
      const bool next = f.name.starts_with("next opening ");
      if (next || f.name.starts_with("opening ")) {
        const size_t matrix = std::stoul(f.name.substr(next ? 13 : 8));
        if (matrix >= public_matrices) group = next ? "next openings" : "openings";
      }
      if (group.empty()) continue;
      for (size_t at = 0; at < f.size; at += 4)
        seen[w][group].add(Fp::from_raw(load_le32(&v.proof[f.offset + at])));
    }
  }
  EXPECT_TRUE(at_chance(right_columns, kAllMasks)) << right_columns;
  EXPECT_TRUE(at_chance(right_values, kAllMasks)) << right_values;

  ASSERT_GT(count[0], kAllMasks / 3);
  ASSERT_GT(count[1], kAllMasks / 3);
  const double limit = chi_square_limit(Histogram::kClasses - 1);
  EXPECT_GE(seen[0].size(), 11u);
  for (const auto& [group, h] : seen[0]) {
    const Histogram& other = seen[1][group];
    ASSERT_GT(h.total, 10.0 * Histogram::kClasses) << group;
    EXPECT_LT(chi_square_uniform(h), limit) << group;
    EXPECT_LT(chi_square_uniform(other), limit) << group;
    EXPECT_LT(chi_square_equal(h, other), limit) << group;
  }
}

// The statistics see what they are to see.
TEST(Statistics, CanFail) {
  EXPECT_TRUE(at_chance(60, 120));
  EXPECT_TRUE(at_chance(75, 120));
  EXPECT_FALSE(at_chance(90, 120));
  EXPECT_FALSE(at_chance(30, 120));
  std::mt19937_64 random(1);
  Histogram uniform, skewed;
  for (int i = 0; i < 20000; ++i) {
    uniform.add(random_fp(random));
    skewed.add(i % 16 == 0 ? Fp(random() & 0xffff) : random_fp(random));
    if (i % 20 == 0) skewed.add(Fp::zero());
  }
  const double limit = chi_square_limit(Histogram::kClasses - 1);
  EXPECT_NEAR(limit, 131, 2);
  EXPECT_LT(chi_square_uniform(uniform), limit);
  EXPECT_GT(chi_square_uniform(skewed), limit);
  EXPECT_GT(chi_square_equal(uniform, skewed), limit);
}

}  // namespace
}  // namespace mipzk::test
