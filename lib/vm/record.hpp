// What the machine records of a run for the trace: one event per executed instruction, by class,
// and the words that cross the boundary of the shard.
//
// Keys and times are those of docs/PROTOCOL.md: key = byte address / 4 for memory, 2^30 + r for
// register r, 2^30 + 255 for STATE. The cycle that starts with clock `clk` accesses rs at clk + 1,
// rt at clk + 2, memory (or HI) at clk + 3 and rd (or LO) at clk + 4, and leaves clk + 4; event.hpp
// names the classes that use them otherwise. An access whose predecessor is 2^16 or more ticks old
// is preceded by a bump: (key, value, t_old -> t_now - 1).
#pragma once

#include <array>
#include <cstdint>

#include "base/secret_memory.hpp"
#include "isa/rom.hpp"
#include "vm/event.hpp"
#include "vm/event_list.hpp"

namespace mipzk::vm {

inline constexpr uint32_t kRegisterKeyBase = 1u << 30;
inline constexpr uint32_t kStateKey = kRegisterKeyBase + 255;
inline constexpr uint32_t kHaltedPc4 = 1u
                                       << 30;  // pc / 4 of the state after HALT: not a ROM address

struct Bump {
  uint32_t key, value_lo, value_hi, writable, t_old,
      t_new;  // lo, hi: 16-bit limbs (STATE never needs one)
};

// A word touched in this shard: a row of its boundary table. For STATE, lo and hi are pc/4 and
// npc/4.
struct Touched {
  uint32_t key;
  uint32_t in_lo, in_hi, out_lo, out_hi;
  uint32_t writable;
  uint32_t shard_in;  // shard that touched it last, 0: none (the token comes from its source)
  uint32_t t_last;    // time of its last access in this shard
};

struct ShardRecord {
  std::array<EventList, isa::kClassCount> events;  // by class, in order of execution
  SecretVector<Bump> bumps;
  SecretVector<Touched> touched;  // ascending keys; STATE last
  uint64_t cycles = 0;
};

}  // namespace mipzk::vm
