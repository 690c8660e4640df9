// SPDX-License-Identifier: Apache-2.0
// The options of `mipzk run` for authors of guests: --profile, --trace, --strace, --gdb.
//
// They look behind the C interface, at the program and the inputs of a job, and run it with
// lib/debug. What they show may be private; the user of the tool owns the inputs and has asked.
#pragma once

#include <mipzk/mipzk.h>

#include <cstdint>
#include <string>
#include <vector>

#include "options.hpp"

namespace mipzk::cli {

void add_tool_options(Options& options);
// Whether one of them is there; throws Failure(kExitUsage) when they do not go together.
bool wants_tools(const Options& options);

struct ToolRun {
  uint64_t cycles = 0;
  uint32_t exit_code = 0;
  std::vector<uint8_t> output;
  std::string profile_json;  // empty without --profile
  bool finished = true;      // false: killed or left by the debugger
};
// Runs the job with the tools. Throws Failure as execute() does.
ToolRun run_with_tools(mipzk_job& job, const Options& options);

// "\n  call stack: ..." after a job stopped with a fault: it is run again to see its calls. Empty
// when that takes too long.
std::string fault_stack(const mipzk_job& job);

}  // namespace mipzk::cli
