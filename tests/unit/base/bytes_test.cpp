// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace mipzk {
namespace {

constexpr uint8_t kData[] = {0x01, 0x82, 0x03, 0x84, 0x05, 0x86, 0x07, 0x88,
                             0x09, 0x8a, 0x0b, 0x8c, 0x0d, 0x8e, 0x0f};

TEST(Bytes, LoadsAreLittleEndianAtAnyAddress) {
  EXPECT_EQ(load_le32(kData), 0x84038201u);
  EXPECT_EQ(load_le32(kData + 1), 0x05840382u);
  EXPECT_EQ(load_le64(kData), 0x8807860584038201u);
  EXPECT_EQ(load_le64(kData + 3), 0x0b8a098807860584u);
}

TEST(Bytes, StoresAreTheInverseOfLoadsAndTouchNothingElse) {
  std::array<uint8_t, 12> b;
  b.fill(0xee);
  store_le32(b.data() + 1, 0x12345678);
  EXPECT_EQ(b, (std::array<uint8_t, 12>{0xee, 0x78, 0x56, 0x34, 0x12, 0xee, 0xee, 0xee, 0xee, 0xee,
                                        0xee, 0xee}));
  EXPECT_EQ(load_le32(b.data() + 1), 0x12345678u);
  b.fill(0xee);
  store_le64(b.data() + 3, 0xfedcba9876543210u);
  EXPECT_EQ(b, (std::array<uint8_t, 12>{0xee, 0xee, 0xee, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc,
                                        0xfe, 0xee}));
  EXPECT_EQ(load_le64(b.data() + 3), 0xfedcba9876543210u);
}

TEST(Reader, ReadsInOrder) {
  Reader r(kData);
  EXPECT_EQ(r.u8(), 0x01u);
  EXPECT_EQ(r.u16(), 0x0382u);
  EXPECT_EQ(r.u32(), 0x07860584u);
  EXPECT_EQ(r.position(), 7u);
  EXPECT_EQ(r.remaining(), 8u);
  EXPECT_FALSE(r.at_end());
  EXPECT_EQ(r.u64(), 0x0f8e0d8c0b8a0988u);
  EXPECT_TRUE(r.ok());
  EXPECT_TRUE(r.at_end());
  EXPECT_EQ(r.remaining(), 0u);
}

TEST(Reader, TakeGivesAViewOfTheInput) {
  Reader r(kData);
  (void)r.u8();
  const ByteView v = r.take(3);
  EXPECT_EQ(v.data(), kData + 1);
  EXPECT_EQ(v.size(), 3u);
  EXPECT_EQ(r.position(), 4u);
  // Nothing is always there, also at the end.
  (void)r.take(r.remaining());
  EXPECT_TRUE(r.take(0).empty());
  EXPECT_TRUE(r.at_end());
}

// Every read, on every number of bytes that is too small by one or more.
TEST(Reader, ReadsPastTheEndGiveZeroAndStayFailed) {
  const auto read = [](Reader& r, size_t width) -> uint64_t {
    switch (width) {
      case 1:
        return r.u8();
      case 2:
        return r.u16();
      case 4:
        return r.u32();
      default:
        return r.u64();
    }
  };
  for (size_t width : {1u, 2u, 4u, 8u}) {
    for (size_t size = 0; size <= width; ++size) {
      const std::unique_ptr<uint8_t[]> data(new uint8_t[size]);  // exact, for AddressSanitizer
      std::fill_n(data.get(), size, uint8_t{0xff});
      Reader r(ByteView(data.get(), size));
      const uint64_t got = read(r, width);
      if (size == width) {
        EXPECT_TRUE(r.at_end());
        EXPECT_EQ(got, width == 8 ? ~uint64_t{0} : (uint64_t{1} << (8 * width)) - 1);
        continue;
      }
      EXPECT_EQ(got, 0u);
      EXPECT_FALSE(r.ok());
      EXPECT_FALSE(r.at_end());
      // Also what would fit gives nothing any more.
      EXPECT_EQ(r.u8(), 0u);
      EXPECT_TRUE(r.take(0).empty());
      EXPECT_FALSE(r.ok());
      EXPECT_LE(r.position(), size);
    }
  }
}

TEST(Reader, HugeLengthsDoNotWrap) {
  Reader r(kData);
  (void)r.u32();
  EXPECT_TRUE(r.take(SIZE_MAX).empty());
  EXPECT_FALSE(r.ok());
  Reader s(kData);
  (void)s.u32();
  EXPECT_TRUE(s.take(SIZE_MAX - 3).empty());
  EXPECT_FALSE(s.ok());
}

TEST(Reader, OfNothingIsAtItsEnd) {
  Reader r(ByteView{});
  EXPECT_TRUE(r.at_end());
  EXPECT_EQ(r.u8(), 0u);
  EXPECT_FALSE(r.at_end());
}

TEST(SecureZero, ClearsExactlyTheRange) {
  for (size_t size = 0; size <= 16; ++size) {
    std::vector<uint8_t> b(20, 0xaa);
    secure_zero(b.data() + 2, size);
    for (size_t i = 0; i < b.size(); ++i) {
      EXPECT_EQ(b[i], i >= 2 && i < 2 + size ? 0 : 0xaa) << size << " at " << i;
    }
  }
  secure_zero(nullptr, 0);
}

}  // namespace
}  // namespace mipzk
