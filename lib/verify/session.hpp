// SPDX-License-Identifier: Apache-2.0
// What belongs to the whole proof: the statement, what the shards commit to in pass 1, the global
// challenges and the global balance.
#pragma once

#include "proof/protocol.hpp"
#include "proof/security.hpp"
#include "proof/statement.hpp"
#include "verify/verify.hpp"
#include "verify/workspace.hpp"

namespace mipzk::verify {

struct Session {
  proof::Statement statement;
  hash::Transcript transcript;
  air::Challenges challenges;  // global
  proof::SecurityInput security;
  uint64_t cycles = 0;       // the run has no more
  Fp5 product = Fp5::one();  // of the published G of all instances of all shards
};

// Reads the statement of a proof of `size` bytes about the program `id`, and absorbs it.
Status read_statement(Reader& r, size_t size, const hash::Digest& id, const Policy& policy,
                      Session& session);

// Reads the shape and the pass-1 root of a shard into `shard` and checks the shape. `head` becomes
// what is absorbed.
Status read_head(Reader& r, ByteView proof, uint32_t index, const Session& session, Shard& shard,
                 proof::ShardHead& head);

// Reads the heads of all shards, checks what they come to together, absorbs them and draws the
// global challenges. `shard` is overwritten.
Status read_heads(Reader& r, ByteView proof, const Policy& policy, Session& session, Shard& shard);

// After all shards.
Status check_global_balance(const Session& session);

}  // namespace mipzk::verify
