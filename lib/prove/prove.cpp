#include "prove/prove.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <map>
#include <memory>

#include "air/tables.hpp"
#include "commit/deep.hpp"
#include "commit/fri_prove.hpp"
#include "commit/lde.hpp"
#include "commit/merkle_tree.hpp"
#include "commit/ntt.hpp"
#include "hash/grind.hpp"
#include "hash/transcript.hpp"
#include "proof/labels.hpp"
#include "proof/shape.hpp"
#include "prove/blinding.hpp"
#include "prove/ext_columns.hpp"
#include "prove/quotient.hpp"
#include "trace/build.hpp"

namespace mipzk::prove {
namespace {

using proof::Matrix;
using proof::Profile;
using proof::Shape;

using commit::kSmallLog;  // the small coset has 2^9 points, more than any R
using commit::RowOrder;

// A committed matrix: evaluations on H, its extension, and its values on the small coset.
struct Committed {
  unsigned log_height = 0;
  size_t width = 0;
  std::vector<Fp> evals, lde, small;
};

void append(std::vector<uint8_t>& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}
void append_u32(std::vector<uint8_t>& out, uint32_t v) {
  uint8_t b[4];
  store_le32(b, v);
  append(out, b);
}
void append_u64(std::vector<uint8_t>& out, uint64_t v) {
  uint8_t b[8];
  store_le64(b, v);
  append(out, b);
}
void append_fp5(std::vector<uint8_t>& out, const Fp5& v) {
  for (Fp c : v.c) append_u32(out, c.raw());
}

struct Cancelled {};
struct Restart {};  // the challenges hit a zero or dependent masks: begin again with fresh masks

class Prover {
 public:
  Prover(Pool& pool, const LoadedProgram& program, const Options& options)
      : pool_(pool), program_(program), options_(options), profile_(*options.profile) {}

  Result<std::vector<uint8_t>> run(const Claims& claims, std::vector<trace::InstanceTrace> traces);

 private:
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
  void blind_base();
  void blind_extension();
  bool extension_columns();
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

