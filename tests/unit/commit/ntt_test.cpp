// SPDX-License-Identifier: Apache-2.0
#include "commit/ntt.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "commit/kernels.hpp"
#include "commit/lde.hpp"
#include "commit/twiddles.hpp"
#include "hash/blake3_many.hpp"
#include "support/cpu_tiers.hpp"
#include "unit/commit/random_field.hpp"

namespace mipzk::commit {
namespace {

using random_field::Source;
using Matrix = std::vector<Fp>;

Fp column_value(const Matrix& coeffs, size_t width, size_t column, Fp x) {
  Fp sum;
  for (size_t k = coeffs.size() / width; k-- > 0;) sum = sum * x + coeffs[k * width + column];
  return sum;
}

// Rows and columns to compare with Horner's rule for polynomials of this degree: all of small
// matrices, a sample of large ones.
template <class F>
void sample(size_t rows, size_t width, size_t degree, F&& check) {
  const bool all = rows * width * degree <= 1 << 18;
  Source source(rows + width);
  const size_t count = all ? rows * width : degree >= 1 << 18 ? 4 : 64;
  for (size_t i = 0; i < count; ++i) {
    const size_t at = all ? i : source.next() % (rows * width);
    check(at / width, at % width);
  }
}

struct Sizes {
  unsigned log_n;
  size_t width;
};
constexpr Sizes kSizes[] = {{0, 1},   {0, 9},  {1, 3},   {2, 1},  {3, 8},  {4, 5},   {5, 16},
                            {6, 40},  {7, 1},  {8, 33},  {9, 24}, {10, 5}, {11, 17}, {12, 3},
                            {12, 32}, {13, 1}, {13, 50}, {14, 7}, {15, 2}, {15, 70}, {20, 1}};

TEST(Twiddles, AreRootsInBitReversedOrder) {
  for (unsigned log_n : {0u, 1u, 2u, 7u, 12u})
    for (Direction d : {Direction::kForward, Direction::kInverse}) {
      const Fp* table = twiddles(log_n, d);
      Fp root = field::root_of_unity(log_n);
      if (d == Direction::kInverse) root = root.inverse();
      const unsigned bits = log_n == 0 ? 0 : log_n - 1;
      for (size_t b = 0; b < size_t{1} << bits; ++b)
        ASSERT_EQ(table[b], root.pow(bit_reverse(b, bits))) << log_n << " " << b;
    }
}

TEST(Twiddles, PowersOfAnyLength) {
  Matrix out(70);
  for (size_t n : {1, 2, 3, 8, 17, 64, 70}) {
    powers(out.data(), n, Fp(5), Fp(7));
    for (size_t i = 0; i < n; ++i) ASSERT_EQ(out[i], Fp(5) * Fp(7).pow(i));
  }
}

TEST(Ntt, ValuesAreThoseOfHornersRule) {
  Pool pool(2);
  for (const Sizes& s : kSizes)
    for (RowOrder order : {RowOrder::kNatural, RowOrder::kBitReversed})
      for (Fp shift : {Fp(1), Fp(9)}) {
        const size_t n = size_t{1} << s.log_n;
        const Matrix coeffs = Source(s.log_n * 100 + s.width).fps(n * s.width);
        Matrix m = coeffs;
        values_from_coeffs(pool, m.data(), s.log_n, s.width, shift, order);
        const Fp w = field::root_of_unity(s.log_n);
        sample(n, s.width, n, [&](size_t row, size_t column) {
          const size_t i = order == RowOrder::kNatural ? row : bit_reverse(row, s.log_n);
          ASSERT_EQ(m[row * s.width + column],
                    column_value(coeffs, s.width, column, shift * w.pow(i)))
              << s.log_n << "x" << s.width << " row " << row << " column " << column;
        });
        coeffs_from_values(pool, m.data(), s.log_n, s.width, shift, order);
        ASSERT_EQ(m, coeffs) << s.log_n << "x" << s.width;
      }
}

TEST(Ntt, ExtensionElementsAreFiveColumns) {
  Pool pool(1);
  const unsigned log_n = 6;
  const std::vector<Fp5> coeffs = Source(1).fp5s(64);
  std::vector<Fp5> v = coeffs;
  values_from_coeffs(pool, v.data(), log_n, Fp(3), RowOrder::kNatural);
  for (size_t i = 0; i < 64; ++i) {
    const Fp x = Fp(3) * field::root_of_unity(log_n).pow(i);
    Fp5 sum;
    for (size_t k = 64; k-- > 0;) sum = sum * x + coeffs[k];
    ASSERT_EQ(v[i], sum);
  }
  coeffs_from_values(pool, v.data(), log_n, Fp(3), RowOrder::kNatural);
  EXPECT_EQ(v, coeffs);
}

struct Extension {
  Matrix out, small;
};

Extension extend(Pool& pool, const Matrix& evals, unsigned log_n, size_t width, unsigned blowup) {
  Extension e{Matrix((size_t{1} << (log_n + blowup)) * width, Fp(123)), {}};
  if (log_n >= kSmallLog) e.small.assign(512 * width, Fp(77));
  coset_lde(pool, evals.data(), log_n, width, blowup, e.out.data(),
            e.small.empty() ? nullptr : e.small.data());
  return e;
}

TEST(Lde, ValuesAreThoseOfTheInterpolatingPolynomials) {
  Pool pool(2);
  for (const Sizes& s : kSizes)
    for (unsigned blowup : {0u, 1u, 2u}) {
      const size_t n = size_t{1} << s.log_n;
      const Matrix evals = Source(7 * s.log_n + s.width).fps(n * s.width);
      Matrix coeffs = evals;
      coeffs_from_values(pool, coeffs.data(), s.log_n, s.width, Fp(1), RowOrder::kNatural);
      const Extension e = extend(pool, evals, s.log_n, s.width, blowup);
      const unsigned log_out = s.log_n + blowup;
      const Fp w = field::root_of_unity(log_out);
      sample(n << blowup, s.width, n, [&](size_t row, size_t column) {
        const Fp x = Fp(kCosetShift) * w.pow(bit_reverse(row, log_out));
        ASSERT_EQ(e.out[row * s.width + column], column_value(coeffs, s.width, column, x))
            << s.log_n << "x" << s.width << " blowup 2^" << blowup << " row " << row;
      });
      if (e.small.empty()) continue;
      sample(512, s.width, n, [&](size_t row, size_t column) {
        const Fp x = Fp(kSmallShift) * field::root_of_unity(kSmallLog).pow(row);
        ASSERT_EQ(e.small[row * s.width + column], column_value(coeffs, s.width, column, x))
            << s.log_n << "x" << s.width << " small row " << row;
      });
    }
}

TEST(Lde, FirstHalfIsTheSmallerExtension) {
  Pool pool(1);
  const Matrix evals = Source(5).fps(size_t{10} << 12);
  const Extension two = extend(pool, evals, 12, 10, 1), four = extend(pool, evals, 12, 10, 2);
  EXPECT_TRUE(std::equal(two.out.begin(), two.out.end(), four.out.begin()));
}

// The words themselves, not only the values, for every tier and number of threads.
TEST(Lde, TiersAndThreadsAgree) {
  for (const Sizes& s : {Sizes{5, 12}, Sizes{9, 33}, Sizes{11, 8}, Sizes{12, 71}, Sizes{16, 20}}) {
    const Matrix evals = Source(s.width).fps((size_t{1} << s.log_n) * s.width);
    Pool one(1);
    force_cpu_tier(0);
    const Extension want = extend(one, evals, s.log_n, s.width, 1);
    test::on_each_tier([&](const CpuTier&) {
      for (unsigned threads : {1u, 2u, 3u, 8u}) {
        Pool pool(threads);
        const Extension got = extend(pool, evals, s.log_n, s.width, 1);
        EXPECT_EQ(got.out, want.out) << threads << " threads";
        EXPECT_EQ(got.small, want.small) << threads << " threads";
      }
    });
  }
}

TEST(Ntt, TiersAndThreadsAgree) {
  for (const Sizes& s : {Sizes{4, 3}, Sizes{8, 5}, Sizes{11, 9}, Sizes{13, 5}, Sizes{14, 33}})
    for (RowOrder order : {RowOrder::kNatural, RowOrder::kBitReversed}) {
      const Matrix coeffs = Source(s.log_n).fps((size_t{1} << s.log_n) * s.width);
      Matrix want;
      test::on_each_tier([&](const CpuTier&) {
        for (unsigned threads : {1u, 3u}) {
          Pool pool(threads);
          Matrix m = coeffs;
          values_from_coeffs(pool, m.data(), s.log_n, s.width, Fp(3), order);
          if (want.empty()) want = m;
          EXPECT_EQ(m, want) << threads << " threads";
          coeffs_from_values(pool, m.data(), s.log_n, s.width, Fp(3), order);
          EXPECT_EQ(m, coeffs) << threads << " threads";
        }
      });
    }
}

// One call forces the tier of all kernels, those that hash included.
TEST(Kernels, AreThoseOfTheTier) {
  std::set<const Kernels*> seen;
  test::on_each_tier([&](const CpuTier& tier) {
    EXPECT_TRUE(seen.insert(&kernels()).second);
    const std::string_view name = tier.name;
    EXPECT_EQ(hash::hash_many_lanes(), name == "avx512" ? 16u : name == "avx2" ? 8u : 4u);
  });
}

}  // namespace
}  // namespace mipzk::commit
