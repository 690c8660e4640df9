// SPDX-License-Identifier: Apache-2.0
// What an event must say, by the arithmetic of the constants of its ROM entry alone.
#pragma once

#include "unit/vm/events.hpp"

namespace mipzk::test {

// Reports a wrong result, successor or address as a GoogleTest failure.
void check_event(const vm::Event& e, const isa::RomEntry& r);

// That the fault is one, that it has the cause that comes first, and what it hands over.
void check_fault(const vm::FaultEvent& e, const isa::Program& program);

// pc after the event.
uint32_t next_pc(const vm::Event& e, const isa::RomEntry& r);

}  // namespace mipzk::test
