// SPDX-License-Identifier: Apache-2.0
// Profiles with few queries, so that attack tests are fast. They give no security, and a verifier
// knows them only by a policy that has them.
#pragma once

#include "proof/profile.hpp"

namespace mipzk::test {

inline constexpr proof::Profile kTest2 = {
    .id = 0x7001,
    .name = "TEST2",
    .target_bits = 0,
    .regime = proof::Regime::kUniqueDecoding,
    .log_blowup = 1,
    .queries = 6,
    .tail_rows = 64,
};
// Every work round has bits, so that every nonce is in the proof.
inline constexpr proof::Profile kTest4 = {
    .id = 0x7002,
    .name = "TEST4",
    .target_bits = 0,
    .regime = proof::Regime::kUniqueDecoding,
    .log_blowup = 2,
    .queries = 4,
    .tail_rows = 64,
    .lookup_work = 1,
    .deep_work = 1,
    .batch_work = 1,
    .fold_work = 1,
    .query_work = 2,
};

inline constexpr proof::Profile kProfiles[] = {proof::kS100, proof::kC100, proof::kS128,
                                               proof::kC128, kTest2,       kTest4};

}  // namespace mipzk::test
