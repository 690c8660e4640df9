// SPDX-License-Identifier: Apache-2.0
// Profiles with few queries, so that attack tests are fast. They give no security.
#pragma once

#include "proof/profile.hpp"

namespace mipzk::test {

inline constexpr proof::Profile kTest2 = {
    0x7001, "TEST2", 0, proof::Regime::kUniqueDecoding, 0, 1, 6, 64, 0, 0, 0, 0, 0};
// Every work round has bits, so that every nonce is in the proof.
inline constexpr proof::Profile kTest4 = {
    0x7002, "TEST4", 0, proof::Regime::kUniqueDecoding, 0, 2, 4, 64, 1, 1, 1, 1, 2};

}  // namespace mipzk::test
