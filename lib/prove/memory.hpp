// SPDX-License-Identifier: Apache-2.0
// The memory that a proof takes.
#pragma once

#include "proof/shape.hpp"

namespace mipzk::prove {

// Bytes at the peak of proving a run with these tables, besides those of the loaded program and of
// what was there before; an estimate, whose error docs/PERFORMANCE.md gives. `recording_bytes`: of
// the recording, which is gone once the tables are filled.
uint64_t proving_bytes(const proof::Shape& shape, const proof::Profile& profile, unsigned threads,
                       uint64_t recording_bytes);

}  // namespace mipzk::prove
