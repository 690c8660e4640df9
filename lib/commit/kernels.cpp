// SPDX-License-Identifier: Apache-2.0
#include "commit/kernels.hpp"

#include <atomic>

#include "commit/kernels_tiers.hpp"

namespace mipzk::commit {
namespace {

std::atomic<int> forced_tier{-1};

const Kernels* table(KernelTier tier) {
  switch (tier) {
#if defined(MIPZK_X86_TIERS)
    case KernelTier::kAvx512:
      return &kAvx512Kernels;
    case KernelTier::kAvx2:
      return &kAvx2Kernels;
#endif
    default:
      return &kBaselineKernels;
  }
}

KernelTier best_tier() {
  if (kernel_tier_available(KernelTier::kAvx512)) return KernelTier::kAvx512;
  if (kernel_tier_available(KernelTier::kAvx2)) return KernelTier::kAvx2;
  return KernelTier::kBaseline;
}

}  // namespace

bool kernel_tier_available(KernelTier tier) {
  switch (tier) {
    case KernelTier::kBaseline:
      return true;
#if defined(MIPZK_X86_TIERS)
    case KernelTier::kAvx2:
      return __builtin_cpu_supports("avx2");
    case KernelTier::kAvx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
#endif
    default:
      return false;
  }
}

KernelTier kernel_tier() {
  static const KernelTier best = best_tier();
  const int forced = forced_tier.load(std::memory_order_relaxed);
  return forced < 0 ? best : static_cast<KernelTier>(forced);
}

const Kernels& kernels() { return *table(kernel_tier()); }

void force_kernel_tier(KernelTier tier) {
  forced_tier.store(static_cast<int>(tier), std::memory_order_relaxed);
}
void unforce_kernel_tier() { forced_tier.store(-1, std::memory_order_relaxed); }

}  // namespace mipzk::commit
