// SPDX-License-Identifier: Apache-2.0
// All constraints of a table at one point, folded with powers of gamma, and the messages that they
// are made of.
#pragma once

#include "air/table_info.hpp"

namespace mipzk::air {

// Constants derived once from the challenges of a scope.
struct FormBases {
  Fp5 base[kFormCount];
  Challenges ch;
  uint32_t shard;  // its number, which rules may name

  explicit FormBases(const Challenges& c, uint32_t shard_number = 1) : ch(c), shard(shard_number) {
    for (unsigned f = 0; f < kFormCount; ++f) {
      const FormInfo& info = kForms[f];
      base[f] = c.base(info.bus);
      for (int i = 0; i < 2; ++i)
        base[f] += c.beta[info.const_position[i] + 1] * Fp(info.const_value[i]);
    }
    range = c.base(Bus::kRange);
    range_sq = range * range;
    range_beta = range * c.beta[1];
    beta_sq = c.beta[1] * c.beta[1];
    range_twice = range + range;
    for (unsigned b = 0; b < kBusNumbers; ++b) bus[b] = c.base(static_cast<Bus>(b));
  }
  // (range + beta1 x)(range + beta1 y) = range_sq + range_beta (x + y) + beta_sq x y
  Fp5 range, range_sq, range_beta, beta_sq, range_twice;
  Fp5 bus[kBusNumbers];
};

// The value of a message whose coordinate i (of a product: varying coordinate i) is value(i).
template <class Value>
Fp5 fingerprint(const FormBases& fb, Form form, const Value& value) {
  const FormInfo& info = form_info(form);
  Fp5 r = fb.base[static_cast<unsigned>(form)];
  for (unsigned i = 0; i < info.count; ++i) r += fb.ch.beta[info.position[i] + 1] * value(i);
  return r;
}
template <class Value>
Fp5 fingerprint(const FormBases& fb, Bus bus, unsigned count, const Value& value) {
  Fp5 r = fb.bus[static_cast<unsigned>(bus)];
  for (unsigned i = 0; i < count; ++i) r += fb.ch.beta[i + 1] * value(i);
  return r;
}
inline Fp5 fingerprint(const FormBases& fb, const Msg<Fp>& m) {
  return fingerprint(fb, m.form, [&](unsigned i) { return m.v[i]; });
}
inline Fp5 fingerprint(const FormBases& fb, Bus bus, const Coords<Fp>& c) {
  return fingerprint(fb, bus, c.count, [&](unsigned i) { return c.v[i]; });
}

// What an instance publishes.
struct Published {
  Fp5 p, s, g;
};

// The cells of a table at one point, or in one row, as elements of F_q: the extension columns there
// and the running columns one row on.
struct PointCells {
  const Fp5* pre = nullptr;
  const Fp5* base = nullptr;
  const Fp5* ext = nullptr;
  Fp5 next[3];  // P, G, S
};

// Sums over the constraints of data rows, of row 0 and of the closing row. Constraint i of the
// table, numbered as in docs/PROTOCOL.md, section 4, has the weight weight * gamma^i.
struct ConstraintSums {
  Fp5 row, first, closing;
};

// `values` has room for table.rules.operands() elements. Leaves in `weight` that of the constraint
// that comes next.
ConstraintSums evaluate_constraints(const TableInfo& table, const FormBases& local,
                                    const FormBases& global, const Published& published,
                                    const Fp5& gamma, Fp5& weight, const PointCells& cells,
                                    Fp5* values);

}  // namespace mipzk::air
