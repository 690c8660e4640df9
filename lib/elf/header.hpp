// Checks of the ELF header that come before libelf sees a byte. Internal to lib/elf.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace mipzk::elf {

inline uint16_t load_be16(const uint8_t* p) { return static_cast<uint16_t>(p[0] << 8 | p[1]); }
inline uint32_t load_be32(const uint8_t* p) {
  return uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | uint32_t{p[3]};
}

// Ok only for a big-endian 32-bit MIPS ET_EXEC with o32 flags and a supported ISA level whose
// program header table and section header table, if any, lie inside the file.
Status check_header(ByteView file);

// Checks the contents of an ABIFLAGS segment. One of unknown version or size says nothing and
// passes.
Status check_abiflags(ByteView flags);

}  // namespace mipzk::elf
