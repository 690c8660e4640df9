// SPDX-License-Identifier: Apache-2.0
// Random bytes from the system, for keys and seeds.
#pragma once

#include <cstdint>
#include <span>

namespace mipzk {

// Fills `out`. False when the system's generator does not work; then nothing is to be used of it.
[[nodiscard]] bool system_random(std::span<uint8_t> out);

}  // namespace mipzk
