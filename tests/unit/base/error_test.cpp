// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

namespace mipzk {
namespace {

// Part of the C interface: append-only, never renumbered.
constexpr std::pair<Errc, int32_t> kCodes[] = {
    {Errc::kOk, 0},           {Errc::kArgument, -1},      {Errc::kNoMemory, -2},
    {Errc::kCancelled, -3},   {Errc::kInternal, -4},      {Errc::kUnsupported, -5},
    {Errc::kState, -6},       {Errc::kElf, -10},          {Errc::kInput, -11},
    {Errc::kFault, -12},      {Errc::kCycleLimit, -13},   {Errc::kMemoryLimit, -14},
    {Errc::kUnprovable, -15}, {Errc::kMalformed, -20},    {Errc::kPolicy, -21},
    {Errc::kRejected, -22},   {Errc::kWrongProgram, -23}, {Errc::kWorkspace, -24},
};

TEST(Errc, ValuesAreFixed) {
  static_assert(std::is_same_v<std::underlying_type_t<Errc>, int32_t>);
  for (auto [code, value] : kCodes) EXPECT_EQ(static_cast<int32_t>(code), value);
}

TEST(Errc, EveryCodeHasItsOwnNameAndOthersAreUnknown) {
  std::set<std::string> names;
  for (auto [code, value] : kCodes) {
    EXPECT_STRNE(errc_name(code), "unknown status") << value;
    names.insert(errc_name(code));
  }
  EXPECT_EQ(names.size(), std::size(kCodes));
  std::set<int32_t> known;
  for (auto [code, value] : kCodes) known.insert(value);
  for (int32_t v : {1, -7, -9, -16, -19, -25, INT32_MAX, INT32_MIN}) {
    ASSERT_EQ(known.count(v), 0u);
    EXPECT_STREQ(errc_name(static_cast<Errc>(v)), "unknown status");
  }
}

TEST(Error, CarriesItsMessage) {
  const Error e(Errc::kPolicy, "too few queries", 7);
  EXPECT_EQ(e.code, Errc::kPolicy);
  EXPECT_EQ(e.detail, 7u);
  EXPECT_STREQ(e.message, "too few queries");
  EXPECT_EQ(Error(Errc::kPolicy, "x").detail, 0u);
}

TEST(Error, CutsLongMessages) {
  for (size_t size : {0u, 1u, 246u, 247u, 248u, 1000u}) {
    const std::string text(size, 'm');
    const Error e(Errc::kInput, text.c_str());
    EXPECT_EQ(std::string(e.message), text.substr(0, 247));
  }
}

TEST(Error, TakesNoText) {
  const Error e(Errc::kInput, nullptr);
  EXPECT_STREQ(e.message, "");
  const Error none;
  EXPECT_EQ(none.code, Errc::kOk);
  EXPECT_STREQ(none.message, "");
}

// The C interface hands it out as it is.
TEST(Error, HasTheLayoutOfTheCInterface) {
  static_assert(sizeof(Error) == 256 && std::is_trivially_copyable_v<Error> &&
                std::is_standard_layout_v<Error>);
  EXPECT_EQ(offsetof(Error, code), 0u);
  EXPECT_EQ(offsetof(Error, detail), 4u);
  EXPECT_EQ(offsetof(Error, message), 8u);
}

TEST(Result, HoldsAValue) {
  Result<std::string> r = std::string("value");
  ASSERT_TRUE(r);
  EXPECT_TRUE(r.ok());
  EXPECT_EQ(*r, "value");
  EXPECT_EQ(r->size(), 5u);
  r->push_back('s');
  EXPECT_EQ(*std::as_const(r), "values");
  EXPECT_EQ(r.error().code, Errc::kOk);
}

TEST(Result, HoldsAnError) {
  const Result<int> r = Error(Errc::kFault, "at 4", 4);
  ASSERT_FALSE(r);
  EXPECT_FALSE(r.ok());
  EXPECT_EQ(r.error().code, Errc::kFault);
  EXPECT_EQ(r.error().detail, 4u);
  EXPECT_STREQ(r.error().message, "at 4");
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> r = std::make_unique<int>(5);
  ASSERT_TRUE(r);
  const std::unique_ptr<int> p = std::move(*r);
  EXPECT_EQ(*p, 5);
}

TEST(Status, IsOkByDefault) {
  const Status ok;
  EXPECT_TRUE(ok);
  EXPECT_TRUE(ok.ok());
  const Status bad = Error(Errc::kState, "twice");
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Errc::kState);
  EXPECT_STREQ(bad.error().message, "twice");
}

}  // namespace
}  // namespace mipzk
