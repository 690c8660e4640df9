// SPDX-License-Identifier: Apache-2.0
// Unicorn (QEMU's MIPS processor: a 24Kf, MIPS32 release 2, FR = 0) with the same text and data as
// a Guest.
#pragma once

#include <unicorn/unicorn.h>

#include <array>
#include <cstdint>
#include <vector>

#include "isa/rom.hpp"

namespace mipzk::test {

// Numbered as the machine's registers (isa/rom.hpp).
using Registers = std::array<uint32_t, isa::kRegisterEnd>;

// False for the registers that only the machine has: trash, the exit code, LINK and FCSR.
constexpr bool is_shared(unsigned r) {
  return r != isa::kTrash && r != isa::kExitCode && r != isa::kLink && r != isa::kFcsr &&
         r < isa::kFaultRegisters;
}

class UnicornMachine {
 public:
  // `text` at kText; `data` at kData, followed by zeros up to 64 KiB.
  UnicornMachine(const std::vector<uint32_t>& text, const std::vector<uint32_t>& data,
                 bool little_endian = false);
  ~UnicornMachine();
  UnicornMachine(const UnicornMachine&) = delete;
  UnicornMachine& operator=(const UnicornMachine&) = delete;

  // Moving the registers of coprocessor 1 takes long. Off, they are given back as they were set.
  void use_fpu(bool on) { fpu_ = on; }

  // Condition codes must be 0 or 1. Registers that are not shared are ignored and read as 0.
  void set_registers(const Registers& values);
  Registers registers();
  uint32_t pc();
  uint32_t word(uint32_t address);

  // Runs `count` instructions from `pc` (a branch and its delay slot are two), or until `end`.
  // False when the processor raised an exception. Never without a count: Unicorn drops all
  // translated code when counting begins or ends, which takes very long.
  bool run(uint32_t pc, uint32_t end, size_t count);

 private:
  void put_words(uint32_t address, const std::vector<uint32_t>& words);
  void run_stub(uint32_t pc);

  uc_engine* engine_ = nullptr;
  bool little_endian_, fpu_ = true;
  Registers set_{};
};

}  // namespace mipzk::test
