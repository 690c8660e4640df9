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

  // Shards in their order, all of them before the global challenges. `head`: shape and pass-1 root.
  void add_head(ByteView head);
  // Throws Restart when the challenges let some mask stand still.
  void draw_challenges();

  // The proof so far.
  ByteView bytes() const { return out_; }
  // After the global challenges: where the transcripts of the shards begin.
  const hash::Transcript& transcript() const { return transcript_; }
  const air::Challenges& challenges() const { return challenges_; }

  // The proof: what was written so far, and what Shard::prove gave for each shard.
  std::vector<uint8_t> assemble(std::span<const std::vector<uint8_t>> shards) &&;

 private:
  Pool& pool_;
  const proof::Profile& profile_;
  hash::Transcript transcript_;
  air::Challenges challenges_{};
  uint32_t heads_ = 0;
  std::vector<uint8_t> out_;
};

}  // namespace mipzk::prove
