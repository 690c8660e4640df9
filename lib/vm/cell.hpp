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
inline constexpr uint32_t kWritable = 1u << 30;  // implies kMapped
// While recording: the time of the last access in this shard, 0: none; and whether there was one in
// a shard before.
inline constexpr uint32_t kTimeMask = (1u << 28) - 1;
inline constexpr uint32_t kTouchedBefore = 1u << 28;

}  // namespace mipzk::vm
