// SPDX-License-Identifier: Apache-2.0
#include "commit/lde.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <vector>

#include "commit/ntt.hpp"
#include "commit/panel.hpp"
#include "commit/twiddles.hpp"

// The transform is cut at N = n1 * n2, with i = i1 n2 + i2 for rows of the trace and k = k1 + n1 k2
// for coefficients:
//   A  for each i2, the first log n1 levels of the inverse transform (over i1), from `evals` to row
//      i2 n1 + k1 of the last block of N rows of `out`;
//   B  for each k1, the other levels over i2, which give the coefficients for all k2; then for each
//      coset t: rows times t^k / N and the first log n2 levels of the forward transform (over k2),
//      back to the rows that were read, in the block of the coset;
//   C  the last log n1 levels, on blocks of n1 rows of `out`.
// With n1 = 1 only B is left. Every pass works on panels that fit the second-level cache, and the
// three passes on groups of columns that fit the third where that can be.

namespace mipzk::commit {
namespace {

constexpr unsigned kOnePassLog = 11;
constexpr unsigned kMaxLog1 = 10;
constexpr size_t kPanelElements = size_t{1} << 16;  // of a panel, at most about
constexpr size_t kGroupElements = size_t{1} << 21;  // of a group of columns of the trace
constexpr size_t kPiece = 64;                       // elements of a row piece in pass A

struct Plan {
  unsigned log_n, log_1, log_2, log_blowup;
  size_t width, n, n1, n2;
  const Kernels& k;
  const Fp *forward, *inverse;
  std::vector<std::vector<Fp>> coset;  // per coset t: (t^n1)^k2, k2 < n2
  std::vector<Fp> coset_point;         // t
  std::vector<Fp> small;               // (9^n1)^k2
  std::vector<uint32_t> reversed;      // bitrev(k1), k1 < n1
  Fp one_over_n;

  Plan(unsigned log_rows, size_t columns, unsigned log_b, bool with_small)
      : log_n(log_rows),
        log_1(log_rows <= kOnePassLog ? 0 : std::min(kMaxLog1, log_rows / 2)),
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
    for (size_t i = 0; i < n1; ++i)
      reversed.push_back(static_cast<uint32_t>(bit_reverse(i, log_1)));
    if (with_small) {
      small.resize(n2);
      powers(small.data(), n2, Fp::one(), Fp(kSmallShift).pow(n1));
    }
  }

