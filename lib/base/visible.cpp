// SPDX-License-Identifier: Apache-2.0
#include "base/visible.hpp"

#include <cstdint>

namespace mipzk {
namespace {

struct Character {
  size_t size;    // bytes
  bool readable;  // may be shown as it is
};

bool is_shown(uint32_t c) {
  if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return false;        // controls
  if (c == 0x061c || c == 0x200e || c == 0x200f) return false;  // direction marks
  if ((c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)) return false;
  if (c == 0x2028 || c == 0x2029) return false;  // separators
  if (c >= 0xfff9 && c <= 0xfffb) return false;  // annotations
  return c < 0xe0000 || c > 0xe007f;             // tags
}

// The character at the start of `text`, which is not empty; a byte that begins none stands alone.
Character first_character(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const uint32_t lead = byte(0);
  if (lead < 0x80) return {1, is_shown(lead)};
  const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return {1, false};
  uint32_t c = lead & (0x7fu >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {1, false};
    c = c << 6 | (byte(i) & 0x3fu);
  }
  const uint32_t least = size == 4 ? 0x10000 : size == 3 ? 0x800 : 0x80;
  if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return {1, false};
  return {size, is_shown(c)};
}

std::string visible(std::string_view text, size_t most, bool lines) {
  std::string shown;
  while (!text.empty()) {
    const Character c = first_character(text);
    const bool kept = c.readable || (lines && (text[0] == '\n' || text[0] == '\t'));
    if ((kept ? c.size : 4 * c.size) > most - shown.size()) break;
    for (const char byte : text.substr(0, c.size)) {
      if (kept) {
        shown += byte;
      } else {
        shown += "\\x";
        shown += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4];
        shown += "0123456789abcdef"[static_cast<unsigned char>(byte) & 15];
      }
    }
    text.remove_prefix(c.size);
  }
  return shown;
}

}  // namespace

std::string visible_name(std::string_view text, size_t most) { return visible(text, most, false); }

std::string visible_text(std::string_view text) { return visible(text, std::string::npos, true); }

}  // namespace mipzk
