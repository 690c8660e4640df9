// SPDX-License-Identifier: Apache-2.0
// The C interface, as programs of users see it: proofs with few queries are unknown.
#include <gtest/gtest.h>
#include <mipzk/mipzk.h>

#include "adversarial/proof_kit.hpp"

namespace mipzk::attack {
namespace {

mipzk_error shipped_verdict(const hash::Digest& id, const Bytes& proof, uint32_t bits = 0) {
  mipzk_verify_policy policy = {};
  policy.struct_size = sizeof policy;
  policy.min_security_bits = bits;
  policy.flags = MIPZK_VERIFY_ALLOW_NO_HIDING | MIPZK_VERIFY_ANY_EXIT_CODE;
  Bytes workspace(mipzk_verify_workspace_size(&policy));
  mipzk_claim claim = {};
  claim.struct_size = sizeof claim;
  mipzk_error err = {};
  EXPECT_EQ(mipzk_verify(id.data(), proof.data(), proof.size(), &policy, workspace.data(),
                         workspace.size(), &claim, &err),
            err.status);
  return err;
}

Bytes proof_of(const prove::LoadedProgram& p, const proof::Profile& profile) {
  return prove(run(p, {{1}, {0, 0, 0, 1}, {}}, profile.tail_rows), profile);
}

TEST(ShippedLibrary, RefusesTestProfiles) {
  EXPECT_EQ(mipzk_profile_count(), 4u);
  const prove::LoadedProgram& p = small_sum(3);
  for (const proof::Profile* profile : {&test::kTest2, &test::kTest4}) {
    const Bytes proof = proof_of(p, *profile);
    ASSERT_TRUE(verdict(p.id, proof).accepted());
    const mipzk_error err = shipped_verdict(p.id, proof, 1);
    EXPECT_EQ(err.status, MIPZK_E_UNSUPPORTED) << err.message;
    EXPECT_EQ(err.detail, profile->id);
  }
}

TEST(ShippedLibrary, AcceptsItsOwnUnderTheDefaultPolicy) {
  const prove::LoadedProgram& p = small_sum(3);
  const Bytes proof = proof_of(p, proof::kC100);
  const mipzk_error err = shipped_verdict(p.id, proof);
  EXPECT_EQ(err.status, MIPZK_OK) << err.message;
  EXPECT_EQ(shipped_verdict(p.id, proof, 101).status, MIPZK_E_POLICY);
}

}  // namespace
}  // namespace mipzk::attack
