// SPDX-License-Identifier: Apache-2.0
// Whoever knows both candidates for the private input, and sees a proof, tells which one it is of
// when one of the masks is off, and is no better than a coin when all are on. On real proofs; the
// masks of quotient and FRI need tight instances, see tight_test.cpp.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "commit/lde.hpp"
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
  static void SetUpTestSuite() {
    runs_ = new TwoWitnesses(kTest2, 2);
    // What each witness commits to where its tails are zero.
    for (size_t w = 0; w < 2; ++w)
      for (const trace::InstanceTrace& t : runs_->traces[w]) {
        const size_t width = air::find_table(t.table)->layout.base_columns;
        extended_[w].emplace_back((width << t.log_height) << kTest2.log_blowup);
        commit::coset_lde(runs_->pool, t.base.data(), t.log_height, width, kTest2.log_blowup,
                          extended_[w].back().data(), nullptr);
      }
  }
  static void TearDownTestSuite() {
    delete runs_;
    for (auto& e : extended_) e.clear();
  }

  static View view(size_t w, uint64_t seed, const prove::Masks& masks) {
    View v{runs_->prove(w, runs_->options(seed, masks)), {}};
    v.map = attack::map_proof(v.proof, kTest2);
    EXPECT_TRUE(v.map.ok);
    return v;
  }

  // How many base columns agree with witness w, were the tails zero but for the closing row, where
  // the ring's cells may stand: what is opened then differs from what the data rows give by one
  // unknown times the closing row's Lagrange polynomial.
  static size_t columns_explained(const View& v, size_t w) {
    size_t explained = 0;
    const auto all = v.map.shape.matrices();
    for (size_t i = 0; i < all.size(); ++i) {
      const proof::Matrix& m = all[i];
      if (m.tree != proof::kTreePassOne && m.tree != proof::kTreeMain) continue;
      const unsigned log = m.log_height + kTest2.log_blowup;
      const Fp closing =
          field::root_of_unity(m.log_height).pow((1u << m.log_height) - kTest2.tail_rows);
      const std::vector<OpenedRow> rows = opened_rows(v.proof, v.map, i, kTest2.log_blowup);
      const std::vector<Fp>& expected = extended_[w][static_cast<size_t>(m.instance)];
      if (rows.size() < 2) continue;
      for (size_t c = 0; c < m.width; ++c) {
        // L(x) is a constant times (x^N - 1) / (x - closing).
        Fp unknown;
        bool agree = true;
        for (size_t k = 0; k < rows.size(); ++k) {
          const Fp x = domain_point(rows[k].row, log);
          const Fp off = rows[k].cells[c] - expected[rows[k].row * m.width + c];
          const Fp ratio = off * (x - closing) * (x.pow(1u << m.log_height) - Fp::one()).inverse();
          if (k == 0) unknown = ratio;
          agree &= ratio == unknown;
        }
        explained += agree;
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
  static std::vector<std::vector<Fp>> extended_[2];
};
TwoWitnesses* Distinguisher::runs_ = nullptr;
std::vector<std::vector<Fp>> Distinguisher::extended_[2];

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
