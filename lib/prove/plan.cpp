// SPDX-License-Identifier: Apache-2.0
#include "prove/plan.hpp"

#include <algorithm>

#include "air/reduce.hpp"

namespace mipzk::prove {
namespace {

// Reads the steps of a table and writes down what they come to.
class Planner {
 public:
  Planner(const air::Rules& rules, const air::Layout& layout, const air::FormBases& local,
          const air::FormBases& global, const Fp5* gamma, Plan& plan)
      : rules_(rules), l_(layout), local_(local), global_(global), gamma_(gamma), plan_(plan) {
    plan.operands = rules.operands() + kTemporaries;
  }

  void arithmetic(air::Code code, Operand to, Operand a, Operand b) {
    PlannedStep& s = add(PlannedStep::kCalculate);
    s.code = code;
    s.to = to;
    s.a = a;
    s.b = b;
  }
  void zero(Operand a) {
    PlannedStep& s = add(PlannedStep::kZero);
    s.a = a;
    s.weight = weight();
  }
  void pair(Operand product, Operand first, Operand second) {
    if (gamma_ == nullptr) return;
    const Operand t = temporary(zeros_++ % 2);
    arithmetic(air::Code::kMul, t, first, second);
    arithmetic(air::Code::kSub, t, product, t);
    zero(t);
  }
  void lookup_step(const air::Factor* factors, unsigned count) {
    PlannedStep step;
    step.kind = PlannedStep::kLookup;
    step.count = static_cast<uint8_t>(count);
    for (unsigned i = 0; i < count; ++i) step.factor[i] = factor(factors[i]);
    step.column = l_.local_steps + l_.global_steps + lookups_++;
    step.last = lookups_ == l_.lookup_steps;
    step.weight = weight();
    plan_.steps.push_back(step);
  }
  void product_step(air::Chain chain, const air::Item* items, unsigned count) {
    const bool is_global = chain == air::Chain::kGlobal;
    const air::FormBases& fb = is_global ? global_ : local_;
    PlannedStep step;
    step.kind = PlannedStep::kProduct;
    step.count = static_cast<uint8_t>(count);
    for (unsigned i = 0; i < count; ++i) {
      step.read[i] = side(fb, items[i], items[i].read);
      step.write[i] = side(fb, items[i], items[i].write);
      if (items[i].kind == air::Item::kSend) step.read[i].kind = PlannedSide::kOne;
    }
    const unsigned offset = is_global ? l_.local_steps : 0;
    const unsigned steps = is_global ? l_.global_steps : l_.local_steps;
    unsigned& done = products_[is_global];
    step.previous = offset + (done == 0 ? steps : done) - 1;
    step.column = offset + done++;
    step.last = done == steps;
    step.is_global = is_global;
    step.weight = weight();
    plan_.steps.push_back(step);
  }

  void boundary() {
    for (unsigned i = 0; i < 3; ++i)
      if (plan_.running[i] != kNoColumn) plan_.first_weight[i] = weight();
    if (l_.in_local_ring()) {
      plan_.closing_weight[0] = weight();
      plan_.closing_weight[2] = weight();
      plan_.local_ring = ring(local_, l_.local_ring());
    }
    if (!l_.in_global_ring()) return;
    plan_.closing_weight[1] = weight();
    plan_.global_ring = ring(global_, l_.global_ring());
  }

 private:
  PlannedStep& add(PlannedStep::Kind kind) {
    plan_.steps.emplace_back().kind = kind;
    return plan_.steps.back();
  }
  Fp5 weight() { return gamma_ != nullptr ? *gamma_++ : Fp5(); }
  // Values of the planner's own: kernels hold back at most one zero, and steps one factor.
  static constexpr unsigned kTemporaries = 4;
  Operand temporary(unsigned i) const { return static_cast<Operand>(rules_.operands() + i); }

