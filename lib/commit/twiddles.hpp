// SPDX-License-Identifier: Apache-2.0
// Roots of unity in the order in which the transforms read them.
#pragma once

#include "commit/kernels.hpp"

namespace mipzk::commit {

enum class Direction { kForward, kInverse };

// For a transform of size 2^log_n (0 <= log_n <= 24): entry b < max(1, 2^(log_n - 1)) is
// w^bitrev(b), where w has order 2^log_n (its inverse for kInverse) and b is reversed as a log_n -
// 1 bit number. Equal for all sizes that have the entry. Computed once per size and kept;
// thread-safe.
const Fp* twiddles(unsigned log_n, Direction direction);

// out[i] = start * step^i for i < n.
void powers(Fp* out, size_t n, Fp start, Fp step);

}  // namespace mipzk::commit
