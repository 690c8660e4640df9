// SPDX-License-Identifier: Apache-2.0
// Who called whom: one node for each chain of calls that occurred, with what was spent in it.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace mipzk::debug {

class CallTree {
 public:
  static constexpr uint32_t kRoot = 0;  // above all threads; it has no function
  // Deeper calls become siblings of the deepest node, and once there are too many nodes new ones
  // hang below the root, so that runaway recursion costs a bounded amount of memory. What is spent
  // in a function stays exact.
  static constexpr uint32_t kMaxDepth = 256, kMaxNodes = 1u << 20;

  struct Node {
    uint32_t function, parent, depth;
    uint64_t calls = 0, instructions = 0;
    double cells = 0;
  };

  CallTree() { nodes_.push_back({UINT32_MAX, kRoot, 0}); }

  // The node of `function` called from `parent`, made if there is none. Parents come before their
  // children.
  uint32_t child(uint32_t parent, uint32_t function) {
    if (nodes_[parent].depth >= kMaxDepth) parent = nodes_[parent].parent;
    if (nodes_.size() >= kMaxNodes && children_.find(key(parent, function)) == children_.end())
      parent = kRoot;
    const auto [at, is_new] =
        children_.try_emplace(key(parent, function), static_cast<uint32_t>(nodes_.size()));
    if (is_new) nodes_.push_back({function, parent, nodes_[parent].depth + 1});
    return at->second;
  }

  Node& node(uint32_t n) { return nodes_[n]; }
  const std::vector<Node>& nodes() const { return nodes_; }

 private:
  static uint64_t key(uint32_t parent, uint32_t function) {
    return uint64_t{parent} << 32 | function;
  }

  std::vector<Node> nodes_;
  std::unordered_map<uint64_t, uint32_t> children_;
};

}  // namespace mipzk::debug
