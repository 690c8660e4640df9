// SPDX-License-Identifier: Apache-2.0
// The prover: from a loaded program and a recording to proof bytes (docs/PROTOCOL.md).
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/available_memory.hpp"
#include "base/error.hpp"
#include "base/pool.hpp"
#include "base/secret_memory.hpp"
#include "base/stop_flags.hpp"
#include "isa/program.hpp"
#include "proof/statement.hpp"
#include "trace/build.hpp"
#include "vm/machine.hpp"

namespace mipzk::prove {

// A program with its public tables and its header; building it computes the program id.
struct LoadedProgram {
  isa::Program program;
  trace::ProgramTables tables;
  proof::ProgramHeader header;
  hash::Digest id{};
};

// Without tables, roots and id. Errors: kElf.
Result<LoadedProgram> lay_out_program(isa::Program program);
// Makes the tables alone, all that proving a shard after the first needs.
void make_tables(LoadedProgram& program);
// Makes the rest, and the tables unless they are there: two low-degree extensions of all code and
// data.
void commit_to_program(Pool& pool, LoadedProgram& program);
// Of header and tables, roots and id aside: equal for equal programs, and much faster than the id.
hash::Digest digest_of_tables(const LoadedProgram& program);
// Both.
Result<LoadedProgram> load_program(Pool& pool, isa::Program program);

enum class Phase : uint32_t { kTrace, kCommit, kQuotient, kOpen, kQuery };
inline constexpr unsigned kShardSteps = 10;  // of a shard, after each of which a proof may end

// How much of the work so many cells are, as callers are told.
constexpr uint64_t progress_units(uint64_t cells) { return cells >> 10; }

using Seed = SecretVector<uint8_t>;

// What hides the witness (docs/ZK.md). Switched off for measurements, for tests and for proofs that
// only another proof sees.
struct Masks {
  bool tails = true;     // random rows behind the data of every table
  bool rings = true;     // random cells that move the published values
  bool quotient = true;  // t0 and t1
  bool fri = true;       // the polynomial added to the batched word
  bool salts = true;     // of the leaves

  static constexpr Masks none() { return {false, false, false, false, false}; }
  bool all() const { return tails && rings && quotient && fri && salts; }
};

struct Options {
  const proof::Profile* profile = &proof::kS100;
  // 32 random, secret bytes: all blinding derives from them; whoever knows them can undo it. A run
  // proved again with the same seed gives the same proof. Empty: drawn from the system.
  Seed seed;
  // For each shard of the proof the table instances to use, in canonical order, whatever the run
  // needs of them: they then tell nothing about it. Where the run is cut follows from them. Empty:
  // shards as the run's limits say, and instances as low as trace::build makes them.
  std::vector<std::vector<air::Instance>> shapes;
  // With any of them off the proof hides nothing, and says so in its header.
  Masks masks;
  // What running and proving may take beyond what the process has; a run that takes more is refused
  // before it is proved.
  MemoryBound memory;
  // Whether shards may be smaller than the run says to stay below that.
  bool smaller_shards = false;
  // Whether the caller keeps the proof in memory, which then counts.
  bool keeps_proof = false;
  // Called on the calling thread between steps; true cancels. `done` of `total`: cells that are
  // proved, in progress_units().
  std::function<bool(Phase, uint64_t done, uint64_t total)> progress;
  // Looked at by all threads: once one is set, the call ends with kCancelled. At most two.
  StopFlags cancel;
};

// A run of a program: what it reads and where it is cut. The bytes stay the caller's.
struct Run {
  vm::Inputs inputs;
  vm::Limits limits;
};

// What is known of a run before it is proved, from running it once. Holds private data.
struct RunPlan {
  struct Shard {
    std::vector<air::Instance> instances;  // canonical order
    uint64_t cycles = 0;
    SecretVector<uint8_t> witness_digest;
  };

