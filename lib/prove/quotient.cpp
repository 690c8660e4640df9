// SPDX-License-Identifier: Apache-2.0
#include "prove/quotient.hpp"

#include "base/cpu_tier.hpp"
#include "base/cpu_tier_list.hpp"
#include "commit/panel.hpp"

namespace mipzk::prove {

MIPZK_CPU_TIERS(MIPZK_TIER_DECLARATION, QuotientKernel quotient_points)

void add_quotient(Pool& pool, const InstanceScope& scope, const PointSet& set,
                  const PointFactors& factors, Fp5* acc) {
  static constexpr QuotientKernel* kOfTier[] = {
      MIPZK_CPU_TIERS(MIPZK_TIER_ADDRESS, quotient_points)};
  QuotientKernel* const kernel = kOfTier[cpu_tier()];
  const Plan plan = plan_quotient(*air::find_table(scope.table), *scope.local, *scope.global,
                                  *scope.published, scope.gamma);
  pool.parallel_for(set.points / 16, 16, [&](size_t begin, size_t end) {
    const commit::Scratch memory(kKernelRows * plan.cells_per_row());
    kernel(plan, set, factors, 16 * begin, 16 * end, memory.get(), acc);
  });
}

}  // namespace mipzk::prove
