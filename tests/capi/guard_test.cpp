// SPDX-License-Identifier: Apache-2.0
// capi/guard.hpp: whatever is thrown behind the interface becomes a status.
#include "../../capi/guard.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace mipzk::capi {
namespace {

template <class F>
mipzk_error caught(const F& f) {
  mipzk_error err;
  std::memset(&err, 0xff, sizeof err);
  EXPECT_EQ(guarded(nullptr, f), guarded(&err, f));
  return err;
}

TEST(Guard, ReportsStatuses) {
  mipzk_error err = caught([]() -> Status { return {}; });
  EXPECT_EQ(err.status, MIPZK_OK);
  EXPECT_EQ(err.detail, 0u);
  EXPECT_STREQ(err.message, "");
  err = caught([]() -> Status { return Error(Errc::kElf, "what", 7); });
  EXPECT_EQ(err.status, MIPZK_E_ELF);
  EXPECT_EQ(err.detail, 7u);
  EXPECT_STREQ(err.message, "what");
}

TEST(Guard, CatchesLackOfMemory) {
  EXPECT_EQ(caught([]() -> Status { throw std::bad_alloc(); }).status, MIPZK_E_NO_MEMORY);
  EXPECT_EQ(caught([]() -> Status { throw std::length_error("vector"); }).status,
            MIPZK_E_NO_MEMORY);
  EXPECT_EQ(
      caught([]() -> Status {
        throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
      }).status,
      MIPZK_E_NO_MEMORY);
  // A real failure of operator new, of a size that cannot exist.
  EXPECT_EQ(caught([]() -> Status {
              volatile size_t size = SIZE_MAX / 2;
              std::vector<uint8_t> v;
              v.reserve(size);
              return {};
            }).status,
            MIPZK_E_NO_MEMORY);
}

TEST(Guard, CatchesEverything) {
  const mipzk_error err = caught([]() -> Status { throw std::runtime_error("oops %s"); });
  EXPECT_EQ(err.status, MIPZK_E_INTERNAL);
  EXPECT_STREQ(err.message, "oops %s");
  EXPECT_EQ(caught([]() -> Status { throw 42; }).status, MIPZK_E_INTERNAL);
  EXPECT_EQ(caught([]() -> Status { throw std::logic_error(std::string(1000, 'x')); }).message[247],
            '\0');
}

}  // namespace
}  // namespace mipzk::capi
