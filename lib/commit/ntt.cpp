// SPDX-License-Identifier: Apache-2.0
#include "commit/ntt.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "commit/panel.hpp"
#include "commit/twiddles.hpp"

namespace mipzk::commit {
namespace {

constexpr unsigned kOnePassLog = 11;  // up to 2^11 rows one panel holds whole columns
constexpr size_t kPanelCols = 32;
constexpr size_t kChunk = 64;  // elements of a row piece in the strided pass

using PanelTransform = decltype(Kernels::transform);

// Levels that combine rows 2^log_2 apart, on all rows.
void strided_pass(Pool& pool, PanelTransform transform, Fp* matrix, unsigned log_1, unsigned log_2,
                  size_t width, const Fp* tw) {
  const Kernels& k = kernels();
  const size_t n1 = size_t{1} << log_1, row = width << log_2;
  const size_t chunks = (row + kChunk - 1) / kChunk;
  pool.parallel_for(chunks, 4, [&](size_t begin, size_t end) {
    Scratch scratch(n1 * kChunk);
    for (size_t i = begin; i < end; ++i) {
      const size_t cols = std::min(kChunk, row - i * kChunk), padded = round_up_8(cols);
      k.copy_rows(scratch.get(), padded, matrix + i * kChunk, row, n1, cols, true);
      transform(scratch.get(), log_1, padded, tw, 0);
      k.copy_rows(matrix + i * kChunk, row, scratch.get(), padded, n1, cols, false);
    }
  });
}

// Levels that stay within blocks of 2^log_2 rows.
void block_pass(Pool& pool, PanelTransform transform, Fp* matrix, unsigned log_1, unsigned log_2,
                size_t width, const Fp* tw) {
  const Kernels& k = kernels();
  const Panels panels(width, kPanelCols);
  const size_t n2 = size_t{1} << log_2;
  pool.parallel_for(panels.count << log_1, 1, [&](size_t begin, size_t end) {
    Scratch scratch(n2 * panels.cols);
    for (size_t i = begin; i < end; ++i) {
      const size_t block = i / panels.count, p = i % panels.count;
      const size_t cols = panels.size(p), padded = round_up_8(cols);
      Fp* at = matrix + block * n2 * width + panels.begin(p);
      k.copy_rows(scratch.get(), padded, at, width, n2, cols, true);
      transform(scratch.get(), log_2, padded, tw, block);
      k.copy_rows(at, width, scratch.get(), padded, n2, cols, false);
    }
  });
}

unsigned strided_levels(unsigned log_n) { return log_n <= kOnePassLog ? 0 : log_n / 2; }

// In place, from natural to bit-reversed order.
void transform(Pool& pool, Fp* matrix, unsigned log_n, size_t width, Direction direction) {
  if (log_n == 0) return;
  const unsigned log_1 = strided_levels(log_n), log_2 = log_n - log_1;
  const Fp* tw = twiddles(log_n, direction);
  const PanelTransform f = kernels().transform;
  if (log_1 != 0) strided_pass(pool, f, matrix, log_1, log_2, width, tw);
  block_pass(pool, f, matrix, log_1, log_2, width, tw);
}

// The inverse of the forward transform times 2^log_n, from bit-reversed to natural order.
void untransform(Pool& pool, Fp* matrix, unsigned log_n, size_t width) {
  if (log_n == 0) return;
  const unsigned log_1 = strided_levels(log_n), log_2 = log_n - log_1;
  const Fp* tw = twiddles(log_n, Direction::kInverse);
  const PanelTransform f = kernels().untransform;
  block_pass(pool, f, matrix, log_1, log_2, width, tw);
  if (log_1 != 0) strided_pass(pool, f, matrix, log_1, log_2, width, tw);
}

// Row i times start * step^i.
void scale_rows(Pool& pool, Fp* matrix, unsigned log_n, size_t width, Fp start, Fp step) {
  if (start == Fp::one() && step == Fp::one()) return;
  const Kernels& k = kernels();
  pool.parallel_for(size_t{1} << log_n, 256, [&](size_t begin, size_t end) {
    Fp factor = start * step.pow(begin);
    for (size_t i = begin; i < end; ++i, factor *= step)
      k.scale(matrix + i * width, matrix + i * width, width, factor);
  });
}

Fp* as_matrix(Fp5* values) {
  static_assert(sizeof(Fp5) == 5 * sizeof(Fp) && alignof(Fp5) == alignof(Fp));
  return reinterpret_cast<Fp*>(values);
}

}  // namespace

void bit_reverse_rows(Pool& pool, Fp* matrix, unsigned log_n, size_t width) {
  constexpr size_t kAhead = 16;
  const size_t n = size_t{1} << log_n;
  pool.parallel_for(n, 1024, [&](size_t begin, size_t end) {
    size_t reversed[kAhead];  // of rows i .. i + kAhead - 1, whose partners are on their way
    for (size_t i = begin; i < end + kAhead; ++i) {
      if (i >= begin + kAhead) {
        const size_t row = i - kAhead, j = reversed[row % kAhead];
        // Each pair is swapped once, by its smaller row.
        if (row < j)
          std::swap_ranges(matrix + row * width, matrix + (row + 1) * width, matrix + j * width);
      }
      if (i < end) {
        const size_t j = bit_reverse(i, log_n);
        reversed[i % kAhead] = j;
        if (i < j)
          for (size_t c = 0; c < width; c += 16) __builtin_prefetch(matrix + j * width + c, 1);
      }
    }
  });
}

void values_from_coeffs(Pool& pool, Fp* matrix, unsigned log_n, size_t width, Fp shift,
                        RowOrder order) {
  scale_rows(pool, matrix, log_n, width, Fp::one(), shift);
  transform(pool, matrix, log_n, width, Direction::kForward);
  if (order == RowOrder::kNatural) bit_reverse_rows(pool, matrix, log_n, width);
}

void coeffs_from_values(Pool& pool, Fp* matrix, unsigned log_n, size_t width, Fp shift,
                        RowOrder order) {
  if (order == RowOrder::kBitReversed) {
    untransform(pool, matrix, log_n, width);
  } else {
    transform(pool, matrix, log_n, width, Direction::kInverse);
    bit_reverse_rows(pool, matrix, log_n, width);
  }
  const Fp one_over_n = Fp(uint32_t{1} << log_n).inverse();
  scale_rows(pool, matrix, log_n, width, one_over_n, shift.inverse());
}

void values_from_coeffs(Pool& pool, Fp5* values, unsigned log_n, Fp shift, RowOrder order) {
  values_from_coeffs(pool, as_matrix(values), log_n, 5, shift, order);
}
void coeffs_from_values(Pool& pool, Fp5* values, unsigned log_n, Fp shift, RowOrder order) {
  coeffs_from_values(pool, as_matrix(values), log_n, 5, shift, order);
}

}  // namespace mipzk::commit
