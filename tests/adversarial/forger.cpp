// SPDX-License-Identifier: Apache-2.0
#include "adversarial/forger.hpp"

#include <algorithm>

#include "commit/deep.hpp"
#include "commit/fri_prove.hpp"
#include "commit/kernels.hpp"
#include "commit/lde.hpp"
#include "commit/ntt.hpp"
#include "commit/twiddles.hpp"
#include "proof/labels.hpp"
#include "prove/ext_columns.hpp"
#include "prove/quotient.hpp"

namespace mipzk::attack {

using commit::RowOrder;

Forger::Forger(const Shard& shard, const proof::Profile& p, uint32_t number)
    : profile(&p),
      profile_id(p.id),
      index(number),
      header(shard.program->header),
      public_input(shard.public_input),
      output(shard.output),
      exit_code(shard.exit_code),
      shard_(shard),
      number_(number) {
  std::vector<proof::Instance> list;
  for (const trace::InstanceTrace& t : shard.traces) list.push_back({t.table, t.log_height});
  EXPECT_TRUE(proof::Shape::make(list, shard.program->header, p, shape, number));
}

size_t Forger::instance(air::TableId id) const {
  size_t i = 0;
  while (shape.instances()[i].table != id) ++i;
  return i;
}

size_t Forger::find(size_t instance, proof::Tree a, proof::Tree b) const {
  auto all = shape.matrices();
  for (size_t i = 0; i < all.size(); ++i)
    if ((all[i].tree == a || all[i].tree == b) && all[i].instance == static_cast<int>(instance))
      return i;
  ADD_FAILURE() << "no such matrix";
  return 0;
}

size_t Forger::chunks(unsigned log_height) const {
  auto all = shape.matrices();
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i].tree == proof::kTreeQuotient && all[i].log_height == log_height) return i;
  ADD_FAILURE() << "no such height";
  return 0;
}

void Forger::put_u32(uint32_t v) {
  uint8_t b[4];
  store_le32(b, v);
  put(b);
}

void Forger::put_fp5s(const std::vector<Fp5>& values) {
  for (const Fp5& v : values)
    for (Fp c : v.c) put_u32(c.raw());
}

void Forger::put_fp5s(uint32_t label, const std::vector<Fp5>& values) {
  const size_t start = out_.size();
  put_fp5s(values);
  transcript.absorb(label, ByteView(out_).subspan(start));
}

void Forger::put_openings_digest() {
  hash::Blake3 h(hash::key_from_text("mipzk v0 openings"));
  for (const Fp5& v : openings)
    for (Fp c : v.c) h.update_word(c.raw());
  const hash::Digest digest = h.digest();
  put(digest);
  transcript.absorb(proof::kLabelOpenings, digest);
}

void Forger::work(uint32_t label, unsigned bits) {
  if (bits == 0) return;
  uint8_t nonce[8];
  store_le64(nonce, transcript.work(bits));
  put(nonce);
  transcript.absorb(label, nonce);
}

void Forger::statement() {
  put(proof::kMagic);
  put_u32(proof::kFormatVersion | uint32_t{proof::kFlagNotHiding} << 16);
  put_u32(profile_id);
  uint8_t h[proof::ProgramHeader::kSize];
  header.write(h);
  put(h);
  for (const Bytes* window : {&public_input, &output}) {
    put_u32(static_cast<uint32_t>(window->size()));
    put(*window);
  }
  put_u32(exit_code);
  put_u32(shards);
  transcript.absorb(proof::kLabelStatement, out_);
}

void Forger::prepare() {
  auto all = shape.matrices();
  const trace::PreMatrix fixed = trace::fixed_tables();
  for (const proof::Matrix& m : all) {
    Matrix x;
    x.log_height = m.log_height;
    x.width = m.width;
    if (m.tree == proof::kTreeProgram || m.tree == proof::kTreeFixed) {
      const auto& t = shard_.program->tables;
      const std::vector<Fp>& data = m.table == air::kTableRom      ? t.rom.data
                                    : m.table == air::kTableRegion ? t.region.data
                                    : m.table == air::kTableImage  ? t.image.data
                                                                   : fixed.data;
      x.evals.assign(data.begin(), data.end());
    } else if (m.tree == proof::kTreePassOne || m.tree == proof::kTreeMain) {
      x.evals = shard_.traces[static_cast<size_t>(m.instance)].base;
    }
    mats.push_back(std::move(x));
  }
  trees_.resize(proof::kTreeCount);
}

