// SPDX-License-Identifier: Apache-2.0
// What hides the witness (docs/PROTOCOL.md, "Blinding"; why it does: docs/ZK.md).
#include <algorithm>

#include "prove/shard.hpp"

namespace mipzk::prove {

// Derives the key of all masks, hedged with the statement and all that determines the cells that
// they hide: the run (sources, boundary, hints) and the way in which it is laid out in tables.
void Shard::start_blinding(ByteView statement, uint32_t attempt) {
  SecretVector<uint8_t> context(statement.begin(), statement.end());
  auto add = [&](ByteView bytes) { context.insert(context.end(), bytes.begin(), bytes.end()); };
  add(shape_bytes());
  uint8_t numbers[8];
  store_le32(numbers, attempt);
  store_le32(numbers + 4, trace::kTraceVersion);
  add(numbers);
  for (size_t i = 0; i < shape_.instances().size(); ++i) {
    if (!shape_.info(i).layout.pass_one &&
        shape_.instances()[i].table != static_cast<uint8_t>(isa::Class::kHint))
      continue;
    const SecretVector<Fp>& cells = base(i)->evals;
    add(hash::blake3({reinterpret_cast<const uint8_t*>(cells.data()), 4 * cells.size()}));
  }
  blinding_ = Blinding(options_.seed, context);
}

// Random rows from the closing row on, and the mask rings: cells b of an instance are cells a of
// the instance before it, locally over all instances and globally over those of pass 1.
void Shard::blind_base() {
  std::vector<Fp*> ring, ring_pass_one;  // tuples a; their tuples b follow them in the row
  for (size_t i = 0; i < shape_.instances().size(); ++i) {
    Committed& m = *base(i);
    const size_t rows = (size_t{1} << m.log_height) - profile_.tail_rows;
    Fp* tail = m.evals.data() + rows * m.width;
    if (options_.masks.tails)
      blinding_.fill(BlindingUse::kBaseTail, i, {tail, profile_.tail_rows * m.width});
    ring.push_back(tail);
    if (shape_.info(i).layout.pass_one) ring_pass_one.push_back(tail + air::kGlobalRing.a);
  }
  auto close = [&](const std::vector<Fp*>& tuples, size_t cells, BlindingUse use) {
    for (size_t i = 0; i < tuples.size(); ++i) {
      if (options_.masks.rings)
        blinding_.fill(use, i, {tuples[i], cells});
      else if (options_.masks.tails)
        std::fill_n(tuples[i], cells, Fp::zero());
    }
    if (!options_.masks.rings && !options_.masks.tails) return;
    for (size_t i = 0; i < tuples.size(); ++i)
      std::copy_n(tuples[i], cells, tuples[(i + 1) % tuples.size()] + cells);
  };
  close(ring, air::kLocalRing.size, BlindingUse::kLocalRing);
  close(ring_pass_one, air::kGlobalRing.size, BlindingUse::kGlobalRing);
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
    blinding_.fill(BlindingUse::kExtTail, i, {closing, profile_.tail_rows * m.width});
    for (const size_t c : l.running())
      if (c != air::Layout::kNoColumn) std::copy_n(&kept[5 * c], 5, closing + 5 * c);
  }
}

}  // namespace mipzk::prove
