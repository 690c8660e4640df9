// SPDX-License-Identifier: Apache-2.0
// The linear maps from masks to what is opened, computed with the prover's own functions.
#pragma once

#include <set>

#include "commit/deep.hpp"
#include "commit/fri_prove.hpp"
#include "prove/chunks.hpp"
#include "zk/linear.hpp"

namespace mipzk::test {

inline constexpr size_t kDegree = field::kExtDegree;  // conditions that a value at zeta makes

inline Pool& pool() {
  static Pool p(1);
  return p;
}

// The map from the tail cells of a column of 2^log rows to its values: a column for each cell.
class TailMap {
 public:
  TailMap(const proof::Profile& profile, unsigned log) : profile_(profile), log_(log) {
    const size_t n = size_t{1} << log, tail = profile.tail_rows;
    evals_.resize(n * tail);
    for (size_t i = 0; i < tail; ++i) evals_[(n - tail + i) * tail + i] = Fp::one();
    lde_.resize(evals_.size() << profile.log_blowup);
    commit::coset_lde(pool(), evals_.data(), log, tail, profile.log_blowup, lde_.data(), nullptr);
  }
  unsigned log_domain() const { return log_ + profile_.log_blowup; }

  std::vector<Fp> at_row(size_t row) const {
    const size_t tail = profile_.tail_rows;
    return {&lde_[row * tail], &lde_[row * tail] + tail};
  }
  Rows at(const std::set<size_t>& rows) const {
    Rows m;
    for (size_t row : rows) m.push_back(at_row(row));
    return m;
  }
  // The values at zeta * g^rotation, five rows.
  void add_at(const Fp5& zeta, size_t rotation, Rows& m) const {
    const commit::LagrangeWeights weights = commit::lagrange_weights(pool(), log_, zeta);
    std::vector<Fp5> values(profile_.tail_rows);
    commit::evaluate_columns(pool(), evals_.data(), log_, values.size(), values.size(), weights,
                             rotation, values.data());
    for (size_t k = 0; k < kDegree; ++k) {
      m.emplace_back();
      for (const Fp5& v : values) m.back().push_back(v.c[k]);
    }
  }

 private:
  const proof::Profile& profile_;
  unsigned log_;
  std::vector<Fp> evals_, lde_;
};

// The map from the coefficients of t0 and t1 to the values of one coordinate of the chunks. The
// five coordinates do not mix, so five unit vectors are mapped at once.
class ChunkMap {
 public:
  ChunkMap(const proof::Profile& profile, unsigned log, const Fp5& zeta)
      : log_(log), log_blowup_(profile.log_blowup) {
    const size_t a0 = profile.first_overlap(), a1 = profile.second_overlap(), cells = a0 + a1;
    first_.resize(2 * cells);
    third_.resize(cells);
    zeta_.resize(3 * cells);
    const auto weights = commit::lagrange_weights(pool(), log, zeta);
    const auto low_weights = commit::lagrange_weights(pool(), proof::kSmallLogHeight, zeta);
    for (size_t first = 0; first < cells; first += 5) {
      std::vector<Fp> t(5 * cells);
      for (size_t k = 0; k < 5 && first + k < cells; ++k) t[5 * (first + k) + k] = Fp::one();
      const prove::Chunks c = prove::split_quotient(pool(), {}, log, profile, t);
      std::vector<Fp> q01(c.first_two.size() << log_blowup_), q2(c.third.size() << log_blowup_);
      commit::coset_lde(pool(), c.first_two.data(), log, 10, log_blowup_, q01.data(), nullptr);
      commit::coset_lde(pool(), c.third.data(), proof::kSmallLogHeight, 5, log_blowup_, q2.data(),
                        nullptr);
      Fp5 at_zeta[15];
      commit::evaluate_columns(pool(), c.first_two.data(), log, 10, 10, weights, 0, at_zeta);
      commit::evaluate_columns(pool(), c.third.data(), proof::kSmallLogHeight, 5, 5, low_weights, 0,
                               at_zeta + 10);
      for (size_t k = 0; k < 5 && first + k < cells; ++k) {
        const size_t cell = first + k;
        for (size_t half = 0; half < 2; ++half)
          for (size_t j = 0; 10 * j < q01.size(); ++j)
            first_[2 * cell + half].push_back(q01[10 * j + 5 * half + k]);
        for (size_t j = 0; 5 * j < q2.size(); ++j) third_[cell].push_back(q2[5 * j + k]);
        for (size_t chunk = 0; chunk < 3; ++chunk) zeta_[3 * cell + chunk] = at_zeta[5 * chunk + k];
      }
    }
  }
  unsigned log_domain() const { return log_ + log_blowup_; }
  unsigned log_low_domain() const { return proof::kSmallLogHeight + log_blowup_; }

  // Q0 and Q1 at rows x, Q2 at rows y, all at zeta; a column for each of the given cells.
  Rows opened(const std::set<size_t>& x, const std::set<size_t>& y,
              const std::vector<size_t>& cells) const {
    Rows m;
    auto add = [&](auto&& value) {
      m.emplace_back();
      for (size_t cell : cells) m.back().push_back(value(cell));
    };
    for (size_t half = 0; half < 2; ++half)
      for (size_t row : x) add([&](size_t cell) { return first_[2 * cell + half][row]; });
    for (size_t row : y) add([&](size_t cell) { return third_[cell][row]; });
    for (size_t chunk = 0; chunk < 3; ++chunk)
      for (size_t k = 0; k < kDegree; ++k)
        add([&](size_t cell) { return zeta_[3 * cell + chunk].c[k]; });
    return m;
  }

 private:
  unsigned log_, log_blowup_;
  Rows first_, third_;  // by cell: values of Q0, of Q1; values of Q2
  std::vector<Fp5> zeta_;
};

// What FRI shows of a word, for queries of the given entries: all leaves that hold them and the
// last polynomial; with fixed folding challenges this is linear in the word.
inline std::vector<Fp> fri_view(std::vector<Fp5> word, unsigned log_n, unsigned log_blowup,
                                const std::set<size_t>& entries) {
  std::mt19937_64 challenges(6);
  const commit::FriPlan plan(log_n, log_blowup);
  std::vector<Fp> view;
  auto show = [&](const Fp5& v) { view.insert(view.end(), v.c.begin(), v.c.end()); };
  std::set<size_t> at = entries;
  for (unsigned i = 0; i < plan.count; ++i) {
    const auto [log_size, log_fold] = plan.layers[i];
    std::set<size_t> leaves;
    for (size_t j : at) leaves.insert(j >> log_fold);
    for (size_t leaf : leaves)
      for (size_t k = 0; k < size_t{1} << log_fold; ++k) show(word[(leaf << log_fold) + k]);
    Fp5 betas[commit::kMaxLogFold];
    for (Fp5& beta : betas) beta = random_fp5(challenges);
    word = commit::fold_word(pool(), word, log_size, {betas, log_fold});
    at = leaves;
  }
  commit::coeffs_from_values(pool(), word.data(), plan.log_last_size, Fp::one(),
                             commit::RowOrder::kBitReversed);
  for (size_t i = 0; i < plan.last_degree(); ++i) show(word[i]);
  return view;
}

}  // namespace mipzk::test
