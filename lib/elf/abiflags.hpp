// SPDX-License-Identifier: Apache-2.0
// What a file says about the processor and the floating-point unit that its code was made for:
// the ABI flags, or the attributes that older toolchains wrote. Internal to lib/elf.
#pragma once

#include "base/error.hpp"
#include "elf/file.hpp"

namespace mipzk::elf {

// Ok only if the machine is known to serve every value of the file's ABI flags (the segment
// PT_MIPS_ABIFLAGS and the section SHT_MIPS_ABIFLAGS, at most one of each, with the same content),
// or, if there are none, of its .gnu.attributes; and the version of its ABI. A file with neither
// flags nor attributes passes: then e_flags alone speaks for it. docs/MACHINE.md, section 9, lists
// the values.
Status check_abiflags(const File& file);

}  // namespace mipzk::elf
