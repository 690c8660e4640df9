// SPDX-License-Identifier: Apache-2.0
// A prover without scruples: docs/PROTOCOL.md step by step, with a place to lie before each
// commitment. What it commits to is committed properly: roots, openings and nonces fit together.
// Without lies it gives the bytes of the shipped prover without blinding.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "adversarial/plain_transcript.hpp"
#include "adversarial/proof_kit.hpp"
#include "air/constraints.hpp"
#include "commit/fri.hpp"
#include "commit/merkle_tree.hpp"

namespace mipzk::attack {

using field::Fp5;

// What is known and not yet committed to when a lie is called.
enum class Step {
  kBase,       // base columns (`evals`)
  kHead,       // the head in front is committed to, the one in the shard is not
  kMain,       // those of the main tree, with those of pass 1 committed
  kExtension,  // extension columns and published values
  kPublished,  // published values, with the extension root committed
  kQuotient,   // quotient chunks (`evals`)
  kWords,      // all `lde` of a tree, of any degree; `tree` says which
  kOpenings,   // the openings at zeta, before they are committed to
  kShown,      // the same, with their digest absorbed and the weights of the batch known
  kWord,       // the batched word
  kLayer,      // a word of FRI, `layer` says which
  kFold,       // the fold's `betas`, which are drawn
  kFinal,      // the final polynomial
  kRows,       // the query indices
};

class Forger {
 public:
  // The rows and claims of the shard, whatever they are. `number`: its number in the run.
  explicit Forger(const Shard& shard, const proof::Profile& profile = test::kTest2,
                  uint32_t number = 1);

  std::map<Step, std::function<void()>> lies;
  PlainTranscript transcript;  // its frozen draws are known beforehand
  // What the statement says.
  const proof::Profile* profile;
  uint32_t profile_id, shards = 1;
  uint32_t index;  // its number, in its constraints
  proof::ProgramHeader header;
  Bytes public_input, output;
  uint32_t exit_code;
  // The head that the shard repeats, once that in front is absorbed; may be another one.
  Bytes head;
  // Trees without salts where the protocol has them, or salts that are not zero.
  std::set<proof::Tree> unsalted;
  commit::SaltFunction salts;

  // Of a run of one shard.
  Bytes prove();
  // The steps of a proof, for a run of several shards (run_forger.hpp): the bytes of the front, of
  // the shard's head and of the rest, for which `transcript` and `global` are those of the run.
  Bytes front();
  Bytes commit_pass_one();
  Bytes prove_shard();
  // The nonce of the global challenges, and these.
  Bytes draw_global();
  // A head as it is absorbed.
  static Bytes numbered(uint32_t number, ByteView bytes);

  // State of the proof, to be changed by lies.
  struct Matrix {
    unsigned log_height = 0;
    size_t width = 0;
    SecretVector<Fp> evals;  // on H
    std::vector<Fp> lde;     // extended, as it is committed
  };
  proof::Shape shape;
  std::vector<Matrix> mats;  // as shape.matrices()
  air::Challenges global{}, local{};
  std::vector<air::Published> published;
  Fp5 gamma, zeta;
  std::vector<Fp5> openings, lambda, word;  // openings by pair
  proof::Tree tree{};
  unsigned layer = 0;
  std::vector<Fp5> betas;  // of the layer's fold
  std::vector<Fp5> last;   // the final coefficients
  std::vector<uint32_t> indices;

  size_t instance(air::TableId id) const;  // the first one
  const air::Layout& layout(size_t i) const { return shape.info(i).layout; }
  Matrix& pre(size_t i) { return mats[find(i, proof::kTreeProgram, proof::kTreeFixed)]; }
  Matrix& base(size_t i) { return mats[find(i, proof::kTreePassOne, proof::kTreeMain)]; }
  Matrix& ext(size_t i) { return mats[find(i, proof::kTreeExt, proof::kTreeExt)]; }
  size_t data_rows(size_t i) const {
    return (size_t{1} << shape.instances()[i].log_height) - profile->tail_rows;
  }
  // The matrices of the quotient tree: Q0 and Q1 of a height.
  size_t chunks(unsigned log_height) const;
  Fp5 ext_cell(size_t i, size_t row, unsigned column);
  void set_ext_cell(size_t i, size_t row, unsigned column, const Fp5& v);
  // What the shipped prover would compute next; lies may look ahead.
  void extension();  // extension columns and published values, from the local challenges
  void open();       // openings, from zeta
  void weights();    // lambda
  void batch();      // the batched word, from lambda and the openings
  std::vector<Fp5> fold_challenges(unsigned log_fold) const;  // of the next fold
  hash::Digest commit(proof::Tree t);  // extends and commits to the matrices of a tree, or again

  // What a height's quotient must be at zeta, and what the opened chunks say.
  Fp5 quotient_at_zeta(unsigned log_height);
  Fp5 chunks_at_zeta(unsigned log_height) const;
  // What the product of all G must be for what the statement says, with the global challenges.
  Fp5 expected_g() const;
  // What is missing for the balance: the factor of G, the factor of P, the summand of S.
  Fp5 missing_g() const, missing_p() const, missing_s() const;
  // A constraint's power of gamma: the last constraints of an instance close P, S, then G.
  Fp5 weight(size_t i, unsigned constraint) const {
    return gamma.pow(shape.gamma_offset(i) + constraint);
  }
  unsigned closing_constraint(size_t i, char which) const;
  // The mask message in the closing row: of `count` cells from `at` on.
  Fp5 mask(size_t i, char which, unsigned at, unsigned count);
  // The constraints of an instance, each with its weight, summed up over given cells.
  air::ConstraintSums constraints(size_t i, const air::PointCells& cells) const;
  // Those of a data row.
  Fp5 row_error(size_t i, size_t row);

 private:
  size_t find(size_t instance, proof::Tree a, proof::Tree b) const;
  void lie(Step s) {
    if (auto l = lies.find(s); l != lies.end()) l->second();
  }
  void put(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void put_u32(uint32_t v);
  void put_fp5s(const std::vector<Fp5>& values);
  void put_fp5s(uint32_t label, const std::vector<Fp5>& values);  // and absorb them
  void put_openings_digest();
  void work(uint32_t label, unsigned bits);
  void statement();
  void prepare();
  void extend(Matrix& m);
  void add_stacked(const std::vector<std::vector<Fp5>>& quotients, unsigned log_slots,
                   unsigned log_rows);
  // Calls f(number of the matrix, column, count, at) for each run of columns that a stack holds.
  template <class F>
  void each_column_run(const proof::Stack& stack, F&& f) const {
    for (size_t i = 0; i < mats.size(); ++i)
      proof::each_run(shape, shape.matrices()[i],
                      [&](size_t column, size_t count, const proof::Stack& s, size_t at) {
                        if (&s == &stack) f(i, column, count, at);
                      });
  }
  void root(uint32_t label, proof::Tree t);
  void quotient(unsigned log_height);
  void fri();
  void queries();

  const Shard& shard_;
  const uint32_t number_;
  Pool pool_{2};
  Bytes out_;
  std::vector<std::unique_ptr<commit::MerkleTree>> trees_;
  std::vector<std::vector<Fp5>> layers_;
  std::vector<std::unique_ptr<commit::MerkleTree>> layer_trees_;
};

// The five x_k of F with target = sum of five_k x_k.
std::array<Fp, 5> combination(std::array<Fp5, 5> five, const Fp5& target);

// The value of an extension column from its five base columns at one point.
Fp5 compose(const Fp5* five);

}  // namespace mipzk::attack
