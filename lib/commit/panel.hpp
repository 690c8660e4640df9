// Memory and column ranges of panels: cache-sized pieces of matrices that are copied out,
// transformed and copied back.
#pragma once

#include <cstddef>
#include <memory>
#include <new>

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
