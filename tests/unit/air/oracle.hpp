// What an instruction does, computed from its word and the machine's state, and random
// instructions.
//
// Semantics: MIPS32 Architecture For Programmers, volume II (instructions of MIPS I), big-endian;
// division by zero, HALT and HINT_WORD as docs/MACHINE.md fixes them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>

#include "isa/rom.hpp"
#include "vm/record.hpp"

namespace mipzk::test {

using Rng = std::mt19937_64;

inline constexpr unsigned kRegisters = isa::kExitCode + 1;

// `memory` is the aligned word at whatever address the instruction accesses.
struct State {
  uint32_t pc = 0, npc = 0;
  std::array<uint32_t, kRegisters> reg{};
  uint32_t memory = 0;
};

// What changes: one register (or HI and LO), one word of memory, and the state.
struct Effect {
  uint32_t next_npc = 0;
  bool halts = false;
  std::optional<unsigned> reg;  // kTrash for a lost value
  uint32_t value = 0;
  bool any_value = false;  // HINT_WORD
  bool hi_lo = false;
  uint32_t hi = 0, lo = 0;
  std::optional<uint32_t> address;  // of the access
  bool store = false;
  uint32_t memory = 0;  // the aligned word afterwards
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