void Forger::extend(Matrix& m) {
  m.lde.resize((m.width << m.log_height) << profile->log_blowup);
  commit::coset_lde(pool_, m.evals.data(), m.log_height, m.width, profile->log_blowup, m.lde.data(),
                    nullptr);
}

hash::Digest Forger::commit(proof::Tree t) {
  tree = t;
  auto all = shape.matrices();
  for (size_t i = 0; i < all.size(); ++i)
    if (all[i].tree == tree) extend(mats[i]);
  lie(Step::kWords);
  std::vector<commit::StackView> views;
  for (const proof::Stack& s : shape.stacks()) {
    if (s.tree != tree) continue;
    commit::StackView& view = views.emplace_back();
    view = {s.log_height + profile->log_blowup, s.log_slots, s.width, {}};
    each_column_run(s, [&](size_t i, size_t column, size_t count, size_t) {
      view.columns.push_back({mats[i].lde.data() + column, mats[i].width, count});
    });
  }
  const bool salted = tree >= proof::kTreePassOne && unsalted.count(tree) == 0;
  trees_[tree] = std::make_unique<commit::MerkleTree>(
      views, salted ? commit::Salting::kSalted : commit::Salting::kNone, salts, &pool_);
  return trees_[tree]->root();
}

void Forger::root(uint32_t label, proof::Tree t) {
  const hash::Digest d = commit(t);
  put(d);
  transcript.absorb(label, d);
}

void Forger::extension() {
  const air::FormBases l(local, index), g(global, index);
  published.resize(shape.instances().size());
  for (size_t i = 0; i < published.size(); ++i) {
    const bool has_pre = layout(i).pre_columns != 0;
    prove::ExtScope scope{shape.instances()[i].table, &l, &g,
                          has_pre ? pre(i).evals.data() : nullptr, base(i).evals.data()};
    EXPECT_TRUE(prove::fill_ext(pool_, scope, shape.instances()[i].log_height, profile->tail_rows,
                                ext(i).evals, published[i]));
  }
}

// E / Z_H, 1 / (x - 1), 1 / (x - g^(N-R)) on the coset of 2^big_log points; kept from proof to
// proof.
static const prove::PointFactors& point_factors(unsigned log, unsigned big_log, unsigned tail) {
  static std::map<std::array<unsigned, 3>, prove::PointFactors> all;
  prove::PointFactors& f = all[{log, big_log, tail}];
  if (!f.row.empty()) return f;
  const size_t n = size_t{1} << log, big = size_t{1} << big_log;
  const Fp g = field::root_of_unity(log), w = field::root_of_unity(big_log);
  std::vector<Fp> points(big);
  Fp x(commit::kCosetShift);
  for (size_t i = 0; i < big; ++i, x *= w) points[commit::bit_reverse(i, big_log)] = x;
  for (Fp at : points) {
    Fp e = Fp::one(), r = g.pow(n - tail);
    f.closing.push_back((at - r).inverse());
    for (unsigned k = 0; k < tail; ++k, r *= g) e *= at - r;
    f.row.push_back(e * (at.pow(n) - Fp::one()).inverse());
    f.first.push_back((at - Fp::one()).inverse());
  }
  return f;
}

