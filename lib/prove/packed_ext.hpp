// SPDX-License-Identifier: Apache-2.0
// What the kernels compute with. Lanes are rows.
#pragma once

#include "field/packed/ext.hpp"

namespace mipzk::prove {
inline namespace MIPZK_TIER_NAMESPACE {

using field::Fp;
using field::Fp5;
constexpr size_t kLanes = field::kPackedWidth;
using V = field::PackedFp<kLanes>;
using E = field::PackedFp5<kLanes>;

// Column `c` of rows row[0], row[1], ... of a row-major matrix.
MIPZK_TIER_INLINE V gather(const Fp* matrix, size_t width, const size_t* row, size_t c) {
  Fp lanes[kLanes];
  for (size_t l = 0; l < kLanes; ++l) lanes[l] = matrix[row[l] * width + c];
  return V::load(lanes);
}

}  // namespace MIPZK_TIER_NAMESPACE
}  // namespace mipzk::prove
