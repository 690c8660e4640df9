// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "commit/fri_prove.hpp"
#include "commit/fri_verify.hpp"
#include "commit/ntt.hpp"
#include "support/cpu_tiers.hpp"
#include "unit/commit/random_field.hpp"

namespace mipzk::commit {
namespace {

using random_field::Source;
using Word = std::vector<Fp5>;
using Bytes = std::vector<uint8_t>;

Pool& pool() {
  static Pool p(2);
  return p;
}

// The word of a polynomial with these coefficients over a domain of 2^log_n points.
Word word_of(Word coeffs, unsigned log_n) {
  coeffs.resize(size_t{1} << log_n);
  values_from_coeffs(pool(), coeffs.data(), log_n, Fp::one(), RowOrder::kBitReversed);
  return coeffs;
}

std::vector<uint32_t> draw_indices(Source& source, unsigned log_n, size_t count) {
  std::set<uint32_t> set;
  count = std::min(count, size_t{1} << log_n);
  while (set.size() < count) set.insert(static_cast<uint32_t>(source.next() >> (64 - log_n)));
  return {set.begin(), set.end()};
}

struct Case {
  unsigned log_n, log_blowup, fold_bits;
  std::vector<uint32_t> indices;
  Word words;  // G at the indices
  Bytes proof;
  bool low_degree = false;
  size_t commitments = 0;  // bytes of the first part
};

hash::Transcript start() {
  hash::Transcript t;
  t.absorb_u64(1, 2);
  return t;
}

Case prove(Word word, unsigned log_n, unsigned log_blowup, unsigned fold_bits,
           std::vector<uint32_t> indices, Pool& p = pool()) {
  Case c{log_n, log_blowup, fold_bits, std::move(indices), {}, {}};
  for (uint32_t i : c.indices) c.words.push_back(word[i]);
  hash::Transcript t = start();
  FriProver prover;
  c.low_degree =
      prover.commit(p, t, {word.begin(), word.end()}, log_n, log_blowup, fold_bits, c.proof);
  c.commitments = c.proof.size();
  prover.open(c.indices, c.proof);
  return c;
}

Case honest(unsigned log_n, unsigned log_blowup, unsigned fold_bits, size_t queries,
            uint64_t seed = 1) {
  Source source(seed);
  Word word = word_of(source.fp5s(size_t{1} << (log_n - log_blowup)), log_n);
  return prove(std::move(word), log_n, log_blowup, fold_bits, draw_indices(source, log_n, queries));
}

Status verify(const Case& c, size_t length) {
  // A copy of just these bytes, so that a sanitizer sees any read behind them.
  const Bytes bytes(c.proof.begin(), c.proof.begin() + static_cast<ptrdiff_t>(length));
  Reader reader({bytes.data(), bytes.size()});
  hash::Transcript t = start();
  FriVerifier verifier;
  MerkleWorkspace merkle;
  if (Status s = verifier.read_commitments(reader, t, c.log_n, c.log_blowup, c.fold_bits); !s)
    return s;
  if (Status s = verifier.check_queries(reader, c.indices, c.words, merkle); !s) return s;
  if (!reader.at_end()) return Error(Errc::kMalformed, "bytes are left");
  return {};
}
Status verify(const Case& c) { return verify(c, c.proof.size()); }

TEST(FriPlan, Schedule) {
  EXPECT_EQ(FriPlan(6, 1).count, 0u);
  EXPECT_EQ(FriPlan(4, 2).last_degree(), 4u);
  EXPECT_EQ(FriPlan(7, 1).count, 1u);
  EXPECT_EQ(FriPlan(7, 1).layers[0].log_fold, 1u);
  const FriPlan p(21, 1);  // 2^20 -> 2^17 -> 2^14 -> 2^11 -> 2^8 -> 2^5
  ASSERT_EQ(p.count, 5u);
  for (unsigned i = 0; i < 5; ++i) {
    EXPECT_EQ(p.layers[i].log_size, 21 - 3 * i);
    EXPECT_EQ(p.layers[i].log_fold, 3u);
  }
  EXPECT_EQ(p.log_last_size, 6u);
  const FriPlan q(14, 2);  // 2^12 -> 2^9 -> 2^6 -> 2^5
  ASSERT_EQ(q.count, 3u);
  EXPECT_EQ(q.layers[2].log_size, 8u);
  EXPECT_EQ(q.layers[2].log_fold, 1u);
  EXPECT_EQ(q.log_last_size, 7u);
}

// The fold against its definition on coefficients, the sum over i < k of f_i times the challenges
// of the set bits of i, on every tier. Small words end within a vector.
TEST(Fri, FoldIsThatOfTheCoefficients) {
  test::on_each_tier([](const CpuTier&) {
    for (unsigned log_fold : {1u, 2u, 3u})
      for (unsigned log_n : {3u, 4u, 7u, 11u}) {
        Source source(log_n);
        const size_t n = size_t{1} << log_n, fold = size_t{1} << log_fold;
        const Word coeffs = source.fp5s(n), betas = source.fp5s(log_fold);
        Word folded(n / fold);
        for (size_t i = 0; i < folded.size(); ++i)
          for (size_t k = 0; k < fold; ++k) {
            Fp5 factor = Fp5::one();
            for (unsigned j = 0; j < log_fold; ++j)
              if ((k >> j & 1) != 0) factor *= betas[j];
            folded[i] += factor * coeffs[fold * i + k];
          }
        EXPECT_EQ(fold_word(pool(), word_of(coeffs, log_n), log_n, betas),
                  word_of(folded, log_n - log_fold))
            << log_n << " " << log_fold;
      }
  });
}

TEST(Fri, LowDegreeIsAccepted) {
  for (unsigned log_blowup : {1u, 2u})
    for (unsigned log_n = log_blowup; log_n <= 15; ++log_n)
      for (size_t queries : {1, 7, 64, 256}) {
        const Case c = honest(log_n, log_blowup, 0, queries, log_n * queries);
        EXPECT_TRUE(c.low_degree);
        const Status s = verify(c);
        EXPECT_TRUE(s.ok()) << log_n << " " << log_blowup << " " << queries << ": "
                            << s.error().message;
      }
}

TEST(Fri, EveryIndexOfASmallDomainIsAccepted) {
  Case c = honest(8, 1, 3, 256);
  ASSERT_EQ(c.indices.size(), 256u);
  EXPECT_TRUE(verify(c).ok());
}

TEST(Fri, WorkBeforeFolds) {
  const Case c = honest(12, 1, 6, 20);
  EXPECT_TRUE(verify(c).ok());
  Case other = c;
  other.fold_bits = 0;
  EXPECT_FALSE(verify(other).ok());
}

TEST(Fri, DegreeAtTheBoundIsRejectedAndBelowItAccepted) {
  for (unsigned log_n : {5u, 7u, 12u}) {
    Source source(3);
    const size_t bound = size_t{1} << (log_n - 1);
    Word top(bound);
    top.back() = source.fp5();  // degree bound - 1 alone
    const auto indices = draw_indices(source, log_n, 30);
    EXPECT_TRUE(verify(prove(word_of(top, log_n), log_n, 1, 0, indices)).ok());
    Word over = source.fp5s(bound + 1);
    over.back() = Fp5::one();
    const Case c = prove(word_of(over, log_n), log_n, 1, 0, indices);
    EXPECT_FALSE(c.low_degree);
    EXPECT_EQ(verify(c).error().code, Errc::kRejected);
  }
}

// Each query alone rejects a word far from low degree with probability about one half or more.
TEST(Fri, FarWordIsRejected) {
  for (unsigned log_n : {6u, 11u, 13u}) {
    Source source(4);
    const Word word = source.fp5s(size_t{1} << log_n);
    const Case c = prove(word, log_n, 1, 0, draw_indices(source, log_n, 40));
    EXPECT_FALSE(c.low_degree);
    const Status s = verify(c);
    EXPECT_EQ(s.error().code, Errc::kRejected);
    EXPECT_STREQ(s.error().message, "FRI: a last value differs from the last polynomial");
    unsigned rejected = 0;
    for (uint32_t i : c.indices) rejected += !verify(prove(word, log_n, 1, 0, {i})).ok();
    EXPECT_GE(rejected, c.indices.size() / 4);
  }
}

// One wrong entry of an otherwise good word: found exactly when it is asked for.
TEST(Fri, SingleWrongEntryIsFoundByItsQuery) {
  Source source(5);
  const unsigned log_n = 10;
  const Word good = word_of(source.fp5s(512), log_n);
  Word bad = good;
  bad[77] += Fp5::one();
  EXPECT_FALSE(verify(prove(bad, log_n, 1, 0, {77})).ok());
  // The prover commits to the good word but the caller's own openings say otherwise.
  Case c = prove(good, log_n, 1, 0, {5, 77, 900});
  EXPECT_TRUE(verify(c).ok());
  c.words[1] = bad[77];
  EXPECT_STREQ(verify(c).error().message, "FRI: the word differs from the first layer");
}

TEST(Fri, EveryChangedByteIsRejected) {
  const Case c = honest(9, 1, 2, 5);
  ASSERT_TRUE(verify(c).ok());
  for (size_t at = 0; at < c.proof.size(); ++at)
    for (uint8_t change : {0x01, 0x80}) {
      Case bad = c;
      bad.proof[at] ^= change;
      const Status s = verify(bad);
      ASSERT_FALSE(s.ok()) << "byte " << at << " of " << c.proof.size();
      ASSERT_TRUE(s.error().code == Errc::kRejected || s.error().code == Errc::kMalformed);
    }
}

TEST(Fri, EveryCutIsMalformed) {
  const Case c = honest(9, 2, 1, 4);
  ASSERT_TRUE(verify(c).ok());
  for (size_t length = 0; length < c.proof.size(); ++length) {
    const Status s = verify(c, length);
    ASSERT_EQ(s.error().code, Errc::kMalformed) << length << ": " << s.error().message;
  }
}

// A last polynomial that does not fit, under roots and openings that do: the transcript is the same
// up to it, so only the last comparison can notice.
TEST(Fri, ForeignLastPolynomialIsRejected) {
  const Case c = honest(10, 1, 0, 10);
  Case bad = c;
  const size_t at = c.commitments - 20;  // the highest coefficient
  store_le32(&bad.proof[at], Fp(load_le32(&bad.proof[at]) ^ 1).raw());
  EXPECT_STREQ(verify(bad).error().message, "FRI: a last value differs from the last polynomial");
  store_le32(&bad.proof[at], field::kP);
  EXPECT_STREQ(verify(bad).error().message, "FRI: a last coefficient is not a field element");
}

// As `prove`, written again, with a place to change the challenges of a layer before it is folded
// and the word that comes out.
struct Lies {
  std::function<void(unsigned layer, Word& betas)> challenges = [](unsigned, Word&) {};
  std::function<void(unsigned layer, Word& next)> fold = [](unsigned, Word&) {};
};
Case prove_lying(const Word& word, unsigned log_n, const std::vector<uint32_t>& indices,
                 const Lies& lies) {
  hash::Transcript t = start();
  const FriPlan plan(log_n, 1);
  Bytes proof;
  std::vector<Word> words{word};
  std::vector<std::unique_ptr<MerkleTree>> trees;
  words.reserve(plan.count + 1);
  for (unsigned i = 0; i < plan.count; ++i) {
    const auto [log_size, log_fold] = plan.layers[i];
    const StackView rows = unstacked(log_size - log_fold, size_t{5} << log_fold,
                                     reinterpret_cast<const Fp*>(words[i].data()));
    trees.push_back(std::make_unique<MerkleTree>(rows, Salting::kNone, nullptr, nullptr));
    const hash::Digest& root = trees[i]->root();
    proof.insert(proof.end(), root.begin(), root.end());
    t.absorb_digest(kLabelFriRoot, root);
    hash::Challenges drawn = t.challenges(kLabelFriFold);
    Word betas;
    while (betas.size() < log_fold) betas.push_back(drawn.fp5());
    lies.challenges(i, betas);
    words.push_back(fold_word(pool(), words[i], log_size, betas));
    lies.fold(i, words.back());
  }
  Word& last = words.back();
  coeffs_from_values(pool(), last.data(), plan.log_last_size, Fp::one(), RowOrder::kBitReversed);
  for (size_t i = 0; i < plan.last_degree(); ++i)
    for (Fp x : last[i].c) {
      uint8_t bytes[4];
      store_le32(bytes, x.raw());
      proof.insert(proof.end(), bytes, bytes + 4);
    }
  std::vector<uint32_t> rows = indices;
  for (unsigned i = 0; i < plan.count; ++i) {
    for (uint32_t& r : rows) r >>= plan.layers[i].log_fold;
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    trees[i]->open(rows, proof);
  }
  Case c{log_n, 1, 0, indices, {}, proof};
  for (uint32_t i : indices) c.words.push_back(word[i]);
  return c;
}

// A layer that is a good tree over a word other than the fold.
TEST(Fri, ForeignLayerIsRejected) {
  Source source(6);
  const unsigned log_n = 10;
  const Word word = word_of(source.fp5s(512), log_n);
  const auto indices = draw_indices(source, log_n, 6);
  Lies lies;
  EXPECT_TRUE(verify(prove_lying(word, log_n, indices, lies)).ok());
  lies.fold = [](unsigned layer, Word& next) {
    if (layer == 0)
      for (Fp5& x : next) x += Fp5::one();
  };
  EXPECT_STREQ(verify(prove_lying(word, log_n, indices, lies)).error().message,
               "FRI: a fold differs from the next layer");
}

// Folds by 2, 4 and 8, first and last, with one challenge other than drawn, or with powers of the
// first one.
TEST(Fri, EveryChallengeOfAFoldIsUsed) {
  for (unsigned log_n : {7u, 8u, 9u, 10u, 11u}) {
    Source source(log_n);
    const Word word = word_of(source.fp5s(size_t{1} << (log_n - 1)), log_n);
    const auto indices = draw_indices(source, log_n, 4);
    const FriPlan plan(log_n, 1);
    const auto rejected = [&](unsigned layer, auto&& change) {
      Lies lies;
      lies.challenges = [&](unsigned i, Word& betas) {
        if (i == layer) change(betas);
      };
      const Status s = verify(prove_lying(word, log_n, indices, lies));
      return !s.ok() && s.error().code == Errc::kRejected;
    };
    EXPECT_EQ(prove_lying(word, log_n, indices, {}).proof, prove(word, log_n, 1, 0, indices).proof);
    for (unsigned layer = 0; layer < plan.count; ++layer) {
      const unsigned steps = plan.layers[layer].log_fold;
      for (unsigned j = 0; j < steps; ++j)
        EXPECT_TRUE(rejected(layer, [&](Word& betas) { betas[j] += Fp5::one(); }))
            << log_n << " " << layer << " " << j;
      if (steps == 1) continue;
      EXPECT_TRUE(rejected(layer,
                           [&](Word& betas) {
                             for (unsigned j = 1; j < steps; ++j)
                               betas[j] = betas[j - 1] * betas[j - 1];
                           }))
          << log_n << " " << layer;
    }
  }
}

TEST(Fri, ArgumentsAreChecked) {
  const Case c = honest(8, 1, 0, 3);
  Reader reader({c.proof.data(), c.proof.size()});
  hash::Transcript t;
  FriVerifier v;
  MerkleWorkspace merkle;
  EXPECT_EQ(v.read_commitments(reader, t, 25, 1, 0).error().code, Errc::kArgument);
  EXPECT_EQ(v.read_commitments(reader, t, 1, 2, 0).error().code, Errc::kArgument);
  EXPECT_EQ(v.read_commitments(reader, t, 8, 1, 61).error().code, Errc::kArgument);
  ASSERT_TRUE(v.read_commitments(reader, t, 8, 1, 0).ok());
  const auto code = [&](std::vector<uint32_t> indices, size_t words) {
    return v.check_queries(reader, indices, Word(words), merkle).error().code;
  };
  EXPECT_EQ(code({}, 0), Errc::kArgument);
  EXPECT_EQ(code({1, 2}, 1), Errc::kArgument);
  EXPECT_EQ(code({2, 2}, 2), Errc::kArgument);
  EXPECT_EQ(code({3, 2}, 2), Errc::kArgument);
  EXPECT_EQ(code({256}, 1), Errc::kArgument);
  std::vector<uint32_t> many(257);
  for (uint32_t i = 0; i < 257; ++i) many[i] = i;
  EXPECT_EQ(code(many, 257), Errc::kArgument);
}

TEST(Fri, ProofDoesNotDependOnThreads) {
  Source source(7);
  const Word word = word_of(source.fp5s(1 << 12), 13);
  const auto indices = draw_indices(source, 13, 50);
  Pool one(1), five(5);
  EXPECT_EQ(prove(word, 13, 1, 4, indices, one).proof, prove(word, 13, 1, 4, indices, five).proof);
}

}  // namespace
}  // namespace mipzk::commit
