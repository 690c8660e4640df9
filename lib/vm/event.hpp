// SPDX-License-Identifier: Apache-2.0
// One executed instruction, and the bumps before it, as the trace needs them.
#pragma once

#include <cstdint>

#include "vm/fault.hpp"

namespace mipzk::vm {

// The accesses are those of the class of the instruction (isa/classes.hpp); the fields of one that
// it does not make are 0. Times are those of the previous access to the same key, after the bump if
// there was one.
//   rs  (clk + 1): rs
//   rt  (clk + 2): rt, or the next word
//   mem (clk + 3): the word at the address, or LINK in its place (without an address)
//   hi  (clk + 3): HI, LINK, register 27, or the register that a constant names
//   rd  (clk + 4): rd, LO, or the next word
struct Event {
  uint32_t clk;
  uint32_t pc, npc;   // byte addresses of this and the next instruction
  uint32_t next_npc;  // byte address after the next (HALT: 0)
  uint32_t rs, rt;    // values read
  uint32_t t_rs, t_rt;
  uint32_t mem_addr;          // byte address of the access before alignment
  uint32_t mem_old, mem_new;  // the aligned word before and after (equal for loads)
  uint32_t mem_writable;      // the w of the word; bit 1: that of the next word, if it is read
  uint32_t t_mem;
  uint32_t rd_old, rd_new, t_rd;
  uint32_t hi_old, hi_new, t_hi;
};

// An access to a word of memory by an event of another kind: one that makes more accesses than an
// instruction, of which its table may have several rows.
struct WordAccess {
  uint32_t key;
  uint32_t before, after;  // equal for reads
  uint32_t writable;
  uint32_t t;  // of the access before, after the bump if there was one
};

// A fault that the in-guest kernel takes, in place of an instruction. Times as in Event; LINK, like
// the first word, at clk + 3, the other word and the registers that the kernel reads at clk + 4.
struct FaultEvent {
  KernelFault fault;
  uint32_t clk, pc, npc;
  uint32_t rs, rt, t_rs, t_rt;  // of a fault of the fetch table: 0; rt: of the operand table
  struct Old {
    uint32_t value, t;
  } link, epc, enpc, cause, address;
  WordAccess words[2];  // of a store to read-only memory, as many as fault.words
};

// lo, hi: 16-bit limbs of the value. STATE never needs one.
struct Bump {
  uint32_t key, value_lo, value_hi, writable, t_old, t_new;
};

}  // namespace mipzk::vm
