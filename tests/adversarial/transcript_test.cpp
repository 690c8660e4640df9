// SPDX-License-Identifier: Apache-2.0
// Fiat-Shamir: every value that a proof may choose is absorbed, by the replay of docs/PROTOCOL.md
// and by the verifier alike, before the challenges that must not be known when it is chosen.
#include <gtest/gtest.h>

#include <cctype>
#include <map>

#include "adversarial/forger.hpp"
#include "proof/labels.hpp"

namespace mipzk::attack {
namespace {

class Transcripts : public testing::TestWithParam<const proof::Profile*> {
 protected:
  void SetUp() override {
    const proof::Profile& p = *GetParam();
    shard_ = run(small_sum(5), {{1, 2, 3, 4}, {0, 0, 0, 9}, {}}, p.tail_rows);
    honest_ = prove(shard_, p);
    map_ = map_proof(honest_, p);
    ASSERT_TRUE(map_.ok);
  }
  // What the verifier drew until it was content or found a reason to stop.
  std::vector<test::SeenDraw> watched(const Bytes& proof, bool accepted = false) {
    test::WatchedDraws watch;
    const Verdict v = verdict(shard_.program->id, proof, &watch);
    EXPECT_EQ(v.accepted(), accepted) << v.message;
    return watch.draws;
  }
  // The verifier's draws are the first ones of the replay; gives their number.
  size_t compare(const Bytes& proof, const ProofMap& replay, bool accepted = false) {
    const std::vector<test::SeenDraw> seen = watched(proof, accepted);
    EXPECT_LE(seen.size(), replay.draws.size());
    for (size_t i = 0; i < std::min(seen.size(), replay.draws.size()); ++i) {
      EXPECT_EQ(seen[i].label, replay.draws[i].label) << replay.draws[i].name;
      EXPECT_EQ(seen[i].state, replay.draws[i].state) << replay.draws[i].name;
      EXPECT_EQ(seen[i].words, replay.draws[i].words) << replay.draws[i].name;
    }
    return seen.size();
  }
  // The draws of an altered proof against those of the honest one: those after message `message`
  // differ, those before do not. Gives how many differ.
  unsigned differing(const ProofMap& altered, int message) {
    unsigned count = 0;
    for (size_t i = 0; i < std::min(altered.draws.size(), map_.draws.size()); ++i) {
      const Draw &was = map_.draws[i], &is = altered.draws[i];
      EXPECT_EQ(was.name, is.name);
      if (was.after < message) {
        EXPECT_EQ(was.words, is.words) << was.name;
      } else {
        EXPECT_NE(was.words, is.words) << was.name;
        ++count;
      }
    }
    return count;
  }
  unsigned later_draws(int message) const {
    unsigned count = 0;
    for (const Draw& d : map_.draws) count += d.after >= message;
    return count;
  }

