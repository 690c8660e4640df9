// SPDX-License-Identifier: Apache-2.0
// In place of lib/base/random.cpp: programs that bring their own seed need no generator.
#include "base/random.hpp"

namespace mipzk {

bool system_random(std::span<uint8_t>) { return false; }

}  // namespace mipzk
