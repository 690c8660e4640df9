// SPDX-License-Identifier: Apache-2.0
#include "prove/kept.hpp"

#include <algorithm>

#include "prove/work.hpp"

namespace mipzk::prove {
namespace {

// Of one name that are looked at: a store has more than one only when a process was killed between
// keeping one and forgetting another.
constexpr unsigned kMostCopies = 16;

// Calls use(bytes), which says whether it takes them, for what the store has under a prefix.
template <class F>
Status find(PieceStore& store, const std::string& prefix, const F& use) {
  for (unsigned i = 0; i < kMostCopies; ++i) {
    PieceBytes bytes;
    bool found = false;
    if (Status s = store.get(prefix, bytes, found); !s) return s;
    if (!found) return {};
    const Status taken = use(bytes);
    if (taken) return {};
    if (Status s = store.drop(prefix, taken.error().message); !s) return s;
  }
  return {};
}

}  // namespace

Result<std::optional<ProofPlan>> Kept::find_plan(PieceStore& store, const LoadedProgram& program) {
  std::optional<ProofPlan> plan;
  Status wrong;
  const Status s = find(store, piece_label(PieceKind::kPlan, 0), [&](ByteView bytes) -> Status {
    auto read = read_plan(bytes, program);
    if (read) {
      plan = std::move(*read);
      return {};
    }
    // What is whole is somebody's work: it is not thrown away.
    if (read.error().code == Errc::kMalformed) return read.error();
    wrong = read.error();
    return {};
  });
  if (!s) return s.error();
  if (!wrong) return wrong.error();
  return plan;
}

Status Kept::keep_plan(PieceStore& store, const ProofPlan& plan) {
  const PieceBytes bytes = write_plan(plan);
  return store.put(piece_label({PieceKind::kPlan, 0, 0, {}, {}}, bytes), bytes);
}

Status Kept::begin(uint32_t attempt, ByteView seed, const RunBlinding*& run) {
  if (attempt != plan_.attempt) {
    set_attempt(plan_, request_, seed, attempt);
    if (Status s = keep_plan(store_, plan_); !s) return s;
  }
  run = &plan_.blinding;
  return {};
}

Result<PieceBytes> Kept::load(PieceKind kind, uint32_t shard) {
  PieceBytes payload;
  const Status s = find(store_, piece_label(kind, shard), [&](ByteView bytes) -> Status {
    const auto piece = read_piece(bytes, kind);
    if (!piece) return piece.error();
    if (Status fits = check_belongs(*piece, plan_, nullptr); !fits) return fits;
    if (piece->header.shard != shard)
      return Error(Errc::kMalformed, "the piece is of another shard");
    if (kind == PieceKind::kPart && piece->header.challenge != challenge_)
      return Error(Errc::kRejected, "the part is one for another challenge");
    payload.assign(piece->payload.begin(), piece->payload.end());
    return {};
  });
  if (!s) return s.error();
  return payload;
}

Status Kept::keep(PieceKind kind, uint32_t shard, ByteView payload) {
  const PieceHeader header{kind, shard, plan_.shards(), plan_.digest,
                           kind == PieceKind::kPart ? challenge_ : hash::Digest{}};
  const PieceBytes bytes = write_piece(header, payload);
  const std::lock_guard lock(mutex_);
  return store_.put(piece_label(header, bytes), bytes);
}

Status Kept::load_heads(std::vector<std::vector<uint8_t>>& heads) {
  for (uint32_t shard = 1; shard <= heads.size(); ++shard) {
    const auto head = load(PieceKind::kHead, shard);
    if (!head) return head.error();
    heads[shard - 1].assign(head->begin(), head->end());
  }
  return {};
}

Status Kept::keep_head(uint32_t shard, ByteView head) {
  return keep(PieceKind::kHead, shard, head);
}

Status Kept::load_parts(ByteView front, std::vector<bool>& there) {
  const PieceBytes challenge =
      write_piece({PieceKind::kChallenge, 0, plan_.shards(), plan_.digest, {}}, front);
  const auto piece = read_piece(challenge, PieceKind::kChallenge);
  if (!piece) return piece.error();
  challenge_ = piece->digest;
  for (uint32_t shard = 1; shard <= there.size(); ++shard) {
    const auto part = load(PieceKind::kPart, shard);
    if (!part) return part.error();
    there[shard - 1] = !part->empty();
  }
  return {};
}

Status Kept::keep_part(uint32_t shard, ByteView part) {
  return keep(PieceKind::kPart, shard, part);
}

Status Kept::give_part(uint32_t shard, const std::function<Status(ByteView)>& sink) {
  const auto part = load(PieceKind::kPart, shard);
  if (!part) return part.error();
  if (part->empty())
    return Error(Errc::kMalformed, "a kept part was lost while the proof was made; prove again",
                 shard);
  return sink(*part);
}

}  // namespace mipzk::prove
