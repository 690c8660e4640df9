// SPDX-License-Identifier: Apache-2.0
// Checks of the ELF header that come before libelf sees a byte. Internal to lib/elf.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace mipzk::elf {

// Numbers of a file in its own byte order, which byte 5 of its header tells (EI_DATA).
class Numbers {
 public:
  explicit Numbers(bool little_endian) : little_(little_endian) {}
  // `file` holds at least the identification bytes.
  static Numbers of(ByteView file) { return Numbers(file[5] == 1); }

  uint16_t u16(const uint8_t* p) const {
    return static_cast<uint16_t>(little_ ? p[0] | p[1] << 8 : p[0] << 8 | p[1]);
  }
  uint32_t u32(const uint8_t* p) const {
    const uint32_t first = u16(p), second = u16(p + 2);
    return little_ ? second << 16 | first : first << 16 | second;
  }

 private:
  bool little_;
};

// Ok only for a 32-bit MIPS ET_EXEC with o32 flags and a supported ISA level whose
// program header table and section header table, if any, lie inside the file.
Status check_header(ByteView file);

}  // namespace mipzk::elf
