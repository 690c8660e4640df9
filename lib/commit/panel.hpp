// SPDX-License-Identifier: Apache-2.0
// Memory and column ranges of panels: cache-sized pieces of matrices that are copied out,
// transformed and copied back.
#pragma once

#include <cstddef>

#include "field/fp.hpp"

namespace mipzk::commit {

// Memory for pieces of matrices, which may be secret: as SecretAllocator's, and wiped when it goes.
// Each thread keeps a few blocks, because fresh pages cost more than the work in them.
class Scratch {
 public:
  explicit Scratch(size_t elements);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  field::Fp* get() const { return data_; }

 private:
  size_t used_, bytes_;
  field::Fp* data_;
};

// Gives back what the calling thread keeps; at its end a thread does that by itself.
void release_scratch();

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
