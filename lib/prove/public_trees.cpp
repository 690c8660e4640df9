// SPDX-License-Identifier: Apache-2.0
#include "prove/public_trees.hpp"

#include <array>

namespace mipzk::prove {
namespace {

std::array<const trace::PreMatrix*, 3> tables_of(const LoadedProgram& program) {
  return {&program.tables.rom, &program.tables.region, &program.tables.image};
}

// Copied by the tree.
struct FixedTables {
  trace::PreMatrix matrix = trace::fixed_tables();
  const trace::PreMatrix* list[1] = {&matrix};
};

}  // namespace

PublicTree::PublicTree(Pool& pool, std::span<const trace::PreMatrix* const> tables,
                       unsigned log_blowup, bool small) {
  std::vector<commit::MatrixView> views;
  matrices_.reserve(tables.size());
  for (const trace::PreMatrix* t : tables) {
    Committed& m = matrices_.emplace_back();
    m.log_height = t->log_height;
    m.width = t->width;
    m.evals.assign(t->data.begin(), t->data.end());
    m.extend(pool, log_blowup, small);
    views.push_back(m.view(log_blowup));
  }
  tree_ = std::make_unique<commit::MerkleTree>(views, commit::Salting::kNone, nullptr, &pool);
}

PublicTrees::PublicTrees(Pool& pool, const LoadedProgram& program, const proof::Profile& profile)
    : program_(pool, tables_of(program), profile.log_blowup, true),
      fixed_(pool, FixedTables().list, profile.log_blowup, true) {}

}  // namespace mipzk::prove
