// SPDX-License-Identifier: Apache-2.0
// The one way to refuse a file. Internal to lib/elf.
#pragma once

#include "base/error.hpp"

namespace mipzk::elf {

// printf-like. The text must fit Error::message (247 bytes) for every value of its arguments, and
// takes no strings from the file.
[[gnu::format(printf, 1, 2)]] Error refuse(const char* format, ...);

}  // namespace mipzk::elf
