// SPDX-License-Identifier: Apache-2.0
// The pieces of a proof that one process makes, kept so that another one can go on with them.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "prove/plan_piece.hpp"

namespace mipzk::prove {

// Where pieces are. Called on any thread, one call at a time.
class PieceStore {
 public:
  virtual ~PieceStore() = default;
  // Keeps a piece; when it returns, the piece outlasts the process. Pieces whose names differ only
  // behind the last '-' replace each other.
  virtual Status put(const std::string& name, ByteView bytes) = 0;
  // The bytes of a piece whose name begins so; none: `found` is false.
  virtual Status get(const std::string& prefix, PieceBytes& bytes, bool& found) = 0;
  // What get() gave last for this prefix is not the piece: it is forgotten.
  virtual Status drop(const std::string& prefix, const char* why) = 0;
};

// The pieces of one proof in a store.
class Kept {
 public:
  // The arguments must outlive it. `plan` is in the store.
  Kept(PieceStore& store, const Request& request, ProofPlan& plan)
      : store_(store), request_(request), plan_(plan) {}

  // The plan in a store, if there is one that can be read. Errors: those of the store.
  static Result<std::optional<ProofPlan>> find_plan(PieceStore& store,
                                                    const LoadedProgram& program);
  static Status keep_plan(PieceStore& store, const ProofPlan& plan);

  uint32_t attempt() const { return plan_.attempt; }
  // The masks of an attempt, which is planned if it is not yet.
  Status begin(uint32_t attempt, ByteView seed, const RunBlinding*& run);

  // The heads that there are; the others are left empty.
  Status load_heads(std::vector<std::vector<uint8_t>>& heads);
  Status keep_head(uint32_t shard, ByteView head);
  // After the global challenges: which parts there are. `front`: the bytes of the session.
  Status load_parts(ByteView front, std::vector<bool>& there);
  Status keep_part(uint32_t shard, ByteView part);
  // In the end: gives a part to the sink.
  Status give_part(uint32_t shard, const std::function<Status(ByteView)>& sink);

 private:
  // The payload of a piece, empty when there is no such piece of this proof.
  Result<PieceBytes> load(PieceKind kind, uint32_t shard);
  Status keep(PieceKind kind, uint32_t shard, ByteView payload);

  PieceStore& store_;
  const Request& request_;
  ProofPlan& plan_;
  hash::Digest challenge_{};
  std::mutex mutex_;  // of the store
};

// prove_run() with a store: what is kept is not made again. `plan` is in the store; a restart of
// the whole proof changes it.
Status prove_kept(Pool& pool, const LoadedProgram& program, const Request& request, ProofPlan& plan,
                  const Options& options, PieceStore& store, const ProofSink& sink);

}  // namespace mipzk::prove
