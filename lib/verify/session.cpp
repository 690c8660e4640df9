// SPDX-License-Identifier: Apache-2.0
#include "verify/session.hpp"

#include <cstring>

#include "verify/fixed_roots.hpp"
#include "verify/read.hpp"

namespace mipzk::verify {

Status read_head(Reader& r, ByteView bytes, uint32_t index, proof::ShardHead& head) {
  const size_t start = r.position();
  const uint32_t count = r.u32();
  if (!r.ok() || count > proof::kMaxInstances) return malformed("too many table instances");
  r.take(size_t{2} * count + sizeof(hash::Digest));
  if (!r.ok()) return malformed("the proof ends inside the head of a shard");
  head = {index, bytes.subspan(start, r.position() - start)};
  return {};
}

Status use_head(const proof::ShardHead& head, const Session& session, Shard& shard) {
  const proof::Statement& statement = session.statement;
  const proof::Profile& profile = *statement.profile;
  Reader r(head.bytes);
  if (Status s = proof::read_shape(r, statement, head.index, shard.shape); !s) return s;
  shard.log_domain = shard.shape.max_log_height() + profile.log_blowup;
  shard.roots[proof::kTreeProgram] = statement.program.root[profile.log_blowup - 1];
  shard.roots[proof::kTreeFixed] = kFixedRoots[profile.log_blowup - 1];
  if (!read_digest(r, shard.roots[proof::kTreePassOne]) || !r.at_end())
    return malformed("the proof ends before its commitments");
  return {};
}

namespace {

// Reads the statement of a proof about the program `id`, and absorbs it.
Status read_statement(Reader& r, const hash::Digest& id, const Policy& policy, Session& session) {
  proof::Statement& s = session.statement;
  if (Status read = proof::read_statement(r, s, policy.profiles); !read) return read;
  if (std::memcmp(s.program.id().data(), id.data(), id.size()) != 0)
    return Error(Errc::kWrongProgram, "the proof is about another program");
  if ((s.flags & proof::kFlagNotHiding) != 0 && !policy.allow_not_hiding)
    return Error(Errc::kPolicy,
                 "the proof does not hide its private input, and the policy does not allow that");
  if (s.shards > policy.max_shards)
    return Error(Errc::kPolicy, "the proof has more shards than the policy allows", s.shards);
  proof::absorb_statement(session.transcript, s.bytes);
  return {};
}

// Reads the heads in front and draws the global challenges.
Status read_heads(Reader& r, ByteView proof, const Policy& policy, Session& session, Shard& shard) {
  const proof::Profile& profile = *session.statement.profile;
  session.heads_in_shards = session.transcript;
  for (uint32_t index = 1; index <= session.statement.shards; ++index) {
    proof::ShardHead head{};
    if (Status s = read_head(r, proof, index, head); !s) return s;
    if (Status s = use_head(head, session, shard); !s) return s;
    proof::absorb_pass_one(session.transcript, head);
    session.security.add(shard.shape);
    session.cycles += shard.shape.slots();
    if (session.cycles > policy.max_cycles)
      return Error(Errc::kPolicy, "the run may be longer than the policy allows");
  }
  session.heads_in_front = session.transcript.state();
  if (session.security.global_messages > proof::kMaxMessages)
    return malformed("too many messages between the shards");
  const proof::Security security = proof::security(profile, session.security);
  session.security_bits = static_cast<uint32_t>(security.total);
  if (security.total < policy.min_security_bits)
    return Error(Errc::kPolicy,
                 "the proof has fewer provable bits of security than the policy asks for",
                 session.security_bits);
  if (Status s = read_work(r, session.transcript, proof::global_work(profile)); !s) return s;
  session.challenges = proof::global_challenges(session.transcript);
  session.terms = global_terms(air::FormBases(session.challenges), session.statement);
  return {};
}

}  // namespace

Status read_front(Reader& r, ByteView proof, const hash::Digest& id, const Policy& policy,
                  Session& session, Shard& shard) {
  if (Status s = read_statement(r, id, policy, session); !s) return s;
  return read_heads(r, proof, policy, session, shard);
}

Status check_whole(const Session& session) {
  if (session.heads_in_shards.state() != session.heads_in_front)
    return rejected("the head of a shard is not the one in front");
  const Terms& terms = session.terms;
  if (terms.received.is_zero() || session.product * terms.sent != terms.received)
    return rejected("memory, start, end or public values are not balanced");
  return {};
}

Claim claim_of(const Session& session, const uint8_t* proof) {
  const proof::Statement& s = session.statement;
  Claim claim;
  claim.exit_code = s.exit_code;
  claim.public_offset = static_cast<size_t>(s.public_input.data() - proof);
  claim.public_size = s.public_input.size();
  claim.output_offset = static_cast<size_t>(s.output.data() - proof);
  claim.output_size = s.output.size();
  claim.shards = s.shards;
  claim.security_bits = session.security_bits;
  claim.not_hiding = (s.flags & proof::kFlagNotHiding) != 0;
  claim.kernel = s.program.entry >> 28 == 8;  // docs/MACHINE.md, section 8
  return claim;
}

}  // namespace mipzk::verify
