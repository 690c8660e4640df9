// SPDX-License-Identifier: Apache-2.0
// The kernel tables of the tiers; only kernels.cpp chooses among them.
#pragma once

#include "commit/kernels.hpp"

namespace mipzk::commit {

extern const Kernels kBaselineKernels;
#if defined(MIPZK_X86_TIERS)
extern const Kernels kAvx2Kernels;    // call only on processors with AVX2
extern const Kernels kAvx512Kernels;  // ... with AVX-512 F, DQ, VL, BW
#endif

}  // namespace mipzk::commit
