// SPDX-License-Identifier: Apache-2.0
#include "commit/stack.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>

#include "base/bytes.hpp"
#include "commit/panel.hpp"
#include "commit/twiddles.hpp"

namespace mipzk::commit {
namespace {

void write_words(const Fp* words, size_t count, uint8_t* out) {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(out, words, 4 * count);
  } else {
    for (size_t i = 0; i < count; ++i) store_le32(out + 4 * i, words[i].raw());
  }
}

}  // namespace

StackedRows::StackedRows(std::span<const StackView> stacks) {
  if (stacks.empty()) throw std::invalid_argument("StackedRows: no columns");
  log_rows_ = stacks[0].log_rows + stacks[0].log_slots;
  for (const StackView& view : stacks) {
    if (view.width == 0 || view.log_rows + view.log_slots != log_rows_ ||
        log_rows_ > field::kTwoAdicity)
      throw std::invalid_argument("StackedRows: a stack is out of bounds");
    Stack& s = stacks_.emplace_back(Stack{view.log_slots, view.width, width_, 0, {}});
    size_t c = 0;  // in the stack
    for (const Columns& columns : view.columns)
      for (size_t done = 0; done < columns.count;) {
        const size_t at = c % s.width, n = std::min(columns.count - done, s.width - at);
        s.pieces.push_back({columns.data + done, columns.pitch, c / s.width, at, n});
        done += n;
        c += n;
      }
    if (c == 0 || c > s.width << s.log_slots)
      throw std::invalid_argument("StackedRows: the columns do not fit their slots");
    s.full = c / s.width;
    panel_size_ = std::max(panel_size_, round_up_8(s.width) << s.log_slots);
    width_ += s.width;
    log_block_ = std::max(log_block_, s.log_slots);
  }
}

// T has the values of sum over j of u^j f_j, where u^k is the same for all: a subtree of the
// transform of all rows.
void StackedRows::transform(const Stack& s, size_t row, Fp* panel) const {
  const size_t pitch = round_up_8(s.width), size = pitch << s.log_slots;
  // Slots that are not full.
  std::fill(panel + s.full * pitch, panel + size, Fp());
  for (const Piece& p : s.pieces)
    std::copy_n(p.data + row * p.pitch, p.count, panel + p.slot * pitch + p.at);
  kernels().transform(panel, s.log_slots, pitch, twiddles(log_rows_, Direction::kForward), row);
}

void StackedRows::write_block(size_t first, size_t count, size_t stride, uint8_t* out) const {
  const Scratch panel(panel_size_);
  for (const Stack& s : stacks_) {
    uint8_t* to = out + 4 * s.first_word;
    if (s.log_slots == 0) {
      for (size_t row = first; row < first + count; ++row, to += stride)
        for (const Piece& p : s.pieces) write_words(p.data + row * p.pitch, p.count, to + 4 * p.at);
      continue;
    }
    const size_t pitch = round_up_8(s.width), slots = size_t{1} << s.log_slots;
    for (size_t row = first >> s.log_slots; row < (first + count) >> s.log_slots; ++row) {
      transform(s, row, panel.get());
      for (size_t i = 0; i < slots; ++i, to += stride)
        write_words(panel.get() + i * pitch, s.width, to);
    }
  }
}

void StackedRows::write_row(size_t row, uint8_t* out) const {
  const Scratch panel(panel_size_);
  for (const Stack& s : stacks_) {
    transform(s, row >> s.log_slots, panel.get());
    const size_t at = (row & ((size_t{1} << s.log_slots) - 1)) * round_up_8(s.width);
    write_words(panel.get() + at, s.width, out + 4 * s.first_word);
  }
}

}  // namespace mipzk::commit
