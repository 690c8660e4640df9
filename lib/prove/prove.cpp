// SPDX-License-Identifier: Apache-2.0
#include "prove/prove.hpp"

#include <openssl/rand.h>

#include <algorithm>

#include "air/table_info.hpp"
#include "commit/panel.hpp"
#include "hash/grind.hpp"
#include "proof/points.hpp"
#include "prove/bounds.hpp"
#include "prove/prover.hpp"
#include "trace/build.hpp"

namespace mipzk::prove {

void Prover::statement(const Claims& claims) {
  append(out_, proof::kMagic);
  const uint32_t flags = options_.masks.all() ? 0 : proof::kFlagNotHiding;
  append_u32(out_, proof::kFormatVersion | flags << 16);
  append_u64(out_, 0);  // total size, set at the end
  size_t start = out_.size();
  append_u32(out_, profile_.id);
  uint8_t header[proof::ProgramHeader::kSize];
  program_.header.write(header);
  append(out_, header);
  append_u32(out_, static_cast<uint32_t>(claims.public_input.size()));
  append(out_, claims.public_input);
  append_u32(out_, static_cast<uint32_t>(claims.output.size()));
  append(out_, claims.output);
  append_u32(out_, claims.exit_code);
  append_u32(out_, 1);
  const ByteView front = ByteView(out_).first(8), rest = ByteView(out_).subspan(start);
  hash::Transcript::Message m = t_.begin(proof::kLabelStatement, front.size() + rest.size());
  m.update(front);
  m.update(rest);
  m.end();
}

std::vector<uint8_t> Prover::shape_bytes() const {
  std::vector<uint8_t> b;
  append_u32(b, static_cast<uint32_t>(shape_.instances().size()));
  for (const proof::Instance& i : shape_.instances()) {
    b.push_back(i.table);
    b.push_back(i.log_height);
  }
  return b;
}

void Prover::work(uint32_t label, unsigned bits) {
  if (bits == 0) return;
  uint64_t nonce = hash::find_nonce(t_, bits, &pool_);
  t_.check_work(label, bits, nonce);
  append_u64(out_, nonce);
}

air::Challenges Prover::draw(uint32_t label) const {
  hash::Challenges c = t_.challenges(label);
  air::Challenges r;
  r.alpha = c.fp5();
  for (Fp5& b : r.beta) b = c.fp5();
  return r;
}

void Prover::extend(Committed& m, bool small) {
  m.lde.resize((m.width << m.log_height) << profile_.log_blowup);
  if (small) m.small.resize(m.width << kSmallLog);
  commit::coset_lde(pool_, m.evals.data(), m.log_height, m.width, profile_.log_blowup, m.lde.data(),
                    small ? m.small.data() : nullptr);
}

// Extends and commits all matrices of a tree.
hash::Digest Prover::commit(proof::Tree tree) {
  std::vector<commit::MatrixView> views;
  auto all = shape_.matrices();
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].tree != tree) continue;
    extend(mats_[i], tree != proof::kTreeQuotient);
    views.push_back({all[i].log_height + profile_.log_blowup, all[i].width, mats_[i].lde.data()});
  }
  auto salting = tree >= proof::kTreePassOne ? commit::Salting::kSalted : commit::Salting::kNone;
  commit::SaltFunction salts;
  if (options_.masks.salts) salts = blinding_.salts(tree);
  trees_[tree] = std::make_unique<commit::MerkleTree>(views, salting, std::move(salts), &pool_);
  return trees_[tree]->root();
}

// The verifier refuses points of the domains; at 0 the first chunk of a quotient is not masked.
void Prover::draw_zeta() {
  static_assert(proof::kDomainShift == commit::kCosetShift);
  zeta_ = t_.challenges(proof::kLabelZeta).fp5();
  if (zeta_.is_zero() || proof::in_domain(zeta_, shape_.max_log_height(), profile_.log_blowup))
    throw Restart{};
}

