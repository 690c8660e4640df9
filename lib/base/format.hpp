// SPDX-License-Identifier: Apache-2.0
// printf into strings and errors. Not for the verifier's closure, which has neither.
#pragma once

#include <cstdarg>
#include <string>

#include "base/error.hpp"

namespace mipzk {

// Text of at most 1023 bytes; longer text is cut.
[[gnu::format(printf, 1, 2)]] std::string format_text(const char* format, ...);

// An error with this text, cut as Error's own constructor does. `format` takes no strings from
// files and inputs that may hold what a terminal acts on (see visible.hpp).
[[gnu::format(printf, 2, 3)]] Error format_error(Errc code, const char* format, ...);
[[gnu::format(printf, 2, 0)]] Error format_error_v(Errc code, const char* format,
                                                   std::va_list arguments);

}  // namespace mipzk
