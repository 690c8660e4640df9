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

  // Commits to the tables of pass 1, under masks that belong to the statement, the witness and the
  // attempt; gives what Session::add_head takes.
  std::vector<uint8_t> commit_pass_one(ByteView statement, uint32_t attempt);

  // The rest: gives what Session::assemble takes. Throws Restart, Cancelled.
  std::vector<uint8_t> prove(const Session& session);

 protected:  // a test looks at the masks
  std::vector<uint8_t> shape_bytes() const;
  void extend(Committed& m, bool small);
  hash::Digest commit(proof::Tree tree);
  void append_root(proof::Tree tree);
  void work(const proof::Work& work) { append_work(pool_, t_, work, out_); }
  void start_blinding(ByteView statement, uint32_t attempt);
  void blind_base();
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

// The proof of a run of one shard, which is prepared: begins again with fresh masks when the
// challenges want it. Throws Cancelled.
Result<std::vector<uint8_t>> prove_shard(Pool& pool, const LoadedProgram& program,
                                         const Options& options, const Claims& claims,
                                         Progress& progress, Shard& shard);

}  // namespace mipzk::prove