bool Prover::extension_columns() {
  air::FormBases local(local_), global(global_);
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

// Shape and matrices from the traces.
Status Prover::prepare(std::vector<trace::InstanceTrace> traces) {
  std::vector<proof::Instance> instances;
  for (const trace::InstanceTrace& t : traces) instances.push_back({t.table, t.log_height});
  if (Status s = Shape::make(instances, program_.header, profile_, shape_); !s)
    return Error(Errc::kUnprovable, "the run is too large for one proof");
  step(Phase::kTrace);

  auto all = shape_.matrices();
  mats_.resize(all.size());
  trace::PreMatrix fixed = trace::fixed_tables();
  for (size_t i = 0; i < all.size(); ++i) {
    const Matrix& m = all[i];
    mats_[i].log_height = m.log_height;
    mats_[i].width = m.width;
    if (m.instance < 0) continue;
    auto instance = static_cast<size_t>(m.instance);
    switch (m.tree) {
      case proof::kTreePassOne:
      case proof::kTreeMain:
        mats_[i].evals = std::move(traces[instance].base);
        break;
      case proof::kTreeFixed:
        mats_[i].evals.assign(fixed.data.begin(), fixed.data.end());
        break;
      case proof::kTreeProgram: {
        uint8_t id = shape_.instances()[instance].table;
        const std::vector<Fp>& data = id == air::kTableRom      ? program_.tables.rom.data
                                      : id == air::kTableRegion ? program_.tables.region.data
                                                                : program_.tables.image.data;
        mats_[i].evals.assign(data.begin(), data.end());
        break;
      }
      default:
        break;
    }
  }
  return {};
}

Result<std::vector<uint8_t>> Prover::run(const Claims& claims,
                                         std::vector<trace::InstanceTrace> traces) {
  if (Status s = prepare(std::move(traces)); !s) return s.error();
  // A restart happens with probability below 2^-29.
  for (; attempt_ < 3; ++attempt_) {
    try {
      return attempt(claims);
    } catch (const Restart&) {
    }
  }
  return Error(Errc::kInternal, "the prover restarted too often");
}

std::vector<uint8_t> Prover::attempt(const Claims& claims) {
  out_.clear();
  t_ = hash::Transcript();
  done_ = 1;
  statement(claims);
  start_blinding();
  blind_base();
  commit(proof::kTreeProgram);
  commit(proof::kTreeFixed);
  std::vector<uint8_t> shape = shape_bytes();
  append(out_, shape);
  hash::Digest pass_one = commit(proof::kTreePassOne);
  append(out_, pass_one);
  std::vector<uint8_t> head;
  append_u32(head, 1);
  append(head, shape);
  append(head, pass_one);
  t_.absorb(proof::kLabelPassOne, head);
  work(proof::kLabelGlobalWork, profile_.lookup_work);
  global_ = draw(proof::kLabelGlobalChallenges);
  step(Phase::kCommit);

  t_.absorb(proof::kLabelShard, head);
  hash::Digest main = commit(proof::kTreeMain);
  append(out_, main);
  t_.absorb_digest(proof::kLabelMainRoot, main);
  work(proof::kLabelLookupWork, profile_.lookup_work);
  local_ = draw(proof::kLabelLookupChallenges);
  step(Phase::kCommit);

  // The cells 5..9 of a local mask tuple and the five of a global one must move the message freely.
  const bool masks_move =
      independent({local_.beta.data() + 6, 5}) && independent({global_.beta.data() + 1, 5});
  if (!masks_move || !extension_columns()) throw Restart{};
  blind_extension();
  step(Phase::kCommit);
  hash::Digest ext = commit(proof::kTreeExt);
  append(out_, ext);
  t_.absorb_digest(proof::kLabelExtRoot, ext);
  std::vector<Fp5> values;
  for (size_t i = 0; i < published_.size(); ++i) {
    const air::Layout& l = shape_.info(i).layout;
    values.push_back(published_[i].p);
    values.push_back(published_[i].s);
    if (l.pass_one) values.push_back(published_[i].g);
  }
  for (const Fp5& v : values) append_fp5(out_, v);
  t_.absorb_fp5s(proof::kLabelPublished, values);
  step(Phase::kCommit);

  quotients();
  step(Phase::kQuotient);
  hash::Digest quotient = commit(proof::kTreeQuotient);
  append(out_, quotient);
  t_.absorb_digest(proof::kLabelQuotientRoot, quotient);
  work(proof::kLabelDeepWork, profile_.deep_work);
  draw_zeta();
  step(Phase::kQuotient);

  open_all();
  work(proof::kLabelBatchWork, profile_.batch_work);
  step(Phase::kOpen);
  batch();
  step(Phase::kOpen);
  queries();
  step(Phase::kQuery);
  store_le64(out_.data() + 8, out_.size());
  return std::move(out_);
}

namespace {

Result<std::vector<uint8_t>> run_prover(Pool& pool, const LoadedProgram& program,
                                        const Claims& claims,
                                        std::vector<trace::InstanceTrace> traces,
                                        const Options& options) {
  try {
    return Prover(pool, program, options).run(claims, std::move(traces));
  } catch (const Cancelled&) {
    return Error(Errc::kCancelled, "cancelled while proving");
  }
}

}  // namespace

Result<std::vector<uint8_t>> prove_traces(Pool& pool, const LoadedProgram& program,
                                          const Claims& claims,
                                          std::vector<trace::InstanceTrace> traces,
                                          const Options& options) {
  Options seeded = options;
  if (seeded.seed.empty()) {
    seeded.seed.resize(32);
    if (RAND_bytes(seeded.seed.data(), 32) != 1)
      return Error(Errc::kInternal, "the system's random number generator failed");
  }
  auto result =
      wiping_stack([&] { return run_prover(pool, program, claims, std::move(traces), seeded); });
  commit::release_scratch();
  return result;
}

Result<std::vector<uint8_t>> prove(Pool& pool, const LoadedProgram& program, ByteView public_input,
                                   vm::Recording recording, const Options& options) {
  if (!options.shape.empty())
    if (Status s = check_shape(program, *options.profile, options.shape); !s) return s.error();
  auto planned = plan_run(pool, program, recording, options);
  if (!planned) return planned.error();
  if (Status s = check_memory(planned->memory_bytes, options.memory, "about"); !s) return s.error();
  auto traces = trace::build(pool, program.program, program.tables, recording,
                             options.profile->tail_rows, planned->instances);
  if (!traces) return traces.error();
  const vm::Outcome outcome = std::move(recording.outcome);
  recording = {};
  return prove_traces(pool, program, {public_input, outcome.output, outcome.exit_code},
                      std::move(*traces), options);
}

}  // namespace mipzk::prove
