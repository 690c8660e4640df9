// SPDX-License-Identifier: Apache-2.0
// What belongs to the whole proof: the statement, what the shards commit to in pass 1, the global
// challenges and the global balance.
#pragma once

#include "proof/protocol.hpp"
#include "proof/statement.hpp"
#include "verify/verify.hpp"
#include "verify/workspace.hpp"

namespace mipzk::verify {

struct Session {
  proof::Statement statement;
  hash::Transcript transcript;
  air::Challenges challenges;  // global
};

// Reads the statement of a proof of `size` bytes about the program `id`, and absorbs it.
Status read_statement(Reader& r, size_t size, const hash::Digest& id, const Policy& policy,
                      Session& session);

// Reads the shape and the pass-1 root of a shard into `shard`, checks the shape and absorbs both.
// `head` becomes what the shard's own transcript absorbs again.
Status read_head(Reader& r, ByteView proof, uint32_t index, const Policy& policy, Session& session,
                 Shard& shard, proof::ShardHead& head);

// After the heads of all shards: the global challenges.
Status draw_global(Reader& r, Session& session);

// `product`: that of the published G of all shards' instances.
Status check_global_balance(const Session& session, const Fp5& product);

}  // namespace mipzk::verify
