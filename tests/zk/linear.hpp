// SPDX-License-Identifier: Apache-2.0
// Linear algebra over F_p, and points of the evaluation domains.
#pragma once

#include <optional>
#include <random>
#include <span>
#include <vector>

#include "commit/lde.hpp"
#include "commit/ntt.hpp"
#include "field/fp5.hpp"

namespace mipzk::test {

using field::Fp;
using field::Fp5;
using Rows = std::vector<std::vector<Fp>>;

// Brings `m` to row echelon form, with pivots in the first `columns` columns only, and returns the
// columns of the pivots.
inline std::vector<size_t> eliminate(Rows& m, size_t columns) {
  std::vector<size_t> pivots;
  for (size_t c = 0; c < columns && pivots.size() < m.size(); ++c) {
    const size_t top = pivots.size();
    size_t found = top;
    while (found < m.size() && m[found][c] == Fp::zero()) ++found;
    if (found == m.size()) continue;
    std::swap(m[top], m[found]);
    const std::vector<Fp>& pivot = m[top];
    const Fp inverse = pivot[c].inverse();
    for (size_t r = top + 1; r < m.size(); ++r) {
      if (m[r][c] == Fp::zero()) continue;
      const Fp factor = m[r][c] * inverse;
      for (size_t k = c; k < pivot.size(); ++k) m[r][k] -= factor * pivot[k];
    }
    pivots.push_back(c);
  }
  return pivots;
}

inline size_t rank(Rows m) { return m.empty() ? 0 : eliminate(m, m[0].size()).size(); }

// Some x with m x = b, nothing if there is none.
inline std::optional<std::vector<Fp>> solve(Rows m, std::span<const Fp> b) {
  const size_t columns = m[0].size();
  for (size_t r = 0; r < m.size(); ++r) m[r].push_back(b[r]);
  const std::vector<size_t> pivots = eliminate(m, columns);
  for (size_t r = pivots.size(); r < m.size(); ++r)
    if (m[r][columns] != Fp::zero()) return std::nullopt;
  std::vector<Fp> x(columns);
  for (size_t r = pivots.size(); r-- > 0;) {
    Fp v = m[r][columns];
    for (size_t c = pivots[r] + 1; c < columns; ++c) v -= m[r][c] * x[c];
    x[pivots[r]] = v * m[r][pivots[r]].inverse();
  }
  return x;
}

inline Fp random_fp(std::mt19937_64& random) {
  return Fp::from_raw(static_cast<uint32_t>(random() % field::kP));
}
inline Fp5 random_fp5(std::mt19937_64& random) {
  Fp5 x;
  for (Fp& c : x.c) c = random_fp(random);
  return x;
}

// The point of row `row` of an extension to 2^log points.
inline Fp domain_point(size_t row, unsigned log) {
  return Fp(commit::kCosetShift) * field::root_of_unity(log).pow(commit::bit_reverse(row, log));
}
// The row that holds the values one row of the trace on.
inline size_t next_row(size_t row, unsigned log, unsigned log_blowup) {
  const size_t exponent = commit::bit_reverse(row, log) + (size_t{1} << log_blowup);
  return commit::bit_reverse(exponent & ((size_t{1} << log) - 1), log);
}

// `count` distinct numbers below `n`, ascending.
inline std::vector<size_t> distinct(std::mt19937_64& random, size_t count, size_t n) {
  std::vector<bool> taken(n);
  for (size_t k = 0; k < count;) {
    const size_t i = random() % n;
    if (taken[i]) continue;
    taken[i] = true;
    ++k;
  }
  std::vector<size_t> out;
  for (size_t i = 0; i < n; ++i)
    if (taken[i]) out.push_back(i);
  return out;
}

}  // namespace mipzk::test
