// SPDX-License-Identifier: Apache-2.0
// Text from outside (what a guest prints, names in files) made fit for people's eyes: whatever a
// terminal would act on is shown as \x1b in place of being sent. What can be read stays as it is,
// in every script.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mipzk {

// Valid UTF-8 of at most `most` bytes, cut at the end of a character. Escaped, byte by byte, are
// control characters (C0, C1, DEL), what is not UTF-8, marks that change the direction of writing,
// separators of lines, and the invisible tag characters. Backslashes stay single: the result is for
// reading, not for converting back.
//
// A newline and a tab are escaped too: for a name inside a line.
std::string visible_name(std::string_view text, size_t most = std::string::npos);
// They stay: for text of several lines.
std::string visible_text(std::string_view text);

}  // namespace mipzk
