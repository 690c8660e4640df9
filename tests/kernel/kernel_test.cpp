// SPDX-License-Identifier: Apache-2.0
// The kernel as it is added to a program: which programs get it, what is added, and that its code
// can run.
#include "kernel/kernel.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mipzk {
namespace {

constexpr uint32_t kText = 0x00400000;

void append(std::vector<uint8_t>& bytes, uint32_t word, bool little_endian) {
  for (unsigned i = 0; i < 4; ++i)
    bytes.push_back(static_cast<uint8_t>(word >> (little_endian ? 8 * i : 24 - 8 * i)));
}

// A text segment of these words and a data segment up to 0x00410123.
isa::ProgramImage image_of(std::initializer_list<uint32_t> words, bool little_endian = false) {
  isa::ProgramImage image;
  image.entry = kText;
  image.flags = 0x70001007;
  image.little_endian = little_endian;
  isa::Segment text;
  text.address = kText;
  text.readable = text.executable = true;
  for (const uint32_t w : words) append(text.bytes, w, little_endian);
  text.memory_size = static_cast<uint32_t>(text.bytes.size());
  isa::Segment data;
  data.address = 0x00410000;
  data.memory_size = 0x123;
  data.readable = data.writable = true;
  image.segments = {text, data};
  image.program_headers = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  image.symbols = {{kText, 4, "start"}};
  return image;
}

constexpr uint32_t kSyscall = 0x0000000c, kHalt = 0x0000004c, kNop = 0;
constexpr uint32_t kLoadNumber = 0x24020fa1, kReturn = 0x03e00008;  // li $v0, 4001; jr $ra

class KernelTest : public testing::TestWithParam<bool> {};  // little-endian?
INSTANTIATE_TEST_SUITE_P(ByteOrders, KernelTest, testing::Bool());

TEST_P(KernelTest, IsWantedByProgramsWithASystemCall) {
  const auto wanted = [](std::initializer_list<uint32_t> words) {
    return kernel::wanted(image_of(words, GetParam()));
  };
  EXPECT_TRUE(wanted({kLoadNumber, kSyscall}));
  EXPECT_TRUE(wanted({0x34020fa1, kSyscall}));  // ori
  EXPECT_TRUE(wanted({kLoadNumber, 0, 0, 0, 0, 0, 0, 0, kSyscall}));
  EXPECT_TRUE(wanted({kLoadNumber, kNop, kReturn, kSyscall}));  // in the delay slot
  EXPECT_FALSE(wanted({kLoadNumber, kHalt}));
  EXPECT_FALSE(wanted({kLoadNumber, 0, 0, 0, 0, 0, 0, 0, 0, kSyscall}));
  EXPECT_FALSE(wanted({0x24020f9f, kSyscall}));  // 3999 and 5000 are no numbers of calls
  EXPECT_FALSE(wanted({0x24021388, kSyscall}));
  // Data: alone, behind a function that ends, or whose last instruction loads its result.
  EXPECT_FALSE(wanted({kNop, kSyscall}));
  EXPECT_FALSE(wanted({kLoadNumber, kReturn, kNop, kSyscall}));
  EXPECT_FALSE(wanted({kReturn, kLoadNumber, kSyscall}));
  // The bytes of the word, but not at a multiple of 4; and the word in the other byte order.
  EXPECT_FALSE(wanted({kLoadNumber, 0x00000000, 0x0c000000}));
  auto image = image_of({kLoadNumber, kSyscall}, GetParam());
  image.segments[0].executable = false;
  EXPECT_FALSE(kernel::wanted(image));
  image.segments[0].executable = true;
  image.segments[0].address += 1;  // then no whole word is the system call
  EXPECT_FALSE(kernel::wanted(image));
  image = image_of({kLoadNumber, kSyscall}, GetParam());
  image.segments[0].bytes.pop_back();
  EXPECT_FALSE(kernel::wanted(image));
}

TEST_P(KernelTest, AddsSegmentsBootBlockAndSymbols) {
  auto image = image_of({kNop, kSyscall}, GetParam());
  const auto before = image;
  ASSERT_TRUE(kernel::attach(image));
  ASSERT_EQ(image.segments.size(), before.segments.size() + 4);
  EXPECT_EQ(image.entry & 0xf0000000, isa::kKernelBase);
  EXPECT_EQ(image.trap_vector & 0xf0000003, isa::kKernelBase);
  const isa::Segment& boot = image.segments.back();
  EXPECT_EQ(boot.address, kernel::kBootBlock);
  EXPECT_FALSE(boot.writable || boot.executable);
  std::vector<uint8_t> expected;
  for (const uint32_t w :
       {kText, kernel::kBootBlock + 24, 2u, 0x00411000u, 0x70001007u, 0x7f7f0000u})
    append(expected, w, GetParam());
  for (const uint32_t w : before.program_headers) append(expected, w, GetParam());
  EXPECT_EQ(boot.bytes, expected);
  EXPECT_TRUE(std::is_sorted(
      image.symbols.begin(), image.symbols.end(),
      [](const isa::Symbol& a, const isa::Symbol& b) { return a.address < b.address; }));
  EXPECT_TRUE(std::any_of(image.symbols.begin(), image.symbols.end(), [&](const isa::Symbol& s) {
    return s.name == "kernel:__trap" && s.address == image.trap_vector;
  }));

  auto mapped = before;
  mapped.program_headers_address = kText + 4;
  ASSERT_TRUE(kernel::attach(mapped));
  EXPECT_EQ(mapped.segments.back().bytes.size(), 24u);
}

TEST_P(KernelTest, RefusesWhatDoesNotFit) {
  auto image = image_of({kSyscall}, GetParam());
  image.program_headers.assign(8 * 128, 1);
  EXPECT_EQ(kernel::attach(image).error().code, Errc::kElf);
  EXPECT_EQ(image.trap_vector, 0u);
  image = image_of({kSyscall}, GetParam());
  image.segments[1].address = isa::kKernelBase;
  EXPECT_EQ(kernel::attach(image).error().code, Errc::kElf);
  image = image_of({kSyscall}, GetParam());
  image.segments[1].address = 0x60000000;
  EXPECT_NE(std::string(kernel::attach(image).error().message).find("no memory below"),
            std::string::npos);
  image = image_of({kSyscall}, GetParam());
  image.stack_size = 0x1eff1000;
  EXPECT_NE(std::string(kernel::attach(image).error().message).find("a stack of"),
            std::string::npos);
}

// Below every place for a thread's stack, and from the last place to the first thread's stack.
TEST_P(KernelTest, LeavesGuardsBelowStacks) {
  auto image = image_of({kSyscall}, GetParam());
  image.stack_size = 0x01000000;
  ASSERT_TRUE(kernel::attach(image));
  const auto program = isa::build_program(image);
  ASSERT_TRUE(program) << program.error().message;
  const auto mapped = [&](uint32_t address) {
    return std::any_of(program->regions.begin(), program->regions.end(), [&](const isa::Region& r) {
      return r.start <= address / 4 && address / 4 < r.end;
    });
  };
  EXPECT_TRUE(mapped(0x411000) && mapped(0x5ffffffc));
  size_t places = 0;
  for (uint32_t place = 0x60000000; place + 0x900000 <= 0x7fff0000 - 0x01000000 - 0x01000000;
       place += 0x900000, ++places) {
    EXPECT_FALSE(mapped(place) || mapped(place + 0xffffc)) << std::hex << place;
    EXPECT_TRUE(mapped(place + 0x100000) && mapped(place + 0x8ffffc)) << std::hex << place;
  }
  EXPECT_EQ(places, 53u);
  for (uint32_t address = 0x60000000 + 53 * 0x900000; address < 0x7efeffff; address += 0x1000)
    EXPECT_FALSE(mapped(address)) << std::hex << address;
  EXPECT_TRUE(mapped(0x7eff0000) && mapped(0x7ffefffc));

  image = image_of({kSyscall}, GetParam());
  image.stack_size = 0x1eff0000;  // as large as it may be: no place is left
  ASSERT_TRUE(kernel::attach(image));
  ASSERT_EQ(image.guards.size(), 1u);
  EXPECT_EQ(image.guards[0].address, 0x60000000u);
  EXPECT_EQ(image.guards[0].bytes, 0x01000000u);
}

// The kernel is entered by what traps, so nothing in it may trap; and all of it must be executable.
TEST_P(KernelTest, HoldsOnlyInstructionsThatDoNotTrap) {
  auto image = image_of({kSyscall}, GetParam());
  ASSERT_TRUE(kernel::attach(image));
  const auto program = isa::build_program(image);
  ASSERT_TRUE(program) << program.error().message;
  EXPECT_EQ(program->trap_vector, image.trap_vector);
  size_t words = 0, lowered = 0;
  for (const isa::Segment& s : image.segments)
    if (s.executable && s.address >= isa::kKernelBase) words += s.bytes.size() / 4;
  for (const isa::RomEntry& e : program->rom) {
    if (e.pc4 < isa::kKernelBase / 4) {
      EXPECT_EQ(e.cls, isa::Class::kTrap);  // the program's system call
      continue;
    }
    ++lowered;
    EXPECT_NE(e.cls, isa::Class::kTrap) << std::hex << e.pc4 * 4;
  }
  EXPECT_GT(words, 1000u);
  EXPECT_EQ(lowered, words);
}

}  // namespace
}  // namespace mipzk
