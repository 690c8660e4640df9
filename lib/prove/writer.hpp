// SPDX-License-Identifier: Apache-2.0
// Appends to the bytes of a proof (docs/FORMAT.md).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "air/instance.hpp"
#include "base/bytes.hpp"
#include "base/pool.hpp"
#include "field/fp5.hpp"
#include "proof/protocol.hpp"

namespace mipzk::prove {

void append(std::vector<uint8_t>& out, ByteView bytes);
void append_u32(std::vector<uint8_t>& out, uint32_t v);
void append_u64(std::vector<uint8_t>& out, uint64_t v);
void append_fp5(std::vector<uint8_t>& out, const field::Fp5& v);
// The shape bytes of a shard (docs/FORMAT.md, "Heads").
void append_shape(std::vector<uint8_t>& out, std::span<const air::Instance> instances);
// Finds the nonce of a proof of work, if there is one to do, and absorbs it.
void append_work(Pool& pool, hash::Transcript& t, const proof::Work& work,
                 std::vector<uint8_t>& out);

}  // namespace mipzk::prove