  void begin(Linear& l, const Fp5& constant) const {
    l.constant = constant;
    l.first = static_cast<uint32_t>(plan_.terms.size());
  }
  void term(Linear& l, const Fp5& factor, Operand value) {
    if (rules_.is_constant(value)) {
      l.constant += factor * Fp(rules_.constant(value, local_.shard));
    } else {
      plan_.terms.push_back({factor, value});
      ++l.count;
    }
  }
  Linear message(const air::FormBases& fb, const air::MessageOperands& m) {
    const air::FormInfo& info = air::form_info(m.form);
    Linear l;
    begin(l, fb.base[static_cast<unsigned>(m.form)]);
    for (unsigned i = 0; i < info.count; ++i)
      term(l, fb.ch.beta[info.position[i] + 1u], m.coords[i]);
    return l;
  }
  PlannedRing ring(const air::FormBases& fb, const air::MaskRing& r) {
    const Linear a = mask(fb, r.a, r.size);
    return {a, mask(fb, r.b, r.size)};
  }
  Linear mask(const air::FormBases& fb, unsigned at, unsigned count) {
    Linear l;
    begin(l, fb.bus[static_cast<unsigned>(air::Bus::kMask)]);
    for (unsigned i = 0; i < count; ++i)
      term(l, fb.ch.beta[i + 1], static_cast<Operand>(l_.pre_columns + at + i));
    return l;
  }
  PlannedSide side(const air::FormBases& fb, const air::Item& item, const air::MessageOperands& m) {
    PlannedSide s;
    s.kind = item.kind == air::Item::kPlain ? PlannedSide::kPlain : PlannedSide::kGated;
    s.message = message(fb, m);
    s.gate = item.gate;
    return s;
  }
  PlannedFactor factor(const air::Factor& f) {
    PlannedFactor r;
    const Fp5& beta = local_.ch.beta[1];
    if (f.kind == air::Factor::kPair) {
      const Operand sum = temporary(2 + sums_++ % 2);
      arithmetic(air::Code::kAdd, sum, f.first, f.second);
      r.kind = PlannedFactor::kLinear;
      begin(r.d, local_.range_sq);
      term(r.d, local_.range_beta, sum);
      term(r.d, local_.beta_sq, f.product);
      begin(r.n, local_.range_twice);
      term(r.n, beta, sum);
    } else if (f.kind == air::Factor::kRange) {
      begin(r.d, local_.range);
      term(r.d, beta, f.first);
    } else {
      r.kind = f.kind == air::Factor::kRequest ? PlannedFactor::kValue : PlannedFactor::kMinusValue;
      r.value = f.message.numerator;
      begin(r.d, local_.bus[static_cast<unsigned>(f.message.bus)]);
      for (unsigned i = 0; i < f.message.count; ++i)
        term(r.d, local_.ch.beta[i + 1], f.message.coords[i]);
    }
    return r;
  }

  const air::Rules& rules_;
  const air::Layout& l_;
  const air::FormBases& local_;
  const air::FormBases& global_;
  const Fp5* gamma_;
  Plan& plan_;
  unsigned zeros_ = 0, sums_ = 0, lookups_ = 0, products_[2] = {};
};

Plan empty_plan(const air::TableInfo& table, uint32_t shard) {
  const air::Layout& l = table.layout;
  Plan plan;
  plan.pre_columns = l.pre_columns;
  plan.base_columns = l.base_columns;
  plan.ext_columns = l.ext_columns();
  std::ranges::copy(l.running(), plan.running);
  plan.running_count = l.running_columns();
  plan.first_constant = table.rules.first_constant;
  table.rules.for_each_constant(shard,
                                [&](Operand, uint32_t n) { plan.constants.push_back(Fp(n)); });
  plan.local_cells[0] = static_cast<Operand>(l.pre_columns + l.local_ring().a);
  plan.local_cells[1] = static_cast<Operand>(l.pre_columns + l.local_ring().b);
  plan.in_local_ring = l.in_local_ring();
  plan.in_global_ring = l.in_global_ring();
  return plan;
}

}  // namespace

Plan plan_quotient(const air::TableInfo& table, const air::FormBases& local,
                   const air::FormBases& global, const air::Published& published,
                   const Fp5* gamma) {
  Plan plan = empty_plan(table, local.shard);
  plan.published = published;
  Planner planner(table.rules, table.layout, local, global, gamma, plan);
  air::read_steps(table.rules, planner);
  planner.boundary();
  return plan;
}

Plan plan_steps(const air::TableInfo& table, const air::FormBases& local,
                const air::FormBases& global) {
  Plan plan = empty_plan(table, local.shard);
  std::vector<uint16_t> words;
  const air::Rules rules = air::reduce_rules(
      table.rules,
      {.zeros = false, .ranges = true, .requests = true, .provides = true, .products = true},
      words);
  Planner planner(rules, table.layout, local, global, nullptr, plan);
  air::read_steps(rules, planner);
  return plan;
}

}  // namespace mipzk::prove
