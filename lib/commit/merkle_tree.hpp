// SPDX-License-Identifier: Apache-2.0
// The prover's side of the Merkle trees defined in merkle.hpp: building and opening.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/secret_memory.hpp"
#include "commit/merkle.hpp"
#include "field/fp.hpp"

namespace mipzk {
class Pool;
}

namespace mipzk::commit {

// A row-major matrix of 2^log_rows rows; the memory is the caller's.
struct MatrixView {
  unsigned log_rows = 0;
  size_t width = 0;
  const field::Fp* data = nullptr;
};

// Writes the salts of the leaves of `count` rows (1 to kSaltBatch) from row `first`, kSaltBytes
// each. It must give the same bytes whenever it is asked for the same row, and is called from the
// pool's threads.
inline constexpr size_t kSaltBatch = 64;
using SaltFunction =
    std::function<void(unsigned log_rows, uint64_t first, size_t count, uint8_t* out)>;

enum class Salting : bool { kNone = false, kSalted = true };

class MerkleTree {
 public:
  // Builds the tree over `matrices`, in the order given (at least one, widths not zero, log_rows at
  // most kMaxTreeDepth; widths of one height together at most kMaxRowWords; otherwise throws
  // std::invalid_argument). The matrices and what `salts` refers to must stay until the last
  // opening. An empty `salts` in a salted tree means salts of zeros. The pool may be null; the tree
  // does not depend on it. Keeps 2^(H+1) digests of 32 bytes.
  MerkleTree(std::span<const MatrixView> matrices, Salting salting, SaltFunction salts, Pool* pool);

  const hash::Digest& root() const { return levels_[0][0]; }
  unsigned depth() const { return heights_[0].log_rows; }  // H
  TreeShape shape() const { return {shapes_, salted_}; }   // valid as long as the tree

  // Appends the opening of the given indices (ascending, distinct, 1 to kMaxQueries, below 2^H;
  // otherwise throws std::invalid_argument) to `out`.
  void open(std::span<const uint32_t> indices, std::vector<uint8_t>& out) const;

 private:
  struct HeightMatrices {
    unsigned log_rows;
    size_t width;  // words, of all matrices
    std::vector<MatrixView> matrices;
  };

  size_t leaf_bytes(const HeightMatrices& c) const;
  void write_salts(const HeightMatrices& c, size_t first, size_t count, uint8_t* out) const;
  void write_leaf(const HeightMatrices& c, size_t row, const uint8_t* salt, uint8_t* out) const;
  void hash_leaves(const HeightMatrices& c, size_t first, size_t count,
                   SecretVector<uint8_t>& scratch, hash::Digest* out) const;
  void build_bottom(Pool* pool);
  void build_level(unsigned level, Pool* pool);
  const HeightMatrices* of_height(unsigned log_rows) const;

  std::vector<HeightMatrices> heights_;  // tallest first
  std::vector<HeightShape> shapes_;      // the same, for the verifier's side
  bool salted_;
  SaltFunction salts_;
  std::vector<SecretBuffer<hash::Digest>> levels_;  // levels_[l][i] = node[l][i]
};

}  // namespace mipzk::commit
