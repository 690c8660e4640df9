// SPDX-License-Identifier: Apache-2.0
// The inputs of programs with the in-guest kernel. Each window, the public and the private one,
// holds entries, one after the other (docs/LINUX.md, "The bytes of the inputs"). Numbers are
// big-endian, whatever the program is.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"

namespace mipzk::kernel {

enum class Entry : uint32_t {
  kStream = 1,       // what is read from descriptor 0 (private) or 3 (public); at most one
  kArgument = 2,     // public only: of argv, after argv[0]
  kEnvironment = 3,  // public only: NAME=VALUE
  kFile = 4,         // named
  kClock = 5,        // public only, 4 bytes: the real-time clock as the run begins; at most one
  kRandom = 6,       // private only, 32 bytes: the seed of random numbers; at most one
};

// Bytes that an entry takes.
constexpr uint64_t entry_size(uint64_t name, uint64_t data) {
  return 12 + (name + 3) / 4 * 4 + (data + 3) / 4 * 4;
}

// Appends an entry to `half`, a vector of bytes. Names and data have less than 2^32 bytes.
template <class Bytes>
void append_entry(Bytes& half, Entry kind, std::string_view name, ByteView data) {
  const auto word = [&](uint64_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
      half.push_back(static_cast<uint8_t>(value >> shift));
  };
  const auto pad = [&] { half.resize((half.size() + 3) / 4 * 4); };
  word(static_cast<uint32_t>(kind));
  word(name.size());
  word(data.size());
  half.insert(half.end(), name.begin(), name.end());
  pad();
  half.insert(half.end(), data.begin(), data.end());
  pad();
}

// Whether the kernel takes a file by this name: absolute, without empty parts, "." and "..", parts
// of at most 255 bytes, fewer than 4096 altogether, no zero byte, and not in /dev, /proc and /sys.
bool is_file_name(std::string_view name);

}  // namespace mipzk::kernel
