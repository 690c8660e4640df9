// SPDX-License-Identifier: Apache-2.0
#include "zk/painted_stack.hpp"

#include <fstream>
#include <string>

namespace mipzk::test {

[[gnu::noinline]] Stretch paint_stack() {
  volatile uint64_t frame[kPainted / sizeof(uint64_t)];
  for (volatile uint64_t& word : frame) word = kPaint;
  Stretch stretch;
  stretch.low = reinterpret_cast<uintptr_t>(frame);
  stretch.high = stretch.low + kPainted;
  return stretch;
}

[[gnu::noinline]] void copy_stretch(const Stretch& stretch, uint64_t* words) {
  for (uintptr_t at = stretch.low; at != stretch.high; at += sizeof(uint64_t))
    *words++ = *reinterpret_cast<const volatile uint64_t*>(at);
}

Leftovers leftovers(const std::vector<uint64_t>& words) {
  Leftovers found;
  for (size_t i = words.size(); i-- > 0;) {
    if (words[i] == kPaint) continue;
    found.depth = (words.size() - i) * sizeof(uint64_t);
    if (words[i] != 0) found.deepest = found.depth;
  }
  return found;
}

uintptr_t stack_pointer(pid_t thread) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/syscall");
  std::vector<std::string> fields;
  for (std::string field; file >> field;) fields.push_back(field);
  // The number of the call, six arguments, stack pointer and program counter; or "running".
  return fields.size() == 9 ? std::stoull(fields[7], nullptr, 16) : 0;
}

}  // namespace mipzk::test
