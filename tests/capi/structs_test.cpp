// SPDX-License-Identifier: Apache-2.0
// Every struct with a struct_size, as callers of other versions have it.
#include <functional>

#include "support.hpp"

namespace mipzk_test {
namespace {

// Calls `call` with structs of T of several sizes. `first`: of the first version of T.
template <class T>
void check_sizes(size_t first, const std::function<mipzk_status(T*)>& call) {
  constexpr size_t kMost = 4096;
  Bytes known(kMost, 0xee);
  const auto with = [&](size_t size) {
    Bytes caller(kMost + sizeof(T), 0xee);
    const auto struct_size = static_cast<uint32_t>(size);
    std::memcpy(caller.data(), &struct_size, sizeof struct_size);
    T* given = reinterpret_cast<T*>(caller.data());
    const mipzk_status status = call(given);
    EXPECT_EQ(given->struct_size, struct_size);
    if (status == MIPZK_OK) {
      if (size == sizeof(T)) known = caller;
      const size_t common = std::min(size, sizeof(T));
      EXPECT_EQ(std::memcmp(caller.data() + 4, known.data() + 4, common - 4), 0) << size;
      // Nothing beyond what both know is touched: a newer caller has set it to zero.
      const Bytes rest(caller.begin() + static_cast<ptrdiff_t>(common), caller.end());
      EXPECT_TRUE(rest == Bytes(rest.size(), 0xee)) << size;
    }
    return status;
  };
  EXPECT_EQ(with(sizeof(T)), MIPZK_OK);
  EXPECT_LE(first, sizeof(T));
  for (size_t size = first; size <= sizeof(T) + 16; ++size) EXPECT_EQ(with(size), MIPZK_OK) << size;
  EXPECT_EQ(with(kMost), MIPZK_OK);
  for (size_t size : {size_t{0}, size_t{4}, first - 1, kMost + 1, size_t{UINT32_MAX}})
    EXPECT_EQ(with(size), MIPZK_E_ARGUMENT) << size;
}

// The numbers are those of the first header with the struct, for ever.
TEST(Structs, AreAcceptedInEverySizeSinceTheFirstVersion) {
  Session s("echo");
  check_sizes<mipzk_program_info>(
      40, [&](auto* info) { return mipzk_program_inspect(s.program, info, nullptr); });
  check_sizes<mipzk_segment>(
      24, [&](auto* segment) { return mipzk_program_segment(s.program, 0, segment, nullptr); });
  check_sizes<mipzk_profile>(48,
                             [&](auto* profile) { return mipzk_profile_get(0, profile, nullptr); });
  mipzk_blob* blob = nullptr;
  ASSERT_EQ(mipzk_job_prove(s.job, nullptr, nullptr, &blob, &s.err), MIPZK_OK) << s.err.message;
  const uint8_t* proof = mipzk_blob_data(blob);
  const size_t size = mipzk_blob_size(blob);
  check_sizes<mipzk_proof_info>(
      152, [&](auto* info) { return mipzk_proof_inspect(proof, size, info, nullptr); });
  check_sizes<mipzk_security>(80, [&](auto* bits) {
    return mipzk_proof_security(proof, size, MIPZK_REGIME_JOHNSON, bits, nullptr);
  });
  Bytes workspace(mipzk_verify_workspace_size(nullptr));
  check_sizes<mipzk_claim>(40, [&](auto* claim) {
    return mipzk_verify(s.id().data(), proof, size, nullptr, workspace.data(), workspace.size(),
                        claim, nullptr);
  });
  mipzk_blob_free(blob);
}

TEST(Structs, APolicyIsReadInEverySizeSinceTheFirstVersion) {
  const Bytes id(32), proof = {'M', 'P', 'Z', 'K'};
  mipzk_claim claim = empty_claim();
  mipzk_error err;
  struct {
    mipzk_verify_policy known;
    uint8_t unknown[64];
  } caller = {};
  for (uint32_t size = 32; size <= sizeof caller; ++size) {
    caller.known.struct_size = size;
    EXPECT_EQ(verify(id, proof, &caller.known, &claim, &err), MIPZK_E_MALFORMED) << err.message;
    EXPECT_EQ(mipzk_verify_workspace_size(&caller.known), mipzk_verify_workspace_size(nullptr));
  }
  // A field of a newer version may be about security: it is not ignored.
  caller.unknown[sizeof caller.unknown - 1] = 1;
  EXPECT_EQ(verify(id, proof, &caller.known, &claim, &err), MIPZK_E_UNSUPPORTED);
  EXPECT_EQ(mipzk_verify_workspace_size(&caller.known), 0u);
  for (uint32_t size : {0u, 4u, 31u, 4097u, UINT32_MAX}) {
    caller.known.struct_size = size;
    EXPECT_EQ(verify(id, proof, &caller.known, &claim, &err), MIPZK_E_ARGUMENT) << size;
  }
}

}  // namespace
}  // namespace mipzk_test
