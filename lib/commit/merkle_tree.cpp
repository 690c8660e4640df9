// SPDX-License-Identifier: Apache-2.0
#include "commit/merkle_tree.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "base/pool.hpp"
#include "hash/blake3_many.hpp"

namespace mipzk::commit {
namespace {

using field::Fp;
using hash::Digest;

static_assert(sizeof(Digest) == 32 && sizeof(Fp) == 4);
constexpr bool kLittleEndian = std::endian::native == std::endian::little;

constexpr size_t kBatch = 64;  // digests computed together; a multiple of every lane count

uint8_t* bytes_of(Digest* d) { return d->data(); }

// Calls f(first, count, scratch) for consecutive batches of [0, n), in parallel.
template <class F>
void for_batches(Pool* pool, size_t n, size_t grain, const F& f) {
  const size_t batches = (n + kBatch - 1) / kBatch;
  auto block = [&](size_t begin, size_t end) {
    SecretVector<uint8_t> scratch;
    for (size_t b = begin; b < end; ++b) f(b * kBatch, std::min(kBatch, n - b * kBatch), scratch);
  };
  if (pool != nullptr && batches > grain)
    pool->parallel_for(batches, grain, block);
  else
    block(0, batches);
}

// Batches of about this many bytes of input are worth handing to another thread.
size_t grain_for(size_t bytes_per_item) {
  constexpr size_t kBlockBytes = size_t{1} << 16;
  return std::max<size_t>(1, kBlockBytes / (kBatch * bytes_per_item));
}

void write_words(const Fp* words, size_t count, uint8_t* out) {
  if constexpr (kLittleEndian) {
    std::memcpy(out, words, 4 * count);
  } else {
    for (size_t i = 0; i < count; ++i) store_le32(out + 4 * i, words[i].raw());
  }
}

}  // namespace

MerkleTree::MerkleTree(std::span<const MatrixView> matrices, Salting salting, SaltFunction salts,
                       Pool* pool)
    : salted_(salting == Salting::kSalted), salts_(std::move(salts)) {
  if (matrices.empty()) throw std::invalid_argument("MerkleTree: no matrices");
  for (const MatrixView& m : matrices) {
    if (m.log_rows > kMaxTreeDepth || m.width == 0 || m.width > kMaxRowWords)
      throw std::invalid_argument("MerkleTree: matrix out of bounds");
    auto same = [&](const HeightMatrices& c) { return c.log_rows == m.log_rows; };
    auto c = std::find_if(heights_.begin(), heights_.end(), same);
    if (c == heights_.end()) c = heights_.insert(c, HeightMatrices{m.log_rows, 0, {}});
    c->width += m.width;
    c->matrices.push_back(m);
    if (c->width > kMaxRowWords) throw std::invalid_argument("MerkleTree: rows are too wide");
  }
  std::sort(heights_.begin(), heights_.end(), [](const HeightMatrices& a, const HeightMatrices& b) {
    return a.log_rows > b.log_rows;
  });
  for (const HeightMatrices& c : heights_) shapes_.push_back({c.log_rows, c.width});

  for (unsigned level = 0; level <= depth(); ++level) levels_.emplace_back(size_t{1} << level);
  build_bottom(pool);
  for (unsigned level = depth(); level-- > 0;) build_level(level, pool);
}

size_t MerkleTree::leaf_bytes(const HeightMatrices& c) const {
  return (salted_ ? kSaltBytes : 0) + 4 * c.width;
}

void MerkleTree::write_salts(const HeightMatrices& c, size_t first, size_t count,
                             uint8_t* out) const {
  if (!salted_) return;
  if (salts_) {
    salts_(c.log_rows, first, count, out);
  } else {
    std::memset(out, 0, count * kSaltBytes);
  }
}

// What is hashed for a leaf, which is also what an opening shows of it.
void MerkleTree::write_leaf(const HeightMatrices& c, size_t row, const uint8_t* salt,
                            uint8_t* out) const {
  if (salted_) {
    std::memcpy(out, salt, kSaltBytes);
    out += kSaltBytes;
  }
  for (const MatrixView& m : c.matrices) {
    write_words(m.data + row * m.width, m.width, out);
    out += 4 * m.width;
  }
}

void MerkleTree::hash_leaves(const HeightMatrices& c, size_t first, size_t count,
                             SecretVector<uint8_t>& scratch, Digest* out) const {
  const size_t length = leaf_bytes(c);
  // Long rows are faster copied first: one stream from memory instead of one per lane.
  constexpr size_t kDirectLength = 128;
  if (kLittleEndian && !salted_ && c.matrices.size() == 1 && length <= kDirectLength) {
    const auto* rows = reinterpret_cast<const uint8_t*>(c.matrices[0].data + first * c.width);
    hash::keyed_hash_many(kLeafKey, rows, length, length, count, bytes_of(out));
    return;
  }
  // As few rows at a time as fill the lanes, so that the copy is still in the cache when hashed.
  const size_t lanes = std::min(hash::hash_many_lanes(), kSaltBatch);
  scratch.resize(std::max(scratch.size(), lanes * length));
  uint8_t salts[kSaltBatch * kSaltBytes];
  for (size_t i = 0; i < count; i += lanes) {
    const size_t n = std::min(lanes, count - i);
    write_salts(c, first + i, n, salts);
    for (size_t k = 0; k < n; ++k)
      write_leaf(c, first + i + k, salts + k * kSaltBytes, scratch.data() + k * length);
    hash::keyed_hash_many(kLeafKey, scratch.data(), length, length, n, bytes_of(out + i));
  }
}

void MerkleTree::build_bottom(Pool* pool) {
  const HeightMatrices& c = heights_[0];
  Digest* nodes = levels_[depth()].data();
  for_batches(pool, size_t{1} << depth(), grain_for(leaf_bytes(c)),
              [&](size_t first, size_t count, SecretVector<uint8_t>& scratch) {
                hash_leaves(c, first, count, scratch, nodes + first);
              });
}

void MerkleTree::build_level(unsigned level, Pool* pool) {
  const HeightMatrices* joined = of_height(level);
  Digest* below = levels_[level + 1].data();
  Digest* nodes = levels_[level].data();
  const size_t work = 2 * sizeof(Digest) + (joined != nullptr ? leaf_bytes(*joined) : 0);
  for_batches(pool, size_t{1} << level, grain_for(work),
              [&](size_t first, size_t count, SecretVector<uint8_t>& scratch) {
                hash::keyed_hash_many(kNodeKey, bytes_of(below + 2 * first), 64, 64, count,
                                      bytes_of(nodes + first));
                if (joined == nullptr) return;
                Digest leaves[kBatch];
                hash_leaves(*joined, first, count, scratch, leaves);
                Digest pairs[kBatch][2];
                for (size_t i = 0; i < count; ++i) {
                  pairs[i][0] = nodes[first + i];
                  pairs[i][1] = leaves[i];
                }
                hash::keyed_hash_many(kJoinKey, bytes_of(pairs[0]), 64, 64, count,
                                      bytes_of(nodes + first));
              });
}

const MerkleTree::HeightMatrices* MerkleTree::of_height(unsigned log_rows) const {
  for (const HeightMatrices& c : heights_)
    if (c.log_rows == log_rows) return &c;
  return nullptr;
}

void MerkleTree::open(std::span<const uint32_t> indices, std::vector<uint8_t>& out) const {
  if (indices.empty() || indices.size() > kMaxQueries)
    throw std::invalid_argument("MerkleTree: number of indices");
  for (size_t i = 0; i < indices.size(); ++i)
    if (indices[i] >> depth() != 0 || (i != 0 && indices[i - 1] >= indices[i]))
      throw std::invalid_argument("MerkleTree: indices are not ascending or out of range");

  // The distinct nodes above the indices, at the level `depth - shift`.
  auto ancestors = [&](unsigned shift) {
    std::vector<uint32_t> nodes;
    for (uint32_t i : indices)
      if (nodes.empty() || nodes.back() != i >> shift) nodes.push_back(i >> shift);
    return nodes;
  };
  for (unsigned level = depth() + 1; level-- > 0;) {
    const std::vector<uint32_t> nodes = ancestors(depth() - level);
    if (const HeightMatrices* c = of_height(level); c != nullptr)
      for (const uint32_t row : nodes) {
        out.resize(out.size() + leaf_bytes(*c));
        uint8_t salt[kSaltBytes];
        write_salts(*c, row, 1, salt);
        write_leaf(*c, row, salt, out.data() + out.size() - leaf_bytes(*c));
      }
    if (level == 0) break;
    for (const uint32_t node : nodes) {
      if (std::binary_search(nodes.begin(), nodes.end(), node ^ 1u)) continue;
      const Digest& sibling = levels_[level][node ^ 1u];
      out.insert(out.end(), sibling.begin(), sibling.end());
    }
  }
}

}  // namespace mipzk::commit
