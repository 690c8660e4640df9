// One executed instruction, and the bumps before it, as the trace needs them.
#pragma once

#include <cstdint>

namespace mipzk::vm {

// Fields that the class of the instruction does not use are 0. Times are those of the previous
// access to the same key, after the bump if there was one. Some classes use fields in their own
// way:
//   kMult, kMultAcc, kDiv: rd is the low word, hi the high one (for mul, hi is trash);
//   kLoadLinked, kStoreCond: hi is LINK;
//   kLoadDouble: mem and rd are the word at the lower address and its register, rt (slot 2) and hi
//     the other word and its register; bit 1 of mem_writable is the w of the other word;
//   kStoreDouble: mem and rt are the word at the lower address and its register, rd (slot 4) and hi
//     the other word and its register;
//   kMovePair: rs -> rd, rt -> hi;
//   kTrap: rd is k0, hi is k1, mem (without address) is LINK.
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
  uint32_t rd_old, rd_new, t_rd;
  uint32_t hi_old, hi_new, t_hi;
};

// lo, hi: 16-bit limbs of the value. STATE never needs one.
struct Bump {
  uint32_t key, value_lo, value_hi, writable, t_old, t_new;
};

}  // namespace mipzk::vm
