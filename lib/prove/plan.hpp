// SPDX-License-Identifier: Apache-2.0
// A table's rules, prepared for many rows under given challenges: what the kernels of quotient and
// extension columns carry out, block by block.
#pragma once

#include <vector>

#include "air/constraints.hpp"

namespace mipzk::prove {

using air::Operand;
using field::Fp;
using field::Fp5;

// constant + sum of factor * value over `count` terms from `first` on.
struct Term {
  Fp5 factor;
  Operand value;
};
struct Linear {
  Fp5 constant;
  uint32_t first = 0, count = 0;
};

// A step of the lookup sum, n / d. A factor's numerator is linear, or a value.
struct PlannedFactor {
  enum Kind : uint8_t { kLinear, kOne, kValue, kMinusValue } kind = kOne;
  Linear d, n;
  Operand value = 0;
};
// One side of a product item: f, or 1 + gate (f - 1), or 1.
struct PlannedSide {
  enum Kind : uint8_t { kPlain, kGated, kOne } kind = kOne;
  Linear message;
  Operand gate = 0;
};

struct PlannedStep {
  enum Kind : uint8_t { kCalculate, kZero, kLookup, kProduct } kind = kZero;
  air::Code code = air::Code::kAdd;  // kCalculate: to = a code b
  Operand to = 0, a = 0, b = 0;      // kZero: a
  uint8_t count = 0;                 // factors or items, 1 or 2
  PlannedFactor factor[2];
  PlannedSide read[2], write[2];
  // Extension columns: the helper of a lookup step; a product step leads from `previous` to
  // `column`. The last step of each closes on `column`, the running one, one row on.
  unsigned column = 0, previous = 0;
  bool last = false, is_global = false;
  Fp5 weight;  // power of gamma of its constraint
};

// The two messages of a mask ring.
struct PlannedRing {
  Linear a, b;
};

inline constexpr unsigned kNoColumn = air::Layout::kNoColumn;
inline constexpr size_t kKernelRows = 64;  // that kernels work on together, at most

struct Plan {
  unsigned pre_columns = 0, base_columns = 0, ext_columns = 0;
  unsigned running[3] = {kNoColumn, kNoColumn, kNoColumn};  // extension columns P, G, S
  unsigned running_count = 0;                               // those that exist
  unsigned operands = 0;       // of the rules, and a few of the plan's own
  Operand first_constant = 0;  // constants are operands
  std::vector<Fp> constants;
  std::vector<Term> terms;
  std::vector<PlannedStep> steps;

  // Of the constraints of row 0 and of the closing row: the weights of P, G, S.
  Fp5 first_weight[3], closing_weight[3];
  PlannedRing local_ring, global_ring;
  Operand local_cells[2] = {};  // where those of the local ring begin, a and b
  bool in_local_ring = false, in_global_ring = false;
  air::Published published{};

  // Base-field elements that a kernel needs room for, a row.
  size_t cells_per_row() const { return operands + size_t{5} * ext_columns; }
};

// All constraints; `gamma` holds as many powers as the table has constraints.
Plan plan_quotient(const air::TableInfo& table, const air::FormBases& local,
                   const air::FormBases& global, const air::Published& published, const Fp5* gamma);
// The steps alone.
Plan plan_steps(const air::TableInfo& table, const air::FormBases& local,
                const air::FormBases& global);

}  // namespace mipzk::prove
