// SPDX-License-Identifier: Apache-2.0
// The plan of a proof that is made in pieces: what is proved, in which shards, and the key of the
// masks.
#pragma once

#include <memory>
#include <vector>

#include "prove/byte_writer.hpp"
#include "prove/hedge.hpp"
#include "prove/piece.hpp"
#include "prove/prove.hpp"

namespace mipzk::prove {

// What whoever wants a proof asks for, as far as the proof's bytes depend on it. Views.
struct Request {
  hash::Digest program{};
  vm::Inputs inputs;
  ByteView seed;   // of the caller; empty: any
  ByteView shape;  // bytes; empty: none is fixed
  uint64_t shard_cells = 0, shard_cycles = 0;
};

// The same, kept with the key of the masks: digests tell nothing to whoever does not have it.
struct RequestDigests {
  hash::Digest program{};
  uint64_t shard_cells = 0, shard_cycles = 0;
  hash::Digest public_input{}, private_input{}, hints{}, seed{}, shape{};
};

// A planned run and all that its proof's bytes depend on. Holds private data.
struct ProofPlan {
  std::shared_ptr<const RunPlan> run;
  RequestDigests request;
  const proof::Profile* profile = nullptr;
  bool hiding = true;
  uint32_t attempt = 0;            // counts restarts of the whole proof
  RunBlinding blinding;            // the key depends on the seed, the witness and the attempt
  std::vector<uint8_t> statement;  // the proof's first bytes
  unsigned threads = 0;            // for which run->workers was reckoned
  hash::Digest digest{};           // by which pieces know the plan

  uint32_t shards() const { return static_cast<uint32_t>(run->shards.size()); }
  proof::Statement statement_of() const;  // views of `statement`
};

// Of a run that was planned with these options, whose seed is set. `attempt`: counts from 0;
// another one when the challenges of the one before did not serve.
ProofPlan make_plan(Pool& pool, const LoadedProgram& program, const Request& request,
                    std::shared_ptr<const RunPlan> run, const Options& options, uint32_t attempt);
// Makes it the plan of another attempt.
void set_attempt(ProofPlan& plan, const Request& request, ByteView seed, uint32_t attempt);

PieceBytes write_plan(const ProofPlan& plan);
// Errors: those of read_piece(), kWrongProgram.
Result<ProofPlan> read_plan(ByteView piece, const LoadedProgram& program);

// What plan and work say of all words and all code of a run; `rows`: of the program's ROM.
void write_sources(const RunPlan& run, ByteWriter& w);
bool read_sources(Reader& r, uint32_t shards, size_t rows, SecretVector<vm::SourceWord>& sources,
                  SecretVector<uint16_t>& code_last);

// Whether a shard is cut and laid out as another one, and has its witness.
bool is_same(const RunPlan::Shard& a, const RunPlan::Shard& b);

// Fails with kArgument when the plan is not for this request, and says what differs.
Status check_request(const ProofPlan& plan, const Request& request, const Options& options);

}  // namespace mipzk::prove
