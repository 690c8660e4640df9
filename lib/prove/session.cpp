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
  append(out_, head);
  proof::absorb_pass_one(transcript_, {++heads_, head});
}

void Session::draw_challenges() {
  append_work(pool_, transcript_, proof::global_work(profile_), out_);
  challenges_ = proof::global_challenges(transcript_);
  // The five cells of a global mask tuple must move its message freely.
  if (!independent({challenges_.beta.data() + 1, 5})) throw Restart{};
}

std::vector<uint8_t> Session::assemble(std::span<const std::vector<uint8_t>> shards) && {
  for (const std::vector<uint8_t>& shard : shards) append(out_, shard);
  return std::move(out_);
}

}  // namespace mipzk::prove
