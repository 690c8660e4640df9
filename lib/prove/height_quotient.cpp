// SPDX-License-Identifier: Apache-2.0
// The quotient of each height, in chunks, and the FRI mask.
#include <algorithm>

#include "commit/ntt.hpp"
#include "prove/chunks.hpp"
#include "prove/shard.hpp"

namespace mipzk::prove {
namespace {

using commit::RowOrder;

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
  const Fp closing = proof::closing_point(log, tail);
  for (const Fp at : x) {
    const auto by = proof::divisors(at, log, closing);
    f.row.push_back(by.rows);
    f.first.push_back(by.first);
    f.closing.push_back(by.closing);
  }
  batch_inverse_fp(f.row);
  batch_inverse_fp(f.first);
  batch_inverse_fp(f.closing);
  for (size_t j = 0; j < x.size(); ++j) f.row[j] *= e[j];
  return f;
}

// The coefficients of the running columns of an extension matrix one row on, as rows of a matrix of
// their own.
SecretVector<Fp> next_running(Pool& pool, const Shape& shape, const Matrix& m,
                              const Committed& ext) {
  std::vector<size_t> columns = running_columns(shape, m);
  const size_t n = size_t{1} << m.log_height, width = 5 * columns.size();
  SecretVector<Fp> out(n * width);
  for (size_t r = 0; r < n; ++r)
    for (size_t k = 0; k < columns.size(); ++k)
      std::copy_n(ext.lde.data() + r * m.width + columns[k], 5, &out[r * width + 5 * k]);
  commit::coeffs_from_values(pool, out.data(), m.log_height, width, Fp(commit::kCosetShift),
                             RowOrder::kBitReversed);
  const Fp g = field::root_of_unity(m.log_height);  // f(gX) from f(X)
  Fp power = Fp::one();
  for (size_t r = 0; r < n; ++r, power *= g)
    for (size_t k = 0; k < width; ++k) out[r * width + k] *= power;
  return out;
}

// Values of polynomials given by `rows` rows of coefficients on the small coset, natural order.
SecretVector<Fp> small_coset(Pool& pool, const Fp* coeffs, size_t rows, size_t width) {
  const size_t small = size_t{1} << kSmallLog;
  SecretVector<Fp> out(small * width);
  Fp step = Fp(commit::kSmallShift).pow(small), power = Fp::one();
  for (size_t first = 0; first < rows; first += small, power *= step)
    for (size_t i = 0; i < small * width; ++i) out[i] += coeffs[first * width + i] * power;
  commit::values_from_coeffs(pool, out.data(), kSmallLog, width, Fp(commit::kSmallShift),
                             RowOrder::kNatural);
  return out;
}

}  // namespace

void Shard::height_quotient(unsigned log, Committed& q01, Committed& q2) {
  const size_t n = size_t{1} << log, big = 2 * n, small = size_t{1} << kSmallLog;
  const unsigned tail = profile_.tail_rows;
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

  air::FormBases local(challenges_.local, index_), global(challenges_.global, index_);
  std::vector<Fp5> gamma(shape_.constraints());
  Fp5 power = Fp5::one();
  for (Fp5& v : gamma) {
    v = power;
    power *= challenges_.gamma;
  }
  auto all = shape_.matrices();
  SecretVector<Fp5> q, qs(small);
  q.reserve(big + 2 * small);  // with room for the part that overflows, and for the third chunk
  q.resize(big);
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
    SecretVector<Fp> next;
    if (x_ext != nullptr) {
      const Matrix& m = all[static_cast<size_t>(x_ext - mats_.data())];
      next = next_running(pool_, shape_, m, *x_ext);
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
  SecretVector<Fp5> a = std::move(q);
  commit::coeffs_from_values(pool_, a.data(), log + 1, Fp(commit::kCosetShift),
                             RowOrder::kBitReversed);
  SecretVector<Fp> as_cells = small_coset(pool_, reinterpret_cast<const Fp*>(a.data()), big, 5);
  const Fp5* as = reinterpret_cast<const Fp5*>(as_cells.data());
  Fp s = Fp(commit::kCosetShift).pow(big);
  for (size_t i = 0; i < small; ++i) qs[i] = (qs[i] - as[i]) * (xs[i].pow(big) - s).inverse();
  commit::coeffs_from_values(pool_, qs.data(), kSmallLog, Fp(commit::kSmallShift),
                             RowOrder::kNatural);
  for (size_t i = 0; i < small; ++i) a[i] -= qs[i] * s;
  a.insert(a.end(), qs.begin(), qs.end());

  SecretVector<Fp> t;
  if (options_.masks.quotient) {
    t.resize(5 * (profile_.first_overlap() + profile_.second_overlap()));
    attempt_.fill(BlindingUse::kQuotient, log, t);
  }
  Chunks chunks = split_quotient(pool_, std::move(a), log, profile_, t);
  q01 = {log, 10, std::move(chunks.first_two), {}, {}};
  q2 = {proof::kSmallLogHeight, 5, std::move(chunks.third), {}, {}};
}

void Shard::quotients() {
  auto all = shape_.matrices();
  size_t first = 0;
  while (all[first].tree != proof::kTreeQuotient) ++first;
  size_t heights = (all.size() - first - 1) / 2;
  for (size_t c = 0; c < heights; ++c)
    height_quotient(all[first + c].log_height, mats_[first + c], mats_[first + heights + c]);
  Committed& mask = mats_.back();
  mask.log_height = all.back().log_height;
  mask.width = 5;
  mask.evals.assign(size_t{5} << mask.log_height, Fp::zero());
  if (options_.masks.fri) attempt_.fill_blocks(pool_, BlindingUse::kFriMask, mask.evals);
}

}  // namespace mipzk::prove
