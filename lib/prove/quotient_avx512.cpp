// SPDX-License-Identifier: Apache-2.0
#include "prove/quotient_kernel.inl"

namespace mipzk::prove {

void quotient_avx512(const Plan& plan, const PointSet& set, const PointFactors& f, size_t begin,
                     size_t end, Fp* memory, Fp5* acc) {
  quotient_points(plan, set, f, begin, end, memory, acc);
}

}  // namespace mipzk::prove
