// Unicorn (QEMU's MIPS processor) with the same text and data as a Guest.
#pragma once

#include <unicorn/unicorn.h>

#include <array>
#include <cstdint>
#include <vector>

namespace mipzk::test {

class UnicornMachine {
 public:
  // `text` at kText; `data` at kData, followed by zeros up to 64 KiB.
  UnicornMachine(const std::vector<uint32_t>& text, const std::vector<uint32_t>& data);
  ~UnicornMachine();
  UnicornMachine(const UnicornMachine&) = delete;
  UnicornMachine& operator=(const UnicornMachine&) = delete;

  // General registers, then HI and LO.
  void set_registers(const std::array<uint32_t, 34>& values);
  std::array<uint32_t, 34> registers();
  uint32_t pc();
  uint32_t word(uint32_t address);

  // Runs `count` instructions from `pc` (a branch and its delay slot are two), or until `end` when
  // count is 0. False when the processor raised an exception.
  bool run(uint32_t pc, uint32_t end, size_t count);

 private:
  uc_engine* engine_ = nullptr;
};

}  // namespace mipzk::test
