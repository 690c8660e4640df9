// SPDX-License-Identifier: Apache-2.0
// Every kernel that evaluates a table's rules in lanes gives what the verifier's evaluation of one
// point gives, on random cells.
#include <gtest/gtest.h>

#include <random>

#include "air/check.hpp"
#include "base/cpu_tier.hpp"
#include "prove/ext_columns.hpp"
#include "prove/quotient.hpp"

namespace mipzk::prove {
namespace {

constexpr uint32_t kShard = 7;  // any but the usual

constexpr size_t kPoints = 272;  // some blocks, and one that is not full

class Random {
 public:
  Fp fp() { return Fp(static_cast<uint32_t>(rng_() % field::kP)); }
  Fp5 fp5() {
    Fp5 x;
    for (Fp& c : x.c) c = fp();
    return x;
  }
  std::vector<Fp> cells(size_t n) {
    std::vector<Fp> v(n);
    for (Fp& x : v) x = fp();
    return v;
  }
  air::Challenges challenges() {
    air::Challenges c;
    c.alpha = fp5();
    for (Fp5& b : c.beta) b = fp5();
    return c;
  }

 private:
  std::mt19937_64 rng_{7};
};

std::vector<Fp5> lifted(const Fp* cells, size_t n) {
  std::vector<Fp5> out;
  for (size_t i = 0; i < n; ++i) out.push_back(Fp5(cells[i]));
  return out;
}

Fp5 ext_cell(const Fp* cells) {
  Fp5 x;
  for (size_t i = 0; i < 5; ++i) x.c[i] = cells[i];
  return x;
}

// The weighted sum of the table's own rules, without pairs and steps, in the order of constraints.
class RulesAlone {
 public:
  RulesAlone(const air::RowReport& report, const Fp5& gamma) : report_(report), gamma_(gamma) {}
  void arithmetic(air::Code, air::Operand, air::Operand, air::Operand) {}
  void zero(air::Operand) { next(report_.zeros[zeros_++]); }
  void pair(air::Operand, air::Operand, air::Operand) { next(Fp()); }
  void lookup_step(const air::Factor*, unsigned) { next(Fp()); }
  void product_step(air::Chain, const air::Item*, unsigned) { next(Fp()); }
  Fp5 sum;

