// SPDX-License-Identifier: Apache-2.0
// Runs every guest in the machine, on every input of cases.py, and compares with qemu-mips running
// the Linux build of the same source, and with the models of models.py.
#include <algorithm>
#include <set>

#include "guest_cases.hpp"

namespace mipzk {
namespace {

using namespace test;

class GuestTest : public testing::TestWithParam<const char*> {};

TEST_P(GuestTest, AnswersAsQemuAndTheModel) {
  const isa::Program program = load_guest(GetParam());
  ASSERT_FALSE(program.rom.empty());
  size_t count = 0;
  for (const Case& c : all_cases()) {
    if (c.guest != GetParam()) continue;
    ++count;
    SCOPED_TRACE(c.guest + " " + c.name);
    vm::FaultReport report;
    const auto outcome = vm::run(program, inputs_of(c), {}, {}, &report);
    ASSERT_TRUE(outcome) << report.text;
    EXPECT_EQ(outcome->output, c.qemu_output);
    EXPECT_EQ(outcome->exit_code & 0xff, c.qemu_exit);
    if (!c.has_model) continue;
    EXPECT_EQ(outcome->output, c.model_output);
    EXPECT_EQ(outcome->exit_code, c.model_exit);
  }
  EXPECT_GT(count, 0u);
}

TEST_P(GuestTest, AnswersTheSameWhenRecorded) {
  const isa::Program program = load_guest(GetParam());
  for (const Case& c : all_cases()) {
    if (c.guest != GetParam()) continue;
    SCOPED_TRACE(c.guest + " " + c.name);
    const auto outcome = vm::run(program, inputs_of(c));
    ASSERT_TRUE(outcome) << outcome.error().message;
    if (outcome->cycles > 200000) continue;  // a recording takes about 100 bytes a cycle
    const auto recording = vm::record(program, inputs_of(c));
    ASSERT_TRUE(recording) << recording.error().message;
    EXPECT_EQ(recording->outcome.output, outcome->output);
    EXPECT_EQ(recording->outcome.exit_code, outcome->exit_code);
    EXPECT_EQ(recording->outcome.cycles, outcome->cycles);
  }
}

INSTANTIATE_TEST_SUITE_P(All, GuestTest, testing::ValuesIn(kGuests),
                         [](const auto& guest) { return std::string(guest.param); });

TEST(Guests, EveryGuestWithCasesIsTested) {
  std::set<std::string> with_cases;
  for (const Case& c : all_cases()) with_cases.insert(c.guest);
  EXPECT_EQ(with_cases, std::set<std::string>(std::begin(kGuests), std::end(kGuests)));
}

// Python's hashlib once more, without the models in between.
TEST(Guests, Sha256EqualsHashlib) {
  const isa::Program program = load_guest("sha256");
  Bytes input;
  for (unsigned i = 0; i < 4321; ++i) input.push_back(static_cast<uint8_t>(i * 167 + i / 256));
  const auto outcome = vm::run(program, {input, {}, {}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  const std::string expected =
      output_of(std::string(MIPZK_PYTHON) +
                " -c 'import hashlib; print(hashlib.sha256(bytes((i * 167 + i // 256) & 255"
                " for i in range(4321))).hexdigest())'");
  EXPECT_EQ(outcome->output, from_hex(expected.substr(0, 64)));
}

TEST(Guests, PrintAndCycleMarksReachTheHost) {
  const isa::Program program = load_guest("exit_code");
  const Bytes input = {1, 0, 0, 0, 9};
  std::string printed;
  std::vector<uint32_t> marks;
  std::vector<uint64_t> cycles;
  vm::Hooks hooks;
  hooks.print = [&](ByteView text) { printed.append(text.begin(), text.end()); };
  hooks.cycle = [&](uint64_t cycle, uint32_t mark) {
    cycles.push_back(cycle);
    marks.push_back(mark);
  };
  const auto outcome = vm::run(program, {input, {}, {}}, {}, hooks);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->exit_code, 9u);
  EXPECT_EQ(printed, "exit_code: about to end\n");
  EXPECT_EQ(marks, (std::vector<uint32_t>{7, 0xffffffffu}));
  ASSERT_EQ(cycles.size(), 2u);
  EXPECT_LT(cycles[0], cycles[1]);
  EXPECT_LT(cycles[1], outcome->cycles);
}

struct Mistake {
  uint8_t number;
  Errc code;
  vm::FaultKind kind;
  const char* where;  // the function that the report must name
};

TEST(Guests, MistakesStopTheRunWithAReport) {
  using vm::FaultKind;
  const Mistake mistakes[] = {
      {1, Errc::kFault, FaultKind::kNullPage, "load"},
      {2, Errc::kFault, FaultKind::kUnmapped, "load"},
      {3, Errc::kFault, FaultKind::kReadOnly, "store"},
      {4, Errc::kFault, FaultKind::kReadOnly, "store"},
      {5, Errc::kFault, FaultKind::kReadOnly, "store"},
      {6, Errc::kFault, FaultKind::kUnaligned, "load"},
      {7, Errc::kFault, FaultKind::kBreak, "main"},
      {8, Errc::kFault, FaultKind::kBreak, "__udivmoddi4"},
      {9, Errc::kFault, FaultKind::kNoInstruction, "main"},
      {10, Errc::kFault, FaultKind::kNoInstruction, "main"},
      {11, Errc::kFault, FaultKind::kUnalignedJump, "call"},
      {12, Errc::kFault, FaultKind::kBreak, "main"},
      {13, Errc::kFault, FaultKind::kHintsExhausted, "mipzk_hint_word"},
      {14, Errc::kFault, FaultKind::kOverflow, "main"},
      {15, Errc::kFault, FaultKind::kUnmapped, "load"},
      {16, Errc::kCycleLimit, FaultKind::kNone, "main"},
      {17, Errc::kMemoryLimit, FaultKind::kNone, "endless_recursion"},
  };
  const isa::Program program = load_guest("faults");
  const Bytes public_input = {1, 2, 3, 4, 5};
  vm::Limits limits;
  limits.max_cycles = 1000000;
  limits.max_memory_bytes = 1 << 20;
  for (const Mistake& m : mistakes) {
    SCOPED_TRACE(unsigned{m.number});
    const Bytes input = {m.number};
    vm::FaultReport report;
    const auto outcome = vm::run(program, {input, public_input, {}}, limits, {}, &report);
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, m.code) << outcome.error().message;
    EXPECT_EQ(report.kind, m.kind) << report.text;
    EXPECT_NE(report.text.find(m.where), std::string::npos) << report.text;
  }
  const Bytes none = {0};
  const auto outcome = vm::run(program, {none, public_input, {}}, limits);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->exit_code, 0u);
}

// 127 frames of 64 KiB fit, 4095 in the larger stack; 10,000 would reach into the array without the
// guard.
TEST(Guests, TheStackEndsAtItsGuard) {
  const isa::Program program = load_guest("deep");
  const Bytes fits = {0, 120}, fits_large = {15, 200}, deep = {39, 16};
  const auto outcome = vm::run(program, {fits, {}, {}});
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->output, Bytes(4));
  const auto large = vm::run(load_guest("deep_large"), {fits_large, {}, {}});
  ASSERT_TRUE(large) << large.error().message;
  EXPECT_EQ(large->output, Bytes(4));
  EXPECT_FALSE(vm::run(program, {fits_large, {}, {}}));
  vm::FaultReport report;
  const auto overflow = vm::run(program, {deep, {}, {}}, {}, {}, &report);
  ASSERT_FALSE(overflow);
  EXPECT_EQ(report.kind, vm::FaultKind::kUnmapped) << report.text;
  EXPECT_NE(report.text.find("recurse"), std::string::npos) << report.text;
}

}  // namespace
}  // namespace mipzk
