// SPDX-License-Identifier: Apache-2.0
// Every word of the private window is the prover's choice (docs/MACHINE.md, section 4), the lengths
// of the window and of the entries in it above all: the in-guest kernel must not believe one that
// is greater than what holds it, and a read must stay inside the program's buffer whatever they
// are.
#include <gtest/gtest.h>

#include "adversarial/false_run.hpp"
#include "adversarial/proof_kit.hpp"
#include "kernel/kernel.hpp"

namespace mipzk::attack {
namespace {

using test::kData;

constexpr uint32_t kLengthKey = isa::kPrivateBase / 4, kKindKey = kLengthKey + 1,
                   kNameKey = kLengthKey + 2, kSizeKey = kLengthKey + 3;
constexpr uint32_t kMost = isa::kMaxWindowBytes;
constexpr uint32_t kRefused = 134;  // exit code: SIGABRT
constexpr uint32_t kValues[] = {
    0,  1,  2,     4,         11,        12,         13,         23,         24,
    25, 36, kMost, kMost + 1, kMost + 5, 0x7fffffff, 0x80000000, 0xfffffff4, 0xffffffff};

class PrivateWindow : public testing::TestWithParam<bool> {};  // little-endian?
INSTANTIATE_TEST_SUITE_P(ByteOrders, PrivateWindow, testing::Bool());

// What a program that asks for 12 bytes gets when a word of a window with a stream of 11 bytes is
// another one: 24 bytes of the window are in use, 12 of them the stream's and its padding.
uint32_t expected_exit(uint32_t key, uint32_t value) {
  if (key == kLengthKey) return value == 0 ? 0 : value == 24 ? 11 : kRefused;
  if (key == kKindKey) return value == 1 ? 11 : kRefused;
  if (key == kNameKey) return value == 0 ? 11 : kRefused;
  return value > 8 && value <= 12 ? value : kRefused;  // of fewer, the rest would be an entry
}

TEST_P(PrivateWindow, ReadGivesAtMostWhatIsAskedFor) {
  constexpr uint32_t kAsked = 12;  // by linux_program
  constexpr uint32_t kHeads = 2 * 12;
  const std::vector<uint8_t> text = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a'};
  const Subject s("linux", linux_program(GetParam()), {linux_stream(text), {}, {}});
  for (const uint32_t key : {kLengthKey, kKindKey, kNameKey, kSizeKey}) {
    for (const uint32_t value : kValues) {
      SCOPED_TRACE(testing::Message() << "word " << key - kLengthKey << " is " << value);
      FalseRun run(s, 0);
      // Lengths of windows are numbers of the program, those of entries are big-endian.
      const bool turned = GetParam() && key != kLengthKey;
      *run.value(key) = turned ? __builtin_bswap32(value) : value;
      std::optional<Story> story = run.finish();
      ASSERT_TRUE(story);
      const uint32_t expected = expected_exit(key, value);
      std::vector<uint8_t> output = text;
      output.resize(expected == kRefused ? 0 : expected);
      EXPECT_EQ(story->exit_code, expected);
      EXPECT_EQ(story->output, output);
      for (const Step& step : story->steps) {
        const vm::Event& e = step.event;
        for (const Access& a : accesses(step)) {
          if (!a.is_memory()) continue;
          const uint32_t address = a.key * 4;
          if (address >= isa::kPrivateBase) {
            EXPECT_TRUE(address - isa::kPrivateBase < 4 + kHeads + kAsked ||
                        address >= isa::kPublicBase);
          }
          // The program stores the sum of its floats itself, behind the buffer.
          if (e.pc >= isa::kKernelBase && address >= kData + kAsked && address < kData + 0x1000) {
            EXPECT_EQ(e.*a.before, e.*a.after);
          }
        }
      }
      if (value != 12 && value != 0xffffffff) continue;

      // The prover may say so: the run is as provable as any.
      for (vm::Touched& t : story->touched)
        if (t.key == key) t.in_lo = t.out_lo, t.in_hi = t.out_hi;
      for (vm::SourceWord& w : story->finals)
        if (w.key == key) w.value_init = w.value_final;
      const Shard shard = tell(*s.program, *story);
      EXPECT_EQ(check(shard).text(), "");
      if (key != kSizeKey || value != 0xffffffff) continue;
      const Verdict v = verdict(s.program->id, prove(shard));
      EXPECT_TRUE(v.accepted()) << v.message;
      EXPECT_EQ(v.claim.exit_code, expected);
    }
  }
}

// Reads until nothing comes and puts out how many bytes there were; what lies behind the window is
// unmapped, so a byte too many would be a fault.
isa::Program reader(bool little_endian) {
  using namespace test;
  Guest g;
  g.little_endian = little_endian;
  g.data = {0};
  g.bss_bytes = 0x20000;
  const uint32_t call = code(Op::kSyscall, 0);
  const auto set = [&](unsigned reg, uint32_t value) { g.op(imm(Op::kAddiu, reg, 0, value)); };
  g.li(kS0, kData).op(three(Op::kOr, kS1, 0, 0));
  const auto loop = static_cast<int>(g.text.size());
  set(kV0, 4003), set(kA0, 0);
  g.op(imm(Op::kAddiu, kA1, kS0, 16)).op(lui(kA2, 1)).op(call);
  g.op(three(Op::kAddu, kS1, kS1, kV0));
  g.op(branch(Op::kBne, kV0, 0, loop - static_cast<int>(g.text.size()) - 1)).op(kNopWord);
  g.op(mem(Op::kSw, kS1, 0, kS0));
  set(kV0, 4004), set(kA0, 1), set(kA2, 4);
  g.op(three(Op::kOr, kA1, kS0, 0)).op(call);
  set(kV0, 4246), set(kA0, 0);
  g.op(call).op(kNopWord);
  isa::ProgramImage image = g.image();
  EXPECT_TRUE(kernel::attach(image));
  auto program = isa::build_program(image);
  EXPECT_TRUE(program) << program.error().message;
  return program ? std::move(*program) : isa::Program{};
}

TEST_P(PrivateWindow, ReadsEndWithTheStream) {
  const isa::Program program = reader(GetParam());
  const vm::Code code(program);
  const auto turned = [](uint32_t value) { return GetParam() ? __builtin_bswap32(value) : value; };
  // An entry that fills the window, and those that claim to reach beyond it.
  for (const uint32_t size : {kMost - 12, kMost - 11, kMost, 0xffffffffu}) {
    SCOPED_TRACE(size);
    const vm::Hooks hooks;
    vm::Machine m(program, code, {}, {}, hooks, false);
    m.memory.cell(isa::kPrivateBase)->value = 0xffffffff;
    m.memory.cell(isa::kPrivateBase + 4)->value = turned(1);
    m.memory.cell(isa::kPrivateBase + 12)->value = turned(size);
    vm::Stop stop = vm::Stop::kSliceEnd;
    while (stop == vm::Stop::kSliceEnd) stop = vm::execute(m.cpu, 1u << 20);
    ASSERT_EQ(stop, vm::Stop::kHalt) << static_cast<int>(m.cpu.fault);
    const auto outcome = vm::finish(program, m.cpu, nullptr);
    ASSERT_TRUE(outcome);
    if (size != kMost - 12) {
      EXPECT_EQ(outcome->exit_code, kRefused);
      continue;
    }
    ASSERT_EQ(outcome->output.size(), 4u);
    uint32_t total = 0;
    for (unsigned i = 0; i < 4; ++i)
      total |= uint32_t{outcome->output[i]} << 8 * (GetParam() ? i : 3 - i);
    EXPECT_EQ(total, size);
  }
}

}  // namespace
}  // namespace mipzk::attack
