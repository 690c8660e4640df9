// SPDX-License-Identifier: Apache-2.0
#include "prove/shard.hpp"

#include "air/table_info.hpp"
#include "proof/points.hpp"
#include "prove/memory.hpp"
#include "trace/build.hpp"

namespace mipzk::prove {

Status Shard::lay_out(std::span<const air::Instance> instances) {
  if (Status s = Shape::make(instances, program_.header, profile_, shape_, index_); !s)
    return Error(Errc::kUnprovable, "the run is too large for one proof");
  cells_ = committed_cells(shape_);
  auto all = shape_.matrices();
  mats_.resize(all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    mats_[i].log_height = all[i].log_height;
    mats_[i].width = all[i].width;
  }
  return {};
}

Status Shard::fill(std::vector<trace::InstanceTrace> traces) {
  const auto instances = shape_.instances();
  const bool all = traces.size() == instances.size();
  auto next = traces.begin();
  for (size_t i = 0; i < instances.size(); ++i) {
    if (!all && !shape_.info(i).layout.pass_one) continue;
    if (next == traces.end() || next->table != instances[i].table ||
        next->log_height != instances[i].log_height)
      return Error(Errc::kInternal, "a shard has other tables than were planned");
    base(i)->evals = std::move((next++)->base);
  }
  return {};
}

std::vector<commit::StackView> Shard::stacks(proof::Tree tree) const {
  std::vector<commit::StackView> views(shape_.stacks().size());
  for (size_t i = 0; i < views.size(); ++i) {
    const proof::Stack& s = shape_.stacks()[i];
    views[i] = {s.log_height + profile_.log_blowup, s.log_slots, s.width, {}};
  }
  auto all = shape_.matrices();
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i].tree == tree)
      proof::each_run(shape_, all[i], [&](size_t column, size_t count, const auto& s, size_t) {
        views[static_cast<size_t>(&s - shape_.stacks().data())].columns.push_back(
            committed(i).columns(column, count));
      });
  std::erase_if(views, [](const commit::StackView& v) { return v.columns.empty(); });
  return views;
}

// Extends and commits all matrices of a tree.
hash::Digest Shard::commit(proof::Tree tree) {
  auto all = shape_.matrices();
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].tree != tree) continue;
    mats_[i].extend(pool_, profile_.log_blowup, tree != proof::kTreeQuotient);
    if (tree >= proof::kTreeExt) mats_[i].evals = SecretVector<Fp>();
  }
  commit::SaltFunction salts;
  if (options_.masks.salts)
    salts = (tree == proof::kTreePassOne ? blinding_ : attempt_).salts(tree);
  trees_[tree] = std::make_unique<commit::MerkleTree>(stacks(tree), commit::Salting::kSalted,
                                                      std::move(salts), &pool_);
  return trees_[tree]->root();
}

// Commits to a tree of the shard's own transcript.
void Shard::append_root(proof::Tree tree) {
  const hash::Digest root = commit(tree);
  append(out_, root);
  proof::absorb_root(t_, tree, root);
}

bool Shard::extension_columns() {
  air::FormBases local(challenges_.local, index_), global(challenges_.global, index_);
  published_.resize(shape_.instances().size());
  bool good = true;
  for (size_t i = 0; i < shape_.instances().size(); ++i) {
    const Committed* p = pre(i);
    ExtScope scope{shape_.instances()[i].table, &local, &global, p ? p->evals.data() : nullptr,
                   base(i)->evals.data()};
    good &= fill_ext(pool_, scope, shape_.instances()[i].log_height, profile_.tail_rows,
                     matrix(i, proof::kTreeExt)->evals, published_[i]);
  }
  return good;
}

void Shard::publish() {
  std::vector<Fp5> values;
  for (size_t i = 0; i < published_.size(); ++i)
    proof::each_published(shape_.info(i).layout, published_[i],
                          [&](const Fp5& v) { values.push_back(v); });
  for (const Fp5& v : values) append_fp5(out_, v);
  t_.absorb_fp5s(proof::kLabelPublished, values);
}

std::vector<uint8_t> Shard::commit_pass_one(const ShardBlinding& masks) {
  blinding_ = masks.own;
  ring_before_ = masks.ring_before;
  blind_base(true);
  head_.clear();
  append_shape(head_, shape_.instances());
  append(head_, commit(proof::kTreePassOne));
  return head_;
}

Result<std::vector<uint8_t>> Shard::prove(const Session& session) {
  // Challenges that do not serve have a probability below 2^-29 in each shard. What was tried is
  // never seen; the tree of pass 1 stays and is opened once.
  constexpr uint32_t kAttempts = 3;
  for (uint32_t attempt = 0; attempt < kAttempts; ++attempt) {
    try {
      // Whatever makes a prover answer two challenges for one head, nothing but pass 1 and the
      // rings has one mask for both.
      attempt_ = blinding_.of_transcript(session.transcript().state()).of_attempt(attempt);
      for (size_t i = 0; i < shape_.instances().size(); ++i)
        if (Committed& m = *base(i); m.evals.empty()) m.evals = m.evals_of_extension(pool_);
      blind_base(false);
      try_proving(session);
      return std::move(out_);
    } catch (const Restart&) {
    }
  }
  return Error(Errc::kInternal, "the prover restarted too often");
}

void Shard::try_proving(const Session& session) {
  out_.assign(4, 0);  // the length of what follows, set at the end
  append(out_, head_);
  t_ = session.transcript();
  challenges_ = {};
  challenges_.global = session.challenges();
  proof::begin_shard(t_, {index_, head_});
  append_root(proof::kTreeMain);
  work(proof::lookup_work(profile_));
  challenges_.local = proof::local_challenges(t_);
  step(Phase::kCommit, Step::kMain);

  // The cells 5..9 of a local mask tuple must move its message freely.
  if (!independent({challenges_.local.beta.data() + 6, 5}) || !extension_columns()) throw Restart{};
  blind_extension();
  for (size_t i = 0; i < shape_.instances().size(); ++i) base(i)->evals = SecretVector<Fp>();
  step(Phase::kCommit, Step::kExtension);
  append_root(proof::kTreeExt);
  publish();
  challenges_.gamma = proof::gamma(t_);
  step(Phase::kCommit, Step::kExtensionCommitment);

  quotients();
  step(Phase::kQuotient, Step::kQuotient);
  append_root(proof::kTreeQuotient);
  work(proof::deep_work(profile_));
  // The verifier refuses points of the domains; at 0 the first chunk of a quotient is not masked.
  static_assert(proof::kDomainShift == commit::kCosetShift);
  const Fp5 zeta = challenges_.zeta = proof::zeta(t_);
  if (zeta.is_zero() || proof::in_domain(zeta, shape_.max_log_height(), profile_.log_blowup))
    throw Restart{};
  step(Phase::kQuotient, Step::kQuotientCommitment);

  open_all();
  work(proof::batch_work(profile_));
  step(Phase::kOpen, Step::kOpenings);
  batch();
  step(Phase::kOpen, Step::kBatch);
  queries();
  step(Phase::kQuery, Step::kQueries);
  store_le32(out_.data(), static_cast<uint32_t>(out_.size() - 4));
}

}  // namespace mipzk::prove
