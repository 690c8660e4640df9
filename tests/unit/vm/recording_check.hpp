// SPDX-License-Identifier: Apache-2.0
// The memory argument and the ROM's arithmetic in the clear.
#pragma once

#include "isa/program.hpp"
#include "unit/vm/events.hpp"
#include "vm/machine.hpp"

namespace mipzk::test {

// Reports (as GoogleTest failures) everything in `recording` that a proof could not hold.
void check_recording(const isa::Program& program, const vm::Inputs& inputs,
                     const vm::Recording& recording);
// The same for given events.
void check_recording(const isa::Program& program, const vm::Inputs& inputs,
                     const vm::Recording& recording, const Events& events);

// Runs both ways, compares the outcomes, checks the recording. Returns it.
vm::Recording run_and_check(const isa::Program& program, const vm::Inputs& inputs = {});

}  // namespace mipzk::test
