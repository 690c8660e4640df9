// SPDX-License-Identifier: Apache-2.0
// A machine that can be stopped between two instructions, falsified, and made to go on: it records
// what it then does as an honest one would. The traces of such a recording are what a prover has
// whose processor made a mistake.
#pragma once

#include <optional>

#include "adversarial/shards.hpp"
#include "isa/lower.hpp"
#include "vm/boundary.hpp"
#include "vm/machine_state.hpp"

namespace mipzk::attack {

// An instruction as it will stand in a row of the table of its class.
struct Step {
  isa::RomEntry rom;  // the constants in the row
  vm::Event event;
};

// An access of an instruction: to a word of memory or a register.
struct Access {
  using Field = uint32_t vm::Event::*;
  uint32_t key;
  uint32_t slot;        // its time is that of the instruction plus this
  Field before, after;  // values: the same field for an operand, which stays
  Field time;           // of the access before
  bool is_memory() const { return key < vm::kRegisterKeyBase; }
  bool is_operand() const { return before == after; }
};
std::vector<Access> accesses(const Step& step);

// All that traces are made from, and what is claimed of the run.
struct Story {
  std::vector<Step> steps;  // in order of execution
  SecretVector<vm::Bump> bumps;
  SecretVector<vm::Touched> touched;    // ascending keys; STATE last
  SecretVector<vm::SourceWord> finals;  // ascending keys
  std::vector<uint8_t> public_input, output;
  uint32_t exit_code = 0;
};
bool operator==(const Story& a, const Story& b);

// A program, its inputs and the true story of their run.
struct Subject {
  Subject(std::string name, const prove::LoadedProgram& program, Bytes3 in);

  std::string name;
  const prove::LoadedProgram* program;
  Bytes3 in;
  vm::Code code;
  Story honest;
};

class FalseRun {
 public:
  // Stands before the first instruction. Runs that take much longer than the honest one are given
  // up.
  FalseRun(const prove::LoadedProgram& program, const vm::Code& code, const Bytes3& in,
           size_t max_steps);
  FalseRun(const Subject& s, size_t steps);  // after so many honest instructions

  // Executes the instruction at pc, or another in its place; false when that is a fault of the
  // machine, when there is no instruction, or after the end.
  bool step();
  bool step_as(const isa::Lowered& instruction);
  Step& last() { return steps_.back(); }
  size_t steps() const { return steps_.size(); }

  uint32_t pc() const { return machine_.cpu.op->pc; }
  uint32_t npc() const { return machine_.cpu.next->pc; }
  void set_pc(uint32_t pc, uint32_t npc);
  // A word of memory or a register; the machine does not notice. null: no such word.
  uint32_t* value(uint32_t key);
  uint32_t time(uint32_t key);
  void set_time(uint32_t key, uint32_t t);
  void set_writable(uint32_t address, bool writable);
  uint64_t& cycles() { return machine_.cpu.cycles; }
  std::vector<Step>& past() { return steps_; }
  SecretVector<vm::Bump>& bumps() { return bumps_; }

  // Goes on to HALT; nothing if the run does not get there.
  std::optional<Story> finish();
  // The story if this is taken for the end.
  std::optional<Story> stop_here();

 private:
  bool record(const isa::RomEntry& rom);
  const isa::RomEntry* rom_at(uint32_t pc) const;

  const prove::LoadedProgram& program_;
  const vm::Code& code_;
  const Bytes3& in_;
  size_t max_steps_;
  bool halted_ = false;
  vm::Hooks hooks_;
  vm::Machine machine_;
  vm::ShardStart start_;
  std::vector<Step> steps_;
  SecretVector<vm::Bump> bumps_;
};

// The traces that tell the story, with pair columns and multiplicities that fit. For a true story
// these are the prover's.
Shard tell(const prove::LoadedProgram& program, const Story& story);

}  // namespace mipzk::attack