// On 4 N points, more than the degree of any quotient; what a false quotient has beyond its chunks
// is cut off.
void Forger::quotient(unsigned log) {
  const unsigned big_log = log + 2;
  const size_t n = size_t{1} << log, big = n << 2;
  const prove::PointFactors& factors = point_factors(log, big_log, profile->tail_rows);
  const air::FormBases l(local, index), gl(global, index);
  std::vector<Fp5> weights(shape.constraints()), q(big);
  Fp5 power = Fp5::one();
  for (Fp5& v : weights) {
    v = power;
    power *= gamma;
  }
  auto extended = [&](const auto& evals, size_t width) {
    std::vector<Fp> lde(width * big);
    if (width != 0) commit::coset_lde(pool_, evals.data(), log, width, 2, lde.data(), nullptr);
    return lde;
  };
  for (size_t i = 0; i < shape.instances().size(); ++i) {
    if (shape.instances()[i].log_height != log) continue;
    const air::Layout& lay = layout(i);
    std::vector<Fp> pre_lde, base_lde = extended(base(i).evals, base(i).width),
                             ext_lde = extended(ext(i).evals, ext(i).width);
    if (lay.pre_columns != 0) pre_lde = extended(pre(i).evals, pre(i).width);
    std::vector<unsigned> running;
    if (lay.has_p()) running.push_back(lay.p_index());
    if (lay.has_g()) running.push_back(lay.g_index());
    if (lay.has_s()) running.push_back(lay.s_index());
    std::vector<Fp> next;
    for (size_t row = 0; row < n; ++row)
      for (unsigned c : running)
        for (unsigned k = 0; k < 5; ++k)
          next.push_back(ext(i).evals[(row + 1) % n * ext(i).width + 5 * c + k]);
    next = extended(next, 5 * running.size());
    prove::InstanceScope scope{shape.instances()[i].table, &l, &gl, &published[i],
                               weights.data() + shape.gamma_offset(i)};
    prove::PointSet set{big, pre_lde.data(), base_lde.data(), ext_lde.data(), next.data(), 0};
    prove::add_quotient(pool_, scope, set, factors, q.data());
  }
  commit::coeffs_from_values(pool_, q.data(), big_log, Fp(commit::kCosetShift),
                             RowOrder::kBitReversed);

  const size_t cut0 = n - profile->first_overlap(), cut1 = n - profile->second_overlap();
  const size_t low = size_t{1} << proof::kSmallLogHeight;
  auto all = shape.matrices();
  const size_t first = chunks(log);
  size_t heights = 0;  // the third chunks follow in the same order
  for (const proof::Matrix& m : all) heights += m.tree == proof::kTreeQuotient && m.width == 10;
  const size_t third = first + heights;
  Matrix &a = mats[first], &b = mats[third];
  a.evals.assign(n * 10, Fp());
  b.evals.assign(low * 5, Fp());
  for (size_t k = 0; k < 5; ++k) {
    for (size_t i = 0; i < cut0; ++i) a.evals[10 * i + k] = q[i].c[k];
    for (size_t i = 0; i < cut1; ++i) a.evals[10 * i + 5 + k] = q[cut0 + i].c[k];
    for (size_t i = 0; i < low && cut0 + cut1 + i < big; ++i)
      b.evals[5 * i + k] = q[cut0 + cut1 + i].c[k];
  }
  commit::values_from_coeffs(pool_, a.evals.data(), log, 10, Fp::one(), RowOrder::kNatural);
  commit::values_from_coeffs(pool_, b.evals.data(), proof::kSmallLogHeight, 5, Fp::one(),
                             RowOrder::kNatural);
}

void Forger::open() {
  auto all = shape.matrices();
  openings.assign(shape.openings(), Fp5());
  std::map<unsigned, commit::LagrangeWeights> weights;
  for (size_t i = 0; i < all.size(); ++i) {
    const proof::Matrix& m = all[i];
    if (!m.opened) continue;
    if (weights.count(m.log_height) == 0)
      weights.emplace(m.log_height, commit::lagrange_weights(pool_, m.log_height, zeta));
    const commit::LagrangeWeights& w = weights.at(m.log_height);
    const Fp* cells = mats[i].evals.data();
    Fp5* out = &openings[m.first_opening];
    commit::evaluate_columns(pool_, cells, m.log_height, m.width, m.width, w, 0, out);
    out += m.width;
    if (m.running == 0) continue;
    const air::Layout& l = layout(static_cast<size_t>(m.instance));
    auto next = [&](bool present, unsigned column) {
      if (!present) return;
      commit::evaluate_columns(pool_, cells + 5 * column, m.log_height, m.width, 5, w, 1, out);
      out += 5;
    };
    next(l.has_p(), l.p_index());
    next(l.has_g(), l.g_index());
    next(l.has_s(), l.s_index());
  }
}

void Forger::weights() {
  PlainTranscript::Stream c = transcript.draw(proof::kLabelBatch);
  lambda = {Fp5::one()};
  while (lambda.size() <= shape.pairs()) {
    const Fp5 r = c.fp5();
    const size_t half = lambda.size();
    lambda.resize(2 * half);
    for (size_t i = 0; i < half; ++i) {
      lambda[half + i] = lambda[i] * r;
      lambda[i] -= lambda[half + i];
    }
  }
}

