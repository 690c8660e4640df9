// SPDX-License-Identifier: Apache-2.0
#include "commit/kernels.hpp"

#include "base/cpu_tier.hpp"
#include "base/cpu_tier_list.hpp"

namespace mipzk::commit {

MIPZK_CPU_TIERS(MIPZK_TIER_DECLARATION, const Kernels kKernels)

const Kernels& kernels() {
  static constexpr const Kernels* kOfTier[] = {MIPZK_CPU_TIERS(MIPZK_TIER_ADDRESS, kKernels)};
  return *kOfTier[cpu_tier()];
}

}  // namespace mipzk::commit
