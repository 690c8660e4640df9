// SPDX-License-Identifier: Apache-2.0
// The kernel of the extension columns, compiled once for each CPU tier. Lanes are rows.
#include "prove/ext_columns.hpp"
#include "prove/plan_kernel.inl"

namespace mipzk::prove {
inline namespace MIPZK_TIER_NAMESPACE {

// Replaces each element by its inverse, all lanes at once. False when some element is 0.
inline bool invert(E* values, E* prefix, size_t count) {
  E acc = E::one();
  for (size_t i = 0; i < count; ++i) {
    prefix[i] = acc;
    acc = acc * values[i];
  }
  Fp5 lanes[kLanes], scratch[kLanes];
  acc.store(lanes, 1, kLanes);
  bool good = true;
  for (size_t l = 0; l < kLanes; ++l) good &= !lanes[l].is_zero();
  field::batch_inverse(lanes, scratch);
  acc = E::load(lanes, 1, kLanes);
  for (size_t i = count; i-- > 0;) {
    const E inverse = acc * prefix[i];
    acc = acc * values[i];
    values[i] = inverse;
  }
  return good;
}

// Rows [begin, end), multiples of kLanes: ext row i gets the quotients of its steps, write / read
// of products and n / d of lookups.
ExtKernel ext_steps;
bool ext_steps(const Plan& plan, const ExtRows& rows, size_t begin, size_t end, Fp* memory) {
  const size_t steps = plan.ext_columns;
  Block block(plan, memory);
  // By vector, then step: inverted together.
  E* const num = reinterpret_cast<E*>(memory + plan.cells_per_row() * kBlockRows);
  E *const den = num + kVectors * steps, *const prefix = den + kVectors * steps;
  bool good = true;
  for (size_t first = begin; first < end; first += block.vectors() * kLanes) {
    const size_t left = (end - first) / kLanes;
    block.load(rows.pre, rows.base, first, left < kVectors ? left : kVectors);
    for (const PlannedStep& s : plan.steps) {
      for (size_t b = 0; b < block.vectors(); ++b) {
        const size_t i = b * steps + s.column;
        if (s.kind == PlannedStep::kLookup) block.lookup(s, b, num[i], den[i]);
        if (s.kind == PlannedStep::kProduct) block.product(s, b, den[i], num[i]);
      }
      if (s.kind == PlannedStep::kCalculate) block.calculate(s);
    }
    good &= invert(den, prefix, block.vectors() * steps);
    for (size_t b = 0; b < block.vectors(); ++b)
      for (size_t i = 0; i < steps; ++i) {
        const E quotient = num[b * steps + i] * den[b * steps + i];
        quotient.store(rows.ext + (first + b * kLanes) * steps + i, steps, kLanes);
      }
  }
  return good;
}

}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::prove
