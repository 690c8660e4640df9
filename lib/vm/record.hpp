// What the machine records of a run for the trace: one event per executed instruction, by class,
// and the words that cross the boundary of the shard.
//
// Keys and times are those of docs/PROTOCOL.md: key = byte address / 4 for memory, 2^30 + r for
// register r, 2^30 + 255 for STATE. The cycle that starts with clock `clk` accesses rs at clk + 1,
// rt at clk + 2, memory (or HI) at clk + 3 and rd (or LO) at clk + 4, and leaves clk + 4. An access
// whose predecessor is 2^16 or more ticks old is preceded by a bump: (key, value, t_old -> t_now -
// 1).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "isa/rom.hpp"

namespace mipzk::vm {

inline constexpr uint32_t kRegisterKeyBase = 1u << 30;
inline constexpr uint32_t kStateKey = kRegisterKeyBase + 255;
inline constexpr uint32_t kHaltedPc4 = 1u
                                       << 30;  // pc / 4 of the state after HALT: not a ROM address

// One executed instruction. Fields that its class does not use are 0. Times are those of the
// previous access to the same key, after the bump if there was one.
struct Event {
  uint32_t clk;
  uint32_t pc, npc;   // byte addresses of this and the next instruction
  uint32_t next_npc;  // byte address after the next (HALT: 0)
  uint32_t rs, rt;    // values read
  uint32_t t_rs, t_rt;
  uint32_t mem_addr;          // byte address of the access before alignment
  uint32_t mem_old, mem_new;  // the aligned word before and after (equal for loads)
  uint32_t mem_writable;      // the w of the word
  uint32_t t_mem;
  uint32_t rd_old, rd_new, t_rd;  // for kMult, kDiv: LO
  uint32_t hi_old, hi_new, t_hi;  // kMult, kDiv only
};

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
  std::array<std::vector<Event>, isa::kClassCount> events;  // by class, in order of execution
  std::vector<Bump> bumps;
  std::vector<Touched> touched;  // ascending keys; STATE last
  uint64_t cycles = 0;
};

}  // namespace mipzk::vm
