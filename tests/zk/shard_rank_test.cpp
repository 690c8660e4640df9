// SPDX-License-Identifier: Apache-2.0
// Runs of two and three shards: the masks reach all that a verifier sees of all shards together.
// The cells are those of the prover, the points those of its proofs.
//
// Mask cells of a shard are of use to another one only in the ring of G. So the rank of the map
// from all of them to all that is seen is that of the rings and, for each column, of its tail;
// that no two columns have cells in common is tested in shard_rules_test.cpp.
#include <gtest/gtest.h>

#include "zk/maps.hpp"
#include "zk/rings.hpp"
#include "zk/sharded_witnesses.hpp"

namespace mipzk::test {
namespace {

class ShardRank : public testing::TestWithParam<uint32_t> {
 protected:
  // A proof of as many shards, which all tests look at.
  struct Made {
    std::unique_ptr<ShardedWitnesses> runs;
    prove::Options options;
    OpenRun run;
    std::vector<uint8_t> proof;

    explicit Made(uint32_t shards)
        : runs(ShardedWitnesses::of(shards, kTest2)),
          options(runs->options(1)),
          run(runs->open(runs->witness[0], options)),
          proof(run.prove()) {}
  };
  static Made& made() {
    static std::map<uint32_t, std::unique_ptr<Made>> all;
    std::unique_ptr<Made>& m = all[GetParam()];
    if (!m) m = std::make_unique<Made>(GetParam());
    return *m;
  }

