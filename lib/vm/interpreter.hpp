// The processor: state, and the loop that executes MicroOps.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "vm/code.hpp"
#include "vm/fault.hpp"
#include "vm/machine.hpp"
#include "vm/memory.hpp"
#include "vm/record.hpp"
#include "vm/windows.hpp"

namespace mipzk::vm {

inline constexpr unsigned kRegisterCount = isa::kRegisterEnd;

enum class Stop : uint8_t { kSliceEnd, kHalt, kFault, kMemoryLimit };

struct Processor {
  Processor(const Code& code_, Memory& memory_, Windows& windows_, const Hooks* hooks_)
      : code(code_), memory(memory_), windows(windows_), hooks(hooks_) {}
  ~Processor();
  Processor(const Processor&) = delete;
  Processor& operator=(const Processor&) = delete;

  // Sets (pc, npc) = (address, address + 4).
  void start(uint32_t address);
  // The MicroOp at `address`, or a `missing` one that stays valid until the second next call.
  const MicroOp* fetch(uint32_t address);

  const Code& code;
  Memory& memory;
  Windows& windows;
  const Hooks* hooks;  // nullptr: PRINT and CYCLE are silent

  std::array<uint32_t, kRegisterCount> reg{};
  std::array<uint32_t, kRegisterCount> reg_time{};  // only while recording
  const MicroOp* op = nullptr;                      // at pc
  const MicroOp* next = nullptr;                    // at npc
  uint64_t cycles = 0;                              // completed
  FaultKind fault = FaultKind::kNone;               // after Stop::kFault; op is the culprit

 private:
  MicroOp missing_[2][kMissingPad];
  unsigned missing_turn_ = 0;
};

// Writes the events and bumps of the current shard.
class Recorder {
 public:
  explicit Recorder(ShardRecord& record) : record_(record) {}

  // Room for an event of `words` words, those of its class.
  uint32_t* append(isa::Class cls, unsigned words) {
    return record_.events[static_cast<unsigned>(cls)].append(words);
  }

  // Time of the access before the one at `now` to a word that was last accessed at `old`, with a
  // bump in between if they are too far apart.
  uint32_t previous(uint32_t key, uint32_t value, bool writable, uint32_t old, uint32_t now) {
    if (now - old - 1 < (1u << 16)) [[likely]]
      return old;
    return bump(key, value, writable, old, now);
  }

 private:
  uint32_t bump(uint32_t key, uint32_t value, bool writable, uint32_t old, uint32_t now);
  ShardRecord& record_;
};

using ClassCounts = std::array<uint64_t, isa::kClassCount>;

// Executes up to `slice` (at least 1) instructions: plainly, counting the instructions of each
// class, or recording. While recording, cycles stays below 2^26.
Stop execute(Processor& cpu, uint32_t slice);
Stop execute_counting(Processor& cpu, uint32_t slice, ClassCounts& counts);
Stop execute_recording(Processor& cpu, uint32_t slice, Recorder& recorder);

}  // namespace mipzk::vm
