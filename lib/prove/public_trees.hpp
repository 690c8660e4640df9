// SPDX-License-Identifier: Apache-2.0
// The trees that everybody can compute: those of a program's tables and of the protocol's own. The
// same in all shards, which share them.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "commit/merkle_tree.hpp"
#include "proof/shape.hpp"
#include "prove/committed.hpp"
#include "prove/prove.hpp"

namespace mipzk::prove {

class PublicTree {
 public:
  // `small`: with the values on the small coset. The blowup is 2^log_blowup.
  PublicTree(Pool& pool, std::span<const trace::PreMatrix* const> tables, unsigned log_blowup,
             bool small);
  PublicTree(const PublicTree&) = delete;  // the tree points into the matrices
  PublicTree& operator=(const PublicTree&) = delete;

  const Committed& matrix(size_t i) const { return matrices_[i]; }
  const commit::MerkleTree& tree() const { return *tree_; }

 private:
  std::vector<Committed> matrices_;
  std::unique_ptr<commit::MerkleTree> tree_;
};

class PublicTrees {
 public:
  PublicTrees(Pool& pool, const LoadedProgram& program, const proof::Profile& profile);
  // Without the program's, for shards after the first, which open nothing in it.
  PublicTrees(Pool& pool, const proof::Profile& profile);

  // Matrices of a shape in a tree, in the order of the shape. Null for the trees of a shard.
  const PublicTree* find(proof::Tree tree) const {
    if (tree == proof::kTreeProgram) return program_.get();
    return tree == proof::kTreeFixed ? &fixed_ : nullptr;
  }

 private:
  std::unique_ptr<const PublicTree> program_;
  PublicTree fixed_;
};

}  // namespace mipzk::prove
