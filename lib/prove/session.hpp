// SPDX-License-Identifier: Apache-2.0
// What belongs to a whole proof: the statement, what the shards commit to in pass 1, the global
// challenges, and the bytes in their order.
#pragma once

#include <vector>

#include "proof/protocol.hpp"
#include "prove/prove.hpp"

namespace mipzk::prove {

class Session {
 public:
  // Writes and absorbs the statement.
  Session(Pool& pool, const LoadedProgram& program, const Options& options, const Claims& claims,
          uint32_t shards);

  // As it is after the global challenges, from what bytes() gave then. Errors: kMalformed,
  // kRejected.
  static Result<Session> read(Pool& pool, const proof::Profile& profile, ByteView bytes);

  // Shards in their order, all of them before the global challenges. `head`: shape and pass-1 root.
  void add_head(ByteView head);
  // Throws Restart when the challenges let some mask stand still.
  void draw_challenges();

  // The proof so far.
  ByteView bytes() const { return out_; }
  // A shard's head, of those that were added; empty when there is no such one.
  ByteView head(uint32_t shard) const;
  // After the global challenges: where the transcripts of the shards begin.
  const hash::Transcript& transcript() const { return transcript_; }
  const air::Challenges& challenges() const { return challenges_; }

  // The proof: what was written so far, and what Shard::prove gave for each shard.
  std::vector<uint8_t> assemble(std::span<const std::vector<uint8_t>> shards) &&;

 private:
  // The five cells of a global mask tuple must move its message freely.
  bool serves() const;

  Session(Pool& pool, const proof::Profile& profile) : pool_(pool), profile_(profile) {}

  Pool& pool_;
  const proof::Profile& profile_;
  hash::Transcript transcript_;
  air::Challenges challenges_{};
  struct Range {
    size_t offset, size;
  };
  std::vector<Range> heads_;  // in out_
  std::vector<uint8_t> out_;
};

}  // namespace mipzk::prove