  Shard shard_;
  Bytes honest_;
  ProofMap map_;
};

// All draws from equal states: so all messages before them were equal, in order, label and bytes.
TEST_P(Transcripts, TheVerifierDrawsWhatTheDocumentSays) {
  EXPECT_EQ(compare(honest_, map_, true), map_.draws.size());
  EXPECT_GE(map_.draws.size(), 9u);
}

// Only what has one possible value stays out of the transcript: the length of a part, and the
// openings, by their digest; tree openings come after the last draw.
TEST_P(Transcripts, EveryFieldBeforeTheOpenedRowsIsAbsorbed) {
  for (const Field& f : map_.fields) {
    if (f.label != 0 || f.name.find(" row ") != std::string::npos ||
        f.name.find(" sibling ") != std::string::npos)
      continue;
    if (f.name.find("opening ") == std::string::npos) {
      EXPECT_EQ(f.name, "part size");
    }
  }
}

hash::Digest digest_of_openings(const Bytes& proof, const ProofMap& map) {
  hash::Blake3 h(hash::key_from_text("mipzk v0 openings"));
  for (const Field& f : map.fields)
    if (f.name.find("opening ") != std::string::npos)
      h.update(ByteView(proof).subspan(f.offset, f.size));
  return h.digest();
}

// The digest stands in front of the weights of the batch, the openings behind them.
TEST_P(Transcripts, TheDigestIsThatOfAllOpenings) {
  const Field& f = map_["openings digest"];
  const hash::Digest digest = digest_of_openings(honest_, map_);
  EXPECT_TRUE(std::equal(digest.begin(), digest.end(), honest_.data() + f.offset));
  size_t count = 0, first = honest_.size();
  for (const Field& o : map_.fields) {
    if (o.name.find("opening ") == std::string::npos) continue;
    first = std::min(first, o.offset);
    ++count;
  }
  EXPECT_EQ(count, map_.shape.openings());
  EXPECT_GT(first, f.offset);
}

std::string kind_of(const std::string& name) {
  std::string k;
  for (char c : name)
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) k += c;
  return k;
}

// Every field on its own.
TEST_P(Transcripts, EveryAbsorbedFieldChangesAllLaterChallenges) {
  size_t tried = 0;
  std::map<std::string, size_t> seen;  // by kind: later draws that the verifier made
  for (const Field& f : map_.fields) {
    if (f.label == 0) continue;
    const bool length = f.name == "public input size" || f.name == "output size";
    for (size_t at : {f.offset, f.offset + f.size - 1}) {
      Bytes p = honest_;
      if (length) {  // one byte more, so that what follows keeps its meaning
        store_le32(p.data() + f.offset, load_le32(p.data() + f.offset) + 1);
        p.insert(p.begin() + static_cast<std::ptrdiff_t>(f.offset + f.size), 0);
      } else {
        p[at] ^= 1;
      }
      const ProofMap altered = map_proof(p, *GetParam());
      const unsigned count = differing(altered, f.message);
      // Another shape ends the replay where the shape is needed, after the lookup challenges; other
      // heights of the program and another number of instances likewise, or before.
      if (f.name == "instances" || f.name == "repeated instances") {
        // Another count: what follows is read differently, and no draw is left to compare.
      } else if (f.name == "program heights") {
        EXPECT_GE(count, 2u) << f.name;
      } else if (f.name.rfind("repeated instance ", 0) == 0) {
        EXPECT_GE(count, 1u) << f.name;
      } else {
        EXPECT_EQ(count, later_draws(f.message)) << f.name;
      }
      const size_t drawn = compare(p, altered);
      for (size_t i = 0; i < drawn; ++i) seen[kind_of(f.name)] += map_.draws[i].after >= f.message;
      ++tried;
    }
  }
  EXPECT_GT(tried, 200u);
  // Where the verifier went on far enough. It refuses a changed program header before it draws.
  // With work to do, it stops at the next nonce more often than not.
  if (GetParam()->lookup_work != 0) return;
  for (const char* kind :
       {"public input size", "public input", "output size", "output", "exit code", "instance ",
        "pass- root", "repeated pass- root", "main root", "extension root", "openings digest",
        "published P ", "published S ", "published G ", "quotient root", "fri root ", "final "})
    EXPECT_GT(seen[kind], 0u) << kind;
}

// A shorter list of instances: the same proof with one line of the shape left out.
TEST_P(Transcripts, TheNumberOfInstancesIsAbsorbed) {
  const Field& list = map_["instances"];
  Bytes p = honest_;
  const uint32_t count = load_le32(p.data() + list.offset);
  const auto last = static_cast<std::ptrdiff_t>(list.offset + 4 + 2 * (count - 1));
  p.erase(p.begin() + last, p.begin() + last + 2);
  store_le32(p.data() + list.offset, count - 1);
  const ProofMap altered = map_proof(p, *GetParam());
  EXPECT_GE(differing(altered, list.message), 2u);
}

// The same bytes under the other profile: the verifier follows it, with other challenges.
TEST_P(Transcripts, TheProfileIsAbsorbed) {
  const proof::Profile& other = GetParam() == &test::kTest2 ? test::kTest4 : test::kTest2;
  Bytes p = honest_;
  store_le32(p.data() + map_["profile"].offset, other.id);
  const ProofMap altered = map_proof(p, other);
  ASSERT_GE(altered.draws.size(), 1u);
  for (size_t i = 0; i < std::min(altered.draws.size(), map_.draws.size()); ++i)
    EXPECT_NE(altered.draws[i].words, map_.draws[i].words);
  compare(p, altered);
}

// Openings that still fit the identity at zeta, so that the verifier goes on to draw after them.
TEST_P(Transcripts, OpeningsAreAbsorbedByTheVerifierToo) {
  size_t matrix = 0;
  while (map_.shape.matrices()[matrix].tree != proof::kTreeQuotient) ++matrix;
  const std::string n = std::to_string(matrix);
  Bytes p = honest_;
  auto add = [&](const Field& f, size_t k, Fp d) {
    uint8_t* at = p.data() + f.offset + 4 * k;
    store_le32(at, (Fp::from_raw(load_le32(at)) + d).raw());
  };
  // v_0 + X v_1 stays the same.
  add(map_["opening " + n + "/0"], 1, Fp(5));
  add(map_["opening " + n + "/1"], 0, -Fp(5));
  const hash::Digest digest = digest_of_openings(p, map_);
  std::copy(digest.begin(), digest.end(), p.data() + map_["openings digest"].offset);
  const ProofMap altered = map_proof(p, *GetParam());
  const int message = map_["openings digest"].message;
  EXPECT_EQ(differing(altered, message), later_draws(message));
  const size_t drawn = compare(p, altered);
  EXPECT_GT(drawn, 3u);
  if (GetParam()->batch_work == 0) {
    EXPECT_EQ(drawn, map_.draws.size());
  }
}

// Nonces: others that do the work too lead to other challenges.
TEST_P(Transcripts, EveryNonceIsAbsorbed) {
  unsigned nonces = 0;
  for (const Field& f : map_.fields) {
    if (f.name.find("work") == std::string::npos) continue;
    ++nonces;
    size_t next = 0;  // the draw that it protects
    while (map_.draws[next].after < f.message) ++next;
    bool found = false;
    for (uint64_t nonce = 1000; nonce < 1200 && !found; ++nonce) {
      Bytes p = honest_;
      store_le64(p.data() + f.offset, nonce);
      const ProofMap altered = map_proof(p, *GetParam());
      EXPECT_EQ(differing(altered, f.message), later_draws(f.message)) << f.name;
      // The batch's nonce comes after the check at zeta, so that the verifier goes on in all cases.
      found = compare(p, altered) > next;
    }
    EXPECT_TRUE(found) << f.name;
  }
  const proof::Profile& p = *GetParam();
  const unsigned rounds = (p.lookup_work != 0) * 2u + (p.deep_work != 0) + (p.batch_work != 0) +
                          (p.fold_work != 0) * static_cast<unsigned>(map_.draws.size() - 6) +
                          (p.query_work != 0);
  EXPECT_EQ(nonces, rounds);
}

// A fold by 2^r takes r elements from the stream that is drawn after the layer's root, one for each
// step of folding by two. None is made of another, and each changes with the root.
TEST_P(Transcripts, EveryStepOfAFoldHasAChallengeOfItsOwn) {
  const proof::Profile& p = *GetParam();
  const commit::FriPlan plan(map_.shape.max_log_height() + p.log_blowup, p.log_blowup);
  const auto of_layer = [&](const ProofMap& map, unsigned layer) {
    std::vector<Fp5> betas;
    for (const Draw& d : map.draws)
      if (d.name == "fold " + std::to_string(layer)) {
        PlainTranscript::Stream c = d.transcript.draw(d.label);
        while (betas.size() < plan.layers[layer].log_fold) betas.push_back(c.fp5());
      }
    return betas;
  };
  std::vector<std::vector<Fp5>> taken;
  for (const test::SeenDraw& d : watched(honest_, true))
    if (d.label == commit::kLabelFriFold) taken.push_back(d.taken);
  ASSERT_EQ(taken.size(), plan.count);
  std::vector<Fp5> all;
  for (unsigned i = 0; i < plan.count; ++i) {
    EXPECT_EQ(taken[i].size(), plan.layers[i].log_fold) << i;
    EXPECT_EQ(taken[i], of_layer(map_, i)) << i;
    // Not powers of the one before.
    for (size_t j = 1; j < taken[i].size(); ++j)
      EXPECT_FALSE(taken[i][j] == taken[i][j - 1] * taken[i][j - 1]) << i << " " << j;
    Bytes other = honest_;
    other[map_["fri root " + std::to_string(i)].offset + 31] ^= 1;
    const std::vector<Fp5> after = of_layer(map_proof(other, p), i);
    ASSERT_EQ(after.size(), taken[i].size());
    for (size_t j = 0; j < after.size(); ++j)
      EXPECT_FALSE(after[j] == taken[i][j]) << i << " " << j;
    all.insert(all.end(), taken[i].begin(), taken[i].end());
  }
  for (size_t a = 0; a < all.size(); ++a)
    for (size_t b = 0; b < a; ++b) EXPECT_FALSE(all[a] == all[b]) << a << " " << b;
}

INSTANTIATE_TEST_SUITE_P(Profiles, Transcripts, testing::Values(&test::kTest2, &test::kTest4),
                         [](const auto& p) { return std::string(p.param->name); });

}  // namespace
}  // namespace mipzk::attack
