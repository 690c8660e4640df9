// Cache-sized pieces of matrices, copied out, transformed and copied back.
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>

#include "field/fp.hpp"

namespace mipzk::commit {

// Memory of cache-line alignment, uninitialised.
class Scratch {
 public:
  explicit Scratch(size_t elements)
      : data_(static_cast<field::Fp*>(::operator new(elements * sizeof(field::Fp), kAlign))) {}
  field::Fp* get() const { return data_.get(); }

 private:
  static constexpr std::align_val_t kAlign{64};
  struct Free {
    void operator()(field::Fp* p) const { ::operator delete(p, kAlign); }
  };
  std::unique_ptr<field::Fp, Free> data_;
};

constexpr size_t round_up_8(size_t n) { return (n + 7) / 8 * 8; }

// memcpy of a few words, without a call.
inline void copy_words(field::Fp* dst, const field::Fp* src, size_t n) {
  const auto copy = [&](auto words) {
    std::memcpy(static_cast<void*>(dst), src, sizeof(field::Fp) * words());
    dst += words();
    src += words();
  };
  for (; n >= 16; n -= 16) copy(std::integral_constant<size_t, 16>());
  if (n & 8) copy(std::integral_constant<size_t, 8>());
  if (n & 4) copy(std::integral_constant<size_t, 4>());
  if (n & 2) copy(std::integral_constant<size_t, 2>());
  if (n & 1) copy(std::integral_constant<size_t, 1>());
}

// Copies `rows` rows of `cols` elements into a panel whose rows have padded = round_up_8(cols).
inline void load_panel(field::Fp* panel, size_t padded, const field::Fp* src, size_t src_pitch,
                       size_t rows, size_t cols) {
  for (size_t i = 0; i < rows; ++i) {
    field::Fp* to = panel + i * padded;
    if (cols != padded) std::memset(static_cast<void*>(to + padded - 8), 0, 8 * sizeof(field::Fp));
    copy_words(to, src + i * src_pitch, cols);
  }
}

inline void store_panel(field::Fp* dst, size_t dst_pitch, const field::Fp* panel, size_t padded,
                        size_t rows, size_t cols) {
  for (size_t i = 0; i < rows; ++i) copy_words(dst + i * dst_pitch, panel + i * padded, cols);
}

// Splits `width` columns into panels of at most `most` (a multiple of 8) columns, about equal.
struct Panels {
  size_t width, count, cols;  // all panels but the last have `cols` columns
  Panels(size_t total, size_t most)
      : width(total),
        count((total + most - 1) / most),
        cols(round_up_8((total + count - 1) / count)) {
    count = (total + cols - 1) / cols;
  }
  size_t begin(size_t i) const { return i * cols; }
  size_t size(size_t i) const { return i + 1 < count ? cols : width - i * cols; }
};

}  // namespace mipzk::commit
