// SPDX-License-Identifier: Apache-2.0
// Speed of the transforms and of the kernels of openings, per CPU tier and number of threads.
// Times are processor time of all threads.
// Usage: ntt_bench [log_n width]...; without arguments a table of sizes.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "base/cpu_tier.hpp"
#include "commit/deep.hpp"
#include "commit/fri_prove.hpp"
#include "commit/lde.hpp"
#include "commit/ntt.hpp"

namespace {

using namespace mipzk;
using field::Fp;
using field::Fp5;

// Processor seconds, of all threads together, of one call; the best of several. On a machine that
// is shared with others this says more than the time on the wall.
template <class F>
double best_time(const F& f) {
  double best = 1e9, total = 0;
  for (int i = 0; i < 3 || (total < 0.5 && i < 1000); ++i) {
    const std::clock_t start = std::clock();
    f();
    const double t = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    total += t;
    if (t < best) best = t;
  }
  return best;
}

void fill(Fp* data, size_t n) {
  uint64_t x = 88172645463325252u;
  for (size_t i = 0; i < n; ++i) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    data[i] = Fp::from_raw(static_cast<uint32_t>(x % field::kP));
  }
}

void lde(Pool& pool, unsigned log_n, size_t width) {
  const size_t cells = width << log_n;
  std::vector<Fp> evals(cells), out(2 * cells), small(512 * width);
  fill(evals.data(), cells);
  const double scale = 1e9 / static_cast<double>(cells);
  const double plain =
      scale * best_time([&] {
        commit::coset_lde(pool, evals.data(), log_n, width, 1, out.data(), nullptr);
      });
  const double with_small =
      log_n < commit::kSmallLog ? 0 : scale * best_time([&] {
                                        commit::coset_lde(pool, evals.data(), log_n, width, 1,
                                                          out.data(), small.data());
                                      });
  std::printf("  lde 2^%-2u x %-4zu %6.2f ns per trace cell, with the small coset %6.2f\n", log_n,
              width, plain, with_small);
}

void coefficients(Pool& pool, unsigned log_n) {
  std::vector<Fp5> word(size_t{1} << log_n);
  fill(word[0].c.data(), 5);
  for (commit::RowOrder order : {commit::RowOrder::kNatural, commit::RowOrder::kBitReversed}) {
    const double t =
        best_time([&] { commit::coeffs_from_values(pool, word.data(), log_n, Fp(3), order); });
    std::printf("  coefficients of a word of 2^%-2u, %-12s %6.2f ns per entry\n", log_n,
                order == commit::RowOrder::kNatural ? "natural" : "bit-reversed",
                t * 1e9 / static_cast<double>(word.size()));
  }
}

void deep(Pool& pool, unsigned log_n, size_t width) {
  const size_t n = size_t{1} << log_n;
  std::vector<Fp> evals(n * width);
  fill(evals.data(), evals.size());
  std::vector<Fp5> coefficients(width), out(width), acc(n);
  fill(coefficients[0].c.data(), 5);
  for (Fp5& c : coefficients) c = coefficients[0];
  const Fp5 z = coefficients[0];
  const auto per = [](double count, double t) { return t * 1e9 / count; };
  const double rows = static_cast<double>(n), cells = rows * static_cast<double>(width);
  std::printf("  weights 2^%-2u     %6.2f ns per point\n", log_n,
              per(rows, best_time([&] { commit::lagrange_weights(pool, log_n, z); })));
  const commit::LagrangeWeights weights = commit::lagrange_weights(pool, log_n, z);
  std::printf("  open 2^%-2u x %-4zu %6.2f ns per cell\n", log_n, width,
              per(cells, best_time([&] {
                    commit::evaluate_columns(pool, evals.data(), log_n, width, width, weights, 0,
                                             out.data());
                  })));
  std::printf("  rows 2^%-2u x %-4zu %6.2f ns per cell\n", log_n, width,
              per(cells, best_time([&] {
                    commit::combine_rows(pool, evals.data(), n, width, width, coefficients.data(),
                                         acc.data());
                  })));
  std::printf("  inverses 2^%-2u    %6.2f ns per point\n", log_n,
              per(rows, best_time([&] {
                    commit::inverse_differences(pool, log_n, Fp(3), z, acc.data());
                  })));
  std::printf("  quotients 2^%-2u   %6.2f ns per point\n", log_n,
              per(rows, best_time([&] {
                    commit::add_quotients(pool, log_n, Fp(3), z, acc.data(), z, acc.data());
                  })));
  const std::span<const Fp5> betas = std::span(coefficients).first(3);
  std::printf("  fold by 8 2^%-2u   %6.2f ns per entry\n", log_n,
              per(rows, best_time([&] { commit::fold_word(pool, acc, log_n, betas); })));
}

}  // namespace

int main(int argc, char** argv) {
  struct Size {
    unsigned log_n;
    size_t width;
  };
  std::vector<Size> sizes{{10, 32}, {14, 32}, {14, 200}, {16, 64}, {18, 32}, {20, 32}, {16, 5}};
  if (argc > 2) sizes.clear();
  for (int i = 1; i + 1 < argc; i += 2)
    sizes.push_back(
        {static_cast<unsigned>(std::atoi(argv[i])), static_cast<size_t>(std::atoi(argv[i + 1]))});
  for (size_t i = cpu_tiers().size(); i-- > 0;) {
    if (!cpu_tiers()[i].available) continue;
    force_cpu_tier(i);
    for (unsigned threads : {1u, 2u}) {
      Pool pool(threads);
      std::printf("%s, threads: %u\n", cpu_tiers()[i].name, threads);
      for (const Size& s : sizes) lde(pool, s.log_n, s.width);
      coefficients(pool, 18);
      deep(pool, 16, 64);
    }
  }
}
