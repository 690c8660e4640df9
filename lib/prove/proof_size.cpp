// SPDX-License-Identifier: Apache-2.0
// The bytes of a proof, computed from the shapes of its shards (docs/FORMAT.md).
#include <cmath>

#include "commit/fri.hpp"
#include "commit/merkle.hpp"
#include "prove/memory.hpp"

namespace mipzk::prove {
namespace {

// What `queries` uniform queries of the leaves of a tree show, on average.
class Queries {
 public:
  explicit Queries(unsigned queries) : queries_(queries) {}

  // Nodes above queried leaves, of 2^level.
  double known(unsigned level) const { return nodes(level) * (1 - all_miss(1, level)); }
  // Of these, those without a sibling among them.
  double alone(unsigned level) const {
    return nodes(level) * (all_miss(1, level) - all_miss(2, level));
  }
  // Digests of an opening.
  double siblings(unsigned depth) const {
    double sum = 0;
    for (unsigned level = 1; level <= depth; ++level) sum += alone(level);
    return sum * sizeof(hash::Digest);
  }

 private:
  static double nodes(unsigned level) { return std::ldexp(1.0, static_cast<int>(level)); }
  double all_miss(double some, unsigned level) const {
    return std::pow(1 - some / nodes(level), queries_);
  }
  const double queries_;
};

}  // namespace

uint64_t proof_bytes(const proof::Shape& shape, const proof::Profile& profile) {
  constexpr double kWord = 4, kValue = 20, kDigest = sizeof(hash::Digest), kNonce = 8;
  const unsigned b = profile.log_blowup, top = shape.max_log_height() + b;
  const Queries queries(profile.queries);
  const auto instances = shape.instances();

  // The head twice, length, roots and nonces, the digest of the openings, the openings.
  double bytes = 2 * (kWord + 2 * static_cast<double>(instances.size()) + kDigest);
  bytes += kWord + 5 * kDigest + 4 * kNonce + kValue * shape.openings();
  for (size_t i = 0; i < instances.size(); ++i)
    bytes +=
        kValue * (2 * shape.info(i).layout.in_local_ring() + shape.info(i).layout.in_global_ring());

  for (unsigned t = 0; t < proof::kTreeCount; ++t) {
    const auto tree = static_cast<proof::Tree>(t);
    if (!shape.has(tree)) continue;
    const unsigned depth = shape.log_tree(tree) + b;
    const double row = kWord * static_cast<double>(shape.row_width(tree)) +
                       (t >= proof::kTreePassOne ? commit::kSaltBytes : 0);
    bytes += queries.siblings(depth) + queries.known(depth) * row;
  }

  const commit::FriPlan plan(top, b);
  bytes += kValue * static_cast<double>(plan.last_degree());
  for (unsigned i = 0; i < plan.count; ++i) {
    const unsigned leaves = plan.layers[i].log_size - plan.layers[i].log_fold;
    bytes += kDigest + kNonce + queries.siblings(leaves);
    bytes += queries.known(leaves) * kValue * (1u << plan.layers[i].log_fold);
  }
  return static_cast<uint64_t>(bytes);
}

}  // namespace mipzk::prove
