// SPDX-License-Identifier: Apache-2.0
#include "verify/verify.hpp"

#include <algorithm>
#include <new>

#include "verify/part.hpp"
#include "verify/read.hpp"

namespace mipzk::verify {
namespace {

// Checks the part of shard `index`, which `r` comes to next.
Status check_shard(Reader& r, ByteView proof, uint32_t index, Session& session, Workspace& ws) {
  Part part;
  uint32_t length = 0;
  if (Status s = read_length(r.take(std::min<size_t>(4, r.remaining())), length); !s)
    return in_shard(index, s);
  const size_t start = r.position(), size = std::min<size_t>(length, r.remaining());
  r.take(size);
  if (Status s = open_part(proof.subspan(start, size), length, index, session, part); !s)
    return in_shard(index, s);
  Reader own(part.bytes);
  Fp5 product;
  if (Status s = begin_part(part, own, session, ws, product); !s) return in_shard(index, s);
  session.product *= product;
  // Before the costly half of the last shard.
  if (index == session.statement.shards)
    if (Status s = check_whole(session); !s) return s;
  if (Status s = finish_part(part, own, session, ws); !s) return in_shard(index, s);
  return {};
}

Status check(const hash::Digest& id, ByteView proof, const Policy& policy, Workspace& ws,
             Claim& claim, hash::DrawObserver* observer) {
  Reader r(proof);
  Session session;
  session.transcript = hash::Transcript(observer);
  if (Status s = read_front(r, proof, id, policy, session, ws.shard); !s) return s;
  for (uint32_t index = 1; index <= session.statement.shards; ++index)
    if (Status s = check_shard(r, proof, index, session, ws); !s) return s;
  if (!r.at_end()) return trailing_bytes();
  claim = claim_of(session, proof.data());
  return {};
}

}  // namespace

size_t workspace_size(const Policy&) { return sizeof(Workspace); }

Status verify(const hash::Digest& program_id, ByteView proof, const Policy& policy, void* workspace,
              size_t workspace_bytes, Claim& claim, hash::DrawObserver* observer) {
  claim = Claim();
  if (proof.size() > policy.max_proof_bytes) return too_long();
  if (workspace == nullptr || reinterpret_cast<uintptr_t>(workspace) % alignof(Workspace) != 0)
    return Error(Errc::kArgument, "the workspace is missing or not aligned to 16 bytes");
  if (workspace_bytes < sizeof(Workspace))
    return Error(Errc::kWorkspace, "the workspace is too small", sizeof(Workspace));
  return check(program_id, proof, policy, *new (workspace) Workspace, claim, observer);
}

}  // namespace mipzk::verify
