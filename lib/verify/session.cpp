// SPDX-License-Identifier: Apache-2.0
#include "verify/session.hpp"

#include <cstring>

#include "verify/balance.hpp"
#include "verify/fixed_roots.hpp"
#include "verify/read.hpp"

namespace mipzk::verify {

Status read_statement(Reader& r, size_t size, const hash::Digest& id, const Policy& policy,
                      Session& session) {
  proof::Statement& s = session.statement;
  if (Status read = proof::read_statement(r, size, s, policy.profiles); !read) return read;
  if (std::memcmp(s.program.id().data(), id.data(), id.size()) != 0)
    return Error(Errc::kWrongProgram, "the proof is about another program");
  if ((s.flags & proof::kFlagNotHiding) != 0 && !policy.allow_not_hiding)
    return Error(Errc::kPolicy,
                 "the proof does not hide its private input, and the policy does not allow that");
  proof::absorb_statement(session.transcript, s.front, s.bytes);
  return {};
}

Status read_head(Reader& r, ByteView proof, uint32_t index, const Session& session, Shard& shard,
                 proof::ShardHead& head) {
  const proof::Statement& statement = session.statement;
  const proof::Profile& profile = *statement.profile;
  const size_t start = r.position();
  if (Status s = proof::read_shape(r, statement, index, shard.shape); !s) return s;
  shard.log_domain = shard.shape.max_log_height() + profile.log_blowup;
  shard.roots[proof::kTreeProgram] = statement.program.root[profile.log_blowup - 1];
  shard.roots[proof::kTreeFixed] = kFixedRoots[profile.log_blowup - 1];
  if (!read_digest(r, shard.roots[proof::kTreePassOne]))
    return malformed("the proof ends before its commitments");
  head = {index, proof.subspan(start, r.position() - start)};
  return {};
}

Status read_heads(Reader& r, ByteView proof, const Policy& policy, Session& session, Shard& shard) {
  const proof::Profile& profile = *session.statement.profile;
  for (uint32_t index = 1; index <= session.statement.shards; ++index) {
    proof::ShardHead head{};
    if (Status s = read_head(r, proof, index, session, shard, head); !s) return s;
    proof::absorb_pass_one(session.transcript, head);
    session.security.add(shard.shape);
    session.cycles += shard.shape.slots();
    if (session.cycles > policy.max_cycles)
      return Error(Errc::kPolicy, "the run may be longer than the policy allows");
  }
  if (session.security.global_messages > proof::kMaxMessages)
    return malformed("too many messages between the shards");
  const proof::Security security = proof::security(profile, session.security);
  if (security.total < policy.min_security_bits)
    return Error(Errc::kPolicy,
                 "the proof has fewer provable bits of security than the policy asks for",
                 static_cast<uint32_t>(security.total));
  if (Status s = read_work(r, session.transcript, proof::global_work(profile)); !s) return s;
  session.challenges = proof::global_challenges(session.transcript);
  return {};
}

Status check_global_balance(const Session& session) {
  const Terms terms = global_terms(air::FormBases(session.challenges), session.statement);
  if (terms.received.is_zero() || session.product * terms.sent != terms.received)
    return rejected("memory, start, end or public values are not balanced");
  return {};
}

}  // namespace mipzk::verify
