// SPDX-License-Identifier: Apache-2.0
// What prover and verifier share, against the formulas of docs/PROTOCOL.md.
#include "proof/protocol.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "proof/points.hpp"

namespace mipzk::proof {
namespace {

hash::Transcript transcript(uint32_t seed) {
  hash::Transcript t;
  t.absorb_u64(1, seed);
  return t;
}

// lambda_i = product over k of (r_k if bit k of i is set, else 1 - r_k), for 2^m > pairs.
TEST(Protocol, BatchWeightsAreProductsOfBits) {
  for (size_t pairs : {1u, 2u, 3u, 4u, 7u, 8u, 9u, 100u}) {
    const hash::Transcript t = transcript(static_cast<uint32_t>(pairs));
    std::vector<Fp5> weights(pairs);
    batch_weights(t, weights);
    unsigned m = 0;
    while ((size_t{1} << m) <= pairs) ++m;
    hash::Challenges c = t.challenges(kLabelBatch);
    std::vector<Fp5> r(m);
    for (Fp5& v : r) v = c.fp5();
    for (size_t i = 0; i < pairs; ++i) {
      Fp5 expected = Fp5::one();
      for (unsigned k = 0; k < m; ++k) expected *= (i >> k & 1) != 0 ? r[k] : Fp5::one() - r[k];
      EXPECT_EQ(weights[i], expected) << i << " of " << pairs;
    }
  }
}

TEST(Protocol, QueryIndicesAreTheDrawnSet) {
  for (unsigned bits : {3u, 11u, 24u}) {
    const hash::Transcript t = transcript(bits);
    uint32_t out[kMaxQueries];
    const uint32_t count = query_indices(t, kMaxQueries, bits, out);
    hash::Challenges c = t.challenges(kLabelQueries);
    std::set<uint32_t> drawn;
    for (unsigned k = 0; k < kMaxQueries; ++k) drawn.insert(c.index(bits));
    EXPECT_EQ(std::vector<uint32_t>(out, out + count),
              std::vector<uint32_t>(drawn.begin(), drawn.end()));
  }
}

// Divisors vanish where the constraints hold, and nowhere else.
TEST(Protocol, DivisorsVanishOnTheirRows) {
  constexpr unsigned kLog = 6, kTail = 5;
  const Fp g = field::root_of_unity(kLog), closing = closing_point(kLog, kTail);
  for (uint64_t row = 0; row < 1u << kLog; ++row) {
    const auto by = divisors(g.pow(row), kLog, closing);
    EXPECT_EQ(by.rows, Fp::zero());
    EXPECT_EQ(by.first == Fp::zero(), row == 0);
    EXPECT_EQ(by.closing == Fp::zero(), row == (1u << kLog) - kTail);
    EXPECT_NE(divisors(domain_point(kLog + 1, static_cast<uint32_t>(row)), kLog, closing).rows,
              Fp::zero());
  }
}

// The same shard under another index or head has other challenges; the global ones differ too.
TEST(Protocol, HeadsAndRootsAreAbsorbed) {
  const uint8_t bytes[3] = {1, 2, 3};
  const ShardHead head{1, bytes}, second{2, bytes}, shorter{1, ByteView(bytes).first(2)};
  std::set<hash::Digest> states;
  for (const ShardHead& h : {head, second, shorter}) {
    hash::Transcript global, shard;
    absorb_pass_one(global, h);
    begin_shard(shard, h);
    states.insert(global.state());
    states.insert(shard.state());
  }
  for (Tree tree : {kTreeMain, kTreeExt, kTreeQuotient}) {
    hash::Transcript t;
    absorb_root(t, tree, hash::Digest{});
    states.insert(t.state());
  }
  EXPECT_EQ(states.size(), 9u);
}

}  // namespace
}  // namespace mipzk::proof
