// SPDX-License-Identifier: Apache-2.0
// What an instruction does, computed from its word and the machine's state, and random
// instructions.
//
// Semantics: MIPS32 Architecture For Programmers, volume II, release 2, in both byte orders;
// division by zero, what ll and sc do, HALT, HINT_WORD and traps as docs/MACHINE.md fixes them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "isa/lower.hpp"
#include "vm/event.hpp"
#include "vm/record.hpp"

namespace mipzk::test {

using Rng = std::mt19937_64;

inline constexpr unsigned kRegisters = isa::kRegisterEnd;

// `memory` is the aligned word at whatever address the instruction accesses, and the one behind it.
struct State {
  isa::LowerContext context;  // byte order and trap vector
  uint32_t pc = 0, npc = 0;
  std::array<uint32_t, kRegisters> reg{};
  std::array<uint32_t, 2> memory{};
};

// What changes: registers, up to two words of memory, and the state.
struct Effect {
  uint32_t next_pc = 0, next_npc = 0;
  bool halts = false;
  std::vector<std::pair<unsigned, uint32_t>> writes;  // registers; kTrash for a lost value
  bool any_value = false;                             // HINT_WORD: of the written register
  std::optional<uint32_t> address;                    // of the access
  unsigned words = 1;                                 // that it accesses
  bool store = false;                                 // the words have to be writable
  std::array<uint32_t, 2> memory{};                   // the aligned words afterwards

  // The new value of a register that is written.
  uint32_t of(unsigned reg) const {
    for (const auto& [r, value] : writes)
      if (r == reg) return value;
    return 0;
  }
  uint32_t value() const { return writes.empty() ? 0 : writes.front().second; }
};

// Nothing when the instruction faults or has no ROM entry.
std::optional<Effect> execute(uint32_t word, const State& s);

// A random number with a liking for the edges.
uint32_t random_word(Rng& rng);

// An instruction that does not fault, with everything that its row needs.
struct Sample {
  uint32_t word = 0;
  State state;
  Effect effect;
  isa::RomEntry rom;
  vm::Event event;
};
Sample random_sample(isa::Class cls, Rng& rng);
// The same for a given word and state; clk and times are random. The instruction must not fault.
Sample make_sample(uint32_t word, const State& state, Rng& rng);

}  // namespace mipzk::test
