// SPDX-License-Identifier: Apache-2.0
#include "base/format.hpp"

#include <gtest/gtest.h>

namespace mipzk {
namespace {

TEST(Format, TextsAndErrors) {
  EXPECT_EQ(format_text("%s at 0x%08x", "word", 0x1234u), "word at 0x00001234");
  const Error e = format_error(Errc::kInput, "%u of %s", 7u, "them");
  EXPECT_EQ(e.code, Errc::kInput);
  EXPECT_EQ(e.detail, 0u);
  EXPECT_STREQ(e.message, "7 of them");
}

TEST(Format, LongTextIsCut) {
  const std::string filler(2000, 'x');
  EXPECT_EQ(format_text("%s", filler.c_str()), filler.substr(0, 1023));
  const Error e = format_error(Errc::kElf, "%s", filler.c_str());
  EXPECT_EQ(e.message, filler.substr(0, sizeof e.message - 1));
}

}  // namespace
}  // namespace mipzk
