// SPDX-License-Identifier: Apache-2.0
// What hides the witness (docs/PROTOCOL.md, "Blinding"; why it does: docs/ZK.md).
#include <algorithm>

#include "prove/shard.hpp"

namespace mipzk::prove {

// Random rows from the closing row on, and the mask rings: cells b of an instance are cells a of
// the instance before it, locally over the instances of the shard with a local ring and globally
// over those of pass 1 of all shards.
void Shard::blind_base(bool pass_one) {
  const size_t instances = shape_.instances().size();
  const Blinding& tails = pass_one ? blinding_ : attempt_;
  const auto tuple = [&](const Blinding& blinding, BlindingUse use, uint64_t index, Fp* cells,
                         size_t count) {
    if (options_.masks.rings)
      blinding.fill(use, index, {cells, count});
    else if (options_.masks.tails)
      std::fill_n(cells, count, Fp::zero());
  };
  uint32_t number = 0;  // among the instances of pass 1
  for (size_t i = 0; i < instances; ++i) {
    if (shape_.info(i).layout.pass_one != pass_one) continue;
    Committed& m = *base(i);
    const size_t rows = (size_t{1} << m.log_height) - profile_.tail_rows;
    Fp* tail = m.evals.data() + rows * m.width;
    if (options_.masks.tails)
      tails.fill(BlindingUse::kBaseTail, i, {tail, profile_.tail_rows * m.width});
    const air::Layout& layout = shape_.info(i).layout;
    if (layout.in_local_ring()) {
      const air::MaskRing ring = layout.local_ring();
      size_t previous = i;
      do previous = (previous + instances - 1) % instances;
      while (!shape_.info(previous).layout.in_local_ring());
      tuple(blinding_, BlindingUse::kLocalRing, i, tail + ring.a, ring.size);
      tuple(blinding_, BlindingUse::kLocalRing, previous, tail + ring.b, ring.size);
    }
    if (!layout.in_global_ring()) continue;
    const air::MaskRing ring = layout.global_ring();
    tuple(blinding_, BlindingUse::kGlobalRing, number, tail + ring.a, ring.size);
    Fp* const cells = tail + ring.b;
    if (number > 0)
      tuple(blinding_, BlindingUse::kGlobalRing, number - 1, cells, ring.size);
    else if (options_.masks.rings)
      Blinding::fill_from(ring_before_, {cells, ring.size});
    else if (options_.masks.tails)
      std::fill_n(cells, ring.size, Fp::zero());
    ++number;
  }
}

// Random rows behind the closing row, and random partial and helper columns in it.
void Shard::blind_extension() {
  if (!options_.masks.tails) return;
  for (size_t i = 0; i < shape_.instances().size(); ++i) {
    Committed& m = *matrix(i, proof::kTreeExt);
    const air::Layout& l = shape_.info(i).layout;
    const size_t rows = (size_t{1} << m.log_height) - profile_.tail_rows;
    Fp* closing = m.evals.data() + rows * m.width;
    SecretVector<Fp> kept(closing, closing + m.width);
    attempt_.fill(BlindingUse::kExtTail, i, {closing, profile_.tail_rows * m.width});
    for (const size_t c : l.running())
      if (c != air::Layout::kNoColumn) std::copy_n(&kept[5 * c], 5, closing + 5 * c);
  }
}

}  // namespace mipzk::prove
