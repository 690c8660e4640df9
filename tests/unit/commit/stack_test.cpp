// SPDX-License-Identifier: Apache-2.0
// Stacked columns: their rows against the polynomial that docs/PROTOCOL.md, section 6, defines.
#include "commit/stack.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/bytes.hpp"
#include "base/pool.hpp"
#include "commit/lde.hpp"
#include "commit/merkle_tree.hpp"
#include "commit/ntt.hpp"

namespace mipzk::commit {
namespace {

using field::Fp;

Pool& pool() {
  static Pool p(2);
  return p;
}

// A matrix of columns of height 2^log_height, as coefficients and extended to twice as many rows.
struct Matrix {
  unsigned log_height;
  size_t width;
  std::vector<Fp> coeffs, lde;

  Matrix(unsigned log, size_t columns, std::mt19937_64& random) : log_height(log), width(columns) {
    for (size_t i = 0; i < width << log; ++i)
      coeffs.push_back(Fp(static_cast<uint32_t>(random() % field::kP)));
    std::vector<Fp> evals = coeffs;
    values_from_coeffs(pool(), evals.data(), log, width, Fp::one(), RowOrder::kNatural);
    lde.resize(2 * evals.size());
    coset_lde(pool(), evals.data(), log, width, 1, lde.data(), nullptr);
  }
  // f(x) of a column
  Fp at(size_t column, Fp x) const {
    Fp sum;
    for (size_t i = size_t{1} << log_height; i-- > 0;) sum = sum * x + coeffs[i * width + column];
    return sum;
  }
};

Fp load(const uint8_t* p) { return Fp::from_raw(load_le32(p)); }

// The words of row `row` of one stack: sum over j of u^j f_j(3 u^k), column c in slot c / width.
std::vector<Fp> definition(const std::vector<Matrix>& matrices, unsigned log_slots, size_t width,
                           size_t row) {
  const unsigned log_rows = matrices[0].log_height + 1 + log_slots;
  const Fp u = field::root_of_unity(log_rows).pow(bit_reverse(row, log_rows));
  const Fp x = Fp(3) * u.pow(size_t{1} << log_slots);
  std::vector<Fp> words(width);
  size_t c = 0;
  for (const Matrix& m : matrices)
    for (size_t k = 0; k < m.width; ++k, ++c) words[c % width] += u.pow(c / width) * m.at(k, x);
  return words;
}

struct Case {
  unsigned log_height, log_slots;
  std::vector<size_t> widths;
};
const Case kCases[] = {{3, 0, {5}}, {3, 1, {5, 1, 4}},   {2, 2, {9, 8}},      {0, 4, {3, 40}},
                       {1, 7, {1}}, {2, 6, {30, 30, 3}}, {4, 3, {1, 1, 1, 1}}};

TEST(Stack, RowsAreTheDefinedPolynomial) {
  std::mt19937_64 random(1);
  for (const Case& c : kCases) {
    std::vector<Matrix> matrices;
    size_t columns = 0;
    for (const size_t w : c.widths) {
      matrices.emplace_back(c.log_height, w, random);
      columns += w;
    }
    const size_t width = ((columns - 1) >> c.log_slots) + 1;
    StackView view{c.log_height + 1, c.log_slots, width, {}};
    for (const Matrix& m : matrices) view.columns.push_back({m.lde.data(), m.width, m.width});
    const StackedRows rows(std::span(&view, 1));
    ASSERT_EQ(rows.width(), width);
    ASSERT_EQ(rows.block(), size_t{1} << c.log_slots);
    const size_t count = size_t{1} << rows.log_rows(), stride = 4 * width;
    std::vector<uint8_t> all(count * stride), one(stride);
    rows.write_block(0, count, stride, all.data());
    for (size_t row = 0; row < count; ++row) {
      const std::vector<Fp> expected = definition(matrices, c.log_slots, width, row);
      rows.write_row(row, one.data());
      for (size_t w = 0; w < width; ++w) {
        ASSERT_EQ(load(&all[row * stride + 4 * w]), expected[w]) << row << " " << w;
        ASSERT_EQ(load(&one[4 * w]), expected[w]) << row << " " << w;
      }
    }
  }
}

// Stacks of different heights, and matrices of which some columns are left out, side by side.
TEST(Stack, StacksStandSideBySide) {
  std::mt19937_64 random(2);
  const Matrix tall(5, 7, random), low(3, 9, random);
  const std::vector<StackView> views = {
      {6, 0, 3, {{tall.lde.data() + 1, 7, 2}, {tall.lde.data() + 6, 7, 1}}},
      {4, 2, 3, {{low.lde.data(), 9, 9}}},
      {6, 0, 1, {{tall.lde.data() + 3, 7, 1}}}};
  const StackedRows rows(views);
  ASSERT_EQ(rows.width(), 7u);
  std::vector<uint8_t> out(8 * 40);
  rows.write_block(12, 8, 40, out.data());
  for (size_t i = 0; i < 8; ++i) {
    const size_t row = 12 + i;
    const std::vector<Fp> stacked = definition({low}, 2, 3, row);
    const Fp* t = &tall.lde[7 * row];
    const Fp expected[] = {t[1], t[2], t[6], stacked[0], stacked[1], stacked[2], t[3]};
    for (size_t w = 0; w < 7; ++w) EXPECT_EQ(load(&out[40 * i + 4 * w]), expected[w]);
  }
}

// With T(u) opened instead of f_j(x): the quotient by 3 u^k - z is a polynomial exactly if the
// values are those of the columns at z, each in its slot.
TEST(Stack, TheQuotientIsAPolynomialForTheRightValuesOnly) {
  std::mt19937_64 random(3);
  const Matrix m(3, 4, random);
  const unsigned log_rows = 6;  // 4 slots, blowup 2
  const StackView view{4, 2, 1, {{m.lde.data(), 4, 4}}};
  const StackedRows rows(std::span(&view, 1));
  std::vector<uint8_t> words(4 << log_rows);
  rows.write_block(0, size_t{1} << log_rows, 4, words.data());
  const Fp z(123456789);
  Fp values[4];
  for (size_t j = 0; j < 4; ++j) values[j] = m.at(j, z);
  const auto degree_is_low = [&] {
    std::vector<Fp> q(size_t{1} << log_rows);
    for (size_t i = 0; i < q.size(); ++i) {
      const Fp u = field::root_of_unity(log_rows).pow(bit_reverse(i, log_rows));
      Fp value;
      for (size_t j = 4; j-- > 0;) value = value * u + values[j];
      q[i] = (load(&words[4 * i]) - value) * (Fp(3) * u.pow(4) - z).inverse();
    }
    coeffs_from_values(pool(), q.data(), log_rows, 1, Fp::one(), RowOrder::kBitReversed);
    for (size_t i = q.size() / 2; i < q.size(); ++i)
      if (q[i] != Fp()) return false;
    return true;
  };
  EXPECT_TRUE(degree_is_low());
  for (Fp& v : values) {
    v += Fp::one();
    EXPECT_FALSE(degree_is_low());
    v -= Fp::one();
  }
  std::swap(values[1], values[2]);  // each value in another slot
  EXPECT_FALSE(degree_is_low());
}

TEST(Stack, TreesDoNotDependOnThreads) {
  std::mt19937_64 random(4);
  const Matrix tall(9, 3, random), low(2, 50, random);
  const std::vector<StackView> views = {{10, 0, 3, {{tall.lde.data(), 3, 3}}},
                                        {3, 7, 1, {{low.lde.data(), 50, 50}}}};
  const MerkleTree alone(views, Salting::kNone, {}, nullptr);
  for (const unsigned threads : {1u, 2u, 5u}) {
    Pool p(threads);
    EXPECT_EQ(MerkleTree(views, Salting::kNone, {}, &p).root(), alone.root());
  }
}

}  // namespace
}  // namespace mipzk::commit