// Adds sum over j of u^j quotients[j](x) to the batched word, x = 3 u^k the point of a row of the
// quotients; u are the points of 2^log_rows rows.
void Forger::add_stacked(const std::vector<std::vector<Fp5>>& quotients, unsigned log_slots,
                         unsigned log_rows) {
  const size_t slots = size_t{1} << log_slots;
  const unsigned lift = shape.max_log_height() + profile->log_blowup - log_rows;
  std::vector<Fp> panel(8 * slots);
  for (size_t row = 0; row < quotients[0].size(); ++row) {
    std::ranges::fill(panel, Fp());
    for (size_t j = 0; j < quotients.size(); ++j)
      std::ranges::copy(quotients[j][row].c, &panel[8 * j]);
    commit::kernels().transform(panel.data(), log_slots, 8,
                                commit::twiddles(log_rows, commit::Direction::kForward), row);
    for (size_t i = 0; i < slots << lift; ++i)
      for (size_t k = 0; k < 5; ++k)
        word[(row * slots << lift) + i].c[k] += panel[8 * (i >> lift) + k];
  }
}

// From the committed words, which need not be of low degree.
void Forger::batch() {
  const unsigned b = profile->log_blowup, top = shape.max_log_height() + b;
  word.resize(size_t{1} << top);
  const Matrix& mask = mats.back();
  for (size_t j = 0; j < word.size(); ++j)
    for (size_t k = 0; k < 5; ++k) word[j].c[k] = mask.lde[5 * j + k];
  for (const proof::Stack& s : shape.stacks()) {
    if (!s.opened) continue;
    const unsigned log = s.log_height + b;
    for (unsigned point = 0; point <= s.running; ++point) {
      const Fp5* weights = &lambda[s.first_pair + point * s.width];
      std::vector<std::vector<Fp5>> sums(s.slots(), std::vector<Fp5>(size_t{1} << log));
      std::vector<Fp5> values(s.slots());
      each_column_run(s, [&](size_t i, size_t column, size_t count, size_t at) {
        const proof::Matrix& m = shape.matrices()[i];
        const Fp5* opened = &openings[m.first_opening];
        opened += point == 0 ? column : m.width + at - m.next.first_column;
        for (const size_t end = at + count; at < end; ++at, ++column) {
          const Fp5* weight = weights + at % s.width;
          commit::combine_rows(pool_, mats[i].lde.data() + column, size_t{1} << log, m.width, 1,
                               weight, sums[at / s.width].data());
          values[at / s.width] += *weight * *opened++;
        }
      });
      const Fp5 z = point == 0 ? zeta : zeta * field::root_of_unity(s.log_height);
      for (size_t j = 0; j < sums.size(); ++j) {
        std::vector<Fp5> quotients(sums[j].size());
        commit::add_quotients(pool_, log, Fp(commit::kCosetShift), z, sums[j].data(), values[j],
                              quotients.data());
        sums[j] = std::move(quotients);
      }
      add_stacked(sums, s.log_slots, shape.log_tree(s.tree) + b);
    }
  }
}

std::vector<Fp5> Forger::fold_challenges(unsigned log_fold) const {
  PlainTranscript::Stream c = transcript.draw(commit::kLabelFriFold);
  std::vector<Fp5> drawn;
  while (drawn.size() < log_fold) drawn.push_back(c.fp5());
  return drawn;
}

void Forger::fri() {
  const commit::FriPlan plan(shape.max_log_height() + profile->log_blowup, profile->log_blowup);
  for (layer = 0; layer < plan.count; ++layer) {
    const auto [log_size, log_fold] = plan.layers[layer];
    lie(Step::kLayer);
    layers_.push_back(word);
    const commit::StackView rows =
        commit::unstacked(log_size - log_fold, size_t{5} << log_fold,
                          reinterpret_cast<const Fp*>(layers_.back().data()));
    layer_trees_.push_back(
        std::make_unique<commit::MerkleTree>(rows, commit::Salting::kNone, nullptr, &pool_));
    put(layer_trees_.back()->root());
    transcript.absorb(commit::kLabelFriRoot, layer_trees_.back()->root());
    work(commit::kLabelFriWork, profile->fold_work);
    betas = fold_challenges(log_fold);
    lie(Step::kFold);
    word = commit::fold_word(pool_, word, log_size, betas);
  }
  last = word;
  commit::coeffs_from_values(pool_, last.data(), plan.log_last_size, Fp::one(),
                             RowOrder::kBitReversed);
  last.resize(plan.last_degree());
  lie(Step::kFinal);
  put_fp5s(commit::kLabelFriFinal, last);
}

