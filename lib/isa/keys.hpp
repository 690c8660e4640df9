// SPDX-License-Identifier: Apache-2.0
// Keys of words on the memory bus that are no memory, and other values of their range
// (docs/PROTOCOL.md, section 3): one home for machine, tables and verifier.
#pragma once

#include <cstdint>

namespace mipzk::isa {

// A word of memory has the key byte address / 4, below 2^30; register r has kRegisterKeyBase + r.
inline constexpr uint32_t kRegisterKeyBase = 1u << 30;
inline constexpr uint32_t kPadKey = kRegisterKeyBase + 254;    // of rows that name nothing
inline constexpr uint32_t kStateKey = kRegisterKeyBase + 255;  // the word (pc / 4, npc / 4)
inline constexpr uint32_t kHaltedPc4 = 1u << 30;       // pc / 4 after HALT: not a ROM address
inline constexpr uint32_t kFaultVector = 0x80000000u;  // byte address where a kernel takes faults
inline constexpr uint32_t kLastKey = (1u << 30) - 1;   // end of the order chain

}  // namespace mipzk::isa
