// SPDX-License-Identifier: Apache-2.0
// What holds for every image and every refusal of the ELF loader, whatever the input. Shared with
// the fuzzer, hence without GoogleTest.
#pragma once

#include <algorithm>
#include <cstring>

#include "base/visible.hpp"
#include "elf/load.hpp"

namespace mipzk::elf_test {

// What is wrong with the program headers of an image, or null.
inline const char* program_header_violation(const isa::ProgramImage& image) {
  const size_t words = image.program_headers.size();
  if (words == 0 || words % 8 != 0 || words / 8 > elf::kMaxProgramHeaders)
    return "bad number of program header words";
  bool abiflags = false;
  for (size_t i = 0; i < words; i += 8) {
    const uint32_t type = image.program_headers[i];
    if (type < 0x70000000 || type > 0x7fffffff || type == 0x70000000) continue;
    if (type != 0x70000003 || abiflags) return "a segment type of the processor's";
    abiflags = true;
  }
  const uint32_t address = image.program_headers_address;
  if (address == 0) return nullptr;
  if (address % 4 != 0) return "program headers at an address that is no word's";
  for (const isa::Segment& s : image.segments) {
    if (address < s.address || uint64_t{address} - s.address + 4 * words > s.bytes.size()) continue;
    for (size_t i = 0; i < 4 * words; ++i) {
      const unsigned shift = 8 * (image.little_endian ? i % 4 : 3 - i % 4);
      if (s.bytes[address - s.address + i] !=
          static_cast<uint8_t>(image.program_headers[i / 4] >> shift))
        return "other program headers in memory";
    }
    return nullptr;
  }
  return "program headers outside every segment";
}

// What is wrong with an image loaded from a file of this size, or null.
inline const char* violation(const isa::ProgramImage& image, size_t file_size) {
  uint64_t previous_end = isa::kUserBase, bytes = 0;
  bool entry_found = false;
  if (image.segments.empty()) return "no segment";
  for (const isa::Segment& s : image.segments) {
    const uint64_t end = uint64_t{s.address} + s.memory_size;
    if (s.address < previous_end) return "segment below user memory or its predecessor's end";
    if (s.memory_size == 0) return "empty segment";
    if (end > isa::kStackTop) return "segment above user memory";
    if (s.bytes.size() > s.memory_size) return "segment with more bytes than memory";
    if (s.writable && s.executable) return "segment writable and executable";
    if (s.executable && image.entry >= s.address && uint64_t{image.entry} + 4 <= end) {
      entry_found = true;
    }
    bytes += s.bytes.size();
    previous_end = end;
  }
  if (image.stack_size == 0 || image.stack_size % 4096 != 0 || image.stack_size > isa::kStackTop)
    return "bad size of the stack";
  if ((image.flags & ~0xf000110fu) != 0) return "bits of e_flags that the machine does not serve";
  if (!entry_found || image.entry % 4 != 0) return "bad entry";
  if (bytes > file_size) return "more bytes than the file has";
  if (image.symbols.size() > elf::kMaxSymbols) return "too many symbols";
  if (const char* what = program_header_violation(image)) return what;
  uint32_t previous = 0;
  for (const isa::Symbol& s : image.symbols) {
    if (s.address < previous) return "symbols out of order";
    if (s.name.empty() || s.name.size() > elf::kMaxSymbolName) return "bad length of a name";
    if (visible_name(s.name) != s.name) return "a name that is not fit to be shown";
    const bool inside =
        std::any_of(image.segments.begin(), image.segments.end(), [&](const isa::Segment& g) {
          return s.address >= g.address && s.address - g.address < g.memory_size;
        });
    if (!inside) return "symbol outside every segment";
    previous = s.address;
  }
  return nullptr;
}

// What is wrong with a refusal, or null. A message that fills the whole buffer has been cut.
inline const char* violation(const Error& e) {
  if (e.code != Errc::kElf) return "wrong status";
  const size_t length = strnlen(e.message, sizeof e.message);
  if (length < 10) return "no message";
  if (length >= sizeof e.message - 1) return "message cut";
  return nullptr;
}

}  // namespace mipzk::elf_test
