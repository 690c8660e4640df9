// SPDX-License-Identifier: Apache-2.0
// The section .gnu.attributes, and the floating-point ABI that it and the ABI flags name. Internal
// to lib/elf.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "elf/header.hpp"

namespace mipzk::elf {

// Ok only for a floating-point ABI that works with FR = 0. `value` is Val_GNU_MIPS_ABI_FP_*,
// `section` the name of where it stands.
Status check_fp_abi(uint32_t value, const char* section);

// Ok only if the attributes of the vendor "gnu" are well-formed and the machine is known to serve
// each. `section` is the content; the empty one passes.
Status check_attributes(ByteView section, Numbers numbers);

}  // namespace mipzk::elf
