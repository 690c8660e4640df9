// SPDX-License-Identifier: Apache-2.0
// Verification as most tests want it.
#pragma once

#include <cstddef>
#include <vector>

#include "support/test_profiles.hpp"
#include "verify/verify.hpp"

namespace mipzk::test {

// Accepts proofs that hide, under each profile, shipped or not, with so many bits of security.
inline verify::Policy test_policy(unsigned min_security_bits = 0) {
  verify::Policy policy;
  policy.profiles = kProfiles;
  policy.min_security_bits = min_security_bits;
  policy.max_proof_bytes = uint64_t{64} << 20;
  return policy;
}

// Verifies in a workspace of its own.
inline Status verify_proof(const hash::Digest& id, ByteView proof, const verify::Policy& policy,
                           verify::Claim& claim, hash::DrawObserver* observer = nullptr) {
  std::vector<std::max_align_t> ws(verify::workspace_size(policy) / sizeof(std::max_align_t) + 1);
  return verify::verify(id, proof, policy, ws.data(), ws.size() * sizeof ws[0], claim, observer);
}

}  // namespace mipzk::test
