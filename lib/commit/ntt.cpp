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

// The matrix from natural to bit-reversed order, in place.
void transform(Pool& pool, Fp* matrix, unsigned log_n, size_t width, Direction direction) {
  if (log_n == 0) return;
  const Kernels& k = kernels();
  const Fp* tw = twiddles(log_n, direction);
  // The first log_1 levels combine rows 2^log_2 apart, the others stay within 2^log_2 rows.
  const unsigned log_1 = log_n <= kOnePassLog ? 0 : log_n / 2, log_2 = log_n - log_1;
  const size_t n1 = size_t{1} << log_1, n2 = size_t{1} << log_2;
  if (log_1 != 0) {
    const size_t row = n2 * width, chunks = (row + kChunk - 1) / kChunk;
    pool.parallel_for(chunks, 4, [&](size_t begin, size_t end) {
      Scratch scratch(n1 * kChunk);
      for (size_t i = begin; i < end; ++i) {
        const size_t cols = std::min(kChunk, row - i * kChunk), padded = round_up_8(cols);
        k.copy_rows(scratch.get(), padded, matrix + i * kChunk, row, n1, cols, true);
        k.transform(scratch.get(), log_1, padded, tw, 0);
        k.copy_rows(matrix + i * kChunk, row, scratch.get(), padded, n1, cols, false);
      }
    });
  }
  const Panels panels(width, kPanelCols);
  pool.parallel_for(n1 * panels.count, 1, [&](size_t begin, size_t end) {
    Scratch scratch(n2 * panels.cols);
    for (size_t i = begin; i < end; ++i) {
      const size_t block = i / panels.count, p = i % panels.count;
      const size_t cols = panels.size(p), padded = round_up_8(cols);
      Fp* at = matrix + block * n2 * width + panels.begin(p);
      k.copy_rows(scratch.get(), padded, at, width, n2, cols, true);
      k.transform(scratch.get(), log_2, padded, tw, block);
      k.copy_rows(at, width, scratch.get(), padded, n2, cols, false);
    }
  });
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
  pool.parallel_for(size_t{1} << log_n, 256, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      const size_t j = bit_reverse(i, log_n);  // each pair is swapped once, by its smaller row
      if (i < j) std::swap_ranges(matrix + i * width, matrix + (i + 1) * width, matrix + j * width);
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
  if (order == RowOrder::kBitReversed) bit_reverse_rows(pool, matrix, log_n, width);
  transform(pool, matrix, log_n, width, Direction::kInverse);
  bit_reverse_rows(pool, matrix, log_n, width);
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