  const OpenRun& run() { return made().run; }
  air::FormBases global() { return air::FormBases(run().shard(0).challenges().global); }
  air::FormBases local(size_t shard) {
    return air::FormBases(run().shard(shard).challenges().local);
  }
};

INSTANTIATE_TEST_SUITE_P(Shards, ShardRank, testing::Values(2u, 3u),
                         [](const auto& p) { return std::to_string(p.param); });

TEST_P(ShardRank, TheProofIsThatOfTheProver) {
  EXPECT_EQ(made().runs->verdict(made().proof), Errc::kOk);
  const auto shipped = made().runs->prove(made().runs->witness[0], made().options);
  ASSERT_TRUE(shipped);
  EXPECT_EQ(made().proof, *shipped);
  EXPECT_EQ(run().ring().size(), 6u + 2 * (GetParam() - 1));  // sources are in the first shard
}

// What is published is what the data rows give, moved by the masks: the maps below say how.
TEST_P(ShardRank, PublishedValuesAreWhatTheMapsSay) {
  const Ring ring = global_ring(run());
  const auto places = run().ring();
  size_t in_ring = 0;
  for (size_t s = 0; s < run().shards(); ++s) {
    const OpenProver& shard = run().shard(s);
    const auto index = static_cast<uint32_t>(s + 1);
    const air::FormBases l(shard.challenges().local, index), g(shard.challenges().global, index);
    const Ring of_shard = local_ring(shard);
    size_t in_local_ring = 0;
    for (size_t i = 0; i < shard.shape().instances().size(); ++i) {
      const air::Layout& layout = shard.shape().info(i).layout;
      const bool in_global = layout.pass_one;
      if (layout.pre_columns == 0) {
        const trace::InstanceTrace& t = made().runs->witness[0].traces[s][i];
        const air::Published bare = bare_values(pool(), t, nullptr, l, g, kTest2.tail_rows);
        if (layout.in_local_ring()) {
          const Ring::Link& masks = of_shard.links[in_local_ring];
          EXPECT_EQ(shard.published()[i].p, bare.p * mask_factor(l, masks));
          EXPECT_EQ(shard.published()[i].s, bare.s + mask_summand(masks));
        }
        if (in_global) {
          EXPECT_EQ(shard.published()[i].g, bare.g * mask_factor(g, ring.links[in_ring]));
        }
      }
      in_local_ring += layout.in_local_ring();
      if (in_global) {
        EXPECT_EQ(places[in_ring].shard, s);
        EXPECT_EQ(places[in_ring++].instance, i);
      }
    }
  }
  EXPECT_EQ(in_ring, ring.links.size());
}

// --- The rings -----------------------------------------------------------------------------------

// A ring of n masks leaves n - 1 values free, as many as its total allows. So it has one mask to
// spare: any of them may be missing, but not two. A prover who left out one would fail here at its
// neighbours.
void expect_full(const Ring& ring, const air::FormBases& bases, bool sums) {
  const size_t n = ring.links.size(), dimensions = ring.links[0].a.size();
  ASSERT_EQ(ring.masks().count, n);
  for (size_t t = 0; t < n; ++t) {
    // A mask stands in two neighbours.
    EXPECT_EQ(ring.masks().at[t][0], ring.masks().at[(t + 1) % n][1]);
    EXPECT_NE(ring.masks().at[t][0], kNoMask);
  }
  EXPECT_EQ(rank(ring_map(ring, bases, sums)), dimensions * (n - 1));
  for (size_t t = 0; t < n; ++t) {
    Ring off = ring;
    off.clear(t);
    EXPECT_EQ(off.masks().count, n - 1);
    EXPECT_EQ(rank(ring_map(off, bases, sums)), dimensions * (n - 1)) << t;
    for (size_t u = t + 1; u < n; ++u) {
      Ring two = off;
      two.clear(u);
      EXPECT_EQ(rank(ring_map(two, bases, sums)), dimensions * (n - 2)) << t << " " << u;
    }
  }
}

TEST_P(ShardRank, OfTheGlobalRing) { expect_full(global_ring(run()), global(), false); }

TEST_P(ShardRank, OfTheLocalRings) {
  for (size_t s = 0; s < run().shards(); ++s)
    expect_full(local_ring(run().shard(s)), local(s), true);
}

// All published values of all shards together.
TEST_P(ShardRank, OfAllRings) {
  std::set<std::vector<uint32_t>> seen;
  const auto add = [&](const Ring& ring) {
    for (const Ring::Link& l : ring.links) {
      std::vector<uint32_t> raw;
      for (const Fp x : l.a) raw.push_back(x.raw());
      EXPECT_TRUE(seen.insert(raw).second);
      // Not even a part of it: rings have no cells in common.
      EXPECT_TRUE(seen.insert({raw[0], raw[1]}).second);
    }
  };
  add(global_ring(run()));
  for (size_t s = 0; s < run().shards(); ++s) add(local_ring(run().shard(s)));
}

// Rings that a prover could make by mistake, and what of the global one is then seen.
TEST_P(ShardRank, OfOtherRings) {
  const Ring ring = global_ring(run());
  const auto places = run().ring();
  const size_t n = ring.links.size(), shards = run().shards();
  // One in each shard: its tokens would be seen, the product of all that enter and leave it.
  Ring apart = ring;
  for (size_t t = 0, first = 0; t < n; ++t) {
    if (t + 1 < n && places[t + 1].shard == places[t].shard) continue;
    apart.links[first].b = apart.links[t].a;
    first = t + 1;
  }
  EXPECT_EQ(apart.masks().count, n);
  EXPECT_EQ(rank(ring_map(apart, global(), false)), 5 * (n - shards));
  // One that ends at a boundary, at each of them: the mask that leaves the shard is another one
  // than the next shard has. The product of all is not the honest one then, and no proof balances.
  for (size_t t = 0; t < n; ++t) {
    Ring open = ring;
    open.links[(t + 1) % n].b[0] += Fp::one();
    EXPECT_EQ(open.masks().count, n + 1);
    EXPECT_EQ(rank(ring_map(open, global(), false)), 5 * n) << t;
  }
  // The streams of one shard for all: the first of each have one mask.
  Ring same = ring;
  std::vector<std::vector<Fp>> first_shard;
  for (size_t t = 0; t < n; ++t)
    if (places[t].shard == 0) first_shard.push_back(ring.links[t].a);
  for (size_t t = 0, number = 0; t < n; ++t) {
    number = t > 0 && places[t].shard == places[t - 1].shard ? number + 1 : 0;
    same.links[t].a = same.links[(t + 1) % n].b = first_shard[number];
  }
  const size_t count = first_shard.size();  // those of later shards are among them
  EXPECT_EQ(count, n - 2 * (shards - 1));
  EXPECT_EQ(same.masks().count, count);
  EXPECT_EQ(rank(ring_map(same, global(), false)), 5 * (count - 1));
}

// --- Openings ------------------------------------------------------------------------------------

// The conditions that the openings of a column make, for its last `cells` cells.
Rows opening_map(const TailMap& map, const OpenProver& shard, bool running, size_t cells) {
  std::set<size_t> rows = shard.opened(map.log_domain());
  if (running) {
    const std::set<size_t> asked = rows;
    for (const size_t row : asked) rows.insert(next_row(row, map.log_domain(), kTest2.log_blowup));
  }
  Rows m = map.at(rows);
  map.add_at(shard.challenges().zeta, 0, m);
  if (running) map.add_at(shard.challenges().zeta, 1, m);
  for (std::vector<Fp>& row : m) row.erase(row.begin(), row.end() - static_cast<ptrdiff_t>(cells));
  return m;
}

TEST_P(ShardRank, OfTailsAtThePointsOfEachShard) {
  for (size_t s = 0; s < run().shards(); ++s) {
    const OpenProver& shard = run().shard(s);
    for (unsigned log = 0; log < 32; ++log) {
      if ((shard.shape().height_mask() >> log & 1) == 0) continue;
      const TailMap map(kTest2, log);
      for (const bool running : {false, true}) {
        const Rows m = opening_map(map, shard, running, kTest2.tail_rows - 1);
        EXPECT_EQ(rank(m), m.size()) << s << " " << log;
      }
    }
  }
}

TEST_P(ShardRank, OfRandomisersAtThePointsOfEachShard) {
  for (size_t s = 0; s < run().shards(); ++s) {
    const OpenProver& shard = run().shard(s);
    for (unsigned log = 0; log < 32; ++log) {
      if ((shard.shape().height_mask() >> log & 1) == 0) continue;
      const ChunkMap map(kTest2, log, shard.challenges().zeta);
      const std::set<size_t> x = shard.opened(map.log_domain()),
                             y = shard.opened(map.log_low_domain());
      std::set<uint32_t> points;
      for (const size_t row : x) points.insert(domain_point(row, map.log_domain()).raw());
      size_t shared = 0;
      for (const size_t row : y)
        shared += points.count(domain_point(row, map.log_low_domain()).raw());
      std::vector<size_t> cells(kTest2.first_overlap() + kTest2.second_overlap());
      for (size_t i = 0; i < cells.size(); ++i) cells[i] = i;
      // All but what the quotient itself gives: at zeta and at points in both domains.
      EXPECT_EQ(rank(map.opened(x, y, cells)), 2 * x.size() + y.size() + 2 * kDegree - shared)
          << s << " " << log;
    }
  }
}

// The columns that hold the ring of G, with what is published: the cells of the ring are seen in
// both, through two columns each. `cells`: of each tail.
Rows joint_map(const OpenRun& run, const Ring& ring, const air::FormBases& bases, size_t cells) {
  const auto places = run.ring();
  const Ring::Masks masks = ring.masks();
  const size_t n = places.size(), columns = 2 * air::kGlobalRingSize;
  const size_t ring_cells = air::kGlobalRingSize * masks.count;
  const size_t width = ring_cells + n * columns * cells;
  Rows out;
  // What is published, from the ring alone.
  const Rows published = ring_map(ring, bases, false);
  for (size_t k = 0; k < 5 * n; ++k) {
    out.emplace_back(width);
    for (size_t i = 0; i < ring_cells; ++i) out.back()[i] = published[i][k];
  }
  std::map<unsigned, TailMap> maps;
  for (size_t t = 0; t < n; ++t) {
    const OpenProver& shard = run.shard(places[t].shard);
    const unsigned log = shard.shape().instances()[places[t].instance].log_height;
    const TailMap& map = maps.try_emplace(log, kTest2, log).first->second;
    const Rows conditions = opening_map(map, shard, false, kTest2.tail_rows);
    for (size_t c = 0; c < columns; ++c) {
      const size_t mask = masks.at[t][c / air::kGlobalRingSize];
      for (const std::vector<Fp>& row : conditions) {
        out.emplace_back(width);
        if (mask != kNoMask)
          out.back()[air::kGlobalRingSize * mask + c % air::kGlobalRingSize] = row[0];
        std::copy(
            row.end() - static_cast<ptrdiff_t>(cells), row.end(),
            out.back().begin() + static_cast<ptrdiff_t>(ring_cells + (t * columns + c) * cells));
      }
    }
  }
  return out;
}

TEST_P(ShardRank, OfOpeningsAndPublishedValuesTogether) {
  const Ring ring = global_ring(run());
  const size_t n = ring.links.size();
  size_t conditions = 0, fewest = SIZE_MAX, most = 0;
  for (const RingPlace& at : run().ring()) {
    const OpenProver& shard = run().shard(at.shard);
    const unsigned log = shard.shape().instances()[at.instance].log_height;
    const size_t of_column = shard.opened(log + kTest2.log_blowup).size() + kDegree;
    conditions += 2 * air::kGlobalRingSize * of_column;
    fewest = std::min(fewest, of_column);
    most = std::max(most, of_column);
  }
  // As many cells of each tail as there are openings; a prover has more.
  const size_t all = conditions + 5 * (n - 1);
  EXPECT_EQ(rank(joint_map(run(), ring, global(), most)), all);
  EXPECT_LT(rank(joint_map(run(), ring, global(), fewest - 1)), all);
  Ring off = ring;
  off.clear(n - 1);
  EXPECT_EQ(rank(joint_map(run(), off, global(), most)), all);
  // The first shard by itself: what goes round through the others is missing.
  off.clear(3);
  EXPECT_EQ(rank(joint_map(run(), off, global(), most)), all - 5);
}

}  // namespace
}  // namespace mipzk::test
