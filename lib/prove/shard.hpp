// SPDX-License-Identifier: Apache-2.0
// One shard while it is proved: its rows, its trees, its transcript. Private to lib/prove;
// prove.hpp is the interface.
//
// shard.cpp takes the steps in the order of docs/PROTOCOL.md; masks.cpp writes what hides the
// witness, height_quotient.cpp computes the quotients, opening.cpp everything after zeta.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "base/secret_memory.hpp"
#include "commit/fri_prove.hpp"
#include "commit/lde.hpp"
#include "commit/merkle_tree.hpp"
#include "proof/protocol.hpp"
#include "prove/blinding.hpp"
#include "prove/ext_columns.hpp"
#include "prove/progress.hpp"
#include "prove/prove.hpp"
#include "prove/quotient.hpp"
#include "prove/session.hpp"
#include "prove/writer.hpp"

namespace mipzk::prove {

using commit::kSmallLog;  // the small coset has 2^9 points, more than any R
using proof::Matrix;
using proof::Profile;
using proof::Shape;

// A committed matrix: evaluations on H, its extension, and its values on the small coset.
struct Committed {
  unsigned log_height = 0;
  size_t width = 0;
  SecretVector<Fp> evals, lde, small;
};

// First base columns of the running extension columns (P, G, S, those that exist) of a matrix.
std::vector<size_t> running_columns(const Shape& shape, const Matrix& m);

// The masks of a run: the key, and how many instances of pass 1 each shard has, through all of
// which the ring of the global masks goes.
struct RunBlinding {
  Blinding key;
  std::vector<uint32_t> pass_one;
};

class Shard {
 public:
  // `index` counts from 1. The arguments must outlive the shard.
  Shard(Pool& pool, const LoadedProgram& program, const Options& options, uint32_t index,
        Progress& progress)
      : pool_(pool),
        program_(program),
        options_(options),
        profile_(*options.profile),
        index_(index),
        progress_(progress) {}

  // Shape and matrices from the traces of all instances. kUnprovable.
  Status prepare(std::vector<trace::InstanceTrace> traces);

  // For the Hedge of the run, of what prepare() was given.
  std::vector<uint8_t> shape_bytes() const;
  void append_digests(SecretVector<uint8_t>& out) const;
  uint32_t pass_one_instances() const;

  // Masks the base matrices and commits to the tables of pass 1; gives what Session::add_head
  // takes.
  std::vector<uint8_t> commit_pass_one(const RunBlinding& run);

  // The rest, after commit_pass_one(): gives what Session::assemble takes. Throws Restart,
  // Cancelled.
  std::vector<uint8_t> prove(const Session& session);

 protected:  // a test looks at the masks
  void extend(Committed& m, bool small);
  hash::Digest commit(proof::Tree tree);
  void append_root(proof::Tree tree);
  void work(const proof::Work& work) { append_work(pool_, t_, work, out_); }
  void blind_base(const RunBlinding& run);
  void blind_extension();
  bool extension_columns();
  void publish();
  void quotients();
  void height_quotient(unsigned log, Committed& q01, Committed& q2);
  void open_all();
  void batch();
  void queries();

  // The committed matrix of an instance in a tree, null if there is none.
  Committed* matrix(size_t instance, proof::Tree tree) {
    auto all = shape_.matrices();
    for (size_t i = 0; i < all.size(); ++i)
      if (all[i].tree == tree && all[i].instance == static_cast<int>(instance)) return &mats_[i];
    return nullptr;
  }
  const Committed* base(size_t i) const { return const_cast<Shard*>(this)->base(i); }
  Committed* base(size_t i) {
    return matrix(i, shape_.info(i).layout.pass_one ? proof::kTreePassOne : proof::kTreeMain);
  }
  Committed* pre(size_t i) {
    Committed* m = matrix(i, proof::kTreeProgram);
    return m != nullptr ? m : matrix(i, proof::kTreeFixed);
  }

  Pool& pool_;
  const LoadedProgram& program_;
  const Options& options_;
  const Profile& profile_;
  const uint32_t index_;
  Progress& progress_;

  Shape shape_;
  std::vector<Committed> mats_;  // parallel to shape_.matrices()
  std::vector<std::unique_ptr<commit::MerkleTree>> trees_{proof::kTreeCount};
  Blinding blinding_;
  std::vector<uint8_t> head_;
  hash::Transcript t_;
  proof::Challenges challenges_;
  std::vector<air::Published> published_;
  std::vector<Fp5> openings_;  // by pair
  commit::FriProver fri_;
  std::vector<uint8_t> out_;
};

// What the masks of a run depend on besides the seed: the statement and all that they hide, so that
// a repeated seed repeats masks only for the very same proof.
class Hedge {
 public:
  // Shards in their order, prepared and not yet masked.
  void add(const Shard& shard);
  // `statement`: the first bytes of the proof; `attempt`: counts restarts.
  RunBlinding blinding(ByteView seed, ByteView statement, uint32_t attempt) const;

 private:
  std::vector<uint8_t> shapes_;
  SecretVector<uint8_t> digests_;
  std::vector<uint32_t> pass_one_;
};

// Gives the traces of a shard (from 1); asked again, the same ones.
using TraceSource = std::function<Result<std::vector<trace::InstanceTrace>>(uint32_t shard)>;

// Proves a run of one shard, which is prepared: begins again with fresh masks when the challenges
// want it. Throws Cancelled.
Result<std::vector<uint8_t>> prove_shard(Pool& pool, const LoadedProgram& program,
                                         const Options& options, const Claims& claims,
                                         Progress& progress, Shard& shard);

// The same for a run of several shards, of which one is in memory at a time: each is made three
// times, for the hedge, for pass 1 and for the rest.
Result<std::vector<uint8_t>> prove_shards(Pool& pool, const LoadedProgram& program,
                                          const Options& options, const Claims& claims,
                                          Progress& progress, uint32_t shards,
                                          const TraceSource& traces);

}  // namespace mipzk::prove
