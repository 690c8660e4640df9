// SPDX-License-Identifier: Apache-2.0
#include "verify/verify.hpp"

#include <new>

#include "verify/read.hpp"
#include "verify/session.hpp"
#include "verify/shard.hpp"

namespace mipzk::verify {
namespace {

Status check(const hash::Digest& id, ByteView proof, const Policy& policy, Workspace& ws,
             Claim& claim, hash::DrawObserver* observer) {
  Reader r(proof);
  Session session;
  session.transcript = hash::Transcript(observer);
  proof::ShardHead head{};
  Shard& shard = ws.shard;
  if (Status s = read_statement(r, proof.size(), id, policy, session); !s) return s;
  if (Status s = read_head(r, proof, 1, policy, session, shard, head); !s) return s;
  if (Status s = draw_global(r, session); !s) return s;

  const proof::Profile& profile = *session.statement.profile;
  shard.transcript = session.transcript;
  shard.challenges.global = session.challenges;
  if (Status s = read_commitments(r, proof, profile, head, shard); !s) return s;
  const std::span<const air::Published> published(shard.published, shard.shape.instances().size());
  if (Status s = check_balance(published); !s) return s;
  if (Status s = check_global_balance(session, global_product(published)); !s) return s;
  if (Status s = read_openings(r, proof, shard); !s) return s;
  if (Status s = check_quotients(shard.shape, profile, shard.challenges, shard.published,
                                 shard.openings, ws.scratch.values);
      !s)
    return s;
  if (Status s = check_openings(r, profile, shard, ws.scratch); !s) return s;
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
