// SPDX-License-Identifier: Apache-2.0
// A shard's part of the proof and its check, which needs nothing of other shards but the session.
#pragma once

#include "verify/session.hpp"
#include "verify/shard.hpp"

namespace mipzk::verify {

// More than the part of any shape has.
inline constexpr uint32_t kMaxPartBytes = uint32_t{1} << 24;

struct Part {
  ByteView bytes;         // behind the length; fewer than it says where the proof ends
  bool cut = false;       // the proof ends before
  proof::ShardHead head;  // which they begin with
};

// Reads a part's length, the first four bytes; fewer where the proof ends before.
Status read_length(ByteView bytes, uint32_t& length);

// Makes a part of the bytes that follow its length, all that there are of it, and takes its head to
// those of the session. In the order of the shards.
Status open_part(ByteView bytes, uint32_t length, uint32_t index, Session& session, Part& part);

// The first half of the check, without much work. `r` reads the part from its beginning and then
// stands behind what was read; `product` becomes the shard's factor in the global balance.
Status begin_part(const Part& part, Reader& r, const Session& session, Workspace& ws, Fp5& product);

// The second half.
Status finish_part(const Part& part, Reader& r, const Session& session, Workspace& ws);

// An error that a shard's part has, with its number.
Status in_shard(uint32_t index, const Status& s);

}  // namespace mipzk::verify
