// SPDX-License-Identifier: Apache-2.0
// What the functions that verify have in common: the caller's policy and the claim.
#pragma once

#include "boundary.hpp"
#include "verify/verify.hpp"

namespace mipzk::capi {

struct Policy {
  verify::Policy proof;
  bool any_exit_code = false;
  uint32_t exit_code = 0;
};

// Null stands for all defaults.
Status read_policy(const mipzk_verify_policy* given, Policy& out);

// Sets the caller's claim to that of a valid proof. Fails when its exit code is not what the policy
// wants; it is set all the same.
Status give_claim(const verify::Claim& claim, const Policy& policy, mipzk_claim& out);

}  // namespace mipzk::capi
