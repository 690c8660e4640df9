// SPDX-License-Identifier: Apache-2.0
// What proving takes and gives, computed from the shapes of the shards.
#pragma once

#include <cstdint>

#include "proof/shape.hpp"

namespace mipzk::prove {

// What a thread that proves a shard of this shape holds at most of its tables, in bytes.
uint64_t shard_bytes(const proof::Shape& shape, const proof::Profile& profile);

// What all shards share: the public trees, roots of unity, and what does not grow with the tables.
// `heights`: Shape::height_mask() of all shards together.
uint64_t shared_bytes(const proof::ProgramHeader& program, uint32_t heights,
                      const proof::Profile& profile, unsigned threads);

// About the bytes of a shard's part of the proof: what pruned openings have on average.
uint64_t proof_bytes(const proof::Shape& shape, const proof::Profile& profile);

// Cells that a shard commits to, before extension; the public tables are not counted.
uint64_t committed_cells(const proof::Shape& shape);

}  // namespace mipzk::prove
