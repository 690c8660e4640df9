// SPDX-License-Identifier: Apache-2.0
// Appends to the bytes of a proof (docs/FORMAT.md).
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "field/fp5.hpp"

namespace mipzk::prove {

void append(std::vector<uint8_t>& out, ByteView bytes);
void append_u32(std::vector<uint8_t>& out, uint32_t v);
void append_u64(std::vector<uint8_t>& out, uint64_t v);
void append_fp5(std::vector<uint8_t>& out, const field::Fp5& v);

}  // namespace mipzk::prove
