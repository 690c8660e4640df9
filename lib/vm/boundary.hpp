// SPDX-License-Identifier: Apache-2.0
// What crosses the boundary of a shard, read off the machine after the run.
#pragma once

#include <cstdint>
#include <vector>

#include "isa/program.hpp"
#include "vm/interpreter.hpp"
#include "vm/machine.hpp"
#include "vm/record.hpp"
#include "vm/windows.hpp"

namespace mipzk::vm {

// How many words and registers a recorded run touched.
size_t count_touched(Processor& cpu);

// Fills `touched` and `cycles` of the first and only shard after HALT.
void close_shard(const isa::Program& program, Processor& cpu, const Registers& initial_registers,
                 ShardRecord& shard);

// The source words of a run of one shard.
SecretVector<SourceWord> source_words(const Windows& windows, const ShardRecord& shard,
                                      const Outcome& outcome);

}  // namespace mipzk::vm