 private:
  void next(Fp value) {
    sum += weight_ * value;
    weight_ *= gamma_;
  }
  const air::RowReport& report_;
  Fp5 gamma_, weight_ = Fp5::one();
  size_t zeros_ = 0;
};
Fp5 rules_alone(const air::TableInfo& t, const air::RowReport& report, const Fp5& gamma) {
  RulesAlone alone(report, gamma);
  air::read_steps(t.rules, alone);
  return alone.sum;
}

class Kernels : public testing::TestWithParam<size_t> {
 protected:
  void SetUp() override {
    const CpuTier& tier = cpu_tiers()[GetParam()];
    if (!tier.available) GTEST_SKIP() << "this processor does not have " << tier.name;
    force_cpu_tier(GetParam());
  }
  ~Kernels() override { unforce_cpu_tier(); }
};

TEST_P(Kernels, QuotientIsTheVerifiersEvaluation) {
  Random random;
  Pool pool(2);
  const air::FormBases local(random.challenges(), kShard), global(random.challenges());
  for (const air::TableInfo& t : air::tables()) {
    SCOPED_TRACE(t.name);
    const air::Layout& l = t.layout;
    const size_t ext_width = 5 * l.ext_columns(), next_width = 5 * l.running_columns();
    const std::vector<Fp> pre = random.cells(kPoints * l.pre_columns);
    const std::vector<Fp> base = random.cells(kPoints * l.base_columns);
    const std::vector<Fp> ext = random.cells(kPoints * ext_width);
    const std::vector<Fp> next = random.cells(kPoints * next_width);
    const air::Published published{random.fp5(), random.fp5(), random.fp5()};
    const Fp5 challenge = random.fp5();
    std::vector<Fp5> gamma(l.constraints, Fp5::one());
    for (size_t i = 1; i < gamma.size(); ++i) gamma[i] = gamma[i - 1] * challenge;

    PointSet set{kPoints, pre.data(), base.data(), ext.data(), next.data(), 0};
    PointFactors factors{random.cells(kPoints), random.cells(kPoints), random.cells(kPoints)};
    std::vector<Fp5> acc(kPoints, Fp5::one());
    add_quotient(pool, {t.id, &local, &global, &published, gamma.data()}, set, factors, acc.data());

    std::vector<Fp5> values(t.rules.operands());
    for (size_t j = 0; j < kPoints; ++j) {
      const std::vector<Fp5> pre_at = lifted(&pre[j * l.pre_columns], l.pre_columns);
      const std::vector<Fp5> base_at = lifted(&base[j * l.base_columns], l.base_columns);
      std::vector<Fp5> ext_at;
      for (size_t k = 0; k < l.ext_columns(); ++k)
        ext_at.push_back(ext_cell(&ext[j * ext_width + 5 * k]));
      air::PointCells cells{pre_at.data(), base_at.data(), ext_at.data(), {}};
      const Fp* running = next.data() + j * next_width;
      for (size_t k = 0; k < 3; ++k) {
        if (l.running()[k] == kNoColumn) continue;
        cells.next[k] = ext_cell(running);
        running += 5;
      }
      Fp5 weight = Fp5::one();
      const air::ConstraintSums sums = air::evaluate_constraints(
          t, local, global, published, challenge, weight, cells, values.data());
      EXPECT_EQ(weight, gamma.back() * challenge);
      ASSERT_EQ(acc[j], Fp5::one() + sums.row * factors.row[j] + sums.first * factors.first[j] +
                            sums.closing * factors.closing[j])
          << j;
    }
  }
}

// Each constraint that the layout counts is evaluated, with a power of gamma of its own.
TEST(Plans, EveryConstraintIsEvaluated) {
  Random random;
  Pool pool(1);
  const air::FormBases local(random.challenges(), kShard), global(random.challenges());
  constexpr size_t kFew = 16;
  for (const air::TableInfo& t : air::tables()) {
    SCOPED_TRACE(t.name);
    const air::Layout& l = t.layout;
    const std::vector<Fp> pre = random.cells(kFew * l.pre_columns);
    const std::vector<Fp> base = random.cells(kFew * l.base_columns);
    const std::vector<Fp> ext = random.cells(kFew * 5 * l.ext_columns());
    const std::vector<Fp> next = random.cells(kFew * 5 * l.running_columns());
    const air::Published published{random.fp5(), random.fp5(), random.fp5()};
    PointSet set{kFew, pre.data(), base.data(), ext.data(), next.data(), 0};
    PointFactors factors{random.cells(kFew), random.cells(kFew), random.cells(kFew)};
    std::vector<Fp5> gamma(l.constraints + 1);
    for (unsigned i = 0; i <= l.constraints; ++i) {
      gamma[i] = Fp5::one();
      std::vector<Fp5> acc(kFew);
      add_quotient(pool, {t.id, &local, &global, &published, gamma.data()}, set, factors,
                   acc.data());
      EXPECT_EQ(acc != std::vector<Fp5>(kFew), i < l.constraints) << "constraint " << i;
      gamma[i] = Fp5();
    }
  }
}

// num / den of each step, as the verifier would say that its constraint holds.
TEST_P(Kernels, StepsSatisfyTheirConstraints) {
  Random random;
  Pool pool(2);
  const air::FormBases local(random.challenges(), kShard), global(random.challenges());
  constexpr unsigned kLog = 10, kTail = 32;
  constexpr size_t kRows = (size_t{1} << kLog) - kTail;
  for (const air::TableInfo& t : air::tables()) {
    SCOPED_TRACE(t.name);
    const air::Layout& l = t.layout;
    const std::vector<Fp> pre = random.cells((kRows + kTail) * l.pre_columns);
    std::vector<Fp> base = random.cells((kRows + kTail) * l.base_columns);
    for (size_t j = 0; j < kRows; ++j) {  // pair columns hold their products
      std::vector<Fp> named(&base[j * l.base_columns], &base[j * l.base_columns] + l.named_columns);
      air::RowReport report;
      air::RowChecker(t, kShard).check(pre.data() + j * l.pre_columns, named.data(), report);
      for (unsigned k = 0; k < l.pair_columns; ++k)
        base[j * l.base_columns + l.named_columns + k] =
            report.ranges[2 * k] * report.ranges[2 * k + 1];
    }
    SecretVector<Fp> ext;
    air::Published published;
    ASSERT_TRUE(fill_ext(pool, {t.id, &local, &global, pre.data(), base.data()}, kLog, kTail, ext,
                         published));
    // Two sums whose weights are powers of gamma, with and without the steps' constraints: the
    // rules of the table do not hold on random cells, so they are subtracted.
    for (const size_t j : {size_t{0}, size_t{1}, kRows / 2, kRows - 1}) {
      const std::vector<Fp5> pre_at = lifted(pre.data() + j * l.pre_columns, l.pre_columns);
      const std::vector<Fp5> base_at = lifted(&base[j * l.base_columns], l.base_columns);
      std::vector<Fp5> row, next;
      for (size_t k = 0; k < l.ext_columns(); ++k) {
        row.push_back(ext_cell(&ext[5 * (j * l.ext_columns() + k)]));
        next.push_back(ext_cell(&ext[5 * ((j + 1) * l.ext_columns() + k)]));
      }
      air::PointCells cells{pre_at.data(), base_at.data(), row.data(), {}};
      for (size_t k = 0; k < 3; ++k)
        if (l.running()[k] != kNoColumn) cells.next[k] = next[l.running()[k]];
      air::RowReport report;
      air::RowChecker(t, kShard).check(pre.data() + j * l.pre_columns, &base[j * l.base_columns],
                                       report);
      const Fp5 gamma = random.fp5();
      Fp5 weight = Fp5::one();
      std::vector<Fp5> values(t.rules.operands());
      const air::ConstraintSums sums = air::evaluate_constraints(t, local, global, published, gamma,
                                                                 weight, cells, values.data());
      EXPECT_EQ(sums.row, rules_alone(t, report, gamma)) << j;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tiers, Kernels, testing::Range(size_t{0}, cpu_tiers().size()));

}  // namespace
}  // namespace mipzk::prove
