// SPDX-License-Identifier: Apache-2.0
// Runs that are recorded in shards, by a machine that may be changed between them.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "prove/prove.hpp"
#include "vm/boundary.hpp"
#include "vm/machine_state.hpp"

namespace mipzk::attack {

// What happens between two shards, after `shard` was closed and before the next begins.
using Between = std::function<void(uint32_t shard, vm::Processor& cpu)>;

// In shards of `cycles` instructions. `most`: stops after so many, halted or not.
inline vm::Recording record_in_shards(const prove::LoadedProgram& program, const vm::Inputs& in,
                                      uint32_t cycles, const Between& between = {},
                                      uint32_t most = 1000) {
  const vm::Hooks hooks;
  const vm::Code code(program.program);
  vm::Machine machine(program.program, code, in, {}, hooks, true);
  vm::Processor& cpu = machine.cpu;
  vm::ShardStart start(cpu, program.program.code_rows());
  vm::Recording r;
  for (bool halted = false; !halted && r.shards.size() < most;) {
    if (!r.shards.empty()) {
      if (between) between(start.shard(), cpu);
      start.next(cpu);
    }
    vm::ShardRecord& shard = r.shards.emplace_back();
    halted = vm::record_block(cpu, cycles, shard) == vm::Stop::kHalt;
    start.close(cpu, halted, shard);
  }
  auto outcome = vm::finish(program.program, cpu, nullptr);
  EXPECT_TRUE(outcome);
  r.outcome = std::move(*outcome);
  r.finals = start.source_words(cpu, r.outcome);
  r.code_last = start.code_last();
  return r;
}

}  // namespace mipzk::attack
