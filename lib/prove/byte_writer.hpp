// SPDX-License-Identifier: Apache-2.0
// Little-endian writing of bytes that hold private data, in memory that is wiped; and reading into
// arrays.
#pragma once

#include <algorithm>
#include <span>

#include "base/bytes.hpp"
#include "prove/piece.hpp"

namespace mipzk::prove {

struct ByteWriter {
  PieceBytes out;

  void bytes(ByteView b) { out.insert(out.end(), b.begin(), b.end()); }
  void u16(uint16_t v) {
    out.push_back(static_cast<uint8_t>(v));
    out.push_back(static_cast<uint8_t>(v >> 8));
  }
  void u32(uint32_t v) {
    uint8_t b[4];
    store_le32(b, v);
    bytes(b);
  }
  void u64(uint64_t v) {
    uint8_t b[8];
    store_le64(b, v);
    bytes(b);
  }
};

// `out` stays as it is, and the reader is not ok, when fewer bytes are left.
inline void take(Reader& r, std::span<uint8_t> out) {
  const ByteView b = r.take(out.size());
  if (b.size() == out.size()) std::copy(b.begin(), b.end(), out.begin());
}

}  // namespace mipzk::prove
