// SPDX-License-Identifier: Apache-2.0
#include "air/constraints.hpp"

#include <algorithm>

namespace mipzk::air {
namespace {

// Reads the steps of a table (steps.hpp) and sums up its constraints.
class Evaluator {
 public:
  Evaluator(const TableInfo& table, const FormBases& local, const FormBases& global,
            const Published& published, const Fp5& gamma, Fp5& weight, const PointCells& cells,
            Fp5* values)
      : l_(table.layout),
        rules_(table.rules),
        local_(local),
        global_(global),
        published_(published),
        gamma_(gamma),
        weight_(weight),
        cells_(cells),
        values_(values) {
    std::copy_n(cells.pre, l_.pre_columns, values);
    std::copy_n(cells.base, l_.base_columns, values + l_.pre_columns);
    rules_.for_each_constant(local.shard, [&](Operand o, uint32_t n) { values[o] = Fp5(Fp(n)); });
  }

  ConstraintSums run() {
    read_steps(rules_, *this);
    boundary();
    return sums_;
  }

  void arithmetic(Code code, Operand to, Operand a, Operand b) {
    const Fp5 &x = values_[a], &y = values_[b];
    values_[to] = code == Code::kAdd   ? x + y
                  : code == Code::kSub ? x - y
                  : code == Code::kMul ? x * y
                                       : x * y.c[0];
  }
  void zero(Operand a) { add(sums_.row, values_[a]); }
  void pair(Operand product, Operand first, Operand second) {
    add(sums_.row, values_[product] - values_[first] * values_[second]);
  }
  // h d = n; the last step closes on the running sum: (S' - S - sum of h) d = n.
  void lookup_step(const Factor* factors, unsigned count) {
    Fp5 n, d;
    factor(factors[0], n, d);
    if (count == 2) {
      Fp5 n2, d2;
      factor(factors[1], n2, d2);
      n = n * d2 + n2 * d;
      d *= d2;
    }
    const unsigned offset = l_.local_steps + l_.global_steps;
    Fp5 h;
    if (++lookup_steps_ < l_.lookup_steps) {
      h = cells_.ext[offset + lookup_steps_ - 1];
      helpers_ += h;
    } else {
      h = cells_.next[2] - cells_.ext[l_.s_index()] - helpers_;
    }
    add(sums_.row, h * d - n);
  }
  // next * read = previous * write, `previous` starting at the running column of this row.
  void product_step(Chain chain, const Item* items, unsigned count) {
    const bool is_global = chain == Chain::kGlobal;
    const unsigned offset = is_global ? l_.local_steps : 0;
    const unsigned steps = is_global ? l_.global_steps : l_.local_steps;
    Fp5 read = Fp5::one(), write = Fp5::one();
    for (unsigned i = 0; i < count; ++i) {
      const FormBases& fb = is_global ? global_ : local_;
      if (items[i].kind != Item::kSend) read *= side(fb, items[i], items[i].read);
      write *= side(fb, items[i], items[i].write);
    }
    unsigned& done = product_steps_[is_global];
    const Fp5& previous = cells_.ext[offset + (done == 0 ? steps : done) - 1];
    ++done;
    const Fp5& next = done < steps ? cells_.ext[offset + done - 1] : cells_.next[is_global];
    add(sums_.row, next * read - previous * write);
  }

 private:
  void add(Fp5& sum, const Fp5& constraint) {
    sum += weight_ * constraint;
    weight_ *= gamma_;
  }
  Fp5 message(const FormBases& fb, const MessageOperands& m) const {
    return fingerprint(fb, m.form, [&](unsigned i) { return values_[m.coords[i]]; });
  }
  Fp5 side(const FormBases& fb, const Item& item, const MessageOperands& m) const {
    const Fp5 f = message(fb, m);
    if (item.kind == Item::kPlain) return f;
    return Fp5::one() + values_[item.gate] * (f - Fp5::one());
  }
  void factor(const Factor& f, Fp5& n, Fp5& d) const {
    const Fp5& beta = local_.ch.beta[1];
    if (f.kind == Factor::kPair) {
      const Fp5 sum = values_[f.first] + values_[f.second];
      d = local_.range_sq + local_.range_beta * sum + local_.beta_sq * values_[f.product];
      n = local_.range_twice + beta * sum;
    } else if (f.kind == Factor::kRange) {
      d = local_.range + beta * values_[f.first];
      n = Fp5::one();
    } else {
      d = fingerprint(local_, f.message.bus, f.message.count,
                      [&](unsigned i) { return values_[f.message.coords[i]]; });
      const Fp5& m = values_[f.message.numerator];
      n = f.kind == Factor::kRequest ? m : Fp5::zero() - m;
    }
  }

  // Values in row 0, and the closing row.
  void boundary() {
    Fp5 p = Fp5::one(), g = Fp5::one(), s;
    if (l_.has_p()) add(sums_.first, (p = cells_.ext[l_.p_index()]) - Fp5::one());
    if (l_.has_g()) add(sums_.first, (g = cells_.ext[l_.g_index()]) - Fp5::one());
    if (l_.has_s()) add(sums_.first, s = cells_.ext[l_.s_index()]);
    if (l_.in_local_ring()) {
      const MaskRing ring = l_.local_ring();
      add(sums_.closing,
          published_.p * mask(local_, ring.b, ring.size) - p * mask(local_, ring.a, ring.size));
      add(sums_.closing, published_.s - mask_value(ring.a) + mask_value(ring.b) - s);
    }
    if (l_.in_global_ring()) {
      const MaskRing ring = l_.global_ring();
      add(sums_.closing,
          published_.g * mask(global_, ring.b, ring.size) - g * mask(global_, ring.a, ring.size));
    }
  }
  // The message on bus MASK of `count` cells from column `at`.
  Fp5 mask(const FormBases& fb, unsigned at, unsigned count) const {
    return fingerprint(fb, Bus::kMask, count, [&](unsigned i) { return cells_.base[at + i]; });
  }
  // The extension element whose coordinates are the five cells from column `at`.
  Fp5 mask_value(unsigned at) const { return field::combine_coordinates(cells_.base + at); }

  const Layout& l_;
  const Rules& rules_;
  const FormBases& local_;
  const FormBases& global_;
  const Published& published_;
  const Fp5& gamma_;
  Fp5& weight_;
  const PointCells& cells_;
  Fp5* values_;

  ConstraintSums sums_;
  Fp5 helpers_;
  unsigned lookup_steps_ = 0, product_steps_[2] = {};
};

}  // namespace

ConstraintSums evaluate_constraints(const TableInfo& table, const FormBases& local,
                                    const FormBases& global, const Published& published,
                                    const Fp5& gamma, Fp5& weight, const PointCells& cells,
                                    Fp5* values) {
  return Evaluator(table, local, global, published, gamma, weight, cells, values).run();
}

}  // namespace mipzk::air
