// SPDX-License-Identifier: Apache-2.0
// Watches calls of wipe_stack() from other files, which still happen: the linker sends them here
// first (--wrap, see CMakeLists.txt).
#pragma once

#include <atomic>

namespace mipzk::test {

// Called on the thread that wipes, before it and after it, each from a frame just below that of the
// code that wipes; null: not called.
inline std::atomic<void (*)()> before_wipe = nullptr, after_wipe = nullptr;

}  // namespace mipzk::test
