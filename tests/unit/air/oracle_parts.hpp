// SPDX-License-Identifier: Apache-2.0
// What the parts of the oracle share.
#pragma once

#include "unit/air/oracle.hpp"

namespace mipzk::test {

inline uint32_t sext16(uint32_t v) { return v | ((v & 0x8000) != 0 ? 0xffff0000u : 0); }
inline int64_t as_signed(uint32_t v) {
  return (v >> 31) != 0 ? int64_t{v} - (int64_t{1} << 32) : v;
}

// Enters the kernel; a fault if there is none. `e` is not looked at.
std::optional<Effect> trap(uint32_t word, const State& s, const Effect& e);

std::optional<Effect> coprocessor_1(uint32_t word, const State& s, Effect e);
std::optional<Effect> coprocessor_1x(uint32_t word, const State& s, const Effect& e);
std::optional<Effect> fp_memory(uint32_t word, const State& s, Effect e);

}  // namespace mipzk::test
