// SPDX-License-Identifier: Apache-2.0
#include "prove/ext_columns.hpp"

#include <atomic>

#include "base/cpu_tier.hpp"
#include "base/cpu_tier_list.hpp"
#include "commit/panel.hpp"

namespace mipzk::prove {

MIPZK_CPU_TIERS(MIPZK_TIER_DECLARATION, ExtKernel ext_steps)

namespace {

// Turns the steps' quotients into partial and running columns. Row i holds the values before its
// own messages; the closing row holds the final values, which are returned.
air::Published accumulate(const air::Layout& l, size_t rows, Fp5* ext) {
  const unsigned n = l.ext_columns();
  air::Published run{Fp5::one(), Fp5::zero(), Fp5::one()};
  auto chain = [](Fp5* step, unsigned steps, Fp5& running) {
    if (steps == 0) return;
    Fp5 value = running;
    for (unsigned k = 0; k + 1 < steps; ++k) step[k] = value *= step[k];
    value *= step[steps - 1];
    step[steps - 1] = running;
    running = value;
  };
  for (size_t i = 0; i < rows; ++i) {
    Fp5* row = ext + i * n;
    chain(row, l.local_steps, run.p);
    chain(row + l.local_steps, l.global_steps, run.g);
    if (!l.has_s()) continue;
    Fp5 value = run.s;
    for (unsigned k = l.local_steps + l.global_steps; k < n; ++k) value += row[k];
    row[l.s_index()] = run.s;
    run.s = value;
  }
  Fp5* closing = ext + rows * n;
  if (l.has_p()) closing[l.p_index()] = run.p;
  if (l.has_g()) closing[l.g_index()] = run.g;
  if (l.has_s()) closing[l.s_index()] = run.s;
  return run;
}

// The message on bus MASK of `count` cells.
Fp5 mask(const air::FormBases& fb, const Fp* cells, unsigned count) {
  return air::fingerprint(fb, air::Bus::kMask, count, [&](unsigned i) { return cells[i]; });
}

}  // namespace

bool fill_ext(Pool& pool, const ExtScope& scope, unsigned log_height, unsigned tail_rows,
              SecretVector<Fp>& out, air::Published& published) {
  const air::TableInfo& table = *air::find_table(scope.table);
  const air::Layout& l = table.layout;
  const size_t height = size_t{1} << log_height, rows = height - tail_rows;
  out.assign(height * 5 * l.ext_columns(), Fp::zero());
  static_assert(sizeof(Fp5) == 5 * sizeof(Fp));
  Fp5* ext = reinterpret_cast<Fp5*>(out.data());
  std::atomic<bool> good{true};
  static constexpr ExtKernel* kOfTier[] = {MIPZK_CPU_TIERS(MIPZK_TIER_ADDRESS, ext_steps)};
  ExtKernel* const steps = kOfTier[cpu_tier()];
  const Plan plan = plan_steps(table, *scope.local, *scope.global);
  const ExtRows data{scope.pre, scope.base, ext};
  pool.parallel_for(rows / 16, 16, [&](size_t begin, size_t end) {
    const commit::Scratch memory(kKernelRows * (plan.cells_per_row() + 15 * plan.ext_columns));
    if (!steps(plan, data, 16 * begin, 16 * end, memory.get())) good = false;
  });
  if (!good) return false;
  published = accumulate(l, rows, ext);

  // The mask ring: P_t f(b) = P f(a), S_t = S + A - B, G_t as P_t, with the closing row's cells.
  const Fp* cells = scope.base + rows * l.base_columns;
  const auto multiply = [&](Fp5& product, const air::FormBases& fb, const air::MaskRing& ring) {
    const Fp5 a = mask(fb, cells + ring.a, ring.size), b = mask(fb, cells + ring.b, ring.size);
    if (a.is_zero() || b.is_zero()) return false;
    product *= a * b.inverse();
    return true;
  };
  if (l.in_local_ring()) {
    const air::MaskRing ring = l.local_ring();
    if (!multiply(published.p, *scope.local, ring)) return false;
    for (unsigned i = 0; i < 5; ++i) published.s.c[i] += cells[ring.a + i] - cells[ring.b + i];
  }
  return !l.in_global_ring() || multiply(published.g, *scope.global, l.global_ring());
}

}  // namespace mipzk::prove
