// SPDX-License-Identifier: Apache-2.0
#include "kernel/inputs.hpp"

#include <string>

namespace mipzk::kernel {

bool is_file_name(std::string_view name) {
  constexpr size_t kMostBytes = 4096, kMostOfPart = 255;
  if (name.size() < 2 || name.size() >= kMostBytes || name[0] != '/') return false;
  if (name.find('\0') != std::string_view::npos) return false;
  for (const std::string_view taken : {"/dev", "/proc", "/sys"})
    if (name.substr(0, taken.size() + 1) == std::string(taken) + "/" || name == taken) return false;
  if (name == "/tmp") return false;
  while (!name.empty()) {
    name.remove_prefix(1);
    const std::string_view part = name.substr(0, name.find('/'));
    if (part.empty() || part == "." || part == ".." || part.size() > kMostOfPart) return false;
    name.remove_prefix(part.size());
  }
  return true;
}

}  // namespace mipzk::kernel
