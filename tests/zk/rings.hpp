// SPDX-License-Identifier: Apache-2.0
// The mask rings of all shards of a run, read off the prover's closing rows; which mask stands
// where is told by the cells alone.
#pragma once

#include <map>

#include "prove/ext_columns.hpp"
#include "zk/linear.hpp"
#include "zk/open_prover.hpp"

namespace mipzk::test {

// A mask of a ring: cells that stand in two closing rows. Zeros are none.
inline constexpr size_t kNoMask = SIZE_MAX;

// A ring in order: the cells a and b of each instance.
struct Ring {
  struct Link {
    std::vector<Fp> a, b;
  };
  std::vector<Link> links;

  // The numbers of the masks in cells a and b of each instance, and how many there are.
  struct Masks {
    std::vector<std::array<size_t, 2>> at;
    size_t count = 0;
  };
  Masks masks() const {
    Masks m;
    std::map<std::vector<uint32_t>, size_t> seen;
    const auto number = [&](const std::vector<Fp>& cells) {
      std::vector<uint32_t> raw;
      uint32_t any = 0;
      for (const Fp x : cells) any |= raw.emplace_back(x.raw());
      if (any == 0) return kNoMask;
      const auto [found, added] = seen.emplace(std::move(raw), m.count);
      m.count += added;
      return found->second;
    };
    for (const Link& l : links) m.at.push_back({number(l.a), number(l.b)});
    return m;
  }
  // Switches off the mask between instance t and the next one.
  void clear(size_t t) {
    std::fill(links[t].a.begin(), links[t].a.end(), Fp::zero());
    std::vector<Fp>& b = links[(t + 1) % links.size()].b;
    std::fill(b.begin(), b.end(), Fp::zero());
  }
};

inline Ring::Link link(const Fp* closing, const air::MaskRing& ring) {
  return {{closing + ring.a, closing + ring.a + ring.size},
          {closing + ring.b, closing + ring.b + ring.size}};
}
// Those of P and S in a shard, after prove(): of the instances that are in the local ring.
inline Ring local_ring(const OpenProver& shard) {
  Ring r;
  for (size_t i = 0; i < shard.shape().instances().size(); ++i) {
    const air::Layout& layout = shard.shape().info(i).layout;
    if (layout.in_local_ring())
      r.links.push_back(link(shard.closing(i).data(), layout.local_ring()));
  }
  return r;
}
// That of G in all shards, after commit().
inline Ring global_ring(const OpenRun& run) {
  Ring r;
  for (const RingPlace& at : run.ring()) {
    const OpenProver& shard = run.shard(at.shard);
    r.links.push_back(link(shard.closing(at.instance).data(),
                           shard.shape().info(at.instance).layout.global_ring()));
  }
  return r;
}

// The message of a mask.
inline Fp5 mask_message(const air::FormBases& bases, const std::vector<Fp>& cells) {
  Fp5 f = bases.bus[static_cast<unsigned>(air::Bus::kMask)];
  for (size_t i = 0; i < cells.size(); ++i) f += bases.ch.beta[i + 1] * cells[i];
  return f;
}
// What the masks multiply a published product by.
inline Fp5 mask_factor(const air::FormBases& bases, const Ring::Link& l) {
  return mask_message(bases, l.a) * mask_message(bases, l.b).inverse();
}
// What they add to a published sum: the first five cells are one element.
inline Fp5 mask_summand(const Ring::Link& l) {
  Fp5 s;
  for (size_t k = 0; k < 5; ++k) s.c[k] = l.a[k] - l.b[k];
  return s;
}

// What an instance would publish if the ring's cells were zero, as they are in `trace`.
inline air::Published bare_values(Pool& pool, const trace::InstanceTrace& trace, const Fp* pre,
                                  const air::FormBases& local, const air::FormBases& global,
                                  unsigned tail_rows) {
  const prove::ExtScope scope{trace.table, &local, &global, pre, trace.base.data()};
  SecretVector<Fp> ext;
  air::Published out;
  EXPECT_TRUE(prove::fill_ext(pool, scope, trace.log_height, tail_rows, ext, out));
  return out;
}

// How published values move with the cells of the ring's masks, a row for each cell: products
// relative to what they are, then, with `sums`, the sums. Exact: a product is a message of cells
// over another one, and all cells of a mask enter with their betas.
inline Rows ring_map(const Ring& ring, const air::FormBases& bases, bool sums) {
  const Ring::Masks masks = ring.masks();
  const size_t count = ring.links.size(), cells = ring.links[0].a.size();
  Rows m(masks.count * cells, std::vector<Fp>((sums ? 10 : 5) * count));
  for (size_t t = 0; t < count; ++t)
    for (const size_t side : {0u, 1u}) {
      const size_t mask = masks.at[t][side];
      if (mask == kNoMask) continue;
      const Ring::Link& l = ring.links[t];
      const Fp5 inverse = mask_message(bases, side == 0 ? l.a : l.b).inverse();
      const Fp sign = side == 0 ? Fp::one() : -Fp::one();
      for (size_t i = 0; i < cells; ++i) {
        std::vector<Fp>& row = m[mask * cells + i];
        const Fp5 moved = bases.ch.beta[i + 1] * inverse * sign;
        for (size_t k = 0; k < 5; ++k) row[5 * t + k] += moved.c[k];
        if (sums && i < 5) row[5 * (count + t) + i] += sign;
      }
    }
  return m;
}

}  // namespace mipzk::test
