// SPDX-License-Identifier: Apache-2.0
#include "commit/kernels.inl"
#include "commit/kernels_tiers.hpp"

namespace mipzk::commit {
const Kernels kBaselineKernels{"baseline",  transform,    untransform,    permute_scale,
                               fold_rows,   copy_rows,    copy_reversed,  scale_vector,
                               weigh_rows,  combine_rows, inverse_linear, add_quotients,
                               fold_rows_by};
}
