// SPDX-License-Identifier: Apache-2.0
#include "elf/refuse.hpp"

#include "base/format.hpp"

namespace mipzk::elf {

Error refuse(const char* format, ...) {
  std::va_list args;
  va_start(args, format);
  const Error error = format_error_v(Errc::kElf, format, args);
  va_end(args);
  return error;
}

}  // namespace mipzk::elf
