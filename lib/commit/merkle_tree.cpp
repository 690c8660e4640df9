// SPDX-License-Identifier: Apache-2.0
#include "commit/merkle_tree.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "base/pool.hpp"
#include "commit/panel.hpp"
#include "hash/blake3_many.hpp"

namespace mipzk::commit {
namespace {

using hash::Digest;

static_assert(sizeof(Digest) == 32 && sizeof(field::Fp) == 4);

constexpr size_t kBatch = 64;  // nodes computed together; a multiple of every lane count
// Work for about so many bytes of input is worth handing to another thread.
constexpr size_t kGrainBytes = size_t{1} << 16;

uint8_t* bytes_of(Digest* d) { return d->data(); }

// Calls f(begin, end) for parts of [0, items), in parallel.
template <class F>
void for_items(Pool* pool, size_t items, size_t bytes_per_item, const F& f) {
  const size_t grain = std::max<size_t>(1, kGrainBytes / bytes_per_item);
  if (pool != nullptr && items > grain)
    pool->parallel_for(items, grain, f);
  else
    f(0, items);
}

}  // namespace

MerkleTree::MerkleTree(std::span<const StackView> stacks, Salting salting, SaltFunction salts,
                       Pool* pool)
    : rows_(stacks), salted_(salting == Salting::kSalted), salts_(std::move(salts)) {
  if (rows_.width() > kMaxRowWords) throw std::invalid_argument("MerkleTree: rows are too wide");
  for (unsigned level = 0; level <= depth(); ++level) levels_.emplace_back(size_t{1} << level);
  build_bottom(pool);
  for (unsigned level = depth(); level-- > 0;) build_level(level, pool);
}

size_t MerkleTree::leaf_bytes() const { return (salted_ ? kSaltBytes : 0) + 4 * rows_.width(); }

void MerkleTree::write_salts(size_t first, size_t count, size_t stride, uint8_t* out) const {
  uint8_t salts[kSaltBatch * kSaltBytes] = {};
  for (size_t done = 0; done < count; done += kSaltBatch) {
    const size_t n = std::min(kSaltBatch, count - done);
    if (salts_) salts_(first + done, n, salts);
    for (size_t i = 0; i < n; ++i)
      std::memcpy(out + (done + i) * stride, salts + i * kSaltBytes, kSaltBytes);
  }
}

// `leaves`: room for what is hashed.
void MerkleTree::hash_leaves(size_t first, size_t count, uint8_t* leaves, Digest* out) const {
  const size_t length = leaf_bytes(), salt = length - 4 * rows_.width();
  if (salted_) write_salts(first, count, length, leaves);
  rows_.write_block(first, count, length, leaves + salt);
  hash::keyed_hash_many(kLeafKey, leaves, length, length, count, bytes_of(out));
}

void MerkleTree::build_bottom(Pool* pool) {
  Digest* nodes = levels_[depth()].data();
  // As few rows at a time as fill the lanes, so that they are still in the cache when hashed.
  const size_t all = size_t{1} << depth();
  const size_t block = std::min(all, std::max(rows_.block(), hash::hash_many_lanes()));
  for_items(pool, all / block, block * leaf_bytes(), [&](size_t begin, size_t end) {
    const Scratch leaves(block * leaf_bytes() / sizeof(field::Fp));
    for (size_t b = begin; b < end; ++b)
      hash_leaves(b * block, block, reinterpret_cast<uint8_t*>(leaves.get()), nodes + b * block);
  });
}

void MerkleTree::build_level(unsigned level, Pool* pool) {
  Digest* below = levels_[level + 1].data();
  Digest* nodes = levels_[level].data();
  const size_t all = size_t{1} << level, batches = (all + kBatch - 1) / kBatch;
  for_items(pool, batches, kBatch * 2 * sizeof(Digest), [&](size_t begin, size_t end) {
    const size_t first = begin * kBatch, count = std::min(end * kBatch, all) - first;
    hash::keyed_hash_many(kNodeKey, bytes_of(below + 2 * first), 64, 64, count,
                          bytes_of(nodes + first));
  });
}

void MerkleTree::open(std::span<const uint32_t> indices, std::vector<uint8_t>& out) const {
  if (indices.empty() || indices.size() > kMaxQueries)
    throw std::invalid_argument("MerkleTree: number of indices");
  for (size_t i = 0; i < indices.size(); ++i)
    if (indices[i] >> depth() != 0 || (i != 0 && indices[i - 1] >= indices[i]))
      throw std::invalid_argument("MerkleTree: indices are not ascending or out of range");

  const size_t length = leaf_bytes(), salt = length - 4 * rows_.width();
  for (const uint32_t row : indices) {
    out.resize(out.size() + length);
    uint8_t* leaf = out.data() + out.size() - length;
    if (salted_) write_salts(row, 1, length, leaf);
    rows_.write_row(row, leaf + salt);
  }
  std::vector<uint32_t> nodes(indices.begin(), indices.end());
  for (unsigned level = depth(); level > 0; --level) {
    for (const uint32_t node : nodes) {
      if (std::binary_search(nodes.begin(), nodes.end(), node ^ 1u)) continue;
      const Digest& sibling = levels_[level][node ^ 1u];
      out.insert(out.end(), sibling.begin(), sibling.end());
    }
    for (uint32_t& node : nodes) node >>= 1;
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  }
}

}  // namespace mipzk::commit
