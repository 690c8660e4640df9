// SPDX-License-Identifier: Apache-2.0
#include "prove/ext_kernel.inl"

namespace mipzk::prove {

bool ext_steps_baseline(const Plan& plan, const ExtRows& rows, size_t begin, size_t end,
                        Fp* memory) {
  return step_rows(plan, rows, begin, end, memory);
}

}  // namespace mipzk::prove
