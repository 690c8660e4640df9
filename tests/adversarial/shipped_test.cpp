// SPDX-License-Identifier: Apache-2.0
// Linked without the test profiles, as programs of users are: proofs with few queries are unknown.
#include <gtest/gtest.h>

#include "adversarial/proof_kit.hpp"

namespace mipzk::attack {
namespace {

TEST(ShippedLibrary, RefusesTestProfiles) {
  EXPECT_EQ(proof::profiles().size(), 4u);
  const prove::LoadedProgram& p = small_sum(3);
  for (const proof::Profile* profile : {&test::kTest2, &test::kTest4}) {
    const Bytes proof = prove(run(p, {{1}, {0, 0, 0, 1}, {}}, profile->tail_rows), *profile);
    const Verdict v = verdict(p.id, proof);
    EXPECT_EQ(v.code, Errc::kUnsupported) << v.message;
  }
}

TEST(ShippedLibrary, AcceptsItsOwnUnderTheDefaultPolicy) {
  const prove::LoadedProgram& p = small_sum(3);
  const Bytes proof = prove(run(p, {{1}, {0, 0, 0, 1}, {}}, proof::kC100.tail_rows), proof::kC100);
  const Verdict v = verdict(p.id, proof, verify::Policy());
  EXPECT_TRUE(v.accepted()) << v.message;
  verify::Policy strict;
  strict.min_security_bits = 101;
  EXPECT_EQ(verdict(p.id, proof, strict).code, Errc::kPolicy);
}

}  // namespace
}  // namespace mipzk::attack
