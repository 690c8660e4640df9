// SPDX-License-Identifier: Apache-2.0
// The steps after zeta: openings, the batched word, FRI and the queries.
#include <algorithm>
#include <map>

#include "commit/deep.hpp"
#include "commit/ntt.hpp"
#include "prove/shard.hpp"

namespace mipzk::prove {

std::vector<size_t> running_columns(const Shape& shape, const Matrix& m) {
  std::vector<size_t> r;
  if (m.running == 0) return r;
  proof::each_running(shape.info(static_cast<size_t>(m.instance)).layout,
                      [&](size_t c) { r.push_back(5 * c); });
  return r;
}

namespace {

// Weights for values on the coset of H, rows in bit-reversed order, at z: those of H at z / shift.
commit::LagrangeWeights coset_weights(Pool& pool, unsigned log, const Fp5& z) {
  auto w = commit::lagrange_weights(pool, log, z * Fp(commit::kCosetShift).inverse());
  commit::bit_reverse_rows(pool, reinterpret_cast<Fp*>(w.weights.data()), log, 5);
  return w;
}

}  // namespace

void Shard::open_all() {
  auto all = shape_.matrices();
  openings_.resize(shape_.pairs());
  for (const bool next : {false, true}) {
    std::map<unsigned, commit::LagrangeWeights> weights;
    for (size_t i = 0; i < all.size(); ++i) {
      const Matrix& m = all[i];
      const unsigned log = m.log_height;
      if (!m.opened || (next && m.running == 0)) continue;
      auto at = weights.find(log);
      if (at == weights.end()) {
        const Fp5 z = next ? proof::next_row(challenges_.zeta, log) : challenges_.zeta;
        at = weights.emplace(log, coset_weights(pool_, log, z)).first;
      }
      const auto evaluate = [&](size_t column, size_t width, Fp5* out) {
        commit::evaluate_columns(pool_, committed(i).lde.data() + column, log, m.width, width,
                                 at->second, 0, out);
      };
      Fp5* out = &openings_[m.first_pair];
      if (!next) evaluate(0, m.width, out);
      out += m.width;
      if (!next) continue;
      for (const size_t column : running_columns(shape_, m)) {
        evaluate(column, 5, out);
        out += 5;
      }
    }
  }
  std::vector<uint8_t> bytes;
  for (const Fp5& v : openings_) append_fp5(bytes, v);
  const hash::Digest digest = proof::openings_digest(bytes);
  append(out_, digest);
  proof::absorb_openings(t_, digest);
}

void Shard::batch() {
  std::vector<Fp5> lambda(shape_.pairs());
  proof::batch_weights(t_, lambda);
  for (const Fp5& v : openings_) append_fp5(out_, v);

  const unsigned b = profile_.log_blowup, top = shape_.max_log_height() + b;
  SecretVector<Fp5> word(size_t{1} << top);
  auto all = shape_.matrices();
  {
    const Committed& mask = mats_.back();
    const Fp5* rows = reinterpret_cast<const Fp5*>(mask.lde.data());
    std::copy(rows, rows + word.size(), word.begin());
  }
  // Heights of all opened matrices: those of the instances, and that of the third chunks. The
  // highest comes first, so that the others use its memory.
  uint32_t heights = shape_.height_mask() | 1u << proof::kSmallLogHeight;
  SecretVector<Fp5> sums[2], quotients, lde;
  for (unsigned log = 32; log-- > 0;) {
    if ((heights >> log & 1) == 0) continue;
    size_t n = size_t{1} << log;
    for (SecretVector<Fp5>& sum : sums) sum.assign(n, Fp5());
    quotients.assign(n << b, Fp5());
    Fp5 values[2];
    for (size_t i = 0; i < all.size(); ++i) {
      const Matrix& m = all[i];
      if (!m.opened || m.log_height != log) continue;
      const Fp5* l = &lambda[m.first_pair];
      const Fp5* v = &openings_[m.first_pair];
      const Fp* cells = committed(i).lde.data();
      commit::combine_rows(pool_, cells, n, m.width, m.width, l, sums[0].data());
      for (size_t k = 0; k < m.width; ++k) values[0] += l[k] * v[k];
      size_t k = m.width;
      for (size_t column : running_columns(shape_, m)) {
        commit::combine_rows(pool_, cells + column, n, m.width, 5, l + k, sums[1].data());
        for (size_t end = k + 5; k < end; ++k) values[1] += l[k] * v[k];
      }
    }
    for (int point = 0; point < 2; ++point) {
      const Fp5 z = point == 0 ? challenges_.zeta : proof::next_row(challenges_.zeta, log);
      // From the coset of H to the whole domain.
      const Fp shift(commit::kCosetShift);
      constexpr auto kOrder = commit::RowOrder::kBitReversed;
      commit::coeffs_from_values(pool_, sums[point].data(), log, shift, kOrder);
      lde.assign(n << b, Fp5());
      std::ranges::copy(sums[point], lde.begin());
      commit::values_from_coeffs(pool_, lde.data(), log + b, shift, kOrder);
      commit::add_quotients(pool_, log + b, shift, z, lde.data(), values[point], quotients.data());
    }
    // Lifted to the greatest domain: entry j is that of row j >> shift.
    const unsigned shift = top - (log + b);
    pool_.parallel_for(word.size(), 4096, [&](size_t begin, size_t end) {
      for (size_t j = begin; j < end; ++j) word[j] += quotients[j >> shift];
    });
  }
  for (SecretVector<Fp5>* done : {&sums[0], &sums[1], &quotients, &lde})
    *done = SecretVector<Fp5>();
  fri_.commit(pool_, t_, std::move(word), top, b, profile_.fold_work, out_);
}

void Shard::queries() {
  work(proof::query_work(profile_));
  const unsigned top = shape_.max_log_height() + profile_.log_blowup;
  std::vector<uint32_t> index(proof::kMaxQueries);
  index.resize(proof::query_indices(t_, profile_.queries, top, index.data()));
  for (unsigned t = 0; t < proof::kTreeCount; ++t) {
    if (!shape_.has(static_cast<proof::Tree>(t))) continue;
    const PublicTree* const shared = public_.find(static_cast<proof::Tree>(t));
    const commit::MerkleTree& tree = shared != nullptr ? shared->tree() : *trees_[t];
    // A tree's levels start at its own tallest matrix.
    unsigned level = tree.depth();
    std::vector<uint32_t> rows = index;
    for (uint32_t& i : rows) i >>= top - level;
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    tree.open(rows, out_);
  }
  fri_.open(index, out_);
}

}  // namespace mipzk::prove
