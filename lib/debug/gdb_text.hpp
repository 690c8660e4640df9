// SPDX-License-Identifier: Apache-2.0
// Texts of the GDB protocol: hexadecimal bytes and the description of the processor.
#pragma once

#include <string>
#include <string_view>

namespace mipzk::debug {

std::string to_hex(std::string_view bytes);
// False when `hex` is not pairs of hexadecimal digits.
bool from_hex(std::string_view hex, std::string& bytes);

// The XML that tells gdb which registers there are.
std::string target_description();

}  // namespace mipzk::debug
