// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.hpp"

#include <cstring>

namespace mipzk {

ByteView Reader::take(size_t n) {
  if (!ok_ || n > remaining()) {
    ok_ = false;
    return {};
  }
  ByteView out = bytes_.subspan(pos_, n);
  pos_ += n;
  return out;
}

uint8_t Reader::u8() {
  ByteView b = take(1);
  return b.empty() ? uint8_t{0} : b[0];
}

uint16_t Reader::u16() {
  ByteView b = take(2);
  return b.empty() ? uint16_t{0} : static_cast<uint16_t>(b[0] | b[1] << 8);
}

uint32_t Reader::u32() {
  ByteView b = take(4);
  return b.empty() ? 0 : load_le32(b.data());
}

uint64_t Reader::u64() {
  ByteView b = take(8);
  return b.empty() ? 0 : load_le64(b.data());
}

void secure_zero(void* data, size_t size) {
  if (size == 0) return;
  std::memset(data, 0, size);
  // The compiler has to assume that this reads the memory.
  __asm__ __volatile__("" : : "r"(data) : "memory");
}

}  // namespace mipzk
