// SPDX-License-Identifier: Apache-2.0
#include "base/visible.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mipzk {
namespace {

TEST(Visible, ReadableTextStays) {
  for (const char* text :
       {"", "plain text, \"quoted\" \\ 100 %", "gr\xc3\xb6\xc3\x9f", "\xe6\x97\xa5\xe6\x9c\xac",
        "\xf0\x9f\x98\x80", "\xc2\xa0", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "\xef\xbf\xbd"}) {
    EXPECT_EQ(visible_name(text), text);
    EXPECT_EQ(visible_text(text), text);
  }
}

TEST(Visible, ControlCharactersAreEscaped) {
  EXPECT_EQ(visible_text("\x1b[2Jevil\x1b]0;title\x07\n"), "\\x1b[2Jevil\\x1b]0;title\\x07\n");
  EXPECT_EQ(visible_text(std::string("\0\x08\r\x7f", 4)), "\\x00\\x08\\x0d\\x7f");
  EXPECT_EQ(visible_text("a\tb\n"), "a\tb\n");
  EXPECT_EQ(visible_name("a\tb\n"), "a\\x09b\\x0a");
  // No control character of either set gets through, alone or as UTF-8.
  for (int c = 0; c < 0xa0; ++c) {
    if (c >= 0x20 && c < 0x7f) continue;
    const std::string byte(1, static_cast<char>(c));
    for (const std::string& text :
         {byte, "x" + byte + "y", "\xc3" + byte, "\xe2\x80" + byte + "z"}) {
      if (c >= 0x80 && text.size() != 1 && text[0] != 'x') continue;  // may end a character
      EXPECT_EQ(visible_name(text).find(byte), std::string::npos) << c;
    }
    if (c < 0x80) continue;
    EXPECT_EQ(visible_text(std::string("\xc2") + byte), visible_text("\xc2") + visible_text(byte))
        << c;
  }
}

TEST(Visible, WhatIsNotUtf8IsEscaped) {
  EXPECT_EQ(visible_text("\xff\xfe\x9b"), "\\xff\\xfe\\x9b");
  EXPECT_EQ(visible_text("\xc0\x9b"), "\\xc0\\x9b");  // longer than needed
  EXPECT_EQ(visible_text("\xe0\x80\x9b"), "\\xe0\\x80\\x9b");
  EXPECT_EQ(visible_text("\xf0\x80\x80\x9b"), "\\xf0\\x80\\x80\\x9b");
  EXPECT_EQ(visible_text("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(visible_text("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond Unicode
  EXPECT_EQ(visible_text("\xe6\x97"), "\\xe6\\x97");                    // cut off
  EXPECT_EQ(visible_text("\xe6\x97\x1b[m"), "\\xe6\\x97\\x1b[m");
  EXPECT_EQ(visible_text("\xe6\xc3\xb6"), "\\xe6\xc3\xb6");
}

TEST(Visible, MarksOfDirectionAndOtherInvisibleOnesAreEscaped) {
  EXPECT_EQ(visible_text("a\xe2\x80\xae"
                         "fdp.exe"),
            "a\\xe2\\x80\\xae"
            "fdp.exe");
  for (const char* mark :
       {"\xd8\x9c", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",
        "\xe2\x80\xad", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9",
        "\xe2\x80\xa8", "\xe2\x80\xa9", "\xef\xbf\xb9", "\xf3\xa0\x81\x81"})
    EXPECT_EQ(visible_text(mark)[0], '\\') << visible_text(mark);
}

TEST(Visible, NamesAreCutAtTheEndOfACharacter) {
  EXPECT_EQ(visible_name("abc", 2), "ab");
  EXPECT_EQ(visible_name("a\xc3\xb6", 2), "a");
  EXPECT_EQ(visible_name("a\xc3\xb6", 3), "a\xc3\xb6");
  EXPECT_EQ(visible_name("a\x1b", 4), "a");
  EXPECT_EQ(visible_name("a\x1b", 5), "a\\x1b");
  EXPECT_EQ(visible_name("\xc2\x9b", 7), "");
  EXPECT_EQ(visible_name("abc", 0), "");
}

}  // namespace
}  // namespace mipzk
