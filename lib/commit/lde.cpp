#include "commit/lde.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "commit/ntt.hpp"
#include "commit/panel.hpp"
#include "commit/twiddles.hpp"

// The transform is cut at N = n1 * n2, with i = i1 n2 + i2 for rows of the trace and k = k1 + n1 k2
// for coefficients:
//   A  strided: for each i2, the first log n1 levels of the inverse transform (over i1);
//   B  contiguous: for each k1, the other levels over i2, which give the coefficients for all k2;
//      then for each coset t: rows times t^k / N, and the first log n2 levels of the forward
//      transform (over k2), written to where the third pass wants them;
//   C  contiguous: the last log n1 levels, on blocks of n1 rows of the output.
// With n1 = 1 only B is left. Every pass works on panels that fit the second-level cache.

namespace mipzk::commit {
namespace {

constexpr unsigned kOnePassLog = 11;
constexpr size_t kPanelCols = 32;
constexpr size_t kChunk = 64;  // elements of a row piece in pass A

struct Plan {
  unsigned log_n, log_1, log_2, log_blowup;
  size_t width, n, n1, n2;
  const Kernels& k;
  const Fp *forward, *inverse;
  std::vector<std::vector<Fp>> coset;  // per coset t: (t^n1)^k2, k2 < n2
  std::vector<Fp> coset_point;         // t
  std::vector<Fp> small;               // (9^n1)^k2
  Fp one_over_n;

  Plan(unsigned log_rows, size_t columns, unsigned log_b, bool with_small)
      : log_n(log_rows),
        // n1 <= 512: coefficients of different k1 then never meet in a row of the small coset.
        log_1(log_rows <= kOnePassLog ? 0 : std::min(kSmallLog, log_rows / 2)),
        log_2(log_n - log_1),
        log_blowup(log_b),
        width(columns),
        n(size_t{1} << log_n),
        n1(size_t{1} << log_1),
        n2(size_t{1} << log_2),
        k(kernels()),
        forward(twiddles(log_n, Direction::kForward)),
        inverse(twiddles(log_n, Direction::kInverse)),
        one_over_n(Fp(uint32_t{1} << log_n).inverse()) {
    const Fp root = field::root_of_unity(log_n + log_blowup);
    for (size_t c = 0; c < size_t{1} << log_blowup; ++c) {
      coset_point.push_back(Fp(kCosetShift) * root.pow(bit_reverse(c, log_blowup)));
      coset.emplace_back(n2);
      powers(coset[c].data(), n2, Fp::one(), coset_point[c].pow(n1));
    }
    if (with_small) {
      small.resize(n2);
      powers(small.data(), n2, Fp::one(), Fp(kSmallShift).pow(n1));
    }
  }
};

// Pass A: from `evals` to `temp`, of the same shape.
void strided_pass(Pool& pool, const Plan& plan, const Fp* evals, Fp* temp) {
  const size_t row = plan.n2 * plan.width, chunks = (row + kChunk - 1) / kChunk;
  pool.parallel_for(chunks, 4, [&](size_t begin, size_t end) {
    Scratch scratch(plan.n1 * kChunk);
    for (size_t i = begin; i < end; ++i) {
      const size_t cols = std::min(kChunk, row - i * kChunk), padded = round_up_8(cols);
      load_panel(scratch.get(), padded, evals + i * kChunk, row, plan.n1, cols);
      plan.k.transform(scratch.get(), plan.log_1, padded, plan.inverse, 0);
      store_panel(temp + i * kChunk, row, scratch.get(), padded, plan.n1, cols);
    }
  });
}

// Pass B: from `temp` to `out` and the sums of the small coset.
void middle_pass(Pool& pool, const Plan& plan, const Fp* temp, Fp* out, Fp* small_out) {
  const Panels panels(plan.width, kPanelCols);
  pool.parallel_for(plan.n1 * panels.count, 1, [&](size_t begin, size_t end) {
    const size_t panel_size = plan.n2 * panels.cols;
    Scratch coeffs_memory(panel_size), values_memory(panel_size), scale_memory(plan.n2);
    Fp *coeffs = coeffs_memory.get(), *values = values_memory.get(), *scale = scale_memory.get();
    for (size_t i = begin; i < end; ++i) {
      const size_t slot = i / panels.count, p = i % panels.count;
      const size_t cols = panels.size(p), padded = round_up_8(cols), first = panels.begin(p);
      const size_t k1 = bit_reverse(slot, plan.log_1);
      load_panel(coeffs, padded, temp + slot * plan.n2 * plan.width + first, plan.width, plan.n2,
                 cols);
      plan.k.transform(coeffs, plan.log_2, padded, plan.inverse, slot);
      for (size_t c = 0; c < plan.coset.size(); ++c) {
        plan.k.scale(scale, plan.coset[c].data(), plan.n2,
                     plan.coset_point[c].pow(k1) * plan.one_over_n);
        plan.k.permute_scale(values, coeffs, plan.log_2, padded, scale);
        plan.k.transform(values, plan.log_2, padded, plan.forward, 0);
        store_panel(out + (c * plan.n + k1) * plan.width + first, plan.n1 * plan.width, values,
                    padded, plan.n2, cols);
      }
      if (small_out != nullptr) {
        const unsigned log_rows = kSmallLog - plan.log_1;
        const size_t rows = size_t{1} << log_rows;
        plan.k.scale(scale, plan.small.data(), plan.n2, Fp(kSmallShift).pow(k1) * plan.one_over_n);
        std::memset(static_cast<void*>(values), 0, rows * padded * sizeof(Fp));
        plan.k.fold_rows(values, log_rows, coeffs, plan.log_2, padded, scale);
        store_panel(small_out + k1 * plan.width + first, plan.n1 * plan.width, values, padded, rows,
                    cols);
      }
    }
  });
}

// Pass C: blocks of n1 rows of `out`, in place.
void last_pass(Pool& pool, const Plan& plan, Fp* out) {
  const Panels panels(plan.width, kPanelCols);
  const size_t blocks = plan.n2 << plan.log_blowup;
  pool.parallel_for(blocks, 1, [&](size_t begin, size_t end) {
    Scratch scratch(plan.n1 * panels.cols);
    for (size_t i = begin; i < end; ++i)
      for (size_t p = 0; p < panels.count; ++p) {
        const size_t cols = panels.size(p), padded = round_up_8(cols);
        Fp* at = out + i * plan.n1 * plan.width + panels.begin(p);
        load_panel(scratch.get(), padded, at, plan.width, plan.n1, cols);
        plan.k.transform(scratch.get(), plan.log_1, padded, plan.forward, i % plan.n2);
        store_panel(at, plan.width, scratch.get(), padded, plan.n1, cols);
      }
  });
}

}  // namespace

void coset_lde(Pool& pool, const Fp* evals, unsigned log_n, size_t width, unsigned log_blowup,
               Fp* out, Fp* small_out) {
  const Plan plan(log_n, width, log_blowup, small_out != nullptr);
  if (plan.log_1 == 0) {
    middle_pass(pool, plan, evals, out, small_out);
  } else {
    Scratch temp(plan.n * width);
    strided_pass(pool, plan, evals, temp.get());
    middle_pass(pool, plan, temp.get(), out, small_out);
    last_pass(pool, plan, out);
  }
  if (small_out != nullptr)
    values_from_coeffs(pool, small_out, kSmallLog, width, Fp::one(), RowOrder::kNatural);
}

}  // namespace mipzk::commit
