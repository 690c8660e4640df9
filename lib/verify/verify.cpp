// SPDX-License-Identifier: Apache-2.0
#include "verify/verify.hpp"

#include <new>

#include "verify/read.hpp"
#include "verify/session.hpp"
#include "verify/shard.hpp"

namespace mipzk::verify {
namespace {

// An error that a shard's part has, with its number.
Status in_shard(uint32_t index, const Status& s) {
  Error error = s.error();
  error.detail = index;
  return error;
}

// The first half of a shard's check, without much work; `product` becomes its factor in the global
// balance, and `r` stands behind what was read.
Status begin_shard(const Part& part, Reader& r, const Session& session, Workspace& ws,
                   Fp5& product) {
  Shard& shard = ws.shard;
  if (Status s = use_head(part.head, session, shard); !s) return s;
  r.take(part.head.bytes.size());
  shard.transcript = session.transcript;
  shard.challenges.global = session.challenges;
  if (Status s = read_commitments(r, part.bytes, *session.statement.profile, part.head, shard); !s)
    return s;
  const std::span<const air::Published> published(shard.published, shard.shape.instances().size());
  product = global_product(published);
  return check_balance(published);
}

// The second half.
Status finish_shard(const Part& part, Reader& r, const Session& session, Workspace& ws) {
  const proof::Profile& profile = *session.statement.profile;
  Shard& shard = ws.shard;
  if (Status s = read_openings(r, part.bytes, profile, shard, ws.scratch); !s) return s;
  if (Status s = check_quotients(part.head.index, shard.shape, profile, shard.challenges,
                                 shard.published, shard.openings, ws.scratch.values);
      !s)
    return s;
  if (Status s = check_openings(r, profile, shard, ws.scratch); !s) return s;
  if (!r.at_end() || part.cut) return malformed("a shard's part is not as long as it says");
  return {};
}

// Checks the part of shard `index`, which `r` comes to next.
Status check_shard(Reader& r, ByteView proof, uint32_t index, Session& session, Workspace& ws) {
  Part part;
  if (Status s = next_part(r, proof, index, session, part); !s) return in_shard(index, s);
  Reader own(part.bytes);
  Fp5 product;
  if (Status s = begin_shard(part, own, session, ws, product); !s) return in_shard(index, s);
  session.product *= product;
  // Before the costly half of the last shard.
  if (index == session.statement.shards)
    if (Status s = check_whole(session); !s) return s;
  if (Status s = finish_shard(part, own, session, ws); !s) return in_shard(index, s);
  return {};
}

Status check(const hash::Digest& id, ByteView proof, const Policy& policy, Workspace& ws,
             Claim& claim, hash::DrawObserver* observer) {
  Reader r(proof);
  Session session;
  session.transcript = hash::Transcript(observer);
  if (Status s = read_statement(r, id, policy, session); !s) return s;
  if (Status s = read_heads(r, proof, policy, session, ws.shard); !s) return s;
  for (uint32_t index = 1; index <= session.statement.shards; ++index)
    if (Status s = check_shard(r, proof, index, session, ws); !s) return s;
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
