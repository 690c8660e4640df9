// SPDX-License-Identifier: Apache-2.0
#include "prove/public_trees.hpp"

#include <array>
#include <functional>
#include <map>

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
  matrices_.reserve(tables.size());
  std::map<unsigned, proof::Stack, std::greater<>> by_height;
  for (const trace::PreMatrix* t : tables) {
    Committed& m = matrices_.emplace_back();
    m.log_height = t->log_height;
    m.width = t->width;
    m.evals.assign(t->data.begin(), t->data.end());
    m.extend(pool, log_blowup, small);
    proof::Stack& s = by_height[m.log_height];
    s.log_height = static_cast<uint8_t>(m.log_height);
    s.columns = static_cast<uint16_t>(s.columns + m.width);
  }
  std::vector<proof::Stack> stacks;
  for (const auto& [log_height, s] : by_height) stacks.push_back(s);
  proof::stack_columns(stacks);
  std::vector<commit::StackView> views;
  for (const proof::Stack& s : stacks) {
    views.push_back({s.log_height + log_blowup, s.log_slots, s.width, {}});
    for (const Committed& m : matrices_)
      if (m.log_height == s.log_height) views.back().columns.push_back(m.columns(0, m.width));
  }
  tree_ = std::make_unique<commit::MerkleTree>(views, commit::Salting::kNone, nullptr, &pool);
}

PublicTrees::PublicTrees(Pool& pool, const proof::Profile& profile)
    : fixed_(pool, FixedTables().list, profile.log_blowup, true) {}

PublicTrees::PublicTrees(Pool& pool, const LoadedProgram& program, const proof::Profile& profile)
    : PublicTrees(pool, profile) {
  program_ = std::make_unique<const PublicTree>(pool, tables_of(program), profile.log_blowup, true);
}

}  // namespace mipzk::prove
