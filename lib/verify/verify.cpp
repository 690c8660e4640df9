// SPDX-License-Identifier: Apache-2.0
#include "verify/verify.hpp"

#include <new>

#include "verify/read.hpp"
#include "verify/session.hpp"
#include "verify/shard.hpp"

namespace mipzk::verify {
namespace {

// Checks shard `index`, whose head is read again from `heads` and the rest from `r`.
Status check_shard(Reader& heads, Reader& r, ByteView proof, uint32_t index, Session& session,
                   Workspace& ws) {
  const proof::Profile& profile = *session.statement.profile;
  Shard& shard = ws.shard;
  proof::ShardHead head{};
  if (Status s = read_head(heads, proof, index, session, shard, head); !s) return s;
  shard.transcript = session.transcript;
  shard.challenges.global = session.challenges;
  if (Status s = read_commitments(r, proof, profile, head, shard); !s) return s;
  const std::span<const air::Published> published(shard.published, shard.shape.instances().size());
  if (Status s = check_balance(published); !s) return s;
  session.product *= global_product(published);
  // Before the costly part of the last shard.
  if (index == session.statement.shards)
    if (Status s = check_global_balance(session); !s) return s;
  if (Status s = read_openings(r, proof, shard); !s) return s;
  if (Status s = check_quotients(index, shard.shape, profile, shard.challenges, shard.published,
                                 shard.openings, ws.scratch.values);
      !s)
    return s;
  return check_openings(r, profile, shard, ws.scratch);
}

Status check(const hash::Digest& id, ByteView proof, const Policy& policy, Workspace& ws,
             Claim& claim, hash::DrawObserver* observer) {
  Reader r(proof);
  Session session;
  session.transcript = hash::Transcript(observer);
  if (Status s = read_statement(r, proof.size(), id, policy, session); !s) return s;
  Reader heads = r;
  if (Status s = read_heads(r, proof, policy, session, ws.shard); !s) return s;
  for (uint32_t index = 1; index <= session.statement.shards; ++index)
    if (Status s = check_shard(heads, r, proof, index, session, ws); !s) return s;
  if (!r.at_end()) return malformed("the proof has bytes after its end");

  const proof::Statement& statement = session.statement;
  claim.exit_code = statement.exit_code;
  claim.public_size = statement.public_input.size();
  claim.public_offset = static_cast<size_t>(statement.public_input.data() - proof.data());
  claim.output_size = statement.output.size();
  claim.output_offset = static_cast<size_t>(statement.output.data() - proof.data());
  return {};
}

}  // namespace

size_t workspace_size(const Policy&) { return sizeof(Workspace); }

Status verify(const hash::Digest& program_id, ByteView proof, const Policy& policy, void* workspace,
              size_t workspace_bytes, Claim& claim, hash::DrawObserver* observer) {
  claim = Claim();
  if (proof.size() > policy.max_proof_bytes)
    return Error(Errc::kPolicy, "the proof is longer than the policy allows");
  if (workspace == nullptr || reinterpret_cast<uintptr_t>(workspace) % alignof(Workspace) != 0)
    return Error(Errc::kArgument, "the workspace is missing or not aligned to 16 bytes");
  if (workspace_bytes < sizeof(Workspace))
    return Error(Errc::kWorkspace, "the workspace is too small", sizeof(Workspace));
  return check(program_id, proof, policy, *new (workspace) Workspace, claim, observer);
}

}  // namespace mipzk::verify
