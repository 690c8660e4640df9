// SPDX-License-Identifier: Apache-2.0
// The opened rows of the trees, the batched word and FRI (docs/PROTOCOL.md, sections 9 and 10).
#include "proof/points.hpp"
#include "verify/read.hpp"
#include "verify/shard.hpp"

namespace mipzk::verify {
namespace {

using proof::Stack;

// By how much an index of the greatest domain is shifted to give that of a tree's row.
unsigned tree_shift(const proof::Profile& profile, const Shard& shard, proof::Tree tree) {
  return shard.log_domain - (shard.shape.log_tree(tree) + profile.log_blowup);
}

// Opens a tree at the query indices.
Status open_tree(Reader& r, const proof::Profile& profile, const Shard& shard, proof::Tree tree,
                 std::span<const uint32_t> indices, Scratch& scratch) {
  const unsigned shift = tree_shift(profile, shard, tree);
  uint32_t count = 0;
  for (const uint32_t index : indices) {
    const uint32_t i = index >> shift;
    if (count == 0 || scratch.tree_index[count - 1] != i) scratch.tree_index[count++] = i;
  }
  const commit::TreeShape shape{shard.log_domain - shift, shard.shape.row_width(tree),
                                tree >= proof::kTreePassOne};
  return commit::verify_opening(r, shard.roots[tree], shape, {scratch.tree_index, count},
                                scratch.merkle, scratch.rows[tree]);
}

Fp load_fp(const uint8_t* p) { return Fp::from_raw(load_le32(p)); }

// 1 / (x - zeta) and 1 / (x - g zeta), at the point x of a height that a query meets. Neither is 0:
// zeta lies in no domain.
struct Inverses {
  Fp5 here, next;
};

Inverses inverses(const proof::Profile& profile, const Shard& shard, unsigned log, uint32_t index) {
  const Fp5& zeta = shard.challenges.zeta;
  const unsigned domain = log + profile.log_blowup;
  const Fp x = proof::domain_point(domain, index >> (shard.log_domain - domain));
  const Fp5 d0 = Fp5(x) - zeta, d1 = Fp5(x) - proof::next_row(zeta, log);
  const Fp5 inverse = (d0 * d1).inverse();
  return {inverse * d1, inverse * d0};
}

// lambda . words - the polynomial of the slots' values at u
Fp5 difference(const Stack& s, const uint8_t* words, const Fp5* lambda, const Fp5* values, Fp u) {
  Fp5 sum, value;
  for (unsigned w = 0; w < s.width; ++w) sum += lambda[w] * load_fp(words + 4u * w);
  for (unsigned j = s.slots(); j-- > 0;) value = value * u + values[j];
  return sum - value;
}

// The entries of the batched word at the query indices, from the opened rows.
void batched_word(const proof::Profile& profile, const Shard& shard,
                  std::span<const uint32_t> indices, Scratch& scratch) {
  const proof::Shape& shape = shard.shape;
  const Fp5* lambda = scratch.weights;
  Fp5* values = scratch.weights + shape.pairs();
  proof::slot_values(shape, lambda, shard.openings, values);
  const uint32_t heights = shape.height_mask() | 1u << proof::kSmallLogHeight;
  unsigned shift[proof::kTreeCount];
  for (unsigned t = 0; t < proof::kTreeCount; ++t)
    shift[t] = tree_shift(profile, shard, static_cast<proof::Tree>(t));
  size_t position[proof::kTreeCount] = {};  // of the query's row among the opened ones
  for (size_t q = 0; q < indices.size(); ++q) {
    Inverses at[kHeights];
    for (unsigned log = 0; log < kHeights; ++log)
      if ((heights >> log & 1) != 0) at[log] = inverses(profile, shard, log, indices[q]);
    Fp u[proof::kTreeCount];
    for (unsigned t = 0; t < proof::kTreeCount; ++t) {
      const uint32_t row = indices[q] >> shift[t];
      if (q > 0 && indices[q - 1] >> shift[t] != row) ++position[t];
      u[t] = proof::stacked_point(shard.log_domain - shift[t], row);
    }
    Fp5 total;
    for (const Stack& s : shape.stacks()) {
      const uint8_t* words = scratch.rows[s.tree].row(position[s.tree]) + 4u * s.first_word;
      if (!s.opened) {  // the mask
        for (unsigned k = 0; k < 5; ++k) total.c[k] += load_fp(words + 4u * k);
        continue;
      }
      const Fp5* l = lambda + s.first_pair;
      const Fp5* v = values + s.first_slot;
      total += difference(s, words, l, v, u[s.tree]) * at[s.log_height].here;
      if (s.running)
        total +=
            difference(s, words, l + s.width, v + s.slots(), u[s.tree]) * at[s.log_height].next;
    }
    scratch.word[q] = total;
  }
}

}  // namespace

Status check_openings(Reader& r, const proof::Profile& profile, Shard& shard, Scratch& scratch) {
  hash::Transcript& t = shard.transcript;
  if (Status s = scratch.fri.read_commitments(r, t, shard.log_domain, profile.log_blowup,
                                              profile.fold_work);
      !s)
    return s;
  if (Status s = read_work(r, t, proof::query_work(profile)); !s) return s;
  const uint32_t count = proof::query_indices(t, profile.queries, shard.log_domain, scratch.index);
  const std::span<const uint32_t> indices(scratch.index, count);
  for (unsigned i = 0; i < proof::kTreeCount; ++i) {
    const auto tree = static_cast<proof::Tree>(i);
    if (!shard.shape.has(tree)) continue;
    if (Status s = open_tree(r, profile, shard, tree, indices, scratch); !s) return s;
  }
  batched_word(profile, shard, indices, scratch);
  return scratch.fri.check_queries(r, indices, {scratch.word, count}, scratch.merkle);
}

}  // namespace mipzk::verify
