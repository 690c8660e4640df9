// SPDX-License-Identifier: Apache-2.0
// The memory that proving takes, computed from the shapes of the shards.
#pragma once

#include <cstdint>

#include "proof/shape.hpp"

namespace mipzk::prove {

// What a thread that proves a shard of this shape holds at most, in bytes. `recording_bytes`: of
// the shard's record, which is gone when its tables are filled.
uint64_t shard_bytes(const proof::Shape& shape, const proof::Profile& profile,
                     uint64_t recording_bytes);

// What all shards share: the public trees, roots of unity, and what does not grow with the tables.
// Of the shape with the tallest tables.
uint64_t shared_bytes(const proof::Shape& shape, const proof::Profile& profile, unsigned threads);

}  // namespace mipzk::prove
