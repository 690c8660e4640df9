// SPDX-License-Identifier: Apache-2.0
// From a table's eval() to its rules as data, at compile time. For the one file that has all
// tables.
#pragma once

#include <array>
#include <utility>

#include "air/builder.hpp"
#include "air/layout.hpp"

namespace mipzk::air {

namespace detail {

// When each calculated value is needed last. Steps use what they are made of when they are
// complete, later than it was stated.
struct LastUses {
  uint32_t last[Builder::kMaxValues]{};  // statement (index of its first word) + 1; 0: never
  uint32_t at = 0;                       // the statement that is read

  constexpr void use(Operand o) {
    if (o < Builder::kFirstValue) return;
    uint32_t& l = last[o - Builder::kFirstValue];
    if (l < at + 1) l = at + 1;
  }
  constexpr void use(const MessageOperands& m) {
    for (unsigned i = 0; i < form_info(m.form).count; ++i) use(m.coords[i]);
  }
  constexpr void arithmetic(Code, Operand, Operand, Operand) {}
  constexpr void zero(Operand a) { use(a); }
  constexpr void pair(Operand, Operand first, Operand second) {
    use(first);
    use(second);
  }
  constexpr void lookup_step(const Factor* factors, unsigned count) {
    for (const Factor *f = factors, *end = factors + count; f != end; ++f) {
      if (f->kind == Factor::kPair || f->kind == Factor::kRange) {
        use(f->first);
        if (f->kind == Factor::kPair) use(f->second);
      } else {
        use(f->message.numerator);
        for (unsigned i = 0; i < f->message.count; ++i) use(f->message.coords[i]);
      }
    }
  }
  constexpr void product_step(Chain, const Item* items, unsigned count) {
    for (const Item *i = items, *end = items + count; i != end; ++i) {
      if (i->kind != Item::kPlain) use(i->gate);
      if (i->kind != Item::kSend) use(i->read);
      use(i->write);
    }
  }
};

// A cell has degree 1, a constant 0.
struct Degrees {
  const Rules& rules;
  unsigned of[2 * Builder::kMaxValues]{};

  constexpr explicit Degrees(const Rules& r) : rules(r) {
    if (r.operands() > 2 * Builder::kMaxValues) a_table_is_too_large();
    for (unsigned i = 0; i < r.first_constant; ++i) of[i] = 1;
  }
  constexpr void arithmetic(Code code, Operand to, Operand a, Operand b) {
    const unsigned most = of[a] > of[b] ? of[a] : of[b];
    of[to] = code == Code::kMul ? of[a] + of[b] : most;
  }
  constexpr void zero(Operand a) const { check(of[a], kMaxDegree); }
  constexpr void range(Operand a) const { check(of[a], 1); }
  constexpr void request(const LookupOperands& m) const {
    check(of[m.numerator], 1);
    for (unsigned i = 0; i < m.count; ++i) check(of[m.coords[i]], 1);
  }
  constexpr void provide(const LookupOperands& m) const { request(m); }
  constexpr void local(const MessageOperands& r, const MessageOperands& w) const {
    message(r);
    message(w);
  }
  constexpr void global(const MessageOperands& r, const MessageOperands& w) const { local(r, w); }
  constexpr void global_send(Operand gate, const MessageOperands& w) const {
    check(of[gate], 1);
    message(w);
  }

 private:
  constexpr void message(const MessageOperands& m) const {
    for (unsigned i = 0; i < form_info(m.form).count; ++i) check(of[m.coords[i]], 1);
  }
  static constexpr void check(unsigned degree, unsigned most) {
    if (degree > most) a_rule_exceeds_its_degree();
  }
};

}  // namespace detail

// The rules of a table in arrays that are large enough for every table.
struct CompiledRules {
  uint16_t words[Builder::kMaxWords]{};
  uint32_t constants[Builder::kConstants]{};
  Rules rules;  // without its pointers
  Layout layout{};
};

class RuleCompiler {
 public:
  template <class T>
  static constexpr CompiledRules compile() {
    using Row = typename T::template Row<Cell>;
    using Pre = typename T::template Pre<Cell>;
    constexpr unsigned kNamed = sizeof(Row) / sizeof(Cell);
    constexpr unsigned kPre = std::is_empty_v<Pre> ? 0 : sizeof(Pre) / sizeof(Cell);
    Builder b;
    const Row row = columns<Row>(b, kPre, std::make_index_sequence<kNamed>());
    const Pre pre = columns<Pre>(b, 0, std::make_index_sequence<kPre>());
    T::eval(b, pre, row);
    return place(b, kPre, kNamed, T::kPassOne);
  }

