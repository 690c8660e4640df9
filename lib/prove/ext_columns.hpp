// SPDX-License-Identifier: Apache-2.0
// The extension columns of an instance: partial and running products, lookup helpers, running sums.
#pragma once

#include <vector>

#include "air/constraints.hpp"
#include "base/pool.hpp"
#include "base/secret_memory.hpp"
#include "prove/plan.hpp"

namespace mipzk::prove {

struct ExtScope {
  air::TableId table = 0;
  const air::FormBases* local = nullptr;
  const air::FormBases* global = nullptr;
  const Fp* pre = nullptr;   // null for tables without preprocessed columns
  const Fp* base = nullptr;  // natural order
};

// The extension matrix (row-major, five base columns per extension column, natural order; rows
// beyond the closing row zero) and the values that the instance publishes. `tail_rows` is a
// multiple of 32. False when a denominator is zero: restart with fresh randomness (probability
// below 2^-120).
bool fill_ext(Pool& pool, const ExtScope& scope, unsigned log_height, unsigned tail_rows,
              SecretVector<Fp>& out, air::Published& published);

// Rows of preprocessed and base columns, and where the quotients of their steps go.
struct ExtRows {
  const Fp* pre = nullptr;
  const Fp* base = nullptr;
  Fp5* ext = nullptr;
};

// The quotients of the steps of rows [begin, end), multiples of 16, compiled once for each
// CPU tier. `memory` is aligned to 64 bytes and has room for kKernelRows times
// plan.cells_per_row() + 15 plan.ext_columns elements. False when a denominator is zero.
using ExtKernel = bool(const Plan&, const ExtRows&, size_t begin, size_t end, Fp* memory);

}  // namespace mipzk::prove
