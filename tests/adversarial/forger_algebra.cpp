// SPDX-License-Identifier: Apache-2.0
// What a forger calculates: the verifier's equations, solved for what he may still choose.
#include "adversarial/forger.hpp"
#include "verify/balance.hpp"

namespace mipzk::attack {

Fp5 compose(const Fp5* five) {
  Fp5 r;
  for (size_t k = 0; k < 5; ++k) {
    Fp5 basis;
    basis.c[k] = Fp::one();
    r += five[k] * basis;
  }
  return r;
}

std::array<Fp, 5> combination(std::array<Fp5, 5> five, const Fp5& target) {
  // Gauss-Jordan on the matrix with columns five_k and the right side `target`.
  std::array<std::array<Fp, 6>, 5> m;
  for (size_t r = 0; r < 5; ++r) {
    for (size_t k = 0; k < 5; ++k) m[r][k] = five[k].c[r];
    m[r][5] = target.c[r];
  }
  for (size_t k = 0; k < 5; ++k) {
    size_t pivot = k;
    while (pivot < 5 && m[pivot][k] == Fp::zero()) ++pivot;
    if (pivot == 5) {
      ADD_FAILURE() << "five dependent elements";
      return {};
    }
    std::swap(m[k], m[pivot]);
    const Fp inverse = m[k][k].inverse();
    for (Fp& v : m[k]) v *= inverse;
    for (size_t r = 0; r < 5; ++r) {
      const Fp factor = m[r][k];
      for (size_t c = 0; r != k && c < 6; ++c) m[r][c] -= factor * m[k][c];
    }
  }
  return {m[0][5], m[1][5], m[2][5], m[3][5], m[4][5]};
}

Fp5 Forger::ext_cell(size_t i, size_t row, unsigned column) {
  Matrix& m = ext(i);
  Fp5 v;
  for (size_t k = 0; k < 5; ++k) v.c[k] = m.evals[row * m.width + 5 * column + k];
  return v;
}

void Forger::set_ext_cell(size_t i, size_t row, unsigned column, const Fp5& v) {
  Matrix& m = ext(i);
  for (size_t k = 0; k < 5; ++k) m.evals[row * m.width + 5 * column + k] = v.c[k];
}

Fp5 Forger::expected_g() const {
  proof::Statement s;
  s.profile = profile;
  s.program = header;
  s.public_input = public_input;
  s.output = output;
  s.exit_code = exit_code;
  s.shards = shards;
  const verify::Terms t = verify::global_terms(air::FormBases(global), s);
  return t.received * t.sent.inverse();
}

Fp5 Forger::missing_g() const {
  Fp5 g = Fp5::one();
  for (const air::Published& x : published) g *= x.g;
  return expected_g() * g.inverse();
}

Fp5 Forger::missing_p() const {
  Fp5 p = Fp5::one();
  for (const air::Published& x : published) p *= x.p;
  return p.inverse();
}

Fp5 Forger::missing_s() const {
  Fp5 s;
  for (const air::Published& x : published) s -= x.s;
  return s;
}

unsigned Forger::closing_constraint(size_t i, char which) const {
  const unsigned end = layout(i).constraints;
  if (which == 'G') return end - 1;
  return end - layout(i).in_global_ring() - (which == 'P' ? 2 : 1);
}

Fp5 Forger::mask(size_t i, char which, unsigned at, unsigned count) {
  const air::FormBases fb(which == 'G' ? global : local);
  Fp5 r = fb.bus[static_cast<unsigned>(air::Bus::kMask)];
  const Fp* cells = base(i).evals.data() + data_rows(i) * base(i).width + at;
  for (unsigned k = 0; k < count; ++k) r += fb.ch.beta[k + 1] * cells[k];
  return r;
}

air::ConstraintSums Forger::constraints(size_t i, const air::PointCells& cells) const {
  const air::TableInfo& table = shape.info(i);
  const air::FormBases l(local, index), g(global, index);
  std::vector<Fp5> values(table.rules.operands());
  Fp5 w = weight(i, 0);
  return air::evaluate_constraints(table, l, g, published[i], gamma, w, cells, values.data());
}

Fp5 Forger::row_error(size_t i, size_t row) {
  const air::Layout& l = layout(i);
  std::vector<Fp5> pre_cells, base_cells, ext_cells;
  for (unsigned k = 0; k < l.pre_columns; ++k)
    pre_cells.push_back(pre(i).evals[row * l.pre_columns + k]);
  for (unsigned k = 0; k < l.base_columns; ++k)
    base_cells.push_back(base(i).evals[row * l.base_columns + k]);
  for (unsigned k = 0; k < l.ext_columns(); ++k) ext_cells.push_back(ext_cell(i, row, k));
  air::PointCells at;
  at.pre = pre_cells.data();
  at.base = base_cells.data();
  at.ext = ext_cells.data();
  for (size_t k = 0; k < 3; ++k)
    if (l.running()[k] != l.kNoColumn) at.next[k] = ext_cell(i, row + 1, l.running()[k]);
  return constraints(i, at).row;
}

Fp5 Forger::quotient_at_zeta(unsigned log_height) {
  std::vector<const proof::Matrix*> pre_of(published.size()), base_of(published.size()),
      ext_of(published.size());
  for (const proof::Matrix& m : shape.matrices()) {
    if (m.instance < 0) continue;
    const auto i = static_cast<size_t>(m.instance);
    (m.tree <= proof::kTreeFixed ? pre_of : m.tree == proof::kTreeExt ? ext_of : base_of)[i] = &m;
  }
  Fp5 row, first, closing;
  for (size_t i = 0; i < published.size(); ++i) {
    if (shape.instances()[i].log_height != log_height) continue;
    const air::Layout& l = layout(i);
    const Fp5* opened = &openings[ext_of[i]->first_opening];
    std::vector<Fp5> cells, next(3);
    for (unsigned k = 0; k < l.ext_columns(); ++k) cells.push_back(compose(opened + 5 * k));
    for (unsigned k = 0; k < ext_of[i]->running; ++k)
      next[k] = compose(opened + ext_of[i]->width + 5 * k);
    air::PointCells at;
    at.pre = pre_of[i] != nullptr ? &openings[pre_of[i]->first_opening] : nullptr;
    at.base = &openings[base_of[i]->first_opening];
    at.ext = cells.data();
    for (size_t c = 0, k = 0; c < 3; ++c)
      if (l.running()[c] != l.kNoColumn) at.next[c] = next[k++];
    const air::ConstraintSums sums = constraints(i, at);
    row += sums.row;
    first += sums.first;
    closing += sums.closing;
  }
  const uint64_t n = uint64_t{1} << log_height;
  const Fp w = field::root_of_unity(log_height);
  Fp x = w.pow(n - profile->tail_rows);
  const Fp5 close_at = zeta - x;
  Fp5 e = Fp5::one();
  for (unsigned k = 0; k < profile->tail_rows; ++k, x *= w) e *= zeta - x;
  return row * e * (zeta.pow(n) - Fp::one()).inverse() + first * (zeta - Fp::one()).inverse() +
         closing * close_at.inverse();
}

Fp5 Forger::chunks_at_zeta(unsigned log_height) const {
  const size_t a = chunks(log_height);
  size_t heights = 0;
  for (const proof::Matrix& m : shape.matrices())
    heights += m.tree == proof::kTreeQuotient && m.width == 10;
  const Fp5* q01 = &openings[shape.matrices()[a].first_opening];
  const Fp5* q2 = &openings[shape.matrices()[a + heights].first_opening];
  const uint64_t n = uint64_t{1} << log_height;
  const Fp5 second = zeta.pow(n - profile->first_overlap());
  const Fp5 third = zeta.pow(n - profile->second_overlap());
  return compose(q01) + second * (compose(q01 + 5) + third * compose(q2));
}

}  // namespace mipzk::attack
