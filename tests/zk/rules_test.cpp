// SPDX-License-Identifier: Apache-2.0
// The rules that the argument takes for granted: salts, streams of randomness that are used once,
// restarts with fresh masks, and proofs that say so when a mask is missing.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "proof/points.hpp"
#include "zk/linear.hpp"
#include "zk/open_prover.hpp"
#include "zk/two_witnesses.hpp"

namespace mipzk::test {
namespace {

using attack::Field;
using Bytes = std::vector<uint8_t>;
using Digest = hash::Digest;

class Rules : public testing::Test {
 protected:
  static void SetUpTestSuite() { runs_ = new TwoWitnesses(kTest2, 2); }
  static void TearDownTestSuite() { delete runs_; }

  static prove::Claims claims() {
    return {{}, runs_->recording[0].outcome.output, runs_->recording[0].outcome.exit_code};
  }
  static Errc verdict(const Bytes& proof, bool allow_not_hiding) {
    verify::Policy policy = test_policy();
    policy.allow_not_hiding = allow_not_hiding;
    return attack::verdict(runs_->program.id, proof, policy).code;
  }

  static TwoWitnesses* runs_;
};
TwoWitnesses* Rules::runs_ = nullptr;

bool is_salt(const Field& f) { return f.name.ends_with(" salt"); }

std::string bytes_of(const Bytes& proof, const Field& f) {
  return {reinterpret_cast<const char*>(&proof[f.offset]), f.size};
}
std::string text(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}
std::string text(const Digest& d) { return text(d.data(), d.size()); }

// --- Salts ---------------------------------------------------------------------------------------

TEST_F(Rules, SaltsAreDistinct) {
  std::set<std::string> seen;
  size_t salts = 0;
  for (size_t w = 0; w < 2; ++w) {
    const Bytes proof = runs_->prove(w, runs_->options(1));
    const attack::ProofMap map = attack::map_proof(proof, kTest2);
    ASSERT_TRUE(map.ok);
    for (const Field& f : map.fields)
      if (is_salt(f)) {
        ++salts;
        EXPECT_TRUE(seen.insert(bytes_of(proof, f)).second) << f.name;
      }
  }
  EXPECT_GT(salts, 2 * 4 * kTest2.queries / 2);
  EXPECT_EQ(seen.count(std::string(commit::kSaltBytes, '\0')), 0u);
}

TEST_F(Rules, SaltStreamsDifferByTree) {
  const Digest seed{1};
  const uint8_t context[] = {2};
  const prove::Blinding blinding(seed, context);
  std::set<std::string> seen;
  for (unsigned tree = 0; tree < proof::kTreeCount; ++tree) {
    Bytes rows(64 * commit::kSaltBytes);
    blinding.salts(tree)(0, 64, rows.data());
    for (size_t i = 0; i < 64; ++i)
      EXPECT_TRUE(seen.insert(text(&rows[commit::kSaltBytes * i], commit::kSaltBytes)).second);
  }
}

// Without salts equal rows have equal hashes, and who guesses a row that is not opened can check
// it.
TEST_F(Rules, SaltsHideTheRowsThatAreNotOpened) {
  std::vector<Fp> cells(64 * 3);
  for (size_t i = 0; i < cells.size(); ++i) cells[i] = Fp(static_cast<uint32_t>(i / 6));
  const commit::StackView view =
      commit::unstacked(6, 3, cells.data());  // rows 2k and 2k + 1 are equal
  const Digest seed{1};
  const prove::Blinding blinding(seed, {});
  Bytes guess(commit::kSaltBytes + 12);  // a salt of zeros, and the guess of row 1
  for (size_t k = 0; k < 3; ++k) store_le32(&guess[commit::kSaltBytes + 4 * k], cells[3 + k].raw());
  const Digest guessed = hash::keyed_hash(commit::kLeafKey, guess);
  for (bool salted : {false, true}) {
    const commit::MerkleTree tree(view, commit::Salting::kSalted,
                                  salted ? blinding.salts(3) : commit::SaltFunction(), nullptr);
    Bytes opening;
    const uint32_t row = 0;
    tree.open({&row, 1}, opening);
    // Salt, row, and then the siblings from the leaf on.
    const std::string sibling = text(&opening[guess.size()], 32);
    const Digest own = hash::keyed_hash(commit::kLeafKey, ByteView(opening).first(guess.size()));
    EXPECT_EQ(sibling == text(guessed), !salted);
    EXPECT_EQ(sibling == text(own), !salted);
  }
}

// The same on a proof: which of the two private inputs a neighbour of an opened row belongs to.
TEST_F(Rules, SaltsHideNeighboursInAProof) {
  for (bool salts : {false, true}) {
    prove::Masks masks;
    masks.tails = masks.rings = false;
    masks.salts = salts;
    const Bytes proof = runs_->prove(1, runs_->options(2, masks));
    const attack::ProofMap map = attack::map_proof(proof, kTest2);
    ASSERT_TRUE(map.ok);
    const unsigned level = map.shape.log_tree(proof::kTreeMain) + kTest2.log_blowup;
    const std::string prefix = "main sibling " + std::to_string(level) + "/";
    size_t confirmed[2] = {}, siblings = 0;
    for (size_t w = 0; w < 2; ++w) {
      std::vector<std::vector<Fp>> extended;  // by instance
      for (const trace::InstanceTrace& t : runs_->traces[w]) {
        extended.emplace_back(t.base.size() << kTest2.log_blowup);
        commit::coset_lde(runs_->pool, t.base.data(), t.log_height,
                          air::find_table(t.table)->layout.base_columns, kTest2.log_blowup,
                          extended.back().data(), nullptr);
      }
      std::vector<commit::StackView> views;
      for (const proof::Stack& s : map.shape.stacks()) {
        if (s.tree != proof::kTreeMain) continue;
        views.push_back({s.log_height + kTest2.log_blowup, s.log_slots, s.width, {}});
        for (const proof::Matrix& m : map.shape.matrices())
          if (m.tree == s.tree && m.log_height == s.log_height)
            views.back().columns.push_back(
                {extended[static_cast<size_t>(m.instance)].data(), m.width, m.width});
      }
      const commit::StackedRows rows(views);
      for (const Field& f : map.fields) {
        if (!f.name.starts_with(prefix)) continue;
        siblings += w == 0;
        Bytes leaf(commit::kSaltBytes + 4 * rows.width());
        rows.write_row(std::stoul(f.name.substr(prefix.size())), &leaf[commit::kSaltBytes]);
        confirmed[w] += bytes_of(proof, f) == text(hash::keyed_hash(commit::kLeafKey, leaf));
      }
    }
    ASSERT_GT(siblings, 0u);
    EXPECT_EQ(confirmed[0], 0u);
    EXPECT_EQ(confirmed[1], salts ? 0u : siblings);
  }
}

// --- Streams -------------------------------------------------------------------------------------

TEST_F(Rules, NoMaskIsUsedTwice) {
  const prove::Options options = runs_->options(3);
  OpenProver prover(runs_->pool, runs_->program, options);
  ASSERT_TRUE(prover.run(claims(), runs_->traces[0]));
  std::vector<std::vector<Fp>> masks = prover.masks();
  // Base and extension columns, rings, t0 and t1 of each height, FRI.
  EXPECT_GT(masks.size(), 3 * runs_->traces[0].size());
  EXPECT_EQ(repetitions(masks), 0u);
  // What a stream used twice would look like.
  masks.push_back(masks[3]);
  EXPECT_GT(repetitions(masks), 0u);
}

TEST_F(Rules, ARestartTakesFreshMasks) {
  prove::Options options = runs_->options(4);
  const Bytes undisturbed = runs_->prove(0, options);
  std::vector<std::vector<Fp>> masks;
  std::vector<Digest> roots;
  Digest pass_one;
  OpenProver* prover = nullptr;
  int restarts = 0;
  options.progress = [&](prove::Phase phase, uint64_t, uint64_t) {
    if (phase != prove::Phase::kOpen || restarts != 0) return false;
    ++restarts;
    masks = prover->masks(true);
    pass_one = prover->pass_one_root();
    roots = prover->hidden_roots();
    throw prove::Restart{};
  };
  OpenProver p(runs_->pool, runs_->program, options);
  prover = &p;
  const auto proof = p.run(claims(), runs_->traces[0]);
  ASSERT_TRUE(proof);
  ASSERT_EQ(restarts, 1);
  EXPECT_EQ(verdict(*proof, false), Errc::kOk);
  EXPECT_NE(*proof, undisturbed);
  for (const Digest& root : p.hidden_roots()) EXPECT_EQ(std::ranges::count(roots, root), 0);
  EXPECT_EQ(repetitions(masks), 0u);
  // What is committed to before the challenges of the whole run stays, and is opened once.
  EXPECT_EQ(p.pass_one_root(), pass_one);
  for (std::vector<Fp>& stream : p.masks(true)) masks.push_back(std::move(stream));
  EXPECT_EQ(repetitions(masks), 0u);
}

TEST_F(Rules, ThreeRestartsAreEnough) {
  prove::Options options = runs_->options(5);
  int restarts = 0;
  options.progress = [&](prove::Phase phase, uint64_t, uint64_t) {
    if (phase != prove::Phase::kQuotient) return false;
    ++restarts;
    throw prove::Restart{};
  };
  const auto proof = prove::prove(runs_->pool, runs_->program, {}, runs_->recording[0], options);
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().code, Errc::kInternal);
  EXPECT_EQ(restarts, 3);
}

// --- The point of the openings -------------------------------------------------------------------

TEST(OpeningPoint, LiesInNoDomain) {
  constexpr unsigned kLog = 13, kBlowup = 2;
  std::mt19937_64 random(1);
  for (unsigned log = 10; log <= kLog; ++log) {
    for (int i = 0; i < 20; ++i) {
      const Fp h = field::root_of_unity(log).pow(random());
      const Fp x = domain_point(random() & ((1u << (log + kBlowup)) - 1), log + kBlowup);
      EXPECT_TRUE(proof::in_domain(h, kLog, kBlowup));
      EXPECT_TRUE(proof::in_domain(x, kLog, kBlowup));
      // One step on in any trace domain stays inside, and outside.
      EXPECT_TRUE(proof::in_domain(x * field::root_of_unity(log), kLog, kBlowup));
      EXPECT_FALSE(proof::in_domain(random_fp5(random) * field::root_of_unity(log), kLog, kBlowup));
    }
  }
  const Fp finer = field::root_of_unity(kLog + kBlowup + 1);
  EXPECT_FALSE(proof::in_domain(finer, kLog, kBlowup));
  EXPECT_FALSE(proof::in_domain(finer * Fp(3u), kLog, kBlowup));
  EXPECT_TRUE(proof::in_domain(finer * Fp(3u), kLog, kBlowup + 1));
  EXPECT_FALSE(proof::in_domain(Fp5::zero(), kLog, kBlowup));
}

// --- The seed ------------------------------------------------------------------------------------

// Fields of both proofs that depend on randomness and are equal all the same.
std::string common_fields(const Bytes& a, const Bytes& b) {
  const attack::ProofMap ma = attack::map_proof(a, kTest2), mb = attack::map_proof(b, kTest2);
  EXPECT_TRUE(ma.ok && mb.ok);
  size_t hidden = 0;
  while (ma.shape.matrices()[hidden].tree < proof::kTreePassOne) ++hidden;
  std::map<std::string, const Field*> others;
  for (const Field& f : mb.fields) others[f.name] = &f;
  std::string common;
  size_t compared = 0;
  for (const Field& f : ma.fields) {
    bool random = f.name.ends_with(" root") && !f.name.starts_with("program");
    random |= f.name.starts_with("fri root") || f.name.starts_with("published ") ||
              f.name.starts_with("final ") || is_salt(f);
    for (const char* tree : {"pass-1 ", "main ", "extension ", "quotient ", "fri "})
      random |= f.name.starts_with(tree);
    const bool next = f.name.starts_with("next opening ");
    if (next || f.name.starts_with("opening "))
      random |= std::stoul(f.name.substr(next ? 13 : 8)) >= hidden;
    const auto other = others.find(f.name);
    if (!random || other == others.end()) continue;
    ++compared;
    if (bytes_of(a, f) == bytes_of(b, *other->second)) common += " " + f.name;
  }
  EXPECT_GT(compared, 500u);
  return common;
}

TEST_F(Rules, OtherSeedOtherMasks) {
  EXPECT_EQ(common_fields(runs_->prove(0, runs_->options(6)), runs_->prove(0, runs_->options(7))),
            "");
}

// One seed for two witnesses of the same statement: nothing shows that they share it.
TEST_F(Rules, OtherWitnessOtherMasks) {
  EXPECT_EQ(common_fields(runs_->prove(0, runs_->options(8)), runs_->prove(1, runs_->options(8))),
            "");
  // Without hedging the masks would be the same, and those of equal columns with them.
  const prove::Options options = runs_->options(8);
  std::vector<std::vector<Fp>> masks;
  for (size_t w = 0; w < 2; ++w) {
    OpenProver p(runs_->pool, runs_->program, options);
    ASSERT_TRUE(p.run(claims(), runs_->traces[w]));
    for (std::vector<Fp>& stream : p.masks()) masks.push_back(std::move(stream));
  }
  EXPECT_EQ(repetitions(masks), 0u);
}

TEST_F(Rules, OtherStatementOtherMasks) {
  const prove::Options options = runs_->options(9);
  std::vector<std::vector<Fp>> masks;
  for (uint32_t exit_code : {7u, 8u}) {
    prove::Claims c = claims();
    c.exit_code = exit_code;
    OpenProver p(runs_->pool, runs_->program, options);
    ASSERT_TRUE(p.run(c, runs_->traces[0]));
    for (std::vector<Fp>& stream : p.masks()) masks.push_back(std::move(stream));
  }
  EXPECT_EQ(repetitions(masks), 0u);
}

TEST_F(Rules, EqualSeedsGiveEqualBytesForAnyNumberOfThreads) {
  const Bytes proof = runs_->prove(0, runs_->options(10));
  for (unsigned threads : {1u, 3u}) {
    TwoWitnesses other(kTest2, threads);
    EXPECT_EQ(other.prove(0, other.options(10)), proof) << threads;
  }
}

// --- Proofs that do not hide ---------------------------------------------------------------------

TEST_F(Rules, AMissingMaskIsSaidAndRefused) {
  for (bool prove::Masks::*mask :
       {&prove::Masks::tails, &prove::Masks::rings, &prove::Masks::quotient, &prove::Masks::fri,
        &prove::Masks::salts}) {
    prove::Masks masks;
    masks.*mask = false;
    Bytes proof = runs_->prove(0, runs_->options(11, masks));
    const attack::ProofMap map = attack::map_proof(proof, kTest2);
    ASSERT_TRUE(map.ok);
    uint8_t& flag = proof[map["flags"].offset];
    EXPECT_EQ(flag, proof::kFlagNotHiding);
    EXPECT_EQ(verdict(proof, false), Errc::kPolicy);
    EXPECT_EQ(verdict(proof, true), Errc::kOk);
    // It cannot be taken back.
    flag ^= proof::kFlagNotHiding;
    EXPECT_NE(verdict(proof, false), Errc::kOk);
    EXPECT_NE(verdict(proof, true), Errc::kOk);
  }
  Bytes proof = runs_->prove(0, runs_->options(11));
  const attack::ProofMap map = attack::map_proof(proof, kTest2);
  uint8_t& flag = proof[map["flags"].offset];
  EXPECT_EQ(flag, 0);
  EXPECT_EQ(verdict(proof, false), Errc::kOk);
  flag = proof::kFlagNotHiding;  // nor put on
  EXPECT_NE(verdict(proof, true), Errc::kOk);
  flag = 2;
  EXPECT_NE(verdict(proof, true), Errc::kOk);
}

// Lower tables would not have room for the masks: Q2 has 2^10 rows, and R rows are the tail.
TEST_F(Rules, TablesAreHighEnough) {
  const Bytes proof = runs_->prove(0, runs_->options(12));
  const attack::ProofMap map = attack::map_proof(proof, kTest2);
  ASSERT_TRUE(map.ok);
  std::vector<proof::Instance> list(map.shape.instances().begin(), map.shape.instances().end());
  for (proof::Instance& in : list) {
    EXPECT_GE(in.log_height, proof::kSmallLogHeight);
    const uint8_t height = std::exchange(in.log_height, uint8_t{9});
    proof::Shape shape;
    EXPECT_EQ(proof::Shape::make(list, runs_->program.header, kTest2, shape).error().code,
              Errc::kMalformed);
    in.log_height = height;
  }
  for (const proof::Profile& p : kProfiles)
    EXPECT_GE((1u << proof::kSmallLogHeight) - p.tail_rows, 1u << 9) << p.name;
}

}  // namespace
}  // namespace mipzk::test
