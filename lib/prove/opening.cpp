// SPDX-License-Identifier: Apache-2.0
// The steps after zeta: openings, the batched word, FRI and the queries.
#include <algorithm>
#include <map>
#include <set>

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
  openings_.resize(shape_.openings());
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
      Fp5* out = &openings_[m.first_opening];
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

// Of the stacks whose columns and whose trees have the same heights, (f - v) / (x - z) for all
// their columns f and points z, each slot's combined: added to the coefficients of the batched
// word.
void Shard::batch_stacks(unsigned log_tree, unsigned log, std::span<const Fp5> lambda,
                         std::span<const Fp5> values, std::span<Fp5> coeffs) {
  std::vector<const proof::Stack*> stacks;
  for (const proof::Stack& s : shape_.stacks())
    if (s.opened && s.log_height == log && shape_.log_tree(s.tree) == log_tree)
      stacks.push_back(&s);
  struct Piece {
    size_t slot;
    commit::Columns columns;
    std::vector<Fp5> weights;
  };
  std::vector<Piece> pieces[2];  // at zeta, at g zeta
  auto all = shape_.matrices();
  for (size_t i = 0; i < all.size(); ++i)
    proof::each_run(shape_, all[i], [&](size_t column, size_t count, const auto& s, size_t at) {
      if (std::ranges::find(stacks, &s) == stacks.end()) return;
      for (const size_t end = at + count; at < end; ++at, ++column)
        for (const bool next : {false, true}) {
          if (next && !s.running) continue;
          std::vector<Piece>& list = pieces[next];
          const commit::Columns one = committed(i).columns(column, 1);
          const size_t slot = at / s.width;
          if (list.empty() || list.back().slot != slot ||
              list.back().columns.data + list.back().columns.count != one.data)
            list.push_back({slot, {one.data, one.pitch, 0}, {}});
          ++list.back().columns.count;
          list.back().weights.push_back(
              lambda[s.first_pair + (next ? s.width : 0u) + at % s.width]);
        }
    });

  const size_t n = size_t{1} << log;
  const size_t lift = coeffs.size() >> log_tree, stride = coeffs.size() >> log;
  size_t slots = 0;
  for (const proof::Stack* s : stacks) slots = std::max<size_t>(slots, s->slots());
  const auto add_slot = [&](size_t slot) {
    SecretVector<Fp5> quotients(n);
    for (const bool next : {false, true}) {
      Fp5 value;
      bool any = false;
      for (const proof::Stack* s : stacks) {
        if (slot >= s->slots() || (next && !s->running)) continue;
        value += values[s->first_slot + (next ? s->slots() : 0u) + slot];
        any = true;
      }
      if (!any) continue;
      SecretVector<Fp5> sum(n);
      for (const Piece& p : pieces[next])
        if (p.slot == slot)
          commit::combine_rows(pool_, p.columns.data, n, p.columns.pitch, p.columns.count,
                               p.weights.data(), sum.data());
      const Fp5 z = next ? proof::next_row(challenges_.zeta, log) : challenges_.zeta;
      commit::add_quotients(pool_, log, Fp(commit::kCosetShift), z, sum.data(), value,
                            quotients.data());
    }
    // As polynomials in y = x / 3: the coefficient of y^i is that of u^(k i + slot).
    commit::coeffs_from_values(pool_, quotients.data(), log, Fp::one(),
                               commit::RowOrder::kBitReversed);
    pool_.parallel_for(n, 4096, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) coeffs[i * stride + slot * lift] += quotients[i];
    });
  };
  pool_.parallel_for(slots, 1, [&](size_t begin, size_t end) {
    for (size_t slot = begin; slot < end; ++slot) add_slot(slot);
  });
}

void Shard::batch() {
  std::vector<Fp5> lambda(shape_.pairs()), values(shape_.point_slots());
  proof::batch_weights(t_, lambda);
  for (const Fp5& v : openings_) append_fp5(out_, v);
  proof::slot_values(shape_, lambda.data(), openings_.data(), values.data());

  const unsigned b = profile_.log_blowup, top = shape_.max_log_height();
  SecretVector<Fp5> word(size_t{1} << (top + b));
  const std::span<Fp5> coeffs(word.data(), size_t{1} << top);
  std::set<std::pair<unsigned, unsigned>> kinds;  // heights of trees and of columns
  for (const proof::Stack& s : shape_.stacks())
    if (s.opened) kinds.insert({shape_.log_tree(s.tree), s.log_height});
  for (const auto& [log_tree, log] : kinds) batch_stacks(log_tree, log, lambda, values, coeffs);
  commit::values_from_coeffs(pool_, word.data(), top + b, Fp::one(),
                             commit::RowOrder::kBitReversed);
  const Fp5* mask = reinterpret_cast<const Fp5*>(mats_.back().lde.data());
  pool_.parallel_for(word.size(), 4096, [&](size_t begin, size_t end) {
    for (size_t j = begin; j < end; ++j) word[j] += mask[j];
  });
  fri_.commit(pool_, t_, std::move(word), top + b, b, profile_.fold_work, out_);
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
    // A tree has its own height.
    unsigned level = tree.depth();
    std::vector<uint32_t> rows = index;
    for (uint32_t& i : rows) i >>= top - level;
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    tree.open(rows, out_);
  }
  fri_.open(index, out_);
}

}  // namespace mipzk::prove