  vm::Limits limits;  // of the run
  vm::Outcome outcome;
  SecretVector<vm::SourceWord> sources;
  SecretVector<uint16_t> code_last;  // as in vm::RecordedShard
  std::vector<Shard> shards;
  // The record of the only shard, so that a short run need not run again; otherwise null.
  std::shared_ptr<const vm::ShardRecord> only;

  unsigned workers = 1;       // shards that are proved at the same time
  uint64_t memory_bytes = 0;  // that running and proving take at most
  uint64_t proof_bytes = 0;   // about
  uint64_t cells = 0;         // that are committed to
};

// Cells of a shard (vm::ShardSize): the fastest that was measured (docs/PERFORMANCE.md), and the
// smaller ones that Options::smaller_shards may take.
inline constexpr uint64_t kShardCells = uint64_t{1} << 25;
inline constexpr uint64_t kSmallerShardCells[] = {uint64_t{1} << 24, uint64_t{1} << 23,
                                                  uint64_t{1} << 22, uint64_t{1} << 21};

// The cells of instructions and words, by which a run is cut into shards of `cells`.
vm::ShardSize shard_size(uint64_t cells);

// What shards of given shapes have room for.
std::vector<vm::ShardRoom> rooms_of(const Options& options);

// Runs the program for a proof, with its prints and marks, and refuses a run that cannot be proved
// as soon as that is known. What a proof shows of the plan, its shards and their shapes, depends on
// the run, the profile and the shape alone (and with Options::smaller_shards on the memory bound);
// `workers` depends on the pool and on the memory bound.
// Errors: those of vm::record (then `report`, if given, is filled), kUnprovable, kNoMemory.
Result<RunPlan> plan_run(Pool& pool, const LoadedProgram& program, const Run& run,
                         const vm::Hooks& hooks, const Options& options,
                         vm::FaultReport* report = nullptr);
// The same of a run that was recorded.
Result<RunPlan> plan_recording(Pool& pool, const LoadedProgram& program,
                               const vm::Recording& recording, const Options& options);

// Takes the bytes of a proof in their order, piece by piece as they are made, on the calling
// thread. An error ends the proof with it.
using ProofSink = std::function<Status(ByteView)>;

// Proves a run that was planned with the same arguments: runs it again, shard by shard, as the
// provers take them.
// Errors: kCancelled, kNoMemory, kInternal, those of the sink; std::bad_alloc is left to the
// caller.
Status prove_run(Pool& pool, const LoadedProgram& program, const Run& run, const RunPlan& plan,
                 const Options& options, const ProofSink& sink);

// About the seconds that prove_run() will take on this machine as it is now: proves a small run of
// its own, in about a second, as many shards at a time. Errors: kCancelled, kInternal.
Result<double> proving_seconds(Pool& pool, const RunPlan& plan, const Options& options);

// Plans and proves a recorded run; `public_input` is that of the recording.
Result<std::vector<uint8_t>> prove(Pool& pool, const LoadedProgram& program, ByteView public_input,
                                   const vm::Recording& recording, const Options& options);

// Whether a verifier accepts given shapes (Options::shapes) for proofs of the program. kUnprovable.
Status check_shapes(const LoadedProgram& program, const Options& options);

// The public values that a proof claims.
struct Claims {
  ByteView public_input, output;
  uint32_t exit_code = 0;
};

// The second half of prove() for one shard: proves given base matrices of all instances. Nothing is
// checked: traces that break a rule or claims that differ from them give a proof that does not
// verify.
Result<std::vector<uint8_t>> prove_traces(Pool& pool, const LoadedProgram& program,
                                          const Claims& claims,
                                          std::vector<trace::InstanceTrace> traces,
                                          const Options& options);

// Root of the fixed tables' tree at blowup 2^log_blowup, a constant of the protocol.
hash::Digest fixed_root(Pool& pool, unsigned log_blowup);

}  // namespace mipzk::prove
