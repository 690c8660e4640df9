// SPDX-License-Identifier: Apache-2.0
// The processor: state, and the loop that executes MicroOps.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "vm/code.hpp"
#include "vm/event.hpp"
#include "vm/fault.hpp"
#include "vm/machine.hpp"
#include "vm/memory.hpp"
#include "vm/record.hpp"
#include "vm/windows.hpp"

namespace mipzk::vm {

enum class Stop : uint8_t { kSliceEnd, kHalt, kFault, kMemoryLimit };

struct Processor {
  Processor(const Code& code_, Memory& memory_, Windows& windows_, const Hooks* hooks_)
      : code(code_), memory(&memory_), windows(&windows_), hooks(hooks_) {}
  // For replays only.
  explicit Processor(const Code& code_) : code(code_) {}
  ~Processor();
  Processor(const Processor&) = delete;
  Processor& operator=(const Processor&) = delete;

  // Sets (pc, npc) = (address, address + 4).
  void start(uint32_t address);
  // The MicroOp at `address`, or a kMissing one that stays valid until the second next call.
  const MicroOp* fetch(uint32_t address);

  const Code& code;
  Memory* memory = nullptr;
  Windows* windows = nullptr;
  const Hooks* hooks = nullptr;  // nullptr: PRINT and CYCLE are silent

  Registers reg{};
  Registers reg_time{};                // only while recording
  SecretVector<uint32_t> executed;     // while recording: how often, by MicroOp, in this shard
  const MicroOp* op = nullptr;         // at pc
  const MicroOp* next = nullptr;       // at npc
  uint64_t cycles = 0;                 // completed
  uint64_t shard_start = 0;            // while recording: `cycles` when the shard began
  uint64_t shown = 0;                  // before so many cycles the host has heard all
  FaultKind fault = FaultKind::kNone;  // after Stop::kFault; op is the culprit
  bool stops_at_faults = false;        // at those, too, that the in-guest kernel would take
  PrintMeter print_meter;

 private:
  MicroOp missing_[2][kMissingPad];
  unsigned missing_turn_ = 0;
};

// What a recording run leaves behind.
struct Recorder {
  Cell* log;  // room for kMaxAccesses cells for each instruction
  ClassCounts& counts;
  AccessLog* words = nullptr;      // for events with more accesses
  uint32_t* executed = nullptr;    // Processor::executed
  const MicroOp* first = nullptr;  // of the code
  SecretVector<FaultMark>* faults = nullptr;
};
inline constexpr unsigned kMaxAccesses = 2;  // of one instruction to memory

// Where a replay finds what memory and hints gave, and puts what it did.
struct EventSink {
  const Cell* log;
  std::array<Event*, isa::kClassCount> at;  // of each class, room for the events of the block
  SecretVector<Bump>& bumps;
  AccessLog::Reader words{};
  // The faults of the shard from the block on, and where those that are reached go.
  std::span<const FaultMark> faults{};
  SecretVector<FaultEvent>* fault_events = nullptr;

  // Time of the access before the one at `now` to a word that was last accessed at `old`, with a
  // bump in between if they are too far apart.
  uint32_t previous(uint32_t key, uint32_t value, bool writable, uint32_t old, uint32_t now) {
    if (now - old - 1 < (1u << 16)) [[likely]]
      return old;
    return bump(key, value, writable, old, now);
  }

 private:
  uint32_t bump(uint32_t key, uint32_t value, bool writable, uint32_t old, uint32_t now);
};

// Executes up to `slice` (at least 1) instructions: plainly, recording, or replaying what has been
// recorded (which finds no fault). But for the first, the cycles of a
// shard stay below 2^26. A fault that the in-guest kernel takes counts as an instruction.
Stop execute(Processor& cpu, uint32_t slice);
Stop execute_recording(Processor& cpu, uint32_t slice, Recorder& recorder);
Stop execute_replaying(Processor& cpu, uint32_t slice, EventSink& sink);

}  // namespace mipzk::vm
