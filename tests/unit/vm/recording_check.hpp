// The memory argument and the ROM's arithmetic in the clear.
#pragma once

#include "isa/program.hpp"
#include "vm/machine.hpp"

namespace mipzk::test {

// Reports (as GoogleTest failures) everything in `recording` that a proof could not hold.
void check_recording(const isa::Program& program, const vm::Inputs& inputs,
                     const vm::Recording& recording);

// Runs both ways, compares the outcomes, checks the recording. Returns it.
vm::Recording run_and_check(const isa::Program& program, const vm::Inputs& inputs = {});

}  // namespace mipzk::test
