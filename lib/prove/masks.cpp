// SPDX-License-Identifier: Apache-2.0
// What hides the witness (docs/PROTOCOL.md, "Blinding"; why it does: docs/ZK.md).
#include <algorithm>

#include "prove/shard.hpp"

namespace mipzk::prove {

void Hedge::add(const Shard& shard) {
  append(shapes_, shard.shape_bytes());
  shard.append_digests(digests_);
  pass_one_.push_back(shard.pass_one_instances());
}

RunBlinding Hedge::blinding(ByteView seed, ByteView statement, uint32_t attempt) const {
  SecretVector<uint8_t> context(statement.begin(), statement.end());
  auto add = [&](ByteView bytes) { context.insert(context.end(), bytes.begin(), bytes.end()); };
  add(shapes_);
  uint8_t numbers[8];
  store_le32(numbers, attempt);
  store_le32(numbers + 4, trace::kTraceVersion);
  add(numbers);
  add(digests_);
  return {Blinding(seed, context), pass_one_};
}

// Of all that determines the cells that masks hide: the sources, the boundary and the hints. What
// the run made of them follows, up to the way in which it is laid out in tables.
void Shard::append_digests(SecretVector<uint8_t>& out) const {
  for (size_t i = 0; i < shape_.instances().size(); ++i) {
    if (!shape_.info(i).layout.pass_one &&
        shape_.instances()[i].table != static_cast<uint8_t>(isa::Class::kHint))
      continue;
    const SecretVector<Fp>& cells = base(i)->evals;
    const hash::Digest digest =
        hash::blake3({reinterpret_cast<const uint8_t*>(cells.data()), 4 * cells.size()});
    out.insert(out.end(), digest.begin(), digest.end());
  }
}

uint32_t Shard::pass_one_instances() const {
  uint32_t count = 0;
  for (size_t i = 0; i < shape_.instances().size(); ++i) count += shape_.info(i).layout.pass_one;
  return count;
}

// Random rows from the closing row on, and the mask rings: cells b of an instance are cells a of
// the instance before it, locally over all instances of the shard and globally over those of pass
// 1 of all shards.
void Shard::blind_base(const RunBlinding& run) {
  const size_t instances = shape_.instances().size();
  const auto tuple = [&](const Blinding& blinding, BlindingUse use, uint64_t index, Fp* cells,
                         size_t count) {
    if (options_.masks.rings)
      blinding.fill(use, index, {cells, count});
    else if (options_.masks.tails)
      std::fill_n(cells, count, Fp::zero());
  };
  // Before the first pass-1 instance of the shard comes the last one of the shard before.
  const auto shards = static_cast<uint32_t>(run.pass_one.size());
  const uint32_t before = index_ == 1 ? shards : index_ - 1;
  const Blinding blinding_before = run.key.of_shard(before);
  uint32_t number = 0;  // among the instances of pass 1
  for (size_t i = 0; i < instances; ++i) {
    Committed& m = *base(i);
    const size_t rows = (size_t{1} << m.log_height) - profile_.tail_rows;
    Fp* tail = m.evals.data() + rows * m.width;
    if (options_.masks.tails)
      blinding_.fill(BlindingUse::kBaseTail, i, {tail, profile_.tail_rows * m.width});
    constexpr auto kLocal = air::kLocalRing, kGlobal = air::kGlobalRing;
    tuple(blinding_, BlindingUse::kLocalRing, i, tail + kLocal.a, kLocal.size);
    tuple(blinding_, BlindingUse::kLocalRing, (i + instances - 1) % instances, tail + kLocal.b,
          kLocal.size);
    if (!shape_.info(i).layout.pass_one) continue;
    tuple(blinding_, BlindingUse::kGlobalRing, number, tail + kGlobal.a, kGlobal.size);
    if (number > 0) {
      tuple(blinding_, BlindingUse::kGlobalRing, number - 1, tail + kGlobal.b, kGlobal.size);
    } else {
      tuple(blinding_before, BlindingUse::kGlobalRing, run.pass_one[before - 1] - 1,
            tail + kGlobal.b, kGlobal.size);
    }
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
    blinding_.fill(BlindingUse::kExtTail, i, {closing, profile_.tail_rows * m.width});
    for (const size_t c : l.running())
      if (c != air::Layout::kNoColumn) std::copy_n(&kept[5 * c], 5, closing + 5 * c);
  }
}

}  // namespace mipzk::prove
