// SPDX-License-Identifier: Apache-2.0
// Small guests for tests: text from words, data from words.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "isa/program.hpp"
#include "unit/isa/encode.hpp"
#include "vm/machine.hpp"

namespace mipzk::test {

inline constexpr uint32_t kText = 0x00400000, kData = 0x10000000;
// Text of the tiny kernels of tests, where they take traps, and their writable memory.
inline constexpr uint32_t kKernelText = isa::kKernelBase, kKernelData = 0x80010000;

// Register numbers.
enum : unsigned {
  kZero = 0,
  kV0 = 2,
  kV1 = 3,
  kA0 = 4,
  kA1 = 5,
  kA2 = 6,
  kT0 = 8,
  kT1 = 9,
  kT2 = 10,
  kT3 = 11,
  kS0 = 16,
  kS1 = 17,
  kK0 = 26,
  kK1 = 27,
  kSp = 29,
  kRa = 31
};

inline constexpr uint32_t kHaltWord = 0x0000004c;   // syscall 1
inline constexpr uint32_t kHintWord = 0x0000008c;   // syscall 2
inline constexpr uint32_t kPrintWord = 0x000000cc;  // syscall 3
inline constexpr uint32_t kCycleWord = 0x0000010c;  // syscall 4

struct Guest {
  std::vector<uint32_t> text;
  std::vector<uint32_t> data;   // at kData, writable
  uint32_t bss_bytes = 0x1000;  // after the data
  std::vector<isa::Symbol> symbols;
  bool little_endian = false;
  std::vector<uint32_t> kernel;  // at kKernelText; empty: no kernel
  uint32_t trap_entry = 0;       // of these words the one that is the trap vector
  bool takes_faults = false;     // at the first one
  std::vector<isa::ProgramImage::Guard> guards;

  Guest& op(uint32_t word) {
    text.push_back(word);
    return *this;
  }
  Guest& ops(std::initializer_list<uint32_t> words) {
    text.insert(text.end(), words);
    return *this;
  }
  Guest& li(unsigned reg, uint32_t value) {
    return op(lui(reg, value >> 16)).op(imm(Op::kOri, reg, reg, value));
  }
  Guest& halt() { return op(kHaltWord).op(kNopWord); }
  uint32_t here() const { return kText + 4 * static_cast<uint32_t>(text.size()); }

  isa::ProgramImage image() const {
    const auto segment = [&](uint32_t address, const std::vector<uint32_t>& words, uint32_t zeros,
                             bool writable) {
      isa::Segment out{
          address, static_cast<uint32_t>(4 * words.size()) + zeros, true, writable, !writable, {}};
      for (uint32_t w : words)
        for (int i = 0; i < 4; ++i)
          out.bytes.push_back(static_cast<uint8_t>(w >> (little_endian ? 8 * i : 24 - 8 * i)));
      return out;
    };
    isa::ProgramImage image;
    image.entry = kText;
    image.symbols = symbols;
    image.guards = guards;
    image.little_endian = little_endian;
    image.segments = {segment(kText, text, 0, false), segment(kData, data, bss_bytes, true)};
    if (!kernel.empty()) {
      image.trap_vector = kKernelText + 4 * trap_entry;
      if (takes_faults) image.fault_vector = isa::kFaultVector;
      image.segments.push_back(segment(kKernelText, kernel, 0, false));
      image.segments.push_back(segment(kKernelData, {}, 0x1000, true));
    }
    return image;
  }

  isa::Program program() const {
    auto program = isa::build_program(image());
    EXPECT_TRUE(program.ok()) << program.error().message;
    return program.ok() ? *program : isa::Program{};
  }
};

inline ByteView view(const std::string& s) {
  return {reinterpret_cast<const uint8_t*>(s.data()), s.size()};
}

}  // namespace mipzk::test
