// SPDX-License-Identifier: Apache-2.0
// The inputs of Linux programs: a job's two inputs are then the bytes that the in-guest kernel
// reads, entries one after the other (kernel/inputs.hpp).
#pragma once

#include "base/bytes.hpp"
#include "objects.hpp"

namespace mipzk::capi {

bool is_linux(const mipzk_job& job);

// Forgets what a run left behind, and what it asked for.
void forget(mipzk_job& job);

// Replaces what the program reads from descriptor 3 (public) or 0.
Status set_stream(mipzk_job& job, ByteView data, bool is_public);

}  // namespace mipzk::capi
