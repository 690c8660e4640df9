// SPDX-License-Identifier: Apache-2.0
// What the machine records of a run for the trace: a log of what it read, checkpoints from which
// the run can be executed again (replay.hpp), and the words that cross the boundary of the shard.
//
// Keys and times are those of docs/PROTOCOL.md: key = byte address / 4 for memory, 2^30 + r for
// register r, 2^30 + 255 for STATE. The cycle that starts with clock `clk` accesses rs at clk + 1,
// rt at clk + 2, memory (or HI) at clk + 3 and rd (or LO) at clk + 4, and leaves clk + 4; event.hpp
// names what else has these times. An access whose predecessor is 2^16 or more ticks old
// is preceded by a bump: (key, value, t_old -> t_now - 1).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/secret_memory.hpp"
#include "isa/keys.hpp"
#include "isa/rom.hpp"
#include "vm/access_log.hpp"
#include "vm/fault.hpp"

namespace mipzk::vm {

using isa::kHaltedPc4;
using isa::kRegisterKeyBase;
using isa::kStateKey;

inline constexpr unsigned kRegisterCount = isa::kRegisterEnd;
using Registers = std::array<uint32_t, kRegisterCount>;
using ClassCounts = std::array<uint32_t, isa::kClassCount>;

// A word touched in this shard: a row of its boundary table. For STATE, lo and hi are pc/4 and
// npc/4.
struct Touched {
  uint32_t key;
  uint32_t in_lo, in_hi, out_lo, out_hi;
  uint32_t writable;
  uint32_t shard_in;  // shard that touched it last, 0: none (the token comes from its source)
  uint32_t t_last;    // time of its last access in this shard
};

// A ROM entry that this shard executed, or a span that a fault of it shows: a row of its fetch
// table.
struct Executed {
  uint32_t rom;       // row of the program's ROM
  uint32_t count;     // how often
  uint32_t shard_in;  // shard that executed it last, 0: none
};

// The beginning of a block of up to kBlockCycles instructions.
inline constexpr uint32_t kBlockCycles = 1u << 13;
struct Checkpoint {
  uint32_t pc, npc;    // byte addresses
  uint32_t cycle;      // instructions of the shard before
  ClassCounts before;  // of each class
  AccessLog::Position log, words;
  Registers reg, reg_time;  // reg_time: of the last access, 0: none
};

// A fault in place of the instruction of a cycle of the shard.
struct FaultMark {
  uint32_t cycle;
  KernelFault fault;
};

struct ShardRecord {
  SecretVector<Checkpoint> blocks;  // of kBlockCycles instructions each, the last of at most that
  AccessLog log;
  AccessLog words;  // accesses of events that make more of them than an instruction (accesses.hpp)
  ClassCounts counts{};            // instructions of each class
  SecretVector<FaultMark> faults;  // that the in-guest kernel took, in their order
  uint64_t cycles = 0;
  size_t hints_begin = 0, hints_end = 0;  // bytes of the run's hints that it took, padding included
  SecretVector<Touched> touched;          // ascending keys; STATE last
  SecretVector<Executed> executed;        // ascending rows

  FaultCounts fault_counts() const {
    FaultCounts of_table{};
    for (const FaultMark& m : faults) ++of_table[static_cast<size_t>(table_of(m.fault.code))];
    return of_table;
  }
  std::span<const FaultMark> faults_from(uint32_t cycle) const {
    const auto first =
        std::ranges::lower_bound(faults, cycle, {}, [](const FaultMark& m) { return m.cycle; });
    return {first, faults.end()};
  }

  // Memory of what grows with the run.
  uint64_t log_bytes() const {
    return blocks.capacity() * sizeof(Checkpoint) + log.bytes() + words.bytes() +
           faults.capacity() * sizeof(FaultMark);
  }
  uint64_t host_bytes() const {
    return log_bytes() + touched.capacity() * sizeof(Touched) +
           executed.capacity() * sizeof(Executed);
  }
};

}  // namespace mipzk::vm