 private:
// Braces around the members' members may be left out: a row is a list of cells.
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wmissing-braces"
#endif
  template <class Cells, size_t... kI>
  static constexpr Cells columns(Builder& b, unsigned first, std::index_sequence<kI...>) {
    (void)b, (void)first;
    return Cells{b.column(first + kI)...};
  }
#ifdef __clang__
#pragma clang diagnostic pop
#endif

  // Values get temporaries, the lowest that is free; those that nothing needs are dropped.
  static constexpr CompiledRules place(const Builder& b, unsigned pre, unsigned named,
                                       bool pass_one) {
    Rules recorded;
    recorded.words = b.word_;
    recorded.size = b.words_;
    recorded.pre_columns = static_cast<uint16_t>(pre);
    recorded.named_columns = static_cast<uint16_t>(named);

    detail::LastUses uses;
    Steps<detail::LastUses> steps(recorded, uses);
    for (const uint16_t *p = b.word_, *end = b.word_ + b.words_; p != end;) {
      uses.at = static_cast<uint32_t>(p - b.word_);
      p = read_statement(recorded, p, steps);
    }
    uses.at = b.words_;
    steps.finish();
    for (unsigned v = b.values_; v-- > 0;) {
      if (uses.last[v] == 0) continue;
      uses.at = b.at_[v];
      uses.use(b.word_[b.at_[v] + 1]);
      uses.use(b.word_[b.at_[v] + 2]);
    }

    CompiledRules out;
    out.layout = layout_of(recorded, pass_one);
    out.rules.pre_columns = recorded.pre_columns;
    out.rules.named_columns = recorded.named_columns;
    out.rules.first_constant = static_cast<uint16_t>(pre + out.layout.base_columns);
    out.rules.constant_count = static_cast<uint16_t>(b.constants_);
    for (unsigned i = 0; i < b.constants_; ++i) out.constants[i] = b.constant_[i];

    uint16_t temporary_of[Builder::kMaxValues]{};
    uint32_t busy[Builder::kMaxValues]{};  // until this statement + 1, by temporary
    const auto operand = [&](uint16_t id) {
      if (id < Builder::kFirstColumn) return static_cast<uint16_t>(out.rules.first_constant + id);
      if (id < Builder::kFirstValue) return static_cast<uint16_t>(id - Builder::kFirstColumn);
      return static_cast<uint16_t>(out.rules.first_temporary() +
                                   temporary_of[id - Builder::kFirstValue]);
    };
    unsigned value = 0, size = 0;
    for (unsigned p = 0; p < b.words_;) {
      const auto code = static_cast<Code>(b.word_[p] >> kCodeShift);
      const unsigned length = statement_size(b.word_ + p);
      const bool calculates = code <= Code::kScale;
      if (calculates && uses.last[value] == 0) {
        ++value;
        p += length;
        continue;
      }
      uint16_t first = b.word_[p];
      const unsigned literal = code == Code::kRequest || code == Code::kProvide ? 1 : 0;
      for (unsigned i = 1; i < length; ++i)
        out.words[size + i] = i <= literal ? b.word_[p + i] : operand(b.word_[p + i]);
      if (calculates) {
        // An operand that is not needed after this statement may be overwritten by it.
        unsigned t = 0;
        while (busy[t] > p + 1) ++t;
        busy[t] = uses.last[value];
        temporary_of[value] = static_cast<uint16_t>(t);
        if (t >= out.rules.temporaries) out.rules.temporaries = static_cast<uint16_t>(t + 1);
        first = Builder::head(code, t);
        ++value;
      }
      out.words[size] = first;
      size += length;
      p += length;
    }
    out.rules.size = size;

    Rules placed = out.rules;
    placed.words = out.words;
    detail::Degrees degrees(placed);
    read_rules(placed, degrees);
    return out;
  }
};

// The rules of T, in arrays of their size.
template <class T>
struct RulesOf {
 private:
  static constexpr CompiledRules kAll = RuleCompiler::compile<T>();
  template <class A, class V>
  static consteval A cut(const V* from) {
    A to{};
    for (size_t i = 0; i < to.size(); ++i) to[i] = from[i];
    return to;
  }
  static constexpr auto kWords = cut<std::array<uint16_t, kAll.rules.size>>(kAll.words);
  static constexpr auto kConstants =
      cut<std::array<uint32_t, kAll.rules.constant_count>>(kAll.constants);

 public:
  static constexpr Layout kLayout = kAll.layout;
  static constexpr Rules kRules = [] {
    Rules r = kAll.rules;
    r.words = kWords.data();
    r.constants = kConstants.data();
    return r;
  }();
};

}  // namespace mipzk::air
