// SPDX-License-Identifier: Apache-2.0
// How rules become steps, the one statement of it (docs/PROTOCOL.md, "From rules to columns"), in
// the order in which a table states its rules:
//   - two `range` values share a pair column holding their product; a last odd one stands alone;
//   - lookup factors (a range pair, a lone range value, or a tuple) go two to a step; every step
//     but the last has a helper column, the last one closes on the running sum S;
//   - product items go two to a step; a gated item is a step of its own; every step but the last
//     has a partial-product column, the last one closes on the running product P (or G).
#pragma once

#include "air/rules.hpp"

namespace mipzk::air {

// numerator / denominator of a lookup sum.
struct Factor {
  enum Kind : uint8_t {
    kPair,     // (a + beta first)(a + beta second), their product being in column `product`
    kRange,    // a + beta first, numerator 1
    kRequest,  // the message, with its numerator
    kProvide,  // the same with a minus sign
  };
  Kind kind = kRange;
  Operand first = 0, second = 0, product = 0;
  LookupOperands message{};
};

struct Item {
  enum Kind : uint8_t { kPlain, kSend };
  Kind kind = kPlain;
  Operand gate = 0;
  MessageOperands read{}, write{};
};

enum class Chain : uint8_t { kLocal, kGlobal };

// Reads rules (read_rules) and calls, in the order in which constraints arise,
//   sink.arithmetic(code, to, a, b), sink.zero(a)
//   sink.pair(product, first, second)           first * second = product
//   sink.lookup_step(factors, count)            one or two
//   sink.product_step(chain, items, count)      one or two
template <class Sink>
class Steps {
 public:
  constexpr Steps(const Rules& rules, Sink& sink)
      : sink_(sink), next_pair_(static_cast<Operand>(rules.pre_columns + rules.named_columns)) {}

  constexpr void arithmetic(Code code, Operand to, Operand a, Operand b) {
    sink_.arithmetic(code, to, a, b);
  }
  constexpr void zero(Operand a) { sink_.zero(a); }
  constexpr void range(Operand v) {
    Factor f;
    f.kind = Factor::kPair;
    if (!range_pending_) {
      range_pending_ = true;
      range_ = v;
      return;
    }
    range_pending_ = false;
    f.first = range_;
    f.second = v;
    f.product = next_pair_++;
    sink_.pair(f.product, f.first, f.second);
    factor(f);
  }
  constexpr void request(const LookupOperands& m) { tuple(Factor::kRequest, m); }
  constexpr void provide(const LookupOperands& m) { tuple(Factor::kProvide, m); }
  constexpr void local(const MessageOperands& r, const MessageOperands& w) {
    item(Chain::kLocal, {Item::kPlain, 0, r, w});
  }
  constexpr void global(const MessageOperands& r, const MessageOperands& w) {
    item(Chain::kGlobal, {Item::kPlain, 0, r, w});
  }
  constexpr void global_send(Operand gate, const MessageOperands& w) {
    flush(Chain::kGlobal);
    const Item i{Item::kSend, gate, w, w};
    sink_.product_step(Chain::kGlobal, &i, 1);
  }

  constexpr void finish() {
    if (range_pending_) {
      Factor f;
      f.first = range_;
      range_pending_ = false;
      factor(f);
    }
    if (factors_ != 0) {
      factors_ = 0;
      sink_.lookup_step(factor_, 1);
    }
    flush(Chain::kLocal);
    flush(Chain::kGlobal);
  }

 private:
  constexpr void tuple(Factor::Kind kind, const LookupOperands& m) {
    Factor f;
    f.kind = kind;
    f.message = m;
    factor(f);
  }
  constexpr void factor(const Factor& f) {
    factor_[factors_++] = f;
    if (factors_ < 2) return;
    factors_ = 0;
    sink_.lookup_step(factor_, 2);
  }
  constexpr void item(Chain chain, const Item& i) {
    const auto c = static_cast<unsigned>(chain);
    item_[c][items_[c]++] = i;
    if (items_[c] < 2) return;
    items_[c] = 0;
    sink_.product_step(chain, item_[c], 2);
  }
  constexpr void flush(Chain chain) {
    const auto c = static_cast<unsigned>(chain);
    if (items_[c] == 0) return;
    items_[c] = 0;
    sink_.product_step(chain, item_[c], 1);
  }

  Sink& sink_;
  Operand next_pair_;
  Operand range_ = 0;
  bool range_pending_ = false;
  unsigned factors_ = 0, items_[2] = {};
  Factor factor_[2]{};
  Item item_[2][2]{};
};

template <class Sink>
constexpr void read_steps(const Rules& rules, Sink& sink) {
  Steps<Sink> steps(rules, sink);
  read_rules(rules, steps);
  steps.finish();
}

}  // namespace mipzk::air
