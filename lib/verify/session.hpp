// SPDX-License-Identifier: Apache-2.0
// What belongs to the whole proof: the statement, what the shards commit to in pass 1, the global
// challenges and the global balance.
#pragma once

#include "proof/protocol.hpp"
#include "proof/security.hpp"
#include "proof/statement.hpp"
#include "verify/balance.hpp"
#include "verify/verify.hpp"
#include "verify/workspace.hpp"

namespace mipzk::verify {

struct Session {
  proof::Statement statement;
  hash::Transcript transcript;
  air::Challenges challenges;  // global
  proof::SecurityInput security;
  uint32_t security_bits = 0;  // rounded down
  uint64_t cycles = 0;         // the run has no more
  Terms terms;                 // the verifier's own, of the global product
  Fp5 product = Fp5::one();    // of the published G of all instances of all shards
  // Heads stand in front, where they decide the global challenges, and again in the shards. These
  // are the transcript after those in front, and what it is after those of the shards so far.
  hash::Digest heads_in_front;
  hash::Transcript heads_in_shards;
};

// Takes a head from `r`, which reads `bytes`, without a look at what it says.
Status read_head(Reader& r, ByteView bytes, uint32_t index, proof::ShardHead& head);

// Checks a head's shape; it and the roots that are known then are the shard's.
Status use_head(const proof::ShardHead& head, const Session& session, Shard& shard);

// Reads the statement and the heads in front, checks what they come to together, absorbs them and
// draws the global challenges. `shard` is overwritten.
Status read_front(Reader& r, ByteView proof, const hash::Digest& id, const Policy& policy,
                  Session& session, Shard& shard);

// After the parts of all shards were taken, and their factors multiplied: the heads are those in
// front, and the shards balance.
Status check_whole(const Session& session);

// What the proof states; its first bytes are at `proof`. After everything was checked.
Claim claim_of(const Session& session, const uint8_t* proof);

}  // namespace mipzk::verify
