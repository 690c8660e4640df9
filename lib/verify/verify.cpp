// SPDX-License-Identifier: Apache-2.0
#include "verify/verify.hpp"

#include <cstring>
#include <new>

#include "air/constraints.hpp"
#include "commit/fri_verify.hpp"
#include "commit/merkle.hpp"
#include "hash/transcript.hpp"
#include "proof/labels.hpp"
#include "proof/points.hpp"
#include "proof/security.hpp"
#include "verify/balance.hpp"
#include "verify/fixed_roots.hpp"

namespace mipzk::verify {
namespace {

using proof::Matrix;
using proof::Profile;
using proof::Shape;

constexpr unsigned kMaxPairs = proof::kMaxColumns + 15 * proof::kMaxInstances;
constexpr unsigned kHeights = air::kMaxLogHeight + 1;

Error rejected(const char* text) { return Error(Errc::kRejected, text); }
Error malformed(const char* text) { return Error(Errc::kMalformed, text); }

// The opened rows of a tree, by height class, tallest first.
struct TreeRows {
  commit::ClassShape shapes[kHeights];
  commit::OpenedClass opened[kHeights];
  unsigned classes = 0;
};

// Everything that the verifier keeps besides the proof itself; lives in the caller's workspace.
struct Workspace {
  proof::Instance instances[proof::kMaxInstances];
  Shape shape;
  air::Published published[proof::kMaxInstances];
  Fp5 openings[kMaxPairs];
  Fp5 lambda[kMaxPairs];
  Fp5 values[air::kMaxOperands];  // while the rules of a table are evaluated
  uint32_t index[proof::kMaxQueries];
  Fp5 word[proof::kMaxQueries];
  TreeRows trees[proof::kTreeCount];
  uint32_t tree_index[proof::kMaxQueries];
  uint16_t positions[proof::kTreeCount][kHeights][proof::kMaxQueries];
  commit::MerkleWorkspace merkle;
  commit::FriVerifier fri;
};

class Verifier {
 public:
  Verifier(const hash::Digest& id, ByteView proof, const Policy& policy, Workspace& ws)
      : id_(id), proof_(proof), policy_(policy), ws_(ws), r_(proof) {}

  Status run(Claim& claim);

 private:
  Status statement();
  Status commitments();
  Status read_published();
  Status read_openings();
  Status balance();
  Status at_zeta();
  void batch_coefficients();
  Status queries();
  Status open_trees();
  void batched_word();

  bool digest(hash::Digest& out) {
    ByteView b = r_.take(32);
    if (b.size() != 32) return false;
    std::memcpy(out.data(), b.data(), 32);
    return true;
  }
  bool fp5(Fp5& out) {
    for (Fp& c : out.c) {
      uint32_t raw = r_.u32();
      if (!r_.ok() || raw >= field::kP) return false;
      c = Fp::from_raw(raw);
    }
    return true;
  }
  Status work(uint32_t label, unsigned bits) {
    if (bits == 0) return {};
    uint64_t nonce = r_.u64();
    if (!r_.ok()) return malformed("the proof ends inside a nonce");
    if (!t_.check_work(label, bits, nonce)) return rejected("a proof of work is wrong");
    return {};
  }
  air::Challenges draw(uint32_t label) const {
    hash::Challenges c = t_.challenges(label);
    air::Challenges out;
    out.alpha = c.fp5();
    for (Fp5& b : out.beta) b = c.fp5();
    return out;
  }

