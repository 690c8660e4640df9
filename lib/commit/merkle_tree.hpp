// SPDX-License-Identifier: Apache-2.0
// The prover's side of the Merkle trees defined in merkle.hpp: building and opening.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/secret_memory.hpp"
#include "commit/merkle.hpp"
#include "commit/stack.hpp"

namespace mipzk {
class Pool;
}

namespace mipzk::commit {

// Writes the salts of the leaves of `count` rows (1 to kSaltBatch) from row `first`, kSaltBytes
// each. It must give the same bytes whenever it is asked for the same row, and is called from the
// pool's threads.
inline constexpr size_t kSaltBatch = 64;
using SaltFunction = std::function<void(uint64_t first, size_t count, uint8_t* out)>;

enum class Salting : bool { kNone = false, kSalted = true };

class MerkleTree {
 public:
  // Builds the tree over the rows of `stacks` side by side, in the order given (as StackedRows
  // wants them; at most kMaxRowWords words a row; otherwise throws std::invalid_argument). The
  // columns and what `salts` refers to must stay until the last opening. An empty `salts` in a
  // salted tree means salts of zeros. The pool may be null; the tree does not depend on it. Keeps
  // 2^(H+1) digests of 32 bytes.
  MerkleTree(std::span<const StackView> stacks, Salting salting, SaltFunction salts, Pool* pool);
  MerkleTree(const StackView& stack, Salting salting, SaltFunction salts, Pool* pool)
      : MerkleTree(std::span(&stack, 1), salting, std::move(salts), pool) {}

  const hash::Digest& root() const { return levels_[0][0]; }
  unsigned depth() const { return rows_.log_rows(); }  // H
  TreeShape shape() const { return {depth(), rows_.width(), salted_}; }

  // Appends the opening of the given indices (ascending, distinct, 1 to kMaxQueries, below 2^H;
  // otherwise throws std::invalid_argument) to `out`.
  void open(std::span<const uint32_t> indices, std::vector<uint8_t>& out) const;

 private:
  size_t leaf_bytes() const;
  void write_salts(size_t first, size_t count, size_t stride, uint8_t* out) const;
  void hash_leaves(size_t first, size_t count, uint8_t* leaves, hash::Digest* out) const;
  void build_bottom(Pool* pool);
  void build_level(unsigned level, Pool* pool);

  StackedRows rows_;
  bool salted_;
  SaltFunction salts_;
  std::vector<SecretBuffer<hash::Digest>> levels_;  // levels_[l][i] = node[l][i]
};

}  // namespace mipzk::commit
