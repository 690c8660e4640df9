// SPDX-License-Identifier: Apache-2.0
// Paints the memory below a frame, where calls will have their frames, and looks at what they left.
//
// A word that is still paint was never written, a zero may have been wiped; all else is a leftover.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mipzk::test {

inline constexpr size_t kPainted = size_t{1} << 18;  // bytes, several times what is wiped
inline constexpr uint64_t kPaint = 0x9d5ac3f1e7284b60;

struct Stretch {
  uintptr_t low = 0, high = 0;  // multiples of 8
};

// Paints kPainted bytes that begin a few bytes below the caller's frame.
Stretch paint_stack();

// Copies a stretch to `words`, which must have room: copy_stretch() makes no call and has a small
// frame, because that lies in the stretch if it is the caller's own.
void copy_stretch(const Stretch& stretch, uint64_t* words);

struct Leftovers {
  size_t depth = 0;  // from the upper end to the end of the lowest word that is not paint
  // Of the lowest word that is neither paint nor zero, by the same measure; 0 if there is none.
  size_t deepest = 0;
};
Leftovers leftovers(const std::vector<uint64_t>& words);

// The stack pointer of a thread of this process that waits in a system call; 0 if it runs.
uintptr_t stack_pointer(pid_t thread);

}  // namespace mipzk::test
