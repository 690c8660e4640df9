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
#include "commit/merkle_tree.hpp"
#include "proof/protocol.hpp"
#include "prove/blinding.hpp"
#include "prove/committed.hpp"
#include "prove/ext_columns.hpp"
#include "prove/hedge.hpp"
#include "prove/progress.hpp"
#include "prove/prove.hpp"
#include "prove/public_trees.hpp"
#include "prove/quotient.hpp"
#include "prove/session.hpp"
#include "prove/writer.hpp"

namespace mipzk::prove {

using proof::Matrix;
using proof::Profile;
using proof::Shape;

// First base columns of the running extension columns (P, G, S, those that exist) of a matrix.
std::vector<size_t> running_columns(const Shape& shape, const Matrix& m);

class Shard {
 public:
  // `index` counts from 1. The arguments must outlive the shard.
  Shard(Pool& pool, const LoadedProgram& program, const PublicTrees& trees, const Options& options,
        uint32_t index, Progress& progress)
      : pool_(pool),
        program_(program),
        public_(trees),
        options_(options),
        profile_(*options.profile),
        index_(index),
        progress_(progress) {}

  // Shape and matrices for these instances. kUnprovable.
  Status lay_out(std::span<const air::Instance> instances);
  // Takes the tables, of all instances or of those of pass 1, in their order. kInternal.
  Status fill(std::vector<trace::InstanceTrace> traces);

  // A step of the shard is done. Throws Cancelled.
  void step(Phase phase, Step step) { progress_.step(phase, step, cells_); }

  // Masks and commits to the tables of pass 1; gives what Session::add_head takes. `masks`: those
  // of the shard.
  std::vector<uint8_t> commit_pass_one(const ShardBlinding& masks);

  // The rest, after commit_pass_one(): gives the shard's part of the proof, its length in front.
  // Begins again, with fresh masks outside pass 1, when the challenges want it; kInternal when they
  // want it often. Throws Cancelled.
  Result<std::vector<uint8_t>> prove(const Session& session);

 protected:  // a test looks at the masks
  void try_proving(const Session& session);
  hash::Digest commit(proof::Tree tree);
  // The extended columns of a tree in their stacks.
  std::vector<commit::StackView> stacks(proof::Tree tree) const;
  void append_root(proof::Tree tree);
  void work(const proof::Work& work) { append_work(pool_, t_, work, out_); }
  void blind_base(bool pass_one);
  void blind_extension();
  bool extension_columns();
  void publish();
  void quotients();
  void height_quotient(unsigned log, Committed& q01, Committed& q2);
  void open_all();
  void batch();
  void batch_stacks(unsigned log_tree, unsigned log, std::span<const Fp5> lambda,
                    std::span<const Fp5> values, std::span<Fp5> coeffs);
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
  // That of a table of the program or the protocol, null if it is none.
  const Committed* pre(size_t instance) const {
    for (size_t i = 0; i < shape_.matrices().size(); ++i) {
      const Matrix& m = shape_.matrices()[i];
      if (m.tree > proof::kTreeFixed) break;
      if (m.instance == static_cast<int>(instance)) return &committed(i);
    }
    return nullptr;
  }
  // By index of shape_.matrices(), whose first ones are the public ones.
  const Committed& committed(size_t i) const {
    const proof::Tree tree = shape_.matrices()[i].tree;
    const PublicTree* const shared = public_.find(tree);
    if (shared == nullptr) return mats_[i];
    size_t first = 0;
    while (shape_.matrices()[first].tree != tree) ++first;
    return shared->matrix(i - first);
  }

  Pool& pool_;
  const LoadedProgram& program_;
  const PublicTrees& public_;
  const Options& options_;
  const Profile& profile_;
  const uint32_t index_;
  Progress& progress_;

  Shape shape_;
  uint64_t cells_ = 0;           // that it commits to
  std::vector<Committed> mats_;  // parallel to shape_.matrices(); the public ones are empty
  std::vector<std::unique_ptr<commit::MerkleTree>> trees_{proof::kTreeCount};
  Blinding blinding_;  // of pass 1 and the rings
  SecretVector<uint8_t> ring_before_;
  Blinding attempt_;  // of the rest
  std::vector<uint8_t> head_;
  hash::Transcript t_;
  proof::Challenges challenges_;
  std::vector<air::Published> published_;
  std::vector<Fp5> openings_;
  commit::FriProver fri_;
  std::vector<uint8_t> out_;
};

// Lays a recorded shard out and fills it with the tables of the part. kInternal when the record is
// not the planned one: the masks are for that witness alone.
Status fill_from_record(Shard& shard, Pool& pool, const LoadedProgram& program,
                        const vm::RecordedShard& record, const RunPlan::Shard& planned,
                        const Profile& profile, trace::Part part);

// The two steps of a filled shard of a run with several, with what each tells of its progress.
std::vector<uint8_t> commit_step(Shard& shard, const ShardBlinding& masks);
// `head`: what commit_step() gave. kInternal when it is another one now.
Result<std::vector<uint8_t>> prove_step(Shard& shard, const ShardBlinding& masks,
                                        const Session& session, ByteView head);

// Proves a run of one shard, whose tables are in it; the session is new. Throws Restart, Cancelled.
Result<std::vector<uint8_t>> prove_filled(Session& session, const RunBlinding& run, Shard& shard);

}  // namespace mipzk::prove
