// SPDX-License-Identifier: Apache-2.0
// Executes a block of a recording again, from its checkpoint and the log, and gives its events.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "base/secret_memory.hpp"
#include "vm/code.hpp"
#include "vm/event.hpp"
#include "vm/interpreter.hpp"
#include "vm/record.hpp"

namespace mipzk::vm {

class Replay {
 public:
  // Both must outlive it. `code` is that of the recorded program.
  Replay(const Code& code, const ShardRecord& shard);

  // Executes block b of shard.blocks; what the last call left is gone.
  void run(size_t b);

  // The events of a class, in order of execution.
  std::span<const Event> events(isa::Class cls) const {
    const Range& r = ranges_[static_cast<unsigned>(cls)];
    return {storage_.data() + r.begin, r.count};
  }
  // In order of execution.
  std::span<const Bump> bumps() const { return bumps_; }
  // The faults that the kernel took, in order.
  std::span<const FaultEvent> faults() const { return faults_; }

 private:
  struct Range {
    uint32_t begin = 0, count = 0;
  };

  const Code& code_;
  const ShardRecord& shard_;
  std::array<Range, isa::kClassCount> ranges_{};
  SecretVector<Event> storage_;
  SecretVector<Bump> bumps_;
  SecretVector<FaultEvent> faults_;
};

}  // namespace mipzk::vm
