// SPDX-License-Identifier: Apache-2.0
// What a shard of a recorded run begins with, as far as the shard uses it: enough to execute it
// again, and to record it to the same bytes, without the run's inputs or the shards before.
#pragma once

#include <array>
#include <cstdint>

#include "base/error.hpp"
#include "base/secret_memory.hpp"
#include "base/stop_flags.hpp"
#include "isa/program.hpp"
#include "vm/memory.hpp"
#include "vm/record.hpp"

namespace mipzk::vm {

// Holds private data.
struct ShardImage {
  uint32_t number = 1;  // of the shard, from 1
  uint64_t cycles =
      0;  // instructions, at most kMaxShardCycles; 0 where none had room, or after HALT
  bool halted = false;  // it ends with HALT, or is idle after it
  uint32_t pc = 0, npc = 0;
  Registers reg{};
  std::array<uint16_t, kRegisterCount> reg_shard{};  // that touched it last, 0: none
  SecretVector<GivenWord> words;                     // ascending keys, of memory
  struct GivenCode {
    uint32_t rom;       // row of the program's ROM
    uint16_t shard_in;  // that executed it last, 0: none
  };
  SecretVector<GivenCode> code;  // ascending rows
  SecretVector<uint8_t> hints;   // that it takes

  ~ShardImage();
  ShardImage() = default;
  ShardImage(ShardImage&&) = default;
  ShardImage& operator=(ShardImage&&) = default;
};

// Of a recorded shard; `hints`: those of the run.
ShardImage image_of(const ShardRecord& shard, uint32_t number, ByteView hints);

// Executes the shard and records it. Any image is safe, whatever it says. Errors: kRejected when it
// does not give a shard that ends as it says, kMemoryLimit, kCancelled.
Result<ShardRecord> record_image(const isa::Program& program, const ShardImage& image,
                                 uint64_t max_memory_bytes, const StopFlags& cancel = {});

}  // namespace mipzk::vm
