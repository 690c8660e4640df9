// SPDX-License-Identifier: Apache-2.0
#include "debug/gdb_text.hpp"

#include <cstdint>

namespace mipzk::debug {

std::string to_hex(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto b = static_cast<uint8_t>(c);
    text += "0123456789abcdef"[b >> 4];
    text += "0123456789abcdef"[b & 15];
  }
  return text;
}

bool from_hex(std::string_view hex, std::string& bytes) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  bytes.clear();
  if (hex.size() % 2 != 0) return false;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]), low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes += static_cast<char>(high * 16 + low);
  }
  return true;
}

std::string target_description() {
  const auto reg = [](const std::string& name, unsigned number, const char* more = "") {
    return "<reg name=\"" + name + "\" bitsize=\"32\" regnum=\"" + std::to_string(number) + "\"" +
           more + "/>";
  };
  // gdb names the general registers itself.
  std::string xml =
      "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target version=\"1.0\">"
      "<architecture>mips</architecture><feature name=\"org.gnu.gdb.mips.cpu\">";
  for (unsigned r = 0; r < 32; ++r) xml += reg("r" + std::to_string(r), r);
  xml += reg("lo", 33) + reg("hi", 34) + reg("pc", 37);
  xml += "</feature><feature name=\"org.gnu.gdb.mips.cp0\">";
  xml += reg("status", 32) + reg("badvaddr", 35) + reg("cause", 36);
  xml += "</feature><feature name=\"org.gnu.gdb.mips.fpu\">";
  for (unsigned r = 0; r < 32; ++r)
    xml += reg("f" + std::to_string(r), 38 + r, " type=\"ieee_single\"");
  xml += reg("fcsr", 70, " group=\"float\"") + reg("fir", 71, " group=\"float\"");
  return xml + "</feature></target>";
}

}  // namespace mipzk::debug
