// SPDX-License-Identifier: Apache-2.0
#include "prove/quotient.hpp"

#include "commit/kernels.hpp"
#include "commit/panel.hpp"

namespace mipzk::prove {
namespace {

QuotientKernel kernel() {
  switch (commit::kernel_tier()) {
#if defined(MIPZK_X86_TIERS)
    case commit::KernelTier::kAvx512:
      return quotient_avx512;
    case commit::KernelTier::kAvx2:
      return quotient_avx2;
#endif
    default:
      return quotient_baseline;
  }
}

}  // namespace

void add_quotient(Pool& pool, const InstanceScope& scope, const PointSet& set,
                  const PointFactors& factors, Fp5* acc) {
  const QuotientKernel k = kernel();
  const Plan plan = plan_quotient(*air::find_table(scope.table), *scope.local, *scope.global,
                                  *scope.published, scope.gamma);
  pool.parallel_for(set.points / 16, 16, [&](size_t begin, size_t end) {
    const commit::Scratch memory(kKernelRows * plan.cells_per_row());
    k(plan, set, factors, 16 * begin, 16 * end, memory.get(), acc);
  });
}

}  // namespace mipzk::prove
