// Prints docs/TABLES.md: every column and rule of every table, from the one definition in lib/air.
// Expressions are sums and products of column names and integers, so that a program can read them.
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "air/tables.hpp"

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
  }
  return "?";
}

class Printer : public air::Builder<Printer, Expr, Expr> {
 public:
  Expr constant(uint32_t n) { return Expr::number(n); }
  Expr k(uint32_t n) { return Expr::number(n); }
  void zero(const Expr& e) { std::printf("zero %s\n", e.text.c_str()); }
  void range(const Expr& e) { std::printf("range %s\n", e.text.c_str()); }
  void request(air::Bus bus, const Expr& n, const air::Coords<Expr>& c) {
    lookup("request", bus, n, c);
  }
  void provide(air::Bus bus, const Expr& n, const air::Coords<Expr>& c) {
    lookup("provide", bus, n, c);
  }
  void local(const air::Msg<Expr>& r, const air::Msg<Expr>& w) {
    std::printf("local %s -> %s\n", message(r).c_str(), message(w).c_str());
  }
  void global(const air::Msg<Expr>& r, const air::Msg<Expr>& w) {
    std::printf("global %s -> %s\n", message(r).c_str(), message(w).c_str());
  }
  void global_gated(const Expr& g, const air::Msg<Expr>& r, const air::Msg<Expr>& w) {
    std::printf("global_gated [%s] %s -> %s\n", g.text.c_str(), message(r).c_str(),
                message(w).c_str());
  }
  void global_send(const Expr& g, const air::Msg<Expr>& w) {
    std::printf("global_send [%s] -> %s\n", g.text.c_str(), message(w).c_str());
  }

 private:
  static void lookup(const char* what, air::Bus bus, const Expr& n, const air::Coords<Expr>& c) {
    std::string list;
    for (unsigned i = 0; i < c.count; ++i) list += (i ? ", " : "") + c.v[i].text;
    std::printf("%s [%s] %s(%s)\n", what, n.text.c_str(), bus_name(bus), list.c_str());
  }
  // All coordinates of the bus's message, constant ones included.
  static std::string message(const air::Msg<Expr>& m) {
    const air::FormInfo& f = air::kForms[static_cast<unsigned>(m.form)];
    Expr c[5];
    unsigned count = 0;
    for (int i = 0; i < 2; ++i) {
      if (f.const_value[i] == 0) continue;
      c[f.const_position[i]] = Expr::number(f.const_value[i]);
      if (f.const_position[i] + 1u > count) count = f.const_position[i] + 1u;
    }
    for (unsigned i = 0; i < f.count; ++i) {
      c[f.position[i]] = c[f.position[i]] + m.v[i];
      if (f.position[i] + 1u > count) count = f.position[i] + 1u;
    }
    std::string list;
    for (unsigned i = 0; i < count; ++i) list += (i ? ", " : "") + c[i].text;
    return std::string(bus_name(f.bus)) + "(" + list + ")";
  }
};

std::vector<std::string> words(const char* text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string w; in >> w;) out.push_back(w);
  return out;
}

template <class Cells>
void name_cells(Cells& cells, const std::vector<std::string>& names) {
  auto* e = reinterpret_cast<Expr*>(&cells);
  for (size_t i = 0; i < names.size(); ++i) e[i] = {names[i], 2};
}

template <class T>
void print_table() {
  constexpr air::Layout L = air::compute_layout<T>();
  std::printf("\n## %u %s\n", air::kTableId<T>, air::find_table(air::kTableId<T>)->name);
  std::printf(
      "%s, %u instructions a row, %u base columns (%u named, %u pairs), %u extension columns (%u "
      "local, "
      "%u global, %u lookup), %u constraints\n```\n",
      L.pass_one ? "pass 1" : "pass 2", T::kSlots, L.base_columns, L.named_columns, L.pair_columns,
      L.ext_columns(), L.local_steps, L.global_steps, L.lookup_steps, L.constraints);
  typename T::template Pre<Expr> pre{};
  typename T::template Row<Expr> row{};
  if constexpr (L.pre_columns != 0) {
    std::printf("preprocessed %s\n", T::kPreColumns);
    name_cells(pre, words(T::kPreColumns));
  }
  std::printf("columns %s\n", T::kColumns);
  name_cells(row, words(T::kColumns));
  Printer p;
  T::eval(p, pre, row);
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
      "(ROM, Region, Image), and for Fixed the\nsection at the end of PROTOCOL.md.\n");
  mipzk::air::for_each_table([]<class T>() { mipzk::print_table<T>(); });
  return 0;
}
