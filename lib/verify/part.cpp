// SPDX-License-Identifier: Apache-2.0
#include "verify/part.hpp"

#include "verify/read.hpp"

namespace mipzk::verify {
namespace {

// Of kMaxPartBytes: rows and salts, siblings, openings and published values, FRI's layers.
constexpr uint64_t kQueries = proof::kMaxQueries, kLevels = proof::kMaxLogDomain;
static_assert(4 * proof::kMaxColumns * kQueries +
                  proof::kTreeCount * (kHeights * commit::kSaltBytes + 32 * kLevels) * kQueries +
                  20 * (kMaxOpenings + 3 * proof::kMaxInstances) +
                  commit::kMaxFriLayers * ((20 << commit::kMaxLogFold) + 32 * kLevels) * kQueries +
                  4096 <=
              kMaxPartBytes);

}  // namespace

Status read_length(ByteView bytes, uint32_t& length) {
  if (bytes.size() < 4) return malformed("the proof ends before a shard");
  length = load_le32(bytes.data());
  if (length > kMaxPartBytes) return malformed("a shard's part is longer than any can be");
  return {};
}

Status open_part(ByteView bytes, uint32_t length, uint32_t index, Session& session, Part& part) {
  part.bytes = bytes;
  // What there is of a part that is cut short is read all the same: the verdict is that of a reader
  // who comes to the end later.
  part.cut = bytes.size() < length;
  Reader r(bytes);
  if (Status s = read_head(r, bytes, index, part.head); !s) return s;
  proof::absorb_pass_one(session.heads_in_shards, part.head);
  return {};
}

Status begin_part(const Part& part, Reader& r, const Session& session, Workspace& ws,
                  Fp5& product) {
  const proof::Profile& profile = *session.statement.profile;
  Shard& shard = ws.shard;
  if (Status s = use_head(part.head, session, shard); !s) return s;
  r.take(part.head.bytes.size());
  shard.transcript = session.transcript;
  shard.challenges.global = session.challenges;
  if (Status s = read_commitments(r, part.bytes, profile, part.head, shard); !s) return s;
  const std::span<const air::Published> published(shard.published, shard.shape.instances().size());
  product = global_product(published);
  return check_balance(published);
}

Status finish_part(const Part& part, Reader& r, const Session& session, Workspace& ws) {
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

Status in_shard(uint32_t index, const Status& s) {
  Error error = s.error();
  error.detail = index;
  return error;
}

}  // namespace mipzk::verify
