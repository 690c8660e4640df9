// The census of a table, computed at compile time by running its rules over degrees.
//
// Grouping rules (docs/PROTOCOL.md, "From rules to columns"), applied in the order in which a table
// states its rules:
//   - two `range` values share a pair column holding their product; a last odd one stands alone;
//   - lookup factors (a range pair, a lone range value, or a tuple) go two to a step; every step
//     but the last has a helper column, the last one closes on the running sum S;
//   - product items go two to a step; a gated item is a step of its own; every step but the last
//     has a partial-product column, the last one closes on the running product P (or G).
#pragma once

#include "air/builder.hpp"

namespace mipzk::air {

inline constexpr unsigned kMaxDegree = 3;
inline constexpr unsigned kMinLogHeight = 10, kMaxLogHeight = 22;  // of any table instance
inline constexpr unsigned kLocalMaskCells = 20;   // a: columns 0..9, b: 10..19 of the closing row
inline constexpr unsigned kGlobalMaskCells = 10;  // a: columns 20..24, b: 25..29

// A cell has degree 1, so a default-constructed row is a row of cells.
struct Degree {
  int d = 1;
  friend constexpr Degree operator+(Degree a, Degree b) { return {a.d > b.d ? a.d : b.d}; }
  friend constexpr Degree operator-(Degree a, Degree b) { return a + b; }
  friend constexpr Degree operator*(Degree a, Degree b) { return {a.d + b.d}; }
};

// Counts of one product (local or global).
struct ChainCount {
  unsigned items = 0, steps = 0;
  bool pending = false;

  constexpr void pair() {
    ++items;
    if (pending) {
      ++steps;
      pending = false;
    } else {
      pending = true;
    }
  }
  constexpr void alone() {
    ++items;
    flush();
    ++steps;
  }
  constexpr void flush() {
    if (pending) ++steps;
    pending = false;
  }
};

class CensusBuilder : public Builder<CensusBuilder, Degree, Degree> {
 public:
  unsigned row_constraints = 0, ranges = 0, tuples = 0;
  int max_degree = 0, max_message_degree = 0;
  ChainCount local_chain, global_chain;

  constexpr Degree constant(uint32_t) { return {0}; }
  constexpr Degree k(uint32_t) { return {0}; }
  constexpr void zero(Degree v) {
    ++row_constraints;
    note(v.d);
  }
  constexpr void range(Degree v) {
    ++ranges;
    message(v.d);
  }
  constexpr void request(Bus, Degree m, const Coords<Degree>& c) { tuple(m, c); }
  constexpr void provide(Bus, Degree m, const Coords<Degree>& c) { tuple(m, c); }
  constexpr void local(const Msg<Degree>& r, const Msg<Degree>& w) {
    both(r, w);
    local_chain.pair();
  }
  constexpr void global(const Msg<Degree>& r, const Msg<Degree>& w) {
    both(r, w);
    global_chain.pair();
  }
  constexpr void global_gated(Degree gate, const Msg<Degree>& r, const Msg<Degree>& w) {
    message(gate.d);
    both(r, w);
    global_chain.alone();
  }
  constexpr void global_send(Degree gate, const Msg<Degree>& w) {
    message(gate.d);
    both(w, w);
    global_chain.alone();
  }

 private:
  constexpr void note(int d) { max_degree = d > max_degree ? d : max_degree; }
  constexpr void message(int d) {
    max_message_degree = d > max_message_degree ? d : max_message_degree;
  }
  constexpr void tuple(Degree m, const Coords<Degree>& c) {
    ++tuples;
    message(m.d);
    for (unsigned i = 0; i < c.count; ++i) message(c.v[i].d);
  }
  constexpr void both(const Msg<Degree>& a, const Msg<Degree>& b) {
    for (int i = 0; i < 5; ++i) {
      message(a.v[i].d);
      message(b.v[i].d);
    }
  }
};

// Everything that prover and verifier must know of a table besides its rules.
struct Layout {
  unsigned pre_columns;    // preprocessed columns
  unsigned named_columns;  // columns of Row
  unsigned pair_columns;   // products of two range values
  unsigned base_columns;   // named + pairs, padded with free columns up to the mask cells
  unsigned local_steps, global_steps, lookup_steps;
  unsigned ranges, tuples;
  unsigned local_items, global_items;
  unsigned row_constraints;  // stated by the table itself
  unsigned constraints;      // all of them, boundary and closing included
  bool pass_one;

  // Extension columns in order: local partials and P, global partials and G, helpers and S.
  constexpr unsigned ext_columns() const { return local_steps + global_steps + lookup_steps; }
  constexpr unsigned p_index() const { return local_steps - 1; }
  constexpr unsigned g_index() const { return local_steps + global_steps - 1; }
  constexpr unsigned s_index() const { return local_steps + global_steps + lookup_steps - 1; }
  constexpr bool has_p() const { return local_steps != 0; }
  constexpr bool has_g() const { return global_steps != 0; }
  constexpr bool has_s() const { return lookup_steps != 0; }
  constexpr unsigned running_columns() const { return has_p() + has_g() + has_s(); }
  // Bus messages of one row, reads and writes counted separately.
  constexpr unsigned messages() const {
    return ranges + tuples + 2 * local_items + 2 * global_items;
  }
};

void a_rule_exceeds_its_degree();  // never defined: calling it ends the compile-time evaluation

template <class T>
consteval Layout compute_layout() {
  using Row = typename T::template Row<Degree>;
  using Pre = typename T::template Pre<Degree>;
  constexpr unsigned named = sizeof(Row) / sizeof(Degree);
  constexpr unsigned pre = std::is_empty_v<Pre> ? 0 : sizeof(Pre) / sizeof(Degree);
  Row row{};
  Pre p{};
  CensusBuilder b;
  T::eval(b, p, row);
  if (b.max_degree > int{kMaxDegree} || b.max_message_degree > 1) a_rule_exceeds_its_degree();
  b.local_chain.flush();
  b.global_chain.flush();

  Layout l{};
  l.pre_columns = pre;
  l.named_columns = named;
  l.pair_columns = b.ranges / 2;
  l.pass_one = T::kPassOne;
  unsigned need = kLocalMaskCells + (T::kPassOne ? kGlobalMaskCells : 0);
  unsigned have = named + l.pair_columns;
  l.base_columns = have > need ? have : need;
  l.local_steps = b.local_chain.steps;
  l.global_steps = b.global_chain.steps;
  l.local_items = b.local_chain.items;
  l.global_items = b.global_chain.items;
  unsigned factors = (b.ranges + 1) / 2 + b.tuples;
  l.lookup_steps = (factors + 1) / 2;
  l.ranges = b.ranges;
  l.tuples = b.tuples;
  l.row_constraints = b.row_constraints;
  // + pair definitions, steps, first-row values, closing row (product and sum, always).
  l.constraints = b.row_constraints + l.pair_columns + l.local_steps + l.global_steps +
                  l.lookup_steps + l.running_columns() + 2 + l.pass_one;
  return l;
}

}  // namespace mipzk::air
