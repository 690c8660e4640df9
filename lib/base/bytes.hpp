// SPDX-License-Identifier: Apache-2.0
// Little-endian reading and writing of byte strings; the only way library code touches proof bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mipzk {

using ByteView = std::span<const uint8_t>;

inline uint32_t load_le32(const uint8_t* p) {
  return uint32_t{p[0]} | uint32_t{p[1]} << 8 | uint32_t{p[2]} << 16 | uint32_t{p[3]} << 24;
}
inline uint64_t load_le64(const uint8_t* p) {
  return uint64_t{load_le32(p)} | uint64_t{load_le32(p + 4)} << 32;
}
inline void store_le32(uint8_t* p, uint32_t v) {
  for (int i = 0; i < 4; ++i) p[i] = static_cast<uint8_t>(v >> (8 * i));
}
inline void store_le64(uint8_t* p, uint64_t v) {
  for (int i = 0; i < 8; ++i) p[i] = static_cast<uint8_t>(v >> (8 * i));
}

// Reads forward through a byte string. After the first read past the end every further read gives
// zero and `ok()` is false, so that a parser can check once after a group of fields.
class Reader {
 public:
  explicit Reader(ByteView bytes) : bytes_(bytes) {}

  uint8_t u8();
  uint16_t u16();
  uint32_t u32();
  uint64_t u64();
  ByteView take(size_t n);  // empty, and not ok, when fewer than n bytes are left

  bool ok() const { return ok_; }
  size_t position() const { return pos_; }
  size_t remaining() const { return bytes_.size() - pos_; }
  bool at_end() const { return ok_ && pos_ == bytes_.size(); }

 private:
  ByteView bytes_;
  size_t pos_ = 0;
  bool ok_ = true;
};

// Overwrites memory in a way that the compiler may not remove.
void secure_zero(void* data, size_t size);

}  // namespace mipzk
