// SPDX-License-Identifier: Apache-2.0
#include "commit/deep.hpp"

#include <gtest/gtest.h>

#include "commit/lde.hpp"
#include "commit/ntt.hpp"
#include "support/cpu_tiers.hpp"
#include "unit/commit/random_field.hpp"

namespace mipzk::commit {
namespace {

using random_field::Source;

// Runs `check` on every tier of this processor, with one thread and with three.
template <class F>
void on_all_tiers(F&& check) {
  test::on_each_tier([&](const CpuTier&) {
    for (unsigned threads : {1u, 3u}) {
      SCOPED_TRACE(testing::Message() << "threads " << threads);
      Pool pool(threads);
      check(pool);
    }
  });
}

TEST(Deep, LagrangeWeightsAreTheirDefinition) {
  on_all_tiers([](Pool& pool) {
    for (unsigned log_n : {0u, 1u, 3u, 4u, 5u, 11u, 12u}) {
      const size_t n = size_t{1} << log_n;
      const Fp5 z = Source(log_n).fp5();
      const LagrangeWeights l = lagrange_weights(pool, log_n, z);
      ASSERT_EQ(l.weights.size(), n);
      const Fp5 factor = (z.pow(n) - Fp::one()) * Fp(static_cast<uint32_t>(n)).inverse();
      Fp5 sum;
      for (size_t i = 0; i < n; ++i) {
        const Fp x = field::root_of_unity(log_n).pow(i);
        const Fp5 li = l.factor * l.weights[i];
        if (i < 100) {
          ASSERT_EQ(li * (z - x), factor * x) << log_n << " " << i;
        }
        sum += li;
      }
      EXPECT_EQ(sum, Fp5::one());  // interpolates the constant 1
    }
  });
}

TEST(Deep, ColumnsAreEvaluatedAtThePointAndItsRotations) {
  on_all_tiers([](Pool& pool) {
    for (auto [log_n, width, pitch] : {std::tuple{3u, 1u, 1u},
                                       {0u, 3u, 4u},
                                       {1u, 2u, 2u},
                                       {6u, 23u, 23u},
                                       {9u, 40u, 40u},
                                       {12u, 17u, 33u},
                                       {11u, 8u, 20u}}) {
      const size_t n = size_t{1} << log_n;
      Source source(width);
      const std::vector<Fp> coeffs = source.fps(n * pitch);
      std::vector<Fp> values = coeffs;
      values_from_coeffs(pool, values.data(), log_n, pitch, Fp(1), RowOrder::kNatural);
      const Fp5 z = source.fp5();
      const LagrangeWeights weights = lagrange_weights(pool, log_n, z);
      for (size_t rotation : {size_t{0}, size_t{1}, n - 1, n + 3}) {
        std::vector<Fp5> out(width);
        evaluate_columns(pool, values.data(), log_n, pitch, width, weights, rotation, out.data());
        const Fp5 at = z * field::root_of_unity(log_n).pow(rotation);
        for (size_t c = 0; c < width; ++c) {
          Fp5 want;
          for (size_t k = n; k-- > 0;) want = want * at + coeffs[k * pitch + c];
          ASSERT_EQ(out[c], want) << log_n << " column " << c << " rotation " << rotation;
        }
      }
    }
  });
}

TEST(Deep, RowsAreCombined) {
  on_all_tiers([](Pool& pool) {
    for (auto [rows, width, pitch] : {std::tuple{1u, 1u, 1u},
                                      {3u, 5u, 7u},
                                      {16u, 32u, 32u},
                                      {1000u, 33u, 40u},
                                      {517u, 70u, 70u},
                                      {4096u, 2u, 2u}}) {
      Source source(rows);
      const std::vector<Fp> matrix = source.fps(size_t{rows} * pitch);
      const std::vector<Fp5> coefficients = source.fp5s(width), start = source.fp5s(rows);
      std::vector<Fp5> acc = start;
      combine_rows(pool, matrix.data(), rows, pitch, width, coefficients.data(), acc.data());
      for (size_t r = 0; r < rows; ++r) {
        Fp5 want = start[r];
        for (size_t c = 0; c < width; ++c) want += coefficients[c] * matrix[r * pitch + c];
        ASSERT_EQ(acc[r], want) << rows << "x" << width << " row " << r;
      }
    }
  });
}

// The greatest words everywhere: nothing overflows in the delayed reductions.
TEST(Deep, GreatestWords) {
  on_all_tiers([](Pool& pool) {
    const Fp top = Fp::from_raw(field::kP - 1);
    const Fp5 top5(std::array<Fp, 5>{top, top, top, top, top});
    const size_t rows = 100, width = 301;
    const std::vector<Fp> matrix(rows * width, top);
    const std::vector<Fp5> coefficients(width, top5);
    std::vector<Fp5> acc(rows, top5);
    combine_rows(pool, matrix.data(), rows, width, width, coefficients.data(), acc.data());
    const Fp want = top * top * Fp(width) + top;
    for (const Fp5& x : acc)
      for (Fp c : x.c) ASSERT_EQ(c, want);
  });
}

TEST(Deep, InverseDifferences) {
  on_all_tiers([](Pool& pool) {
    for (unsigned log_n : {0u, 1u, 2u, 5u, 9u, 10u, 13u})
      for (const Fp5& z : {Source(log_n).fp5(), Fp5(Fp(5)), Fp5(Fp())}) {
        const Fp shift(log_n % 2 == 0 ? 1 : kCosetShift);
        if (shift == Fp::one() && z.c[0].pow(size_t{1} << log_n) == Fp::one()) continue;
        std::vector<Fp5> out(size_t{1} << log_n);
        inverse_differences(pool, log_n, shift, z, out.data());
        const Fp root = field::root_of_unity(log_n);
        for (size_t j = 0; j < out.size(); ++j) {
          const Fp x = shift * root.pow(bit_reverse(j, log_n));
          ASSERT_EQ(out[j] * (Fp5(x) - z), Fp5::one()) << log_n << " " << j;
        }
      }
  });
}

TEST(Deep, QuotientsAreAdded) {
  on_all_tiers([](Pool& pool) {
    for (unsigned log_n : {0u, 3u, 4u, 6u, 12u}) {
      Source source(log_n);
      const size_t n = size_t{1} << log_n;
      const Fp5 z = source.fp5(), v = source.fp5();
      const std::vector<Fp5> f = source.fp5s(n), start = source.fp5s(n);
      std::vector<Fp5> acc = start, inverse(n);
      inverse_differences(pool, log_n, Fp(3), z, inverse.data());
      add_quotients(pool, log_n, Fp(3), z, f.data(), v, acc.data());
      for (size_t j = 0; j < n; ++j) ASSERT_EQ(acc[j], start[j] + (f[j] - v) * inverse[j]);
    }
  });
}

}  // namespace
}  // namespace mipzk::commit
