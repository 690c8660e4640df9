// SPDX-License-Identifier: Apache-2.0
// Evaluates the constraints of an instance on the points that determine its quotient.
//
// The quotient of a height N has degree below 2N + R. It is evaluated on the coset 3<w_2N>
// (rows of the low-degree extensions, in bit-reversed order) and, for the part that overflows 2N
// coefficients, on the small coset 9<w_512> in natural order.
#pragma once

#include <vector>

#include "air/constraints.hpp"
#include "base/pool.hpp"
#include "prove/plan.hpp"

namespace mipzk::prove {

// Row-major cells of one instance on a set of points; the number of points is a multiple of 16.
// `pre`, `base`, `ext` have the widths of the layout.
struct PointSet {
  size_t points = 0;
  const Fp* pre = nullptr;
  const Fp* base = nullptr;
  const Fp* ext = nullptr;
  // The running columns (P, G, S, those that exist) one trace row on, row-major. Null: they are
  // rows of `ext`, the points being the bit-reversed domain of 2^log_points = 2N points.
  const Fp* next = nullptr;
  unsigned log_points = 0;
};

// Base-field factors of each point, shared by the instances of a height.
struct PointFactors {
  std::vector<Fp> row;      // E(x) / Z_H(x)
  std::vector<Fp> first;    // 1 / (x - 1)
  std::vector<Fp> closing;  // 1 / (x - g^(N - R))
};

// What the constraints of one instance depend on besides its cells.
struct InstanceScope {
  air::TableId table = 0;
  const air::FormBases* local = nullptr;
  const air::FormBases* global = nullptr;
  const air::Published* published = nullptr;
  const Fp5* gamma = nullptr;  // the powers of gamma reserved for the instance
};

// acc[j] += the instance's share of the quotient at point j, for all points of the set.
void add_quotient(Pool& pool, const InstanceScope& scope, const PointSet& set,
                  const PointFactors& factors, Fp5* acc);

// Points [begin, end), multiples of 16, compiled once for each CPU tier. `memory`
// is aligned to 64 bytes and has room for kKernelRows * plan.cells_per_row() elements.
using QuotientKernel = void(const Plan&, const PointSet&, const PointFactors&, size_t begin,
                            size_t end, Fp* memory, Fp5* acc);

}  // namespace mipzk::prove
