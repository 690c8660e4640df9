// SPDX-License-Identifier: Apache-2.0
// Small programs written as instruction words, for tests of the prover and verifier.
#pragma once

#include <cstdint>
#include <vector>

#include "isa/program.hpp"

namespace mipzk::test {

inline constexpr uint32_t kCodeBase = 0x00400000u;

// A program of one executable segment with these words, entry at its start.
inline isa::Program program_of(const std::vector<uint32_t>& words) {
  isa::Segment s;
  s.address = kCodeBase;
  s.memory_size = static_cast<uint32_t>(4 * words.size());
  s.readable = s.executable = true;
  for (uint32_t w : words)
    for (int k = 3; k >= 0; --k) s.bytes.push_back(static_cast<uint8_t>(w >> (8 * k)));
  isa::ProgramImage image;
  image.entry = kCodeBase;
  image.segments.push_back(s);
  return *isa::build_program(image);
}

// Encoders of the few instructions that the programs need.
constexpr uint32_t addiu(unsigned rt, unsigned rs, int imm) {
  return 9u << 26 | rs << 21 | rt << 16 | (static_cast<uint32_t>(imm) & 0xffff);
}
constexpr uint32_t lui(unsigned rt, unsigned imm) { return 15u << 26 | rt << 16 | imm; }
constexpr uint32_t lw(unsigned rt, int offset, unsigned base) {
  return 35u << 26 | base << 21 | rt << 16 | (static_cast<uint32_t>(offset) & 0xffff);
}
constexpr uint32_t sw(unsigned rt, int offset, unsigned base) {
  return 43u << 26 | base << 21 | rt << 16 | (static_cast<uint32_t>(offset) & 0xffff);
}
constexpr uint32_t addu(unsigned rd, unsigned rs, unsigned rt) {
  return rs << 21 | rt << 16 | rd << 11 | 33;
}
constexpr uint32_t bne(unsigned rs, unsigned rt, int words) {
  return 5u << 26 | rs << 21 | rt << 16 | (static_cast<uint32_t>(words) & 0xffff);
}
constexpr uint32_t kNop = 0, kHalt = 1u << 6 | 12;

// Sums the words of the private input and adds `n` times the public word; the sum is the output.
inline std::vector<uint32_t> sum_program(int n) {
  return {
      lui(8, 0xa000),
      lw(9, 0, 8),
      lw(10, 4, 8),
      addu(2, 9, 10),  // length + first private
                       // word
      lui(11, 0xb000),
      lw(12, 4, 11),
      addiu(13, 0, n),
      addu(2, 2, 12),
      addiu(13, 13, -1),
      bne(13, 0, -3),
      kNop,
      lui(14, 0xc000),
      addiu(15, 0, 4),
      sw(15, 0, 14),
      sw(2, 4, 14),
      addiu(4, 0, 7),
      kHalt,
  };
}

}  // namespace mipzk::test
