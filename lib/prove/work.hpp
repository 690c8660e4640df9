// SPDX-License-Identifier: Apache-2.0
// The steps of a proof as functions from pieces to pieces, for whoever carries them: a shard can be
// committed to and proved anywhere, from what it begins with. The bytes of the proof are those of
// prove_run().
#pragma once

#include <functional>
#include <span>

#include "prove/plan_piece.hpp"
#include "prove/public_trees.hpp"
#include "vm/shard_image.hpp"

namespace mipzk::prove {

// What a worker knows of a shard.
struct Work {
  PieceHeader header;
  hash::Digest program_id{};  // as the work says
  const proof::Profile* profile = nullptr;
  bool hiding = true;
  ShardBlinding masks;
  RunPlan::Shard planned;
  vm::ShardImage image;
  SecretVector<vm::SourceWord> sources;  // of shard 1, as in vm::RecordedShard
  SecretVector<uint16_t> code_last;
};

// `tables`: digest_of_tables() of the program, by which workers know it; `hints`: those of the run.
PieceBytes write_work(const ProofPlan& plan, const hash::Digest& tables, uint32_t shard,
                      const vm::ShardRecord& record, ByteView hints);
// The program needs neither roots nor id. Errors: those of read_piece(), kWrongProgram.
Result<Work> read_work(ByteView piece, const LoadedProgram& program, const hash::Digest& tables);

// Where and how a worker works.
struct Workshop {
  Pool& pool;
  const LoadedProgram& program;   // roots and id are not looked at
  const PublicTrees& trees;       // for the profile of the work; with the program's for shard 1
  MemoryBound memory;             // of what proving adds to the process
  uint64_t max_guest_memory = 0;  // bytes that the shard may touch
  StopFlags cancel = {};
};

// Commits to the shard's tables of pass 1: a head. Errors: kRejected when the work does not give
// the shard that was planned, kNoMemory, kCancelled.
Result<PieceBytes> commit_work(const Workshop& shop, const Work& work);
// Gives the piece that a shard has of some kind; the bytes are valid until the next call.
using PieceSource = std::function<Result<ByteView>(uint32_t shard)>;
// From the heads of all shards the global challenges. Errors: those of read_piece() and the source;
// kRejected for a head that does not belong there (Error::detail: its shard), kState when the
// challenges do not serve and the attempt Error::detail must be planned.
Result<PieceBytes> draw_challenge(Pool& pool, const LoadedProgram& program, const ProofPlan& plan,
                                  const PieceSource& heads);
// The shard's part of the proof. Errors: as commit_work(); kRejected also when the challenge is not
// of the same plan or the head in it is not the shard's.
Result<PieceBytes> prove_work(const Workshop& shop, const Work& work, ByteView challenge);

// Whether a piece belongs to the plan, and a part to the challenge. kRejected.
Status check_belongs(const Piece& piece, const ProofPlan& plan, const Piece* challenge);

// The proof. Errors: those of read_piece(), of the source and the sink; kRejected for a part that
// does not belong there.
Status assemble(const ProofPlan& plan, ByteView challenge, const PieceSource& parts,
                const ProofSink& sink);

}  // namespace mipzk::prove
