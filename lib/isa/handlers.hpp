// SPDX-License-Identifier: Apache-2.0
// What the machine executes: one handler for each way of computing, each of one class (the list is
// in classes.hpp). Lowering chooses it (lower.hpp), the interpreter has a routine for each. No part
// of the program id.
#pragma once

#include <cstdint>

#include "isa/classes.hpp"

namespace mipzk::isa {

enum class Handler : uint8_t {
  kMissing,  // there is no instruction
#define MIPZK_HANDLER(name, cls) k##name,
  MIPZK_HANDLERS(MIPZK_HANDLER)
#undef MIPZK_HANDLER
};

// Of the handlers after kMissing.
inline constexpr Class kHandlerClasses[] = {
#define MIPZK_HANDLER(name, cls) Class::k##cls,
    MIPZK_HANDLERS(MIPZK_HANDLER)
#undef MIPZK_HANDLER
};
inline constexpr unsigned kHandlerCount = 1 + sizeof(kHandlerClasses) / sizeof(kHandlerClasses[0]);

// Not for kMissing.
constexpr Class class_of(Handler h) { return kHandlerClasses[static_cast<unsigned>(h) - 1]; }

// The calls of the machine, `syscall N`.
constexpr bool is_machine_call(Handler h) {
  return h == Handler::kHost || h == Handler::kHint || h == Handler::kHalt;
}

// A handler and the operands that are not registers of the ROM entry; 0 where there is none.
struct Operation {
  Handler handler = Handler::kMissing;
  uint32_t imm = 0;    // constant, offset, amount of a shift, or the link of a likely branch;
                       // calls of the machine: the number; trap: the instruction word
  uint32_t extra = 0;  // lb..swr: address bits to flip (3 in little-endian programs, else 0);
                       // bit fields: the mask; ldc1, sdc1, mov.d, mult: the second register
};

}  // namespace mipzk::isa
