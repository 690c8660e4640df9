// SPDX-License-Identifier: Apache-2.0
#include "base/format.hpp"

#include <cstdio>

namespace mipzk {

std::string format_text(const char* format, ...) {
  char text[1024];
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return text;
}

Error format_error_v(Errc code, const char* format, std::va_list arguments) {
  char text[sizeof(Error::message)];
  std::vsnprintf(text, sizeof text, format, arguments);
  return Error(code, text);
}

Error format_error(Errc code, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const Error error = format_error_v(code, format, arguments);
  va_end(arguments);
  return error;
}

}  // namespace mipzk
