// SPDX-License-Identifier: Apache-2.0
// Labels of the transcript, in the order of the protocol (docs/PROTOCOL.md, "Transcript").
#pragma once

#include <cstdint>

namespace mipzk::proof {

enum Label : uint32_t {
  kLabelStatement = 1,
  kLabelPassOne = 2,  // shard index, shape and pass-1 root, once per shard
  kLabelGlobalWork = 3,
  kLabelGlobalChallenges = 4,
  kLabelShard = 5,
  kLabelMainRoot = 6,
  kLabelLookupWork = 7,
  kLabelLookupChallenges = 8,
  kLabelExtRoot = 9,
  kLabelPublished = 10,
  kLabelGamma = 11,
  kLabelQuotientRoot = 12,
  kLabelDeepWork = 13,
  kLabelZeta = 14,
  kLabelOpenings = 15,  // their digest
  kLabelBatchWork = 16,
  kLabelBatch = 17,
  // 0x20..0x23: FRI (commit/fri.hpp)
  kLabelQueryWork = 0x30,
  kLabelQueries = 0x31,
};

}  // namespace mipzk::proof