  static constexpr uint64_t kSteps = 12;

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

void Prover::statement(const Claims& claims) {
  append(out_, proof::kMagic);
  append_u32(out_, proof::kFormatVersion);  // and flags 0
  append_u64(out_, 0);                      // total size, set at the end
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
  t_.absorb(proof::kLabelStatement, ByteView(out_).subspan(start));
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
  if (options_.blind) salts = blinding_.salts(tree);
  trees_[tree] = std::make_unique<commit::MerkleTree>(views, salting, std::move(salts), &pool_);
  return trees_[tree]->root();
}

// Random rows from the closing row on, and the mask rings: cells b of an instance are cells a of
// the instance before it, locally over all instances and globally over those of pass 1.
void Prover::blind_base() {
  // The key is hedged with the statement and all that the run depends on: sources, boundary, hints.
  std::vector<uint8_t> context(out_);
  append(context, shape_bytes());
  append_u32(context, attempt_);
  for (size_t i = 0; i < shape_.instances().size(); ++i) {
    if (!shape_.info(i).layout.pass_one &&
        shape_.instances()[i].table != static_cast<uint8_t>(isa::Class::kHint))
      continue;
    const std::vector<Fp>& cells = base(i)->evals;
    hash::Digest d =
        hash::blake3({reinterpret_cast<const uint8_t*>(cells.data()), 4 * cells.size()});
    append(context, d);
  }
  blinding_ = Blinding(*options_.seed, context);

  std::vector<Fp*> closing, closing_pass_one;
  for (size_t i = 0; i < shape_.instances().size(); ++i) {
    Committed& m = *base(i);
    const size_t rows = (size_t{1} << m.log_height) - profile_.tail_rows;
    Fp* tail = m.evals.data() + rows * m.width;
    blinding_.fill(BlindingUse::kBaseTail, i, {tail, profile_.tail_rows * m.width});
    closing.push_back(tail);
    if (shape_.info(i).layout.pass_one) closing_pass_one.push_back(tail);
  }
  for (size_t i = 0; i < closing.size(); ++i)
    std::copy_n(closing[i], 10, closing[(i + 1) % closing.size()] + 10);
  for (size_t i = 0; i < closing_pass_one.size(); ++i)
    std::copy_n(closing_pass_one[i] + 20, 5,
                closing_pass_one[(i + 1) % closing_pass_one.size()] + 25);
}

// Random rows behind the closing row, and random partial and helper columns in it.
void Prover::blind_extension() {
  for (size_t i = 0; i < shape_.instances().size(); ++i) {
    Committed& m = *matrix(i, proof::kTreeExt);
    const air::Layout& l = shape_.info(i).layout;
    const size_t rows = (size_t{1} << m.log_height) - profile_.tail_rows;
    Fp* closing = m.evals.data() + rows * m.width;
    std::vector<Fp> kept(closing, closing + m.width);
    blinding_.fill(BlindingUse::kExtTail, i, {closing, profile_.tail_rows * m.width});
    auto keep = [&](bool present, unsigned ext) {
      if (present) std::copy_n(&kept[5 * ext], 5, closing + 5 * ext);
    };
    keep(l.has_p(), l.p_index());
    keep(l.has_g(), l.g_index());
    keep(l.has_s(), l.s_index());
  }
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

// Coefficients of the monic polynomial with roots g^first .. g^(last - 1).
std::vector<Fp> vanishing(Fp g, size_t first, size_t last) {
  std::vector<Fp> c{Fp::one()};
  Fp root = g.pow(first);
  for (size_t i = first; i < last; ++i, root *= g) {
    c.push_back(Fp::zero());
    for (size_t k = c.size() - 1; k > 0; --k) c[k] = c[k - 1] - root * c[k];
    c[0] = -(root * c[0]);
  }
  return c;
}

Fp evaluate(const std::vector<Fp>& c, Fp x) {
  Fp r;
  for (size_t i = c.size(); i-- > 0;) r = r * x + c[i];
  return r;
}

void batch_inverse_fp(std::vector<Fp>& v) {
  std::vector<Fp> prefix(v.size());
  Fp acc = Fp::one();
  for (size_t i = 0; i < v.size(); ++i) {
    prefix[i] = acc;
    acc *= v[i];
  }
  acc = acc.inverse();
  for (size_t i = v.size(); i-- > 0;) {
    Fp inv = acc * prefix[i];
    acc *= v[i];
    v[i] = inv;
  }
}

// E / Z_H, 1 / (x - 1), 1 / (x - g^(N-R)) on given points.
PointFactors point_factors(const std::vector<Fp>& x, const std::vector<Fp>& e, unsigned log,
                           unsigned tail) {
  PointFactors f;
  Fp g = field::root_of_unity(log);
  Fp closing = g.pow((uint64_t{1} << log) - tail);
  for (size_t j = 0; j < x.size(); ++j) {
    f.row.push_back(x[j].pow(uint64_t{1} << log) - Fp::one());
    f.first.push_back(x[j] - Fp::one());
    f.closing.push_back(x[j] - closing);
  }
  batch_inverse_fp(f.row);
  batch_inverse_fp(f.first);
  batch_inverse_fp(f.closing);
  for (size_t j = 0; j < x.size(); ++j) f.row[j] *= e[j];
  return f;
}

// First base columns of the running extension columns (P, G, S) of a matrix.
std::vector<size_t> running_columns(const Shape& shape, const Matrix& m) {
  std::vector<size_t> r;
  if (m.running == 0) return r;
  const air::Layout& l = shape.info(static_cast<size_t>(m.instance)).layout;
  if (l.has_p()) r.push_back(5 * l.p_index());
  if (l.has_g()) r.push_back(5 * l.g_index());
  if (l.has_s()) r.push_back(5 * l.s_index());
  return r;
}

// The running columns of an extension matrix one row on, as rows of a matrix of their own.
std::vector<Fp> next_running(const Shape& shape, const Matrix& m, const std::vector<Fp>& evals) {
  std::vector<size_t> columns = running_columns(shape, m);
  const size_t n = size_t{1} << m.log_height, width = 5 * columns.size();
  std::vector<Fp> out(n * width);
  for (size_t r = 0; r < n; ++r)
    for (size_t k = 0; k < columns.size(); ++k)
      std::copy_n(&evals[((r + 1) % n) * m.width + columns[k]], 5, &out[r * width + 5 * k]);
  return out;
}

// Values of polynomials given by `rows` rows of coefficients on the small coset, natural order.
std::vector<Fp> small_coset(Pool& pool, const Fp* coeffs, size_t rows, size_t width) {
  const size_t small = size_t{1} << kSmallLog;
  std::vector<Fp> out(small * width);
  Fp step = Fp(commit::kSmallShift).pow(small), power = Fp::one();
  for (size_t first = 0; first < rows; first += small, power *= step)
    for (size_t i = 0; i < small * width; ++i) out[i] += coeffs[first * width + i] * power;
  commit::values_from_coeffs(pool, out.data(), kSmallLog, width, Fp(commit::kSmallShift),
                             RowOrder::kNatural);
  return out;
}

void Prover::class_quotient(unsigned log, Committed& q01, Committed& q2) {
  const size_t n = size_t{1} << log, big = 2 * n, small = size_t{1} << kSmallLog;
  const unsigned tail = profile_.tail_rows, overlap = profile_.overlap();
  Fp g = field::root_of_unity(log), w = field::root_of_unity(log + 1);

  // Points of both cosets, and E on them.
  std::vector<Fp> x(big), xs(small);
  Fp cur(commit::kCosetShift);
  for (size_t i = 0; i < big; ++i, cur *= w) x[commit::bit_reverse(i, log + 1)] = cur;
  cur = Fp(commit::kSmallShift);
  Fp ws = field::root_of_unity(kSmallLog);
  for (size_t i = 0; i < small; ++i, cur *= ws) xs[i] = cur;
  std::vector<Fp> e_coeffs = vanishing(g, n - tail, n);
  std::vector<Fp> e = e_coeffs, e_small(small);
  e.resize(big);
  commit::values_from_coeffs(pool_, e.data(), log + 1, 1, Fp(commit::kCosetShift),
                             RowOrder::kBitReversed);
  for (size_t i = 0; i < small; ++i) e_small[i] = evaluate(e_coeffs, xs[i]);
  PointFactors factors = point_factors(x, e, log, tail);
  PointFactors small_factors = point_factors(xs, e_small, log, tail);

  air::FormBases local(local_), global(global_);
  std::vector<Fp5> gamma(shape_.constraints());
  Fp5 challenge = t_.challenges(proof::kLabelGamma).fp5(), power = Fp5::one();
  for (Fp5& v : gamma) {
    v = power;
    power *= challenge;
  }
  auto all = shape_.matrices();
  std::vector<Fp5> q(big), qs(small);
  for (size_t i = 0; i < shape_.instances().size(); ++i) {
    if (shape_.instances()[i].log_height != log) continue;
    const Committed* p = pre(i);
    const Committed* b = base(i);
    const Committed* x_ext = matrix(i, proof::kTreeExt);
    InstanceScope scope{shape_.instances()[i].table, &local, &global, &published_[i],
                        gamma.data() + shape_.gamma_offset(i)};
    PointSet set;
    set.points = big;
    set.log_points = log + 1;
    set.pre = p ? p->lde.data() : nullptr;
    set.base = b->lde.data();
    set.ext = x_ext ? x_ext->lde.data() : nullptr;
    add_quotient(pool_, scope, set, factors, q.data());

    // The same on the small coset; the next row there is the value of the rotated column.
    std::vector<Fp> next;
    if (x_ext != nullptr) {
      const Matrix& m = all[static_cast<size_t>(x_ext - mats_.data())];
      next = next_running(shape_, m, x_ext->evals);
      commit::coeffs_from_values(pool_, next.data(), log, 5u * m.running, Fp::one(),
                                 RowOrder::kNatural);
      next = small_coset(pool_, next.data(), n, 5u * m.running);
    }
    set.points = small;
    set.pre = p ? p->small.data() : nullptr;
    set.base = b->small.data();
    set.ext = x_ext ? x_ext->small.data() : nullptr;
    set.next = next.data();
    add_quotient(pool_, scope, set, small_factors, qs.data());
  }

  // Interpolate on 2N points, then recover what overflows from the small coset.
  std::vector<Fp5> a = std::move(q);
  commit::coeffs_from_values(pool_, a.data(), log + 1, Fp(commit::kCosetShift),
                             RowOrder::kBitReversed);
  std::vector<Fp> as_cells = small_coset(pool_, reinterpret_cast<const Fp*>(a.data()), big, 5);
  const Fp5* as = reinterpret_cast<const Fp5*>(as_cells.data());
  Fp s = Fp(commit::kCosetShift).pow(big);
  for (size_t i = 0; i < small; ++i) qs[i] = (qs[i] - as[i]) * (xs[i].pow(big) - s).inverse();
  commit::coeffs_from_values(pool_, qs.data(), kSmallLog, Fp(commit::kSmallShift),
                             RowOrder::kNatural);
  for (size_t i = 0; i < small; ++i) a[i] -= qs[i] * s;
  a.insert(a.end(), qs.begin(), qs.end());

  // Split with overlap (docs/PROTOCOL.md, section 7) and give the chunks as evaluations on H. The
  // randomisers t0, t1 are added at the end of one chunk and subtracted at the start of the next.
  const size_t cut = n - overlap;
  std::vector<Fp> chunks(n * 10);
  for (size_t i = 0; i < cut; ++i)
    for (size_t k = 0; k < 5; ++k) {
      chunks[i * 10 + k] = a[i].c[k];
      chunks[i * 10 + 5 + k] = a[cut + i].c[k];
    }
  if (options_.blind) {
    std::vector<Fp> t(10 * overlap);
    blinding_.fill(BlindingUse::kQuotient, log, t);
    for (size_t i = 0; i < overlap; ++i)
      for (size_t k = 0; k < 5; ++k) {
        const Fp t0 = t[10 * i + k], t1 = t[10 * i + 5 + k];
        chunks[(cut + i) * 10 + k] += t0;
        chunks[i * 10 + 5 + k] -= t0;
        chunks[(cut + i) * 10 + 5 + k] += t1;
        a[2 * cut + i].c[k] -= t1;
      }
  }
  commit::values_from_coeffs(pool_, chunks.data(), log, 10, Fp::one(), RowOrder::kNatural);
  q01 = {log, 10, std::move(chunks), {}, {}};
  const size_t low = size_t{1} << proof::kSmallLogHeight;
  std::vector<Fp> third(low * 5);
  for (size_t i = 0; i < low && 2 * cut + i < a.size(); ++i)
    for (size_t k = 0; k < 5; ++k) third[i * 5 + k] = a[2 * cut + i].c[k];
  commit::values_from_coeffs(pool_, third.data(), proof::kSmallLogHeight, 5, Fp::one(),
                             RowOrder::kNatural);
  q2 = {proof::kSmallLogHeight, 5, std::move(third), {}, {}};
}

void Prover::quotients() {
  auto all = shape_.matrices();
  size_t first = 0;
  while (all[first].tree != proof::kTreeQuotient) ++first;
  size_t classes = (all.size() - first - 1) / 2;
  for (size_t c = 0; c < classes; ++c)
    class_quotient(all[first + c].log_height, mats_[first + c], mats_[first + classes + c]);
  Committed& mask = mats_.back();
  mask.log_height = all.back().log_height;
  mask.width = 5;
  mask.evals.assign(size_t{5} << mask.log_height, Fp::zero());
  if (options_.blind) blinding_.fill_blocks(pool_, BlindingUse::kFriMask, mask.evals);
}

void Prover::open_all() {
  auto all = shape_.matrices();
  openings_.resize(shape_.pairs());
  std::map<unsigned, commit::LagrangeWeights> weights;
  for (size_t i = 0; i < all.size(); ++i) {
    const Matrix& m = all[i];
    if (!m.opened) continue;
    auto at = weights.find(m.log_height);
    if (at == weights.end())
      at =
          weights.emplace(m.log_height, commit::lagrange_weights(pool_, m.log_height, zeta_)).first;
    const Fp* cells = mats_[i].evals.data();
    Fp5* out = &openings_[m.first_pair];
    commit::evaluate_columns(pool_, cells, m.log_height, m.width, m.width, at->second, 0, out);
    out += m.width;
    for (size_t column : running_columns(shape_, m)) {
      commit::evaluate_columns(pool_, cells + column, m.log_height, m.width, 5, at->second, 1, out);
      out += 5;
    }
  }
  for (const Fp5& v : openings_) append_fp5(out_, v);
  t_.absorb_fp5s(proof::kLabelOpenings, openings_);
}

void Prover::batch() {
  unsigned variables = 0;
  while ((uint64_t{1} << variables) <= shape_.pairs()) ++variables;
  hash::Challenges c = t_.challenges(proof::kLabelBatch);
  std::vector<Fp5> lambda{Fp5::one()};
  for (unsigned k = 0; k < variables; ++k) {
    Fp5 r = c.fp5();
    size_t half = lambda.size();
    lambda.resize(2 * half);
    for (size_t i = 0; i < half; ++i) {
      lambda[half + i] = lambda[i] * r;
      lambda[i] -= lambda[half + i];
    }
  }

  const unsigned b = profile_.log_blowup, top = shape_.max_log_height() + b;
  std::vector<Fp5> word(size_t{1} << top);
  auto all = shape_.matrices();
  {
    const Committed& mask = mats_.back();
    const Fp5* rows = reinterpret_cast<const Fp5*>(mask.lde.data());
    std::copy(rows, rows + word.size(), word.begin());
  }
  // Heights of all opened matrices: the classes, and the height of the third chunks.
  uint32_t classes = shape_.height_classes() | 1u << proof::kSmallLogHeight;
  for (unsigned log = 0; log < 32; ++log) {
    if ((classes >> log & 1) == 0) continue;
    size_t n = size_t{1} << log;
    std::vector<Fp5> at[2] = {std::vector<Fp5>(n), std::vector<Fp5>(n)};
    Fp5 values[2];
    for (size_t i = 0; i < all.size(); ++i) {
      const Matrix& m = all[i];
      if (!m.opened || m.log_height != log) continue;
      const Fp5* l = &lambda[m.first_pair];
      const Fp5* v = &openings_[m.first_pair];
      const Fp* cells = mats_[i].evals.data();
      commit::combine_rows(pool_, cells, n, m.width, m.width, l, at[0].data());
      for (size_t k = 0; k < m.width; ++k) values[0] += l[k] * v[k];
      size_t k = m.width;
      for (size_t column : running_columns(shape_, m)) {
        commit::combine_rows(pool_, cells + column, n, m.width, 5, l + k, at[1].data());
        for (size_t end = k + 5; k < end; ++k) values[1] += l[k] * v[k];
      }
    }
    std::vector<Fp5> quotients(n << b);
    for (int point = 0; point < 2; ++point) {
      const Fp5 z = point == 0 ? zeta_ : zeta_ * field::root_of_unity(log);
      std::vector<Fp> lde(5 * n << b);
      commit::coset_lde(pool_, reinterpret_cast<const Fp*>(at[point].data()), log, 5, b, lde.data(),
                        nullptr);
      commit::add_quotients(pool_, log + b, Fp(commit::kCosetShift), z,
                            reinterpret_cast<const Fp5*>(lde.data()), values[point],
                            quotients.data());
    }
    // Lifted to the greatest domain: entry j is that of row j >> shift.
    const unsigned shift = top - (log + b);
    pool_.parallel_for(word.size(), 4096, [&](size_t begin, size_t end) {
      for (size_t j = begin; j < end; ++j) word[j] += quotients[j >> shift];
    });
  }
  fri_.commit(pool_, t_, std::move(word), top, b, profile_.fold_work, out_);
}

void Prover::queries() {
  work(proof::kLabelQueryWork, profile_.query_work);
  unsigned top = shape_.max_log_height() + profile_.log_blowup;
  hash::Challenges c = t_.challenges(proof::kLabelQueries);
  std::vector<uint32_t> index(profile_.queries);
  for (uint32_t& i : index) i = c.index(top);
  std::sort(index.begin(), index.end());
  index.erase(std::unique(index.begin(), index.end()), index.end());
  for (unsigned tree = 0; tree < proof::kTreeCount; ++tree) {
    // A tree's levels start at its own tallest matrix.
    unsigned level = trees_[tree]->depth();
    std::vector<uint32_t> rows = index;
    for (uint32_t& i : rows) i >>= top - level;
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    trees_[tree]->open(rows, out_);
  }
  fri_.open(index, out_);
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
        mats_[i].evals = std::move(fixed.data);
        break;
      case proof::kTreeProgram: {
        uint8_t id = shape_.instances()[instance].table;
        mats_[i].evals = id == air::kTableRom      ? program_.tables.rom.data
                         : id == air::kTableRegion ? program_.tables.region.data
                                                   : program_.tables.image.data;
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
  if (options_.blind) blind_base();
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
  if (options_.blind) blind_extension();
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
  zeta_ = t_.challenges(proof::kLabelZeta).fp5();
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

}  // namespace

Result<std::vector<uint8_t>> prove_traces(Pool& pool, const LoadedProgram& program,
                                          const Claims& claims,
                                          std::vector<trace::InstanceTrace> traces,
                                          const Options& options) {
  Options seeded = options;
  if (!seeded.seed) {
    seeded.seed.emplace();
    if (RAND_bytes(seeded.seed->data(), static_cast<int>(seeded.seed->size())) != 1)
      return Error(Errc::kInternal, "the system's random number generator failed");
  }
  Result<std::vector<uint8_t>> result = Error(Errc::kCancelled, "cancelled while proving");
  try {
    result = Prover(pool, program, seeded).run(claims, std::move(traces));
  } catch (const Cancelled&) {
  }
  secure_zero(seeded.seed->data(), seeded.seed->size());
  return result;
}

Result<std::vector<uint8_t>> prove(Pool& pool, const LoadedProgram& program, ByteView public_input,
                                   const vm::Recording& recording, const Options& options) {
  auto traces =
      trace::build(pool, program.program, program.tables, recording, options.profile->tail_rows);
  if (!traces) return traces.error();
  Claims claims{public_input, recording.outcome.output, recording.outcome.exit_code};
  return prove_traces(pool, program, claims, std::move(*traces), options);
}

}  // namespace mipzk::prove
