// SPDX-License-Identifier: Apache-2.0
// Loads and asserts on every call what holds for every image and every refusal.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "builder.hpp"
#include "invariants.hpp"

namespace mipzk::elf_test {

// Loads from an allocation of exactly the file's size, so that AddressSanitizer sees any read
// beyond it.
inline Result<isa::ProgramImage> load_exact(const uint8_t* data, size_t size) {
  const std::unique_ptr<uint8_t[]> copy(new uint8_t[size]);
  std::copy_n(data, size, copy.get());
  Result<isa::ProgramImage> r = elf::load(ByteView(copy.get(), size));
  if (r) {
    [&] { ASSERT_STREQ(violation(*r, size), nullptr); }();
  } else {
    [&] { ASSERT_STREQ(violation(r.error()), nullptr) << r.error().message; }();
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