  const hash::Digest& id_;
  ByteView proof_;
  const Policy& policy_;
  Workspace& ws_;
  Reader r_;
  hash::Transcript t_;
  proof::Statement statement_;
  const Profile* profile_ = nullptr;
  hash::Digest roots_[proof::kTreeCount];
  air::Challenges local_{}, global_{};
  Fp5 gamma_, zeta_;
  unsigned top_ = 0;  // log2 of the largest domain
  uint32_t queries_ = 0;
};

Status Verifier::statement() {
  if (Status s = proof::read_statement(r_, proof_.size(), statement_); !s) return s;
  profile_ = statement_.profile;
  if (std::memcmp(statement_.program.id().data(), id_.data(), 32) != 0)
    return Error(Errc::kWrongProgram, "the proof is about another program");
  if ((statement_.flags & proof::kFlagNotHiding) != 0 && !policy_.allow_not_hiding)
    return Error(Errc::kPolicy,
                 "the proof does not hide its private input, and the policy does not allow that");
  hash::Transcript::Message m =
      t_.begin(proof::kLabelStatement, statement_.front.size() + statement_.bytes.size());
  m.update(statement_.front);
  m.update(statement_.bytes);
  m.end();
  return {};
}

// From the shape to zeta: all roots, all challenges, all published values.
Status Verifier::commitments() {
  size_t start = r_.position();
  uint32_t count = 0;
  if (Status s = proof::read_instances(r_, ws_.instances, count); !s) return s;
  size_t shape_size = r_.position() - start;
  if (Status s = Shape::make({ws_.instances, count}, statement_.program, *profile_, ws_.shape); !s)
    return s;
  top_ = ws_.shape.max_log_height() + profile_->log_blowup;
  if (ws_.shape.slots() > policy_.max_cycles)
    return Error(Errc::kPolicy, "the run may be longer than the policy allows");
  proof::Security security = proof::security(*profile_, proof::security_input(ws_.shape));
  if (security.total < policy_.min_security_bits)
    return Error(Errc::kPolicy,
                 "the proof has fewer provable bits of security than the policy asks for",
                 static_cast<uint32_t>(security.total));

  roots_[proof::kTreeProgram] = statement_.program.root[profile_->log_blowup - 1];
  roots_[proof::kTreeFixed] = kFixedRoots[profile_->log_blowup - 1];
  if (!digest(roots_[proof::kTreePassOne]))
    return malformed("the proof ends before its commitments");
  // Shard index, shape and pass-1 root, first for all shards, then for this one again.
  ByteView head = proof_.subspan(start, shape_size + 32);
  for (uint32_t label : {proof::kLabelPassOne, proof::kLabelShard}) {
    hash::Transcript::Message m = t_.begin(label, 4 + head.size());
    m.update_u32(1);
    m.update(head);
    m.end();
    if (label == proof::kLabelPassOne) {
      if (Status s = work(proof::kLabelGlobalWork, profile_->lookup_work); !s) return s;
      global_ = draw(proof::kLabelGlobalChallenges);
    }
  }
  if (!digest(roots_[proof::kTreeMain])) return malformed("the proof ends before its commitments");
  t_.absorb_digest(proof::kLabelMainRoot, roots_[proof::kTreeMain]);
  if (Status s = work(proof::kLabelLookupWork, profile_->lookup_work); !s) return s;
  local_ = draw(proof::kLabelLookupChallenges);

  if (!digest(roots_[proof::kTreeExt])) return malformed("the proof ends before its commitments");
  t_.absorb_digest(proof::kLabelExtRoot, roots_[proof::kTreeExt]);
  if (Status s = read_published(); !s) return s;
  gamma_ = t_.challenges(proof::kLabelGamma).fp5();

  if (!digest(roots_[proof::kTreeQuotient]))
    return malformed("the proof ends before its commitments");
  t_.absorb_digest(proof::kLabelQuotientRoot, roots_[proof::kTreeQuotient]);
  if (Status s = work(proof::kLabelDeepWork, profile_->deep_work); !s) return s;
  zeta_ = t_.challenges(proof::kLabelZeta).fp5();
  if (proof::in_domain(zeta_, ws_.shape.max_log_height(), profile_->log_blowup))
    return rejected("the opening point lies in a domain");
  return {};
}

Status Verifier::read_published() {
  size_t start = r_.position();
  for (size_t i = 0; i < ws_.shape.instances().size(); ++i) {
    const air::Layout& l = ws_.shape.info(i).layout;
    air::Published& p = ws_.published[i];
    p = {Fp5::one(), Fp5::zero(), Fp5::one()};
    if (!fp5(p.p) || !fp5(p.s) || (l.pass_one && !fp5(p.g)))
      return malformed("a published value is missing or not canonical");
  }
  t_.absorb(proof::kLabelPublished, proof_.subspan(start, r_.position() - start));
  return {};
}

Status Verifier::read_openings() {
  size_t start = r_.position();
  for (uint32_t i = 0; i < ws_.shape.pairs(); ++i)
    if (!fp5(ws_.openings[i])) return malformed("an opening is missing or not canonical");
  t_.absorb(proof::kLabelOpenings, proof_.subspan(start, r_.position() - start));
  return {};
}

Status Verifier::balance() {
  Fp5 p = Fp5::one(), g = Fp5::one(), s;
  for (size_t i = 0; i < ws_.shape.instances().size(); ++i) {
    p *= ws_.published[i].p;
    g *= ws_.published[i].g;
    s += ws_.published[i].s;
  }
  if (p != Fp5::one()) return rejected("the shard's product of bus messages is not balanced");
  if (!s.is_zero()) return rejected("the shard's lookups are not balanced");
  Terms terms = global_terms(air::FormBases(global_), statement_);
  if (terms.received.is_zero() || g * terms.sent != terms.received)
    return rejected("memory, start, end or public values are not balanced");
  return {};
}

// The quotient identity of every height class at zeta.
Status Verifier::at_zeta() {
  air::FormBases local(local_), global(global_);
  Fp5 q[kHeights];
  const Matrix* pre[proof::kMaxInstances] = {};
  const Matrix* base[proof::kMaxInstances] = {};
  const Matrix* ext[proof::kMaxInstances] = {};
  for (const Matrix& m : ws_.shape.matrices()) {
    if (m.instance < 0) continue;
    if (m.tree <= proof::kTreeFixed) pre[m.instance] = &m;
    if (m.tree == proof::kTreePassOne || m.tree == proof::kTreeMain) base[m.instance] = &m;
    if (m.tree == proof::kTreeExt) ext[m.instance] = &m;
  }
  Fp5 weight = Fp5::one();  // the power of gamma of the next constraint
  for (size_t i = 0; i < ws_.shape.instances().size(); ++i) {
    const air::TableInfo& info = ws_.shape.info(i);
    unsigned log = ws_.shape.instances()[i].log_height;
    const air::Layout& l = info.layout;
    Fp5 ext_cells[air::kMaxExtColumns];
    air::PointCells cells;
    cells.pre = pre[i] != nullptr ? &ws_.openings[pre[i]->first_pair] : nullptr;
    cells.base = &ws_.openings[base[i]->first_pair];
    cells.ext = ext_cells;
    if (ext[i] != nullptr) {
      const Fp5* values = &ws_.openings[ext[i]->first_pair];
      for (unsigned k = 0; k < l.ext_columns(); ++k)
        ext_cells[k] = field::combine_coordinates(values + 5 * k);
      const Fp5* at_next = values + ext[i]->width;
      for (size_t k = 0; k < 3; ++k) {
        if (l.running()[k] == air::Layout::kNoColumn) continue;
        cells.next[k] = field::combine_coordinates(at_next);
        at_next += 5;
      }
    }
    const air::ConstraintSums sums = air::evaluate_constraints(
        info, local, global, ws_.published[i], gamma_, weight, cells, ws_.values);
    // E(zeta) / Z_H(zeta), 1 / (zeta - 1), 1 / (zeta - g^(N-R)).
    uint64_t n = uint64_t{1} << log;
    Fp g = field::root_of_unity(log), x = g.pow(n - profile_->tail_rows);
    Fp5 close_at = zeta_ - x, e = Fp5::one();
    for (unsigned k = 0; k < profile_->tail_rows; ++k, x *= g) e *= zeta_ - x;
    q[log] += sums.row * e * (zeta_.pow(n) - Fp::one()).inverse() +
              sums.first * (zeta_ - Fp::one()).inverse() + sums.closing * close_at.inverse();
  }
  auto all = ws_.shape.matrices();
  size_t first = 0;
  while (all[first].tree != proof::kTreeQuotient) ++first;
  size_t classes = (all.size() - first - 1) / 2;
  for (size_t c = 0; c < classes; ++c) {
    unsigned log = all[first + c].log_height;
    const Fp5* q01 = &ws_.openings[all[first + c].first_pair];
    const Fp5* q2 = &ws_.openings[all[first + classes + c].first_pair];
    const uint64_t n = uint64_t{1} << log;
    Fp5 second = zeta_.pow(n - profile_->first_overlap());
    Fp5 third = zeta_.pow(n - profile_->second_overlap());
    if (field::combine_coordinates(q01) + second * (field::combine_coordinates(q01 + 5) +
                                                    third * field::combine_coordinates(q2)) !=
        q[log])
      return rejected("a constraint does not hold at the opening point");
  }
  return {};
}

void Verifier::batch_coefficients() {
  unsigned variables = 0;
  while ((uint64_t{1} << variables) <= ws_.shape.pairs()) ++variables;
  hash::Challenges c = t_.challenges(proof::kLabelBatch);
  // lambda_i grows by one variable at a time; entries beyond the number of pairs are not kept.
  ws_.lambda[0] = Fp5::one();
  uint32_t size = 1, pairs = ws_.shape.pairs();
  for (unsigned k = 0; k < variables; ++k) {
    Fp5 r = c.fp5();
    for (uint32_t i = 0; i < size; ++i) {
      Fp5 high = ws_.lambda[i] * r;
      ws_.lambda[i] -= high;
      if (i + size < pairs) ws_.lambda[i + size] = high;
    }
    size = 2 * size < pairs ? 2 * size : pairs;
  }
}

// Opens all trees at the query indices.
Status Verifier::open_trees() {
  const unsigned b = profile_->log_blowup;
  for (unsigned tree = 0; tree < proof::kTreeCount; ++tree) {
    TreeRows& rows = ws_.trees[tree];
    rows.classes = 0;
    for (unsigned log = kHeights; log-- > 0;) {
      size_t width = 0;
      for (const Matrix& m : ws_.shape.matrices())
        if (m.tree == tree && m.log_height == log) width += m.width;
      if (width != 0) rows.shapes[rows.classes++] = {log + b, width};
    }
    unsigned shift = top_ - rows.shapes[0].log_rows;
    uint32_t count = 0;
    for (uint32_t q = 0; q < queries_; ++q) {
      uint32_t i = ws_.index[q] >> shift;
      if (count == 0 || ws_.tree_index[count - 1] != i) ws_.tree_index[count++] = i;
    }
    commit::TreeShape shape{{rows.shapes, rows.classes}, tree >= proof::kTreePassOne};
    if (Status s = commit::verify_opening(r_, roots_[tree], shape, {ws_.tree_index, count},
                                          ws_.merkle, {rows.opened, rows.classes});
        !s)
      return s;
    for (unsigned c = 0; c < rows.classes; ++c)
      commit::row_positions({ws_.index, queries_}, top_ - rows.shapes[c].log_rows,
                            {ws_.positions[tree][c], queries_});
  }
  return {};
}

Fp load_fp(const uint8_t* p) { return Fp::from_raw(load_le32(p)); }

// The entries of the batched word at the query indices, from the opened rows.
void Verifier::batched_word() {
  const unsigned b = profile_->log_blowup;
  // Sum of lambda_i v_i by height and point.
  Fp5 values[kHeights][2];
  for (const Matrix& m : ws_.shape.matrices()) {
    if (!m.opened) continue;
    uint32_t count = m.width + 5u * m.running;
    for (uint32_t k = 0; k < count; ++k)
      values[m.log_height][k >= m.width] +=
          ws_.lambda[m.first_pair + k] * ws_.openings[m.first_pair + k];
  }
  for (uint32_t q = 0; q < queries_; ++q) {
    Fp5 sums[kHeights][2];
    Fp5 total;
    uint16_t offset[proof::kTreeCount][kHeights] = {};
    for (const Matrix& m : ws_.shape.matrices()) {
      TreeRows& rows = ws_.trees[m.tree];
      unsigned c = 0;
      while (rows.shapes[c].log_rows != m.log_height + b) ++c;
      const uint8_t* row = rows.opened[c].row(ws_.positions[m.tree][c][q]) + 4u * offset[m.tree][c];
      offset[m.tree][c] = static_cast<uint16_t>(offset[m.tree][c] + m.width);
      if (!m.opened) {
        for (size_t k = 0; k < 5; ++k) total.c[k] = load_fp(row + 4 * k);
        continue;
      }
      const Fp5* lambda = &ws_.lambda[m.first_pair];
      Fp5 sum;
      for (uint32_t k = 0; k < m.width; ++k) sum += lambda[k] * load_fp(row + 4 * k);
      sums[m.log_height][0] += sum;
      if (m.running == 0) continue;
      const air::Layout& l = ws_.shape.info(static_cast<size_t>(m.instance)).layout;
      lambda += m.width;
      for (const size_t ext : l.running()) {
        if (ext == air::Layout::kNoColumn) continue;
        for (size_t k = 0; k < 5; ++k)
          sums[m.log_height][1] += *lambda++ * load_fp(row + 4 * (5 * ext + k));
      }
    }
    for (unsigned log = 0; log < kHeights; ++log) {
      bool used = (ws_.shape.height_classes() >> log & 1) != 0 || log == proof::kSmallLogHeight;
      if (!used) continue;
      unsigned domain = log + b;
      uint32_t j = ws_.index[q] >> (top_ - domain), i = 0;
      for (unsigned k = 0; k < domain; ++k) i |= (j >> k & 1) << (domain - 1 - k);
      Fp x = Fp(3u) * field::root_of_unity(domain).pow(i);
      // x - zeta and x - g zeta are not 0: zeta lies in no domain.
      Fp5 d0 = Fp5(x) - zeta_, d1 = Fp5(x) - zeta_ * field::root_of_unity(log);
      Fp5 inverse = (d0 * d1).inverse();
      total += (sums[log][0] - values[log][0]) * (inverse * d1) +
               (sums[log][1] - values[log][1]) * (inverse * d0);
    }
    ws_.word[q] = total;
  }
}

Status Verifier::queries() {
  if (Status s = work(proof::kLabelQueryWork, profile_->query_work); !s) return s;
  hash::Challenges c = t_.challenges(proof::kLabelQueries);
  queries_ = 0;
  for (unsigned k = 0; k < profile_->queries; ++k) {
    // Insertion into a sorted list without duplicates; at most 256 entries.
    uint32_t v = c.index(top_), at = queries_;
    while (at > 0 && ws_.index[at - 1] > v) --at;
    if (at > 0 && ws_.index[at - 1] == v) continue;
    for (uint32_t i = queries_; i > at; --i) ws_.index[i] = ws_.index[i - 1];
    ws_.index[at] = v;
    ++queries_;
  }
  if (Status s = open_trees(); !s) return s;
  batched_word();
  return ws_.fri.check_queries(r_, {ws_.index, queries_}, {ws_.word, queries_}, ws_.merkle);
}

Status Verifier::run(Claim& claim) {
  if (Status s = statement(); !s) return s;
  if (Status s = commitments(); !s) return s;
  if (Status s = balance(); !s) return s;
  if (Status s = read_openings(); !s) return s;
  if (Status s = at_zeta(); !s) return s;
  if (Status s = work(proof::kLabelBatchWork, profile_->batch_work); !s) return s;
  batch_coefficients();
  if (Status s = ws_.fri.read_commitments(r_, t_, top_, profile_->log_blowup, profile_->fold_work);
      !s)
    return s;
  if (Status s = queries(); !s) return s;
  if (!r_.at_end()) return malformed("the proof has bytes after its end");
  claim.exit_code = statement_.exit_code;
  claim.public_size = statement_.public_input.size();
  claim.public_offset = static_cast<size_t>(statement_.public_input.data() - proof_.data());
  claim.output_size = statement_.output.size();
  claim.output_offset = static_cast<size_t>(statement_.output.data() - proof_.data());
  return {};
}

}  // namespace

size_t workspace_size(const Policy&) { return sizeof(Workspace); }

Status verify(const hash::Digest& program_id, ByteView proof, const Policy& policy, void* workspace,
              size_t workspace_bytes, Claim& claim) {
  claim = Claim();
  if (proof.size() > policy.max_proof_bytes)
    return Error(Errc::kPolicy, "the proof is longer than the policy allows");
  if (workspace == nullptr || reinterpret_cast<uintptr_t>(workspace) % alignof(Workspace) != 0)
    return Error(Errc::kArgument, "the workspace is missing or not aligned to 16 bytes");
  if (workspace_bytes < sizeof(Workspace))
    return Error(Errc::kWorkspace, "the workspace is too small", sizeof(Workspace));
  auto* ws = new (workspace) Workspace;
  return Verifier(program_id, proof, policy, *ws).run(claim);
}

}  // namespace mipzk::verify