void Forger::queries() {
  work(proof::kLabelQueryWork, profile->query_work);
  const unsigned top = shape.max_log_height() + profile->log_blowup;
  PlainTranscript::Stream c = transcript.draw(proof::kLabelQueries);
  std::set<uint32_t> drawn;
  for (unsigned q = 0; q < profile->queries; ++q) drawn.insert(c.index(top));
  indices.assign(drawn.begin(), drawn.end());
  lie(Step::kRows);
  std::vector<uint32_t> rows;
  auto shifted = [&](unsigned shift) {
    rows.clear();
    for (uint32_t i : indices)
      if (rows.empty() || rows.back() != i >> shift) rows.push_back(i >> shift);
  };
  for (const auto& t : trees_) {
    if (t == nullptr) continue;  // no shard but the first has the program's
    shifted(top - t->depth());
    t->open(rows, out_);
  }
  for (const auto& t : layer_trees_) {
    shifted(top - t->depth());
    t->open(rows, out_);
  }
}

Bytes Forger::numbered(uint32_t number, ByteView bytes) {
  Bytes b(4 + bytes.size());
  store_le32(b.data(), number);
  std::copy(bytes.begin(), bytes.end(), b.begin() + 4);
  return b;
}

Bytes Forger::front() {
  out_.clear();
  statement();
  return std::move(out_);
}

Bytes Forger::commit_pass_one() {
  prepare();
  lie(Step::kBase);
  if (shape.has(proof::kTreeProgram)) commit(proof::kTreeProgram);
  commit(proof::kTreeFixed);
  out_.clear();
  put_u32(static_cast<uint32_t>(shape.instances().size()));
  for (const proof::Instance& i : shape.instances()) put(Bytes{i.table, i.log_height});
  put(commit(proof::kTreePassOne));
  head = std::move(out_);
  return head;
}

Bytes Forger::draw_global() {
  out_.clear();
  work(proof::kLabelGlobalWork, profile->lookup_work);
  global = transcript.draw(proof::kLabelGlobalChallenges).challenges();
  return std::move(out_);
}

Bytes Forger::prove() {
  Bytes proof = front();
  const auto add = [&](const Bytes& part) { proof.insert(proof.end(), part.begin(), part.end()); };
  add(commit_pass_one());
  transcript.absorb(proof::kLabelPassOne, numbered(number_, head));
  add(draw_global());
  add(prove_shard());
  return proof;
}

Bytes Forger::prove_shard() {
  out_.assign(4, 0);  // its length, set at the end
  lie(Step::kHead);
  put(head);
  transcript.absorb(proof::kLabelShard, numbered(number_, head));
  lie(Step::kMain);
  root(proof::kLabelMainRoot, proof::kTreeMain);
  work(proof::kLabelLookupWork, profile->lookup_work);
  local = transcript.draw(proof::kLabelLookupChallenges).challenges();

  extension();
  lie(Step::kExtension);
  root(proof::kLabelExtRoot, proof::kTreeExt);
  lie(Step::kPublished);
  std::vector<Fp5> values;
  for (size_t i = 0; i < published.size(); ++i) {
    if (layout(i).in_local_ring()) values.push_back(published[i].p);
    if (layout(i).in_local_ring()) values.push_back(published[i].s);
    if (layout(i).in_global_ring()) values.push_back(published[i].g);
  }
  put_fp5s(proof::kLabelPublished, values);
  gamma = transcript.draw(proof::kLabelGamma).fp5();
  for (unsigned log = 0; log < 32; ++log)
    if ((shape.height_mask() >> log & 1) != 0) quotient(log);
  mats.back().evals.assign(size_t{5} << mats.back().log_height, Fp());
  lie(Step::kQuotient);
  root(proof::kLabelQuotientRoot, proof::kTreeQuotient);
  work(proof::kLabelDeepWork, profile->deep_work);
  zeta = transcript.draw(proof::kLabelZeta).fp5();
  open();
  lie(Step::kOpenings);
  put_openings_digest();
  work(proof::kLabelBatchWork, profile->batch_work);
  weights();
  lie(Step::kShown);
  put_fp5s(openings);
  batch();
  lie(Step::kWord);
  fri();
  queries();
  store_le32(out_.data(), static_cast<uint32_t>(out_.size() - 4));
  return std::move(out_);
}

}  // namespace mipzk::attack
