// SPDX-License-Identifier: Apache-2.0
// Prints docs/TABLES.md: every column and rule of every table, from the one definition in lib/air.
// Expressions are sums and products of column names and integers, so that a program can read them.
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "air/table_info.hpp"

namespace mipzk {
namespace {

// An expression as text; `level` is 0 for sums, 1 for products, 2 for atoms.
struct Expr {
  std::string text = "0";
  int level = 2;

  static Expr number(uint32_t n) { return {std::to_string(n), 2}; }
  std::string at(int wanted) const { return level < wanted ? "(" + text + ")" : text; }

  friend Expr operator+(const Expr& a, const Expr& b) {
    if (a.text == "0") return b;
    if (b.text == "0") return a;
    return {a.text + " + " + b.text, 0};
  }
  friend Expr operator-(const Expr& a, const Expr& b) {
    if (b.text == "0") return a;
    return {a.text + " - " + b.at(1), 0};
  }
  friend Expr operator*(const Expr& a, const Expr& b) {
    if (a.text == "0" || b.text == "0") return {};
    if (a.text == "1") return b;
    if (b.text == "1") return a;
    return {a.at(1) + "*" + b.at(1), 1};
  }
};

const char* bus_name(air::Bus bus) {
  switch (bus) {
    case air::Bus::kMemory:
      return "MEMORY";
    case air::Bus::kToken:
      return "TOKEN";
    case air::Bus::kOrder:
      return "ORDER";
    case air::Bus::kPublic:
      return "PUBLIC";
    case air::Bus::kMask:
      return "MASK";
    case air::Bus::kRange:
      return "RANGE";
    case air::Bus::kRom:
      return "ROM";
    case air::Bus::kAnd:
      return "AND";
    case air::Bus::kShiftByte:
      return "SHIFT_BYTE";
    case air::Bus::kShiftAmount:
      return "SHIFT_AMOUNT";
    case air::Bus::kRegion:
      return "REGION";
    case air::Bus::kCode:
      return "CODE";
  }
  return "?";
}

// Prints the rules of a table as they are read.
class Printer {
 public:
  Printer(const air::TableInfo& table, const std::vector<std::string>& names)
      : rules_(table.rules), values_(table.rules.operands()) {
    for (size_t i = 0; i < names.size(); ++i) values_[i] = {names[i], 2};
    rules_.for_each_constant(air::kShardNumber, [&](air::Operand o, uint32_t n) {
      values_[o] = n == air::kShardNumber ? Expr{"SHARD", 2} : Expr::number(n);
    });
  }

  void arithmetic(air::Code code, air::Operand to, air::Operand a, air::Operand b) {
    const Expr &x = values_[a], &y = values_[b];
    values_[to] = code == air::Code::kAdd ? x + y : code == air::Code::kSub ? x - y : x * y;
  }
  void zero(air::Operand v) { std::printf("zero %s\n", text(v)); }
  void range(air::Operand v) { std::printf("range %s\n", text(v)); }
  void request(const air::LookupOperands& m) { lookup("request", m); }
  void provide(const air::LookupOperands& m) { lookup("provide", m); }
  void local(const air::MessageOperands& r, const air::MessageOperands& w) {
    std::printf("local %s -> %s\n", message(r).c_str(), message(w).c_str());
  }
  void global(const air::MessageOperands& r, const air::MessageOperands& w) {
    std::printf("global %s -> %s\n", message(r).c_str(), message(w).c_str());
  }
  void global_send(air::Operand g, const air::MessageOperands& w) {
    std::printf("global_send [%s] -> %s\n", text(g), message(w).c_str());
  }

 private:
  const char* text(air::Operand o) const { return values_[o].text.c_str(); }
  void lookup(const char* what, const air::LookupOperands& m) const {
    std::string list;
    for (unsigned i = 0; i < m.count; ++i) list += (i ? ", " : "") + values_[m.coords[i]].text;
    std::printf("%s [%s] %s(%s)\n", what, text(m.numerator), bus_name(m.bus), list.c_str());
  }
  // All coordinates of the bus's message, constant ones included.
  std::string message(const air::MessageOperands& m) const {
    const air::FormInfo& f = air::form_info(m.form);
    Expr c[air::kMaxCoordinates];
    unsigned count = 0;
    for (int i = 0; i < 2; ++i) {
      if (f.const_value[i] == 0) continue;
      c[f.const_position[i]] = Expr::number(f.const_value[i]);
      if (f.const_position[i] + 1u > count) count = f.const_position[i] + 1u;
    }
    for (unsigned i = 0; i < f.count; ++i) {
      c[f.position[i]] = c[f.position[i]] + values_[m.coords[i]];
      if (f.position[i] + 1u > count) count = f.position[i] + 1u;
    }
    std::string list;
    for (unsigned i = 0; i < count; ++i) list += (i ? ", " : "") + c[i].text;
    return std::string(bus_name(f.bus)) + "(" + list + ")";
  }

  const air::Rules& rules_;
  std::vector<Expr> values_;
};

std::vector<std::string> words(const char* text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string w; in >> w;) out.push_back(w);
  return out;
}

void print_table(const air::TableInfo& t) {
  const air::Layout& l = t.layout;
  std::printf("\n## %u %s\n", t.id, t.name);
  std::printf(
      "%s, %u instructions a row, %u base columns (%u named, %u pairs), %u extension columns (%u "
      "local, "
      "%u global, %u lookup), %u constraints\n```\n",
      l.pass_one ? "pass 1" : "pass 2", t.slots, l.base_columns, l.named_columns, l.pair_columns,
      l.ext_columns(), l.local_steps, l.global_steps, l.lookup_steps, l.constraints);
  if (l.pre_columns != 0) std::printf("preprocessed %s\n", t.pre_columns);
  std::printf("columns %s\n", t.columns);
  std::vector<std::string> names = words(t.pre_columns);
  for (const std::string& name : words(t.columns)) names.push_back(name);
  Printer p(t, names);
  air::read_rules(t.rules, p);
  std::printf("```\n");
}

}  // namespace
}  // namespace mipzk

int main() {
  std::printf(
      "# Tables\n\nEvery column and rule of every table, exported from `lib/air` (a test "
      "compares). How rules become "
      "constraints and\nextension columns: PROTOCOL.md, section 4. `x -> y` is read -> write; "
      "`[n]` the numerator of a "
      "lookup or the gate of a\nproduct. Expressions are over F_p. Contents of the preprocessed "
      "columns: MACHINE.md "
      "(ROM, Region, Image), and for Fixed the\nsection at the end of PROTOCOL.md. SHARD is the "
      "number of "
      "the shard.\n");
  for (const mipzk::air::TableInfo& t : mipzk::air::tables()) mipzk::print_table(t);
  return 0;
}
