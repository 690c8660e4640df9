// SPDX-License-Identifier: Apache-2.0
// The opened rows of the trees, the batched word and FRI (docs/PROTOCOL.md, sections 9 and 10).
#include "proof/points.hpp"
#include "verify/read.hpp"
#include "verify/shard.hpp"

namespace mipzk::verify {
namespace {

using proof::Matrix;

// Opens a tree at the query indices.
Status open_tree(Reader& r, const proof::Profile& profile, const Shard& shard, proof::Tree tree,
                 std::span<const uint32_t> indices, Scratch& scratch) {
  TreeRows& rows = scratch.trees[tree];
  rows.heights = 0;
  for (unsigned log = kHeights; log-- > 0;) {
    size_t width = 0;
    for (const Matrix& m : shard.shape.matrices())
      if (m.tree == tree && m.log_height == log) width += m.width;
    if (width != 0) rows.shapes[rows.heights++] = {log + profile.log_blowup, width};
  }
  const unsigned shift = shard.log_domain - rows.shapes[0].log_rows;
  uint32_t count = 0;
  for (const uint32_t index : indices) {
    const uint32_t i = index >> shift;
    if (count == 0 || scratch.tree_index[count - 1] != i) scratch.tree_index[count++] = i;
  }
  const commit::TreeShape shape{{rows.shapes, rows.heights}, tree >= proof::kTreePassOne};
  if (Status s = commit::verify_opening(r, shard.roots[tree], shape, {scratch.tree_index, count},
                                        scratch.merkle, {rows.opened, rows.heights});
      !s)
    return s;
  for (unsigned c = 0; c < rows.heights; ++c)
    commit::row_positions(indices, shard.log_domain - rows.shapes[c].log_rows,
                          {rows.positions[c], indices.size()});
  return {};
}

Fp load_fp(const uint8_t* p) { return Fp::from_raw(load_le32(p)); }

// Sums over the pairs of a height: of those at zeta, and of those at its successor.
using PointSums = Fp5[kHeights][2];

// The sums of lambda_i f_i in the opened rows of query `q`; returns the mask's entry.
Fp5 sum_rows(const proof::Shape& shape, unsigned log_blowup, const Scratch& scratch, size_t q,
             PointSums& sums) {
  Fp5 mask;
  uint16_t offset[proof::kTreeCount][kHeights] = {};
  for (const Matrix& m : shape.matrices()) {
    const TreeRows& rows = scratch.trees[m.tree];
    unsigned c = 0;
    while (rows.shapes[c].log_rows != m.log_height + log_blowup) ++c;
    const uint8_t* row = rows.opened[c].row(rows.positions[c][q]) + 4u * offset[m.tree][c];
    offset[m.tree][c] = static_cast<uint16_t>(offset[m.tree][c] + m.width);
    if (!m.opened) {
      for (size_t k = 0; k < 5; ++k) mask.c[k] = load_fp(row + 4 * k);
      continue;
    }
    const Fp5* lambda = &scratch.lambda[m.first_pair];
    Fp5 sum;
    for (uint32_t k = 0; k < m.width; ++k) sum += *lambda++ * load_fp(row + 4 * k);
    sums[m.log_height][0] += sum;
    if (m.running == 0) continue;
    proof::each_running(shape.info(static_cast<size_t>(m.instance)).layout, [&](unsigned ext) {
      for (size_t k = 0; k < 5; ++k)
        sums[m.log_height][1] += *lambda++ * load_fp(row + 4 * (5 * ext + k));
    });
  }
  return mask;
}

// The entries of the batched word at the query indices, from the opened rows.
void batched_word(const proof::Profile& profile, const Shard& shard,
                  std::span<const uint32_t> indices, Scratch& scratch) {
  const proof::Shape& shape = shard.shape;
  const Fp5& zeta = shard.challenges.zeta;
  PointSums values;  // of lambda_i v_i
  for (const Matrix& m : shape.matrices()) {
    if (!m.opened) continue;
    const uint32_t count = m.width + 5u * m.running;
    for (uint32_t k = 0; k < count; ++k)
      values[m.log_height][k >= m.width] +=
          scratch.lambda[m.first_pair + k] * shard.openings[m.first_pair + k];
  }
  const uint32_t heights = shape.height_mask() | 1u << proof::kSmallLogHeight;
  for (size_t q = 0; q < indices.size(); ++q) {
    PointSums sums;
    Fp5 total = sum_rows(shape, profile.log_blowup, scratch, q, sums);
    for (unsigned log = 0; log < kHeights; ++log) {
      if ((heights >> log & 1) == 0) continue;
      const unsigned domain = log + profile.log_blowup;
      const Fp x = proof::domain_point(domain, indices[q] >> (shard.log_domain - domain));
      // x - zeta and x - g zeta are not 0: zeta lies in no domain.
      const Fp5 d0 = Fp5(x) - zeta, d1 = Fp5(x) - proof::next_row(zeta, log);
      const Fp5 inverse = (d0 * d1).inverse();
      total += (sums[log][0] - values[log][0]) * (inverse * d1) +
               (sums[log][1] - values[log][1]) * (inverse * d0);
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
