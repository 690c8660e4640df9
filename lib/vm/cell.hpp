// SPDX-License-Identifier: Apache-2.0
// One word of guest memory, in the machine and in the log of a recording.
#pragma once

#include <cstdint>

namespace mipzk::vm {

// A word that belongs to nothing has neither flag.
struct Cell {
  uint32_t value;
  uint32_t meta;
};
inline constexpr uint32_t kMapped = 1u << 31;
inline constexpr uint32_t kWritable = 1u << 30;        // implies kMapped
inline constexpr uint32_t kTimeMask = (1u << 28) - 1;  // while recording: 0 is never accessed

}  // namespace mipzk::vm
