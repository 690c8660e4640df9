// SPDX-License-Identifier: Apache-2.0
// The rows of *stacked columns* (docs/PROTOCOL.md, section 6): one polynomial of degree < N k holds
// k columns of height N in its slots,
//   T(u) = sum over j < k of u^j f_j(3 u^k),
// so that a row of a tree holds one word where it would hold k. Of a column the values on the coset
// are needed, not the coefficients: those of T at the k points above one x = 3 u^k are a transform
// of size k of the columns' values at x.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "field/fp.hpp"

namespace mipzk::commit {

// `count` columns of a row-major matrix whose rows are `pitch` elements apart; `data` is the first
// one's first row. The memory is the caller's.
struct Columns {
  const field::Fp* data = nullptr;
  size_t pitch = 0;
  size_t count = 0;
};

// Columns of 2^log_rows rows, those of `columns` side by side, stacked into `width` ones with
// 2^log_slots slots: column c is in slot c / width of the stacked column c % width. What is left of
// the last slots is 0. Rows are in bit-reversed order, as in commit/lde.hpp.
struct StackView {
  unsigned log_rows = 0;
  unsigned log_slots = 0;
  size_t width = 0;
  std::vector<Columns> columns;
};

// One matrix as it is.
inline StackView unstacked(unsigned log_rows, size_t width, const field::Fp* data) {
  return {log_rows, 0, width, {{data, width, width}}};
}

// Gives the rows of stacks side by side, which have one height: log_rows + log_slots is the same of
// all.
class StackedRows {
 public:
  // Throws std::invalid_argument if there is no stack, a width is 0, the columns do not fit the
  // slots or the heights differ.
  explicit StackedRows(std::span<const StackView> stacks);

  unsigned log_rows() const { return log_rows_; }
  size_t width() const { return width_; }
  // Rows that are made together: the greatest number of slots.
  size_t block() const { return size_t{1} << log_block_; }

  // Writes `count` rows from row `first` as they are hashed, the first one at `out` and `stride`
  // bytes from one to the next. `first` and `count` are multiples of block().
  void write_block(size_t first, size_t count, size_t stride, uint8_t* out) const;
  // One row, whichever.
  void write_row(size_t row, uint8_t* out) const;

 private:
  // A piece of a slot: contiguous both in its matrix and among the stacked columns.
  struct Piece {
    const field::Fp* data;
    size_t pitch;
    size_t slot, at, count;
  };
  struct Stack {
    unsigned log_slots;
    size_t width, first_word;
    size_t full;  // slots with a column in each stacked column
    std::vector<Piece> pieces;
  };

  // The rows of the 2^log_slots points above row `row` of the columns, to a panel of panel_size_.
  void transform(const Stack& s, size_t row, field::Fp* panel) const;

  std::vector<Stack> stacks_;
  unsigned log_rows_ = 0, log_block_ = 0;
  size_t width_ = 0, panel_size_ = 0;
};

}  // namespace mipzk::commit
