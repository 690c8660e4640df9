// SPDX-License-Identifier: Apache-2.0
// What e_flags says about the code of a file. Internal to lib/elf.
#pragma once

#include <cstdint>

#include "base/error.hpp"

namespace mipzk::elf {

// Ok only if the machine is known to serve every bit that is set: docs/MACHINE.md, section 9, lists
// them. A refusal names the bit, by its standard name if it has one, and the compiler's option.
Status check_flags(uint32_t e_flags);

}  // namespace mipzk::elf
