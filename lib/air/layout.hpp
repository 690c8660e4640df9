// SPDX-License-Identifier: Apache-2.0
// The columns, steps and constraints that follow from a table's rules.
#pragma once

#include <array>

#include "air/steps.hpp"

namespace mipzk::air {

inline constexpr unsigned kMaxDegree = 3;
inline constexpr unsigned kMinLogHeight = 10, kMaxLogHeight = 22;  // of any table instance
// The cells of the closing row that are the two messages of a mask ring: first columns, number.
struct MaskRing {
  unsigned a, b, size;
};
inline constexpr unsigned kLocalRingSize = 10, kGlobalRingSize = 5;

// Bounds of every table, for memory that is laid out beforehand: operands of the rules, extension
// columns.
inline constexpr unsigned kMaxOperands = 512, kMaxExtColumns = 64;

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

  // The mask rings that the table is part of: one hides its local product and sum, one its global
  // product.
  constexpr bool in_local_ring() const { return has_p() || has_s(); }
  constexpr bool in_global_ring() const { return pass_one; }
  static constexpr MaskRing local_ring() {
    return {.a = 0, .b = kLocalRingSize, .size = kLocalRingSize};
  }
  constexpr MaskRing global_ring() const {
    const unsigned first = in_local_ring() ? 2 * kLocalRingSize : 0;
    return {.a = first, .b = first + kGlobalRingSize, .size = kGlobalRingSize};
  }
  constexpr unsigned mask_cells() const {
    return 2 * (in_local_ring() * kLocalRingSize + in_global_ring() * kGlobalRingSize);
  }

  // Extension columns in order: local partials and P, global partials and G, helpers and S.
  constexpr unsigned ext_columns() const { return local_steps + global_steps + lookup_steps; }
  constexpr unsigned p_index() const { return local_steps - 1; }
  constexpr unsigned g_index() const { return local_steps + global_steps - 1; }
  constexpr unsigned s_index() const { return local_steps + global_steps + lookup_steps - 1; }
  constexpr bool has_p() const { return local_steps != 0; }
  constexpr bool has_g() const { return global_steps != 0; }
  constexpr bool has_s() const { return lookup_steps != 0; }
  constexpr unsigned running_columns() const { return has_p() + has_g() + has_s(); }
  // Indices of P, G and S, in this order everywhere; kNoColumn for one that does not exist.
  static constexpr unsigned kNoColumn = ~0u;
  constexpr std::array<unsigned, 3> running() const {
    return {has_p() ? p_index() : kNoColumn, has_g() ? g_index() : kNoColumn,
            has_s() ? s_index() : kNoColumn};
  }
  // Bus messages of one row, reads and writes counted separately.
  constexpr unsigned messages() const {
    return ranges + tuples + 2 * local_items + 2 * global_items;
  }
};

namespace detail {

struct LayoutCounter {
  Layout& l;
  constexpr void arithmetic(Code, Operand, Operand, Operand) {}
  constexpr void zero(Operand) { ++l.row_constraints; }
  constexpr void pair(Operand, Operand, Operand) { ++l.pair_columns; }
  constexpr void lookup_step(const Factor* factors, unsigned count) {
    ++l.lookup_steps;
    for (unsigned i = 0; i < count; ++i) {
      l.ranges += factors[i].kind == Factor::kPair ? 2 : factors[i].kind == Factor::kRange;
      l.tuples += factors[i].kind == Factor::kRequest || factors[i].kind == Factor::kProvide;
    }
  }
  constexpr void product_step(Chain chain, const Item*, unsigned count) {
    ++(chain == Chain::kLocal ? l.local_steps : l.global_steps);
    (chain == Chain::kLocal ? l.local_items : l.global_items) += count;
  }
};

}  // namespace detail

constexpr Layout layout_of(const Rules& rules, bool pass_one) {
  Layout l{};
  detail::LayoutCounter counter{l};
  read_steps(rules, counter);
  l.pre_columns = rules.pre_columns;
  l.named_columns = rules.named_columns;
  l.pass_one = pass_one;
  const unsigned have = l.named_columns + l.pair_columns;
  l.base_columns = have > l.mask_cells() ? have : l.mask_cells();
  // + pair definitions, steps, first-row values, closing row.
  l.constraints = l.row_constraints + l.pair_columns + l.local_steps + l.global_steps +
                  l.lookup_steps + l.running_columns() + 2 * l.in_local_ring() + l.in_global_ring();
  return l;
}

}  // namespace mipzk::air
