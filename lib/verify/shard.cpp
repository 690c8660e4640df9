// SPDX-License-Identifier: Apache-2.0
#include "verify/shard.hpp"

#include "proof/points.hpp"
#include "verify/read.hpp"

namespace mipzk::verify {

using proof::Matrix;

namespace {

Status read_published(Reader& r, ByteView proof, Shard& shard) {
  const size_t start = r.position();
  for (size_t i = 0; i < shard.shape.instances().size(); ++i) {
    air::Published& p = shard.published[i];
    p = {Fp5::one(), Fp5::zero(), Fp5::one()};
    bool good = true;
    proof::each_published(shard.shape.info(i).layout, p,
                          [&](Fp5& value) { good = good && read_fp5(r, value); });
    if (!good) return malformed("a published value is missing or not canonical");
  }
  shard.transcript.absorb(proof::kLabelPublished, proof.subspan(start, r.position() - start));
  return {};
}

// Where the opened values of an instance's columns are: at zeta, and those one row on.
struct Opened {
  const Fp5* pre = nullptr;
  const Fp5* base = nullptr;
  const Fp5* ext = nullptr;
  const Fp5* next = nullptr;
};

// The same as the rules read them; `ext_cells` is filled.
air::PointCells point_cells(const air::Layout& layout, const Opened& opened, Fp5* ext_cells) {
  air::PointCells cells;
  cells.pre = opened.pre;
  cells.base = opened.base;
  cells.ext = ext_cells;
  if (opened.ext == nullptr) return cells;
  for (unsigned k = 0; k < layout.ext_columns(); ++k)
    ext_cells[k] = field::combine_coordinates(opened.ext + 5 * k);
  const Fp5* at_next = opened.next;
  for (size_t k = 0; k < 3; ++k) {
    if (layout.running()[k] == air::Layout::kNoColumn) continue;
    cells.next[k] = field::combine_coordinates(at_next);
    at_next += 5;
  }
  return cells;
}

}  // namespace

Status read_commitments(Reader& r, ByteView proof, const proof::Profile& profile,
                        const proof::ShardHead& head, Shard& shard) {
  hash::Transcript& t = shard.transcript;
  proof::Challenges& c = shard.challenges;
  proof::begin_shard(t, head);
  if (Status s = read_root(r, t, proof::kTreeMain, shard.roots[proof::kTreeMain]); !s) return s;
  if (Status s = read_work(r, t, proof::lookup_work(profile)); !s) return s;
  c.local = proof::local_challenges(t);

  if (Status s = read_root(r, t, proof::kTreeExt, shard.roots[proof::kTreeExt]); !s) return s;
  if (Status s = read_published(r, proof, shard); !s) return s;
  c.gamma = proof::gamma(t);

  if (Status s = read_root(r, t, proof::kTreeQuotient, shard.roots[proof::kTreeQuotient]); !s)
    return s;
  if (Status s = read_work(r, t, proof::deep_work(profile)); !s) return s;
  c.zeta = proof::zeta(t);
  if (proof::in_domain(c.zeta, shard.shape.max_log_height(), profile.log_blowup))
    return rejected("the opening point lies in a domain");
  return {};
}

Status read_openings(Reader& r, ByteView proof, const proof::Profile& profile, Shard& shard,
                     Scratch& scratch) {
  hash::Transcript& t = shard.transcript;
  hash::Digest digest;
  if (!read_digest(r, digest)) return malformed("the proof ends before its openings");
  proof::absorb_openings(t, digest);
  if (Status s = read_work(r, t, proof::batch_work(profile)); !s) return s;
  proof::batch_weights(t, {scratch.weights, shard.shape.pairs()});
  const size_t start = r.position();
  for (uint32_t i = 0; i < shard.shape.openings(); ++i)
    if (!read_fp5(r, shard.openings[i])) return malformed("an opening is missing or not canonical");
  if (proof::openings_digest(proof.subspan(start, r.position() - start)) != digest)
    return rejected("the openings are not those that were committed to");
  return {};
}

Status check_balance(std::span<const air::Published> published) {
  Fp5 p = Fp5::one(), s;
  for (const air::Published& v : published) {
    p *= v.p;
    s += v.s;
  }
  if (p != Fp5::one()) return rejected("the shard's product of bus messages is not balanced");
  if (!s.is_zero()) return rejected("the shard's lookups are not balanced");
  return {};
}

Fp5 global_product(std::span<const air::Published> published) {
  Fp5 g = Fp5::one();
  for (const air::Published& v : published) g *= v.g;
  return g;
}

Status check_quotients(uint32_t index, const proof::Shape& shape, const proof::Profile& profile,
                       const proof::Challenges& challenges, const air::Published* published,
                       const Fp5* openings, Fp5* values) {
  const Fp5& zeta = challenges.zeta;
  const air::FormBases local(challenges.local, index), global(challenges.global, index);
  Opened opened[proof::kMaxInstances];
  for (const Matrix& m : shape.matrices()) {
    if (m.instance < 0) continue;
    Opened& o = opened[m.instance];
    const Fp5* at = openings + m.first_opening;
    if (m.tree <= proof::kTreeFixed) o.pre = at;
    if (m.tree == proof::kTreePassOne || m.tree == proof::kTreeMain) o.base = at;
    if (m.tree == proof::kTreeExt) {
      o.ext = at;
      o.next = at + m.width;
    }
  }
  Fp5 quotient[kHeights];   // the value of Q by height, from the opened cells
  Fp5 weight = Fp5::one();  // the power of gamma of the next constraint
  for (size_t i = 0; i < shape.instances().size(); ++i) {
    const unsigned log = shape.instances()[i].log_height;
    Fp5 ext_cells[air::kMaxExtColumns];
    const air::PointCells cells = point_cells(shape.info(i).layout, opened[i], ext_cells);
    const air::ConstraintSums sums = air::evaluate_constraints(
        shape.info(i), local, global, published[i], challenges.gamma, weight, cells, values);
    // E, the product over the exempt rows.
    const Fp g = field::root_of_unity(log);
    const Fp closing = proof::closing_point(log, profile.tail_rows);
    Fp x = closing;
    Fp5 e = Fp5::one();
    for (unsigned k = 0; k < profile.tail_rows; ++k, x *= g) e *= zeta - x;
    const auto by = proof::divisors(zeta, log, closing);
    quotient[log] += sums.row * e * by.rows.inverse() + sums.first * by.first.inverse() +
                     sums.closing * by.closing.inverse();
  }
  const auto all = shape.matrices();
  size_t first = 0;
  while (all[first].tree != proof::kTreeQuotient) ++first;
  const size_t heights = (all.size() - first - 1) / 2;
  for (size_t c = 0; c < heights; ++c) {
    const unsigned log = all[first + c].log_height;
    const Fp5* q01 = openings + all[first + c].first_opening;
    const Fp5* q2 = openings + all[first + heights + c].first_opening;
    const uint64_t n = uint64_t{1} << log;
    const Fp5 second = zeta.pow(n - profile.first_overlap());
    const Fp5 third = zeta.pow(n - profile.second_overlap());
    const Fp5 value =
        field::combine_coordinates(q01) +
        second * (field::combine_coordinates(q01 + 5) + third * field::combine_coordinates(q2));
    if (value != quotient[log]) return rejected("a constraint does not hold at the opening point");
  }
  return {};
}

}  // namespace mipzk::verify
