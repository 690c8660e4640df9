// SPDX-License-Identifier: Apache-2.0
// capi/boundary.hpp: structs of older and newer callers.
#include "../../capi/boundary.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace mipzk::capi {
namespace {

// A struct that has grown by one field since its first version.
struct Grown {
  uint32_t struct_size, first;
  uint64_t added;
};

}  // namespace

template <>
inline constexpr size_t kFirstBytes<Grown> = 8;

namespace {

// A caller's struct of `size` bytes, all `fill` but for its size: on the heap, so that the
// sanitizer sees every byte too far.
struct Caller {
  Caller(uint32_t size, uint8_t fill) : bytes(size, fill) {
    if (size >= sizeof size) std::memcpy(bytes.data(), &size, sizeof size);
  }
  Grown* get() { return reinterpret_cast<Grown*>(bytes.data()); }
  std::vector<uint8_t> bytes;
};

TEST(Structs, AnOlderCallersFieldsAreReadAndTheRestIsZero) {
  Caller older(8, 0x11);
  Grown known = {1, 2, 3};
  ASSERT_TRUE(read_struct(older.get(), known));
  EXPECT_EQ(known.first, 0x11111111u);
  EXPECT_EQ(known.added, 0u);
  Caller between(12, 0x11);  // no version was so, but it is not smaller than the first
  ASSERT_TRUE(read_struct(between.get(), known));
  EXPECT_EQ(known.first, 0x11111111u);
  Caller same(sizeof(Grown), 0x11);
  ASSERT_TRUE(read_struct(same.get(), known));
  EXPECT_EQ(known.added, 0x1111111111111111u);
}

TEST(Structs, ANewerCallersUnknownFieldsMustBeZero) {
  Caller newer(24, 0);
  newer.get()->added = 7;
  Grown known = {};
  ASSERT_TRUE(read_struct(newer.get(), known));
  EXPECT_EQ(known.added, 7u);
  newer.bytes[23] = 1;
  EXPECT_EQ(read_struct(newer.get(), known).error().code, Errc::kUnsupported);
}

TEST(Structs, SizesThatNoVersionHasAreRefused) {
  Grown known = {};
  const auto fill = [](Grown&) -> Status {
    ADD_FAILURE() << "called for a struct that is none";
    return {};
  };
  EXPECT_EQ(read_struct(nullptr, known).error().code, Errc::kArgument);
  EXPECT_EQ(fill_struct<Grown>(nullptr, fill).error().code, Errc::kArgument);
  for (uint32_t size : {0u, 4u, 7u, 4097u, UINT32_MAX}) {
    Caller caller(24, 0x11);
    caller.get()->struct_size = size;
    const std::vector<uint8_t> before = caller.bytes;
    EXPECT_EQ(read_struct(caller.get(), known).error().code, Errc::kArgument) << size;
    EXPECT_EQ(fill_struct(caller.get(), fill).error().code, Errc::kArgument) << size;
    EXPECT_EQ(caller.bytes, before) << size;
  }
}

TEST(Structs, WhatFitsIsWritten) {
  const auto fill = [](Grown& g) -> Status {
    EXPECT_EQ(g.first + g.added, 0u) << "begins empty";
    g.first = 5;
    g.added = 6;
    return {};
  };
  for (uint32_t size : {8u, uint32_t{sizeof(Grown)}, 24u, 4096u}) {
    Caller caller(size, 0xee);
    ASSERT_TRUE(fill_struct(caller.get(), fill)) << size;
    EXPECT_EQ(caller.get()->struct_size, size);
    EXPECT_EQ(caller.get()->first, 5u);
    if (size > 8) {
      EXPECT_EQ(caller.get()->added, 6u);
    }
    for (size_t i = sizeof(Grown); i < size; ++i) ASSERT_EQ(caller.bytes[i], 0xee) << i;
  }
}

TEST(Structs, AFailureLeavesZeros) {
  for (uint32_t size : {8u, 24u}) {
    Caller caller(size, 0xee);
    const Status s = fill_struct(caller.get(), [](Grown&) { return Error(Errc::kElf, "no"); });
    EXPECT_EQ(s.error().code, Errc::kElf);
    EXPECT_EQ(caller.get()->struct_size, size);
    EXPECT_EQ(caller.get()->first, 0u);
  }
}

}  // namespace
}  // namespace mipzk::capi