  // Columns of a panel of `rows` rows.
  size_t panel_cols(size_t rows) const {
    return std::clamp<size_t>(kPanelElements / rows / 8 * 8, 16, 64);
  }
};

struct Columns {
  size_t begin, count;
};

// Pass A, on the given columns; `rows` is the last block of the output.
void first_pass(Pool& pool, const Plan& plan, Columns columns, const Fp* evals, Fp* rows) {
  const Panels panels(columns.count, kPiece);
  // Narrow rows are taken several at a time; without padding between them if they are whole.
  const bool whole = columns.count == plan.width && panels.count == 1;
  const size_t row = whole ? plan.width : panels.cols;
  const size_t together = std::min(plan.n2, std::bit_floor(std::max<size_t>(1, kPiece / row)));
  const size_t steps = plan.n2 / together, pitch = round_up_8(row * together);
  pool.parallel_for(steps * panels.count, 2, [&](size_t begin, size_t end) {
    Scratch scratch(plan.n1 * pitch);
    for (size_t i = begin; i < end; ++i) {
      const size_t i2 = i / panels.count * together, p = i % panels.count;
      const size_t cols = panels.size(p), first = columns.begin + panels.begin(p);
      const Fp* from = evals + i2 * plan.width + first;
      if (whole)
        plan.k.copy_rows(scratch.get(), pitch, from, plan.n2 * plan.width, plan.n1, cols * together,
                         true);
      else
        for (size_t r = 0; r < together; ++r)
          plan.k.copy_rows(scratch.get() + r * row, pitch, from + r * plan.width,
                           plan.n2 * plan.width, plan.n1, cols, true);
      plan.k.transform(scratch.get(), plan.log_1, pitch, plan.inverse, 0);
      for (size_t r = 0; r < together; ++r)
        plan.k.copy_reversed(rows + (i2 + r) * plan.n1 * plan.width + first, plan.width,
                             scratch.get() + r * row, pitch, plan.log_1, cols);
    }
  });
}

// Pass B on the given columns, from `rows` (of the trace, or as pass A leaves them) to `out` and
// the sums of the small coset.
void middle_pass(Pool& pool, const Plan& plan, Columns columns, const Fp* rows, Fp* out,
                 Fp* small_out) {
  const Panels panels(columns.count, plan.panel_cols(plan.n2));
  // Narrow rows are read and written several at a time.
  const size_t together =
      panels.count > 1 ? 1 : std::min(plan.n1, std::max<size_t>(1, 32 / panels.cols));
  // All k1 of one residue modulo 512 are in one block, because they share a row of the small coset.
  const size_t residues = std::min(plan.n1, size_t{1} << kSmallLog), pitch = plan.n1 * plan.width;
  pool.parallel_for(residues / together * panels.count, 1, [&](size_t begin, size_t end) {
    const size_t panel = plan.n2 * panels.cols;
    const unsigned log_small = kSmallLog - std::min(plan.log_1, kSmallLog);
    const size_t small_rows = small_out == nullptr ? 0 : size_t{1} << log_small;
    Scratch coeffs(panel * together), values(panel * together), scale(plan.n2);
    Scratch small(small_rows * panels.cols * together);
    for (size_t i = begin; i < end; ++i) {
      const size_t residue = i / panels.count * together, p = i % panels.count;
      const size_t cols = panels.size(p), padded = round_up_8(cols);
      const size_t first = columns.begin + panels.begin(p);
      if (small_rows != 0)
        std::memset(static_cast<void*>(small.get()), 0,
                    small_rows * padded * together * sizeof(Fp));
      for (size_t base = residue; base < plan.n1; base += residues) {
        for (size_t r = 0; r < together; ++r)
          plan.k.copy_rows(coeffs.get() + r * panel, padded, rows + (base + r) * plan.width + first,
                           pitch, plan.n2, cols, true);
        for (size_t r = 0; r < together; ++r)
          plan.k.transform(coeffs.get() + r * panel, plan.log_2, padded, plan.inverse,
                           plan.reversed[base + r]);
        for (size_t c = 0; c < plan.coset.size(); ++c) {
          for (size_t r = 0; r < together; ++r) {
            plan.k.scale(scale.get(), plan.coset[c].data(), plan.n2,
                         plan.coset_point[c].pow(base + r) * plan.one_over_n);
            plan.k.permute_scale(values.get() + r * panel, coeffs.get() + r * panel, plan.log_2,
                                 padded, scale.get());
            plan.k.transform(values.get() + r * panel, plan.log_2, padded, plan.forward, 0);
          }
          Fp* to = out + (c * plan.n + base) * plan.width + first;
          for (size_t r = 0; r < together; ++r)
            plan.k.copy_rows(to + r * plan.width, pitch, values.get() + r * panel, padded, plan.n2,
                             cols, false);
        }
        for (size_t r = 0; r < together && small_rows != 0; ++r) {
          plan.k.scale(scale.get(), plan.small.data(), plan.n2,
                       Fp(kSmallShift).pow(base + r) * plan.one_over_n);
          plan.k.fold_rows(small.get() + r * small_rows * padded, log_small,
                           coeffs.get() + r * panel, plan.log_2, padded, scale.get());
        }
      }
      for (size_t r = 0; r < together && small_rows != 0; ++r)
        plan.k.copy_rows(small_out + (residue + r) * plan.width + first, residues * plan.width,
                         small.get() + r * small_rows * padded, padded, small_rows, cols, false);
    }
  });
}

// Pass C on the given columns: blocks of n1 rows of `out`, in place.
void last_pass(Pool& pool, const Plan& plan, Columns columns, Fp* out) {
  const size_t blocks = plan.n2 << plan.log_blowup;
  if (columns.count == plan.width && plan.width % 8 == 0 &&
      plan.n1 * plan.width <= kPanelElements) {
    pool.parallel_for(blocks, 1, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i)
        plan.k.transform(out + i * plan.n1 * plan.width, plan.log_1, plan.width, plan.forward,
                         i % plan.n2);
    });
    return;
  }
  const Panels panels(columns.count, plan.panel_cols(plan.n1));
  pool.parallel_for(blocks, 1, [&](size_t begin, size_t end) {
    Scratch scratch(plan.n1 * panels.cols);
    for (size_t i = begin; i < end; ++i)
      for (size_t p = 0; p < panels.count; ++p) {
        const size_t cols = panels.size(p), padded = round_up_8(cols);
        Fp* at = out + i * plan.n1 * plan.width + columns.begin + panels.begin(p);
        plan.k.copy_rows(scratch.get(), padded, at, plan.width, plan.n1, cols, true);
        plan.k.transform(scratch.get(), plan.log_1, padded, plan.forward, i % plan.n2);
        plan.k.copy_rows(at, plan.width, scratch.get(), padded, plan.n1, cols, false);
      }
  });
}

}  // namespace

void coset_lde(Pool& pool, const Fp* evals, unsigned log_n, size_t width, unsigned log_blowup,
               Fp* out, Fp* small_out) {
  const Plan plan(log_n, width, log_blowup, small_out != nullptr);
  const Panels groups(width, std::max<size_t>(64, kGroupElements / plan.n / 64 * 64));
  for (size_t i = 0; i < groups.count; ++i) {
    const Columns columns{groups.begin(i), groups.size(i)};
    if (plan.log_1 == 0) {
      middle_pass(pool, plan, columns, evals, out, small_out);
      continue;
    }
    Fp* last_block = out + ((size_t{1} << log_blowup) - 1) * plan.n * width;
    first_pass(pool, plan, columns, evals, last_block);
    middle_pass(pool, plan, columns, last_block, out, small_out);
    last_pass(pool, plan, columns, out);
  }
  if (small_out != nullptr)
    values_from_coeffs(pool, small_out, kSmallLog, width, Fp::one(), RowOrder::kNatural);
}

}  // namespace mipzk::commit
