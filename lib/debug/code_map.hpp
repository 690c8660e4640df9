// SPDX-License-Identifier: Apache-2.0
// The instructions of a program by address, and the functions that they belong to.
//
// A function is a symbol with a size, or a symbol without one (a label of assembly code) outside of
// all others, up to the next symbol. Where a file has no symbols, a function begins at every target
// of a jal and is named by its address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "isa/program.hpp"

namespace mipzk::debug {

struct Function {
  uint32_t address;
  std::string name;  // C++ and Rust names are demangled
};

class CodeMap {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  // `program` must outlive the map.
  explicit CodeMap(const isa::Program& program);

  // Number of the instruction at byte address `pc`, or kNone. Neighbours have neighbouring numbers.
  uint32_t index(uint32_t pc) const {
    const uint32_t i = pc / 4 - first_run_.begin;
    if (i < first_run_.count) return first_run_.index + i;
    return index_elsewhere(pc);
  }
  const isa::RomEntry& entry(uint32_t index) const { return program_.rom[index]; }
  const isa::Operation& operation(uint32_t index) const { return program_.operations[index]; }
  uint32_t function(uint32_t index) const { return function_of_[index]; }
  // How many instructions from number `index` on are in the same function and neither may jump nor
  // call the machine.
  uint32_t straight(uint32_t index) const { return straight_[index]; }
  // Number of the function that `pc` lies in, or kNone where there is no instruction.
  uint32_t function_at(uint32_t pc) const {
    const uint32_t i = index(pc);
    return i == kNone ? kNone : function_of_[i];
  }
  // The instruction word at `pc`: the program's image holds it.
  std::optional<uint32_t> word(uint32_t pc) const;

  const std::vector<Function>& functions() const { return functions_; }
  const isa::Program& program() const { return program_; }

 private:
  struct Run {
    uint32_t begin = 0, count = 0, index = 0;  // pc / 4, instructions, number of the first
  };

  uint32_t index_elsewhere(uint32_t pc) const;
  void find_functions();
  void find_straight_code();

  const isa::Program& program_;
  std::vector<Run> runs_;  // ascending
  Run first_run_;          // the largest of them
  std::vector<uint32_t> function_of_, straight_;
  std::vector<Function> functions_;  // ascending addresses
};

}  // namespace mipzk::debug
