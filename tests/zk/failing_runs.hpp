// SPDX-License-Identifier: Apache-2.0
// Runs that end badly, in every way in which a run can. `faults` reads from its private input which
// mistake to make.
#pragma once

#include <mipzk/mipzk.h>

namespace mipzk::test {

struct FailingRun {
  const char* guest;
  mipzk_option option;  // of the context
  uint64_t value;
  mipzk_status status;  // of execute and prove
};
inline constexpr FailingRun kFailingRuns[] = {
    {"sha256", MIPZK_OPT_MAX_CYCLES, 3000, MIPZK_E_CYCLE_LIMIT},
    {"sha256", MIPZK_OPT_MAX_GUEST_MEMORY, 3 << 12, MIPZK_E_MEMORY_LIMIT},
    {"faults", MIPZK_OPT_MAX_CYCLES, 0, MIPZK_E_FAULT},
};

}  // namespace mipzk::test
