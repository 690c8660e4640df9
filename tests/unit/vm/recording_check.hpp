// SPDX-License-Identifier: Apache-2.0
// The memory argument and the ROM's arithmetic in the clear, shard by shard.
#pragma once

#include <span>

#include "isa/program.hpp"
#include "unit/vm/events.hpp"
#include "vm/machine.hpp"

namespace mipzk::test {

// Reports (as GoogleTest failures) everything in `recording` that a proof could not hold.
void check_recording(const isa::Program& program, const vm::Inputs& inputs,
                     const vm::Recording& recording);
// The same for given events, shard by shard.
void check_recording(const isa::Program& program, const vm::Inputs& inputs,
                     const vm::Recording& recording, std::span<const Events> events);

// Runs both ways, compares the outcomes, checks the recording. Returns it. In shards of so many
// instructions.
vm::Recording run_and_check(const isa::Program& program, const vm::Inputs& inputs = {},
                            uint64_t shard_cycles = vm::kMaxShardCycles);

}  // namespace mipzk::test
