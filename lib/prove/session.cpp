// SPDX-License-Identifier: Apache-2.0
#include "prove/session.hpp"

#include "prove/blinding.hpp"
#include "prove/progress.hpp"
#include "prove/writer.hpp"

namespace mipzk::prove {

Session::Session(Pool& pool, const LoadedProgram& program, const Options& options,
                 const Claims& claims, uint32_t shards)
    : pool_(pool), profile_(*options.profile) {
  append(out_, proof::kMagic);
  const uint32_t flags = options.masks.all() ? 0 : proof::kFlagNotHiding;
  append_u32(out_, proof::kFormatVersion | flags << 16);
  append_u32(out_, profile_.id);
  uint8_t header[proof::ProgramHeader::kSize];
  program.header.write(header);
  append(out_, header);
  append_u32(out_, static_cast<uint32_t>(claims.public_input.size()));
  append(out_, claims.public_input);
  append_u32(out_, static_cast<uint32_t>(claims.output.size()));
  append(out_, claims.output);
  append_u32(out_, claims.exit_code);
  append_u32(out_, shards);
  proof::absorb_statement(transcript_, out_);
}

void Session::add_head(ByteView head) {
  heads_.push_back({out_.size(), head.size()});
  append(out_, head);
  proof::absorb_pass_one(transcript_, {static_cast<uint32_t>(heads_.size()), head});
}

ByteView Session::head(uint32_t shard) const {
  if (shard == 0 || shard > heads_.size()) return {};
  return ByteView(out_).subspan(heads_[shard - 1].offset, heads_[shard - 1].size);
}

Result<Session> Session::read(Pool& pool, const proof::Profile& profile, ByteView bytes) {
  const Error damaged(Errc::kMalformed, "the challenge says what no challenge says; make it again");
  Session session(pool, profile);
  Reader r(bytes);
  proof::Statement statement;
  if (!proof::read_statement(r, statement, {&profile, 1})) return damaged;
  append(session.out_, statement.bytes);
  proof::absorb_statement(session.transcript_, session.out_);
  for (uint32_t shard = 1; shard <= statement.shards; ++shard) {
    const size_t start = r.position();
    proof::Instance instances[proof::kMaxInstances];
    uint32_t count = 0;
    if (!proof::read_instances(r, instances, count)) return damaged;
    r.take(sizeof(hash::Digest));
    if (!r.ok()) return damaged;
    session.add_head(bytes.subspan(start, r.position() - start));
  }
  if (const proof::Work work = proof::global_work(profile); work.bits != 0) {
    const uint64_t nonce = r.u64();
    if (!r.ok()) return damaged;
    if (!session.transcript_.check_work(work.label, work.bits, nonce))
      return Error(Errc::kRejected, "the challenge has a wrong proof of work; make it again");
    append_u64(session.out_, nonce);
  }
  if (!r.at_end()) return damaged;
  session.challenges_ = proof::global_challenges(session.transcript_);
  if (!session.serves()) return Error(Errc::kRejected, "no prover proves under these challenges");
  return session;
}

void Session::draw_challenges() {
  append_work(pool_, transcript_, proof::global_work(profile_), out_);
  challenges_ = proof::global_challenges(transcript_);
  if (!serves()) throw Restart{};
}

bool Session::serves() const { return independent({challenges_.beta.data() + 1, 5}); }

std::vector<uint8_t> Session::assemble(std::span<const std::vector<uint8_t>> shards) && {
  for (const std::vector<uint8_t>& shard : shards) append(out_, shard);
  return std::move(out_);
}

}  // namespace mipzk::prove
