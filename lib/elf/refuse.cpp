// SPDX-License-Identifier: Apache-2.0
#include "elf/refuse.hpp"

#include <cstdarg>
#include <cstdio>

namespace mipzk::elf {

Error refuse(const char* format, ...) {
  char text[sizeof Error::message];
  std::va_list args;
  va_start(args, format);
  std::vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return Error(Errc::kElf, text);
}

}  // namespace mipzk::elf
