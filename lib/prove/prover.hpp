// SPDX-License-Identifier: Apache-2.0
// The state of one proof while it is made. Private to lib/prove; prove.hpp is the interface.
//
// prove.cpp takes the steps in the order of docs/PROTOCOL.md; masks.cpp writes what hides the
// witness, class_quotient.cpp computes the quotients, opening.cpp everything after zeta.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "base/secret_memory.hpp"
#include "commit/fri_prove.hpp"
#include "commit/lde.hpp"
#include "commit/merkle_tree.hpp"
#include "hash/transcript.hpp"
#include "proof/labels.hpp"
#include "proof/shape.hpp"
#include "prove/blinding.hpp"
#include "prove/ext_columns.hpp"
#include "prove/prove.hpp"
#include "prove/quotient.hpp"
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

struct Cancelled {};
// The challenges hit a zero, a pole, a domain or dependent masks: begin again with fresh masks.
struct Restart {};

class Prover {
 public:
  Prover(Pool& pool, const LoadedProgram& program, const Options& options)
      : pool_(pool), program_(program), options_(options), profile_(*options.profile) {}

  Result<std::vector<uint8_t>> run(const Claims& claims, std::vector<trace::InstanceTrace> traces);

 protected:  // a test looks at the masks
  Status prepare(std::vector<trace::InstanceTrace> traces);
  std::vector<uint8_t> attempt(const Claims& claims);
  void step(Phase phase) {
    ++done_;
    if (options_.progress && options_.progress(phase, done_, kSteps)) throw Cancelled{};
  }
  void statement(const Claims& claims);
  std::vector<uint8_t> shape_bytes() const;
  void work(uint32_t label, unsigned bits);
  air::Challenges draw(uint32_t label) const;
  void extend(Committed& m, bool small);
  hash::Digest commit(proof::Tree tree);
  void start_blinding();
  void blind_base();
  void blind_extension();
  bool extension_columns();
  void draw_zeta();
  void quotients();
  void class_quotient(unsigned log, Committed& q01, Committed& q2);
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

  static constexpr uint64_t kSteps = kProveSteps;

  Pool& pool_;
  const LoadedProgram& program_;
  const Options& options_;
  const Profile& profile_;
  uint32_t attempt_ = 0;  // counts restarts: each has masks of its own
  uint64_t done_ = 0;

  Shape shape_;
  std::vector<Committed> mats_;  // parallel to shape_.matrices()
  std::vector<std::unique_ptr<commit::MerkleTree>> trees_{proof::kTreeCount};
  Blinding blinding_;
  hash::Transcript t_;
  air::Challenges local_{}, global_{};
  std::vector<air::Published> published_;
  Fp5 zeta_;
  std::vector<Fp5> openings_;  // by pair
  commit::FriProver fri_;
  std::vector<uint8_t> out_;
};

}  // namespace mipzk::prove
