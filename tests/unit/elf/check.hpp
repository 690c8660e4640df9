// What holds for every image and every refusal, whatever the input.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "builder.hpp"
#include "elf/load.hpp"

namespace mipzk::elf_test {

inline void check_image(const isa::ProgramImage& image, size_t file_size) {
  uint64_t previous_end = isa::kUserBase, bytes = 0;
  bool entry_found = false;
  ASSERT_FALSE(image.segments.empty());
  for (const isa::Segment& s : image.segments) {
    const uint64_t end = uint64_t{s.address} + s.memory_size;
    ASSERT_GE(s.address, previous_end);
    ASSERT_GT(s.memory_size, 0u);
    ASSERT_LE(end, isa::kStackTop);
    ASSERT_LE(s.bytes.size(), s.memory_size);
    ASSERT_FALSE(s.writable && s.executable);
    if (s.executable && image.entry >= s.address && uint64_t{image.entry} + 4 <= end) {
      entry_found = true;
    }
    bytes += s.bytes.size();
    previous_end = end;
  }
  ASSERT_TRUE(entry_found);
  ASSERT_EQ(image.entry % 4, 0u);
  ASSERT_LE(bytes, file_size);
  ASSERT_LE(image.symbols.size(), elf::kMaxSymbols);
  uint32_t previous = 0;
  for (const isa::Symbol& s : image.symbols) {
    ASSERT_GE(s.address, previous);
    ASSERT_FALSE(s.name.empty());
    ASSERT_LE(s.name.size(), elf::kMaxSymbolName);
    ASSERT_TRUE(std::none_of(s.name.begin(), s.name.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    }));
    previous = s.address;
  }
}

// A message that fills the whole buffer has been cut.
inline void check_error(const Error& e) {
  ASSERT_EQ(e.code, Errc::kElf);
  const size_t length = strnlen(e.message, sizeof e.message);
  ASSERT_GT(length, 10u);
  ASSERT_LT(length, sizeof e.message - 1) << e.message;
}

// Loads from an allocation of exactly the file's size, so that AddressSanitizer sees any read
// beyond it.
inline Result<isa::ProgramImage> load_exact(const uint8_t* data, size_t size) {
  const std::unique_ptr<uint8_t[]> copy(new uint8_t[size]);
  std::copy_n(data, size, copy.get());
  Result<isa::ProgramImage> r = elf::load(ByteView(copy.get(), size));
  if (r) {
    check_image(*r, size);
  } else {
    check_error(r.error());
  }
  return r;
}
inline Result<isa::ProgramImage> load_exact(const Bytes& b) {
  return load_exact(b.data(), b.size());
}

// The message of the refusal, or "accepted".
inline std::string refusal(const Bytes& b) {
  const auto r = load_exact(b);
  return r ? "accepted" : r.error().message;
}

}  // namespace mipzk::elf_test

// Every listed part occurs in the message of the refusal.
#define EXPECT_REFUSED(bytes, ...)                                                        \
  do {                                                                                    \
    const std::string message_ = mipzk::elf_test::refusal(bytes);                         \
    for (const char* part_ : {__VA_ARGS__}) {                                             \
      EXPECT_NE(message_.find(part_), std::string::npos) << part_ << " in: " << message_; \
    }                                                                                     \
  } while (false)
