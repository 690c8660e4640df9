// SPDX-License-Identifier: Apache-2.0
// Randomness of runs of several shards: each shard has streams of its own, the key depends on all
// of them, and no tree of pass 1 is opened under two transcripts. A seed that is used again, after
// a proof was cancelled, say, gives the same transcript or other masks in every shard.
#include <gtest/gtest.h>

#include "support/watched_draws.hpp"
#include "zk/sharded_witnesses.hpp"

namespace mipzk::test {
namespace {

using Bytes = std::vector<uint8_t>;

class ShardRules : public TwoAndThreeShards {
 protected:
  // What a run under some seed commits to in pass 1, and the keys of its masks.
  struct Committed {
    std::set<Bytes> key_and_roots;
  };
  static Committed commit(ShardedWitnesses& runs, const ShardedWitnesses::Witness& w,
                          const prove::Options& options, uint32_t attempt = 0) {
    OpenRun run = runs.open(w, options);
    run.commit(attempt);
    Committed c;
    for (size_t s = 0; s < run.shards(); ++s) {
      const ByteView key = run.shard(s).key();
      const hash::Digest root = run.shard(s).pass_one_root();
      c.key_and_roots.emplace(key.begin(), key.end());
      EXPECT_TRUE(c.key_and_roots.emplace(root.begin(), root.end()).second);
    }
    EXPECT_EQ(c.key_and_roots.size(), 2 * run.shards());  // each has a key of its own
    return c;
  }
  static void expect_nothing_in_common(const Committed& a, const Committed& b) {
    for (const Bytes& x : a.key_and_roots) EXPECT_EQ(b.key_and_roots.count(x), 0u);
  }
};

// --- Streams -------------------------------------------------------------------------------------

TEST_F(ShardRules, NoMaskIsUsedTwice) {
  const prove::Options options = three_->options(1);
  OpenRun run = three_->open(three_->witness[0], options);
  run.prove();
  std::vector<std::vector<Fp>> masks;
  for (size_t s = 0; s < 3; ++s) {
    const size_t before = masks.size();
    for (std::vector<Fp>& stream : run.shard(s).masks()) masks.push_back(std::move(stream));
    // Base and extension columns, rings, t0 and t1 of each height, FRI.
    EXPECT_GT(masks.size() - before, 3 * run.shard(s).shape().instances().size());
  }
  EXPECT_EQ(repetitions(masks), 0u);
}

TEST_F(ShardRules, SaltStreamsDifferByShard) {
  const prove::Options options = three_->options(2);
  OpenRun run = three_->open(three_->witness[0], options);
  run.commit();
  std::set<Bytes> seen;
  for (size_t s = 0; s < 3; ++s)
    for (unsigned tree = proof::kTreePassOne; tree < proof::kTreeCount; ++tree) {
      Bytes salts(2 * commit::kSaltBytes);
      run.shard(s).masking().salts(tree)(0, 2, salts.data());
      EXPECT_TRUE(seen.insert(salts).second);
    }
}

// --- One seed for several proofs -----------------------------------------------------------------

// The masks of the first shard, whose cells are the same, depend on what a later shard alone saw.
TEST_F(ShardRules, TheKeyDependsOnEveryShard) {
  const prove::Options options = three_->options(3);
  const ShardedWitnesses::Witness& w = three_->witness[0];
  const ShardedWitnesses::Witness other = three_->run(w.input, {9, 9, 9, 9});
  ASSERT_EQ(other.traces[0].size(), w.traces[0].size());
  for (const size_t shard : {0u, 2u})
    for (size_t i = 0; i < w.traces[shard].size(); ++i)
      EXPECT_EQ(other.traces[shard][i].base, w.traces[shard][i].base);
  EXPECT_TRUE(three_->prove(other, options));
  expect_nothing_in_common(commit(*three_, w, options), commit(*three_, other, options));
  expect_nothing_in_common(commit(*three_, w, options),
                           commit(*three_, three_->witness[1], options));
}

TEST_F(ShardRules, OtherCutsOtherMasks) {
  const prove::Options options = two_->options(4);
  const Committed cut = commit(*two_, two_->witness[0], options);
  expect_nothing_in_common(cut, commit(*three_, three_->witness[0], options));
  // One instruction more or less in the first of two shards.
  for (const int more : {-1, 1, 2}) {
    ShardedWitnesses other(kTest2, (kForgetfulCycles + 1) / 2 + static_cast<uint32_t>(more));
    expect_nothing_in_common(cut, commit(other, other.witness[0], options));
  }
}

TEST_F(ShardRules, OtherAttemptsOtherMasks) {
  const prove::Options options = two_->options(5);
  expect_nothing_in_common(commit(*two_, two_->witness[0], options, 0),
                           commit(*two_, two_->witness[0], options, 1));
}

// A proof that does not hide shares no mask with one that does.
TEST_F(ShardRules, OtherKindsOfMasksOtherMasks) {
  prove::Masks masks;
  masks.fri = false;
  expect_nothing_in_common(commit(*two_, two_->witness[0], two_->options(6)),
                           commit(*two_, two_->witness[0], two_->options(6, masks)));
}

// --- Proofs that were interrupted ----------------------------------------------------------------

// Cancelled in any shard and made again: the very same proof, so the trees are opened where they
// would have been. With any number of threads, and with nonces.
TEST_F(ShardRules, ACancelledProofIsMadeAgainAsItWas) {
  const auto runs = ShardedWitnesses::of(2, kTest4);
  const auto prove = [&](unsigned threads, uint64_t last_step) {
    prove::Options options = runs->options(7);
    uint64_t steps = 0;
    options.progress = [&](prove::Phase, uint64_t, uint64_t) { return ++steps == last_step; };
    Pool pool(threads);
    return prove::prove(pool, runs->program, {}, runs->witness[0].recording, options);
  };
  const auto undisturbed = prove(1, 0);
  ASSERT_TRUE(undisturbed);
  EXPECT_EQ(runs->verdict(*undisturbed), Errc::kOk);
  // In pass 1, in the first shard, in the second one when the first is done.
  for (const uint64_t last :
       {uint64_t{2}, uint64_t{prove::kShardSteps}, 2 * uint64_t{prove::kShardSteps} - 2}) {
    const auto cancelled = prove(1, last);
    ASSERT_FALSE(cancelled);
    EXPECT_EQ(cancelled.error().code, Errc::kCancelled);
  }
  for (const unsigned threads : {2u, 3u}) {
    const auto again = prove(threads, 0);
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, *undisturbed);
  }
}

// The states of the transcript that challenges are drawn from: global ones, then those of each
// shard.
std::vector<std::set<hash::Digest>> challenges(const ShardedWitnesses& runs, const Bytes& proof) {
  WatchedDraws watch;
  EXPECT_TRUE(attack::verdict(runs.program.id, proof, &watch).accepted());
  std::vector<std::set<hash::Digest>> states(1);
  for (const SeenDraw& d : watch.draws) {
    if (d.label == proof::kLabelLookupChallenges) states.emplace_back();
    states.back().insert(d.state);
  }
  EXPECT_EQ(states.size(), 1 + runs.shards());
  return states;
}

// Begun again in the second shard, when the first one is done and the second has shown openings to
// its own transcript: none of its challenges comes again, and its tree of pass 1, which stays, is
// opened for the last attempt alone. Other shards are as they were.
TEST_F(ShardRules, ARestartHasOtherChallenges) {
  prove::Options options = three_->options(8);
  const auto undisturbed = three_->prove(three_->witness[0], options);
  ASSERT_TRUE(undisturbed);
  unsigned done = 0, restarts = 0;
  options.progress = [&](prove::Phase phase, uint64_t, uint64_t) {
    done += phase == prove::Phase::kQuery;
    if (phase != prove::Phase::kOpen || done != 1 || restarts != 0) return false;
    ++restarts;
    throw prove::Restart{};
  };
  Pool one(1);  // one shard after the other
  const auto proof = prove::prove(one, three_->program, {}, three_->witness[0].recording, options);
  ASSERT_TRUE(proof);
  ASSERT_EQ(restarts, 1u);
  const auto before = challenges(*three_, *undisturbed), after = challenges(*three_, *proof);
  for (size_t shard = 1; shard <= 3; ++shard) {
    EXPECT_GT(before[shard].size(), 6u);
    size_t common = 0;
    for (const hash::Digest& state : before[shard]) common += after[shard].count(state);
    EXPECT_EQ(common, shard == 2 ? 0 : before[shard].size()) << shard;
  }
}

// A shard that is not what it was when it was committed to would have its tree opened for what the
// tree does not hold; it is not proved.
TEST_F(ShardRules, AShardThatChangesIsNotProved) {
  ShardedWitnesses::Witness w = two_->run(two_->witness[0].input, two_->witness[0].hints);
  for (const bool changed : {false, true}) {
    prove::Options options = two_->options(9);
    unsigned committed = 0;
    options.progress = [&](prove::Phase phase, uint64_t, uint64_t) {
      if (phase == prove::Phase::kCommit && ++committed == two_->shards() && changed)
        w.recording.shards[1].touched.front().in_lo ^= 1;
      return false;
    };
    Pool one(1);  // one shard after the other
    const auto proof = prove::prove(one, two_->program, {}, w.recording, options);
    EXPECT_EQ(proof.ok(), !changed);
    if (!proof) {
      EXPECT_EQ(proof.error().code, Errc::kInternal);
      EXPECT_NE(std::string(proof.error().message).find("a shard is not what it was"),
                std::string::npos);
    }
  }
}

}  // namespace
}  // namespace mipzk::test
