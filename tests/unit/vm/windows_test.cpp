// SPDX-License-Identifier: Apache-2.0
// The communication manager: inputs, output, hints, host calls.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/vm/guest.hpp"
#include "unit/vm/recording_check.hpp"

namespace mipzk::test {
namespace {

using vm::FaultKind;

constexpr uint32_t kOutput = isa::kOutputBase;

// a0 = word at `address`.
Guest read_word(uint32_t address) {
  Guest g;
  g.li(kT0, address).op(mem(Op::kLw, kA0, 0, kT0)).halt();
  return g;
}

// Stores the words at the start of the output window.
Guest write_words(std::initializer_list<uint32_t> words) {
  Guest g;
  g.li(kT0, kOutput);
  uint32_t offset = 0;
  for (uint32_t w : words) {
    g.li(kT1, w).op(mem(Op::kSw, kT1, offset, kT0));
    offset += 4;
  }
  g.halt();
  return g;
}

FaultKind fault_of(const Guest& g, const vm::Inputs& inputs = {}) {
  vm::FaultReport plain, recorded;
  const auto program = g.program();
  const auto a = vm::run(program, inputs, {}, {}, &plain);
  const auto b = vm::record(program, inputs, {}, {}, &recorded);
  EXPECT_FALSE(a.ok());
  EXPECT_FALSE(b.ok());
  EXPECT_EQ(plain.kind, recorded.kind);
  EXPECT_EQ(plain.text, recorded.text);
  if (!a.ok()) {
    EXPECT_EQ(a.error().code, Errc::kFault);
  }
  return plain.kind;
}

TEST(PrivateInput, LengthBytesPaddingAndBeyond) {
  const std::string text = "secret";
  const vm::Inputs in{.private_input = view(text), .public_input = {}, .hints = {}};
  const auto word = [&](uint32_t offset) {
    return run_and_check(read_word(isa::kPrivateBase + offset).program(), in).outcome.exit_code;
  };
  EXPECT_EQ(word(0), 6u);
  EXPECT_EQ(word(4), 0x73656372u);
  EXPECT_EQ(word(8), 0x65740000u);
  EXPECT_EQ(word(12), 0u);
  EXPECT_EQ(word(isa::kWindowSize - 4), 0u);
}

TEST(PrivateInput, CannotBeWrittenAndIsGuarded) {
  Guest g;
  g.li(kT0, isa::kPrivateBase).op(mem(Op::kSw, kZero, 4, kT0)).halt();
  EXPECT_EQ(fault_of(g), FaultKind::kReadOnly);
  EXPECT_EQ(fault_of(read_word(isa::kPrivateBase + isa::kWindowSize)), FaultKind::kUnmapped);
  EXPECT_EQ(fault_of(read_word(isa::kPrivateBase - 4)), FaultKind::kUnmapped);
}

TEST(PublicInput, OnlyItsOwnWordsAreMapped) {
  const std::string text = "hello";
  const vm::Inputs in{.private_input = {}, .public_input = view(text), .hints = {}};
  const auto word = [&](uint32_t offset) {
    return run_and_check(read_word(isa::kPublicBase + offset).program(), in).outcome.exit_code;
  };
  EXPECT_EQ(word(0), 5u);
  EXPECT_EQ(word(4), 0x68656c6cu);
  EXPECT_EQ(word(8), 0x6f000000u);
  EXPECT_EQ(fault_of(read_word(isa::kPublicBase + 12), in), FaultKind::kUnmapped);
  EXPECT_EQ(fault_of(read_word(isa::kPublicBase + 4)), FaultKind::kUnmapped);
  EXPECT_EQ(fault_of(read_word(isa::kPublicBase + isa::kWindowSize - 4), in), FaultKind::kUnmapped);
  EXPECT_EQ(run_and_check(read_word(isa::kPublicBase).program()).outcome.exit_code, 0u);
}

TEST(PublicInput, CannotBeWritten) {
  Guest g;
  g.li(kT0, isa::kPublicBase).op(mem(Op::kSb, kZero, 0, kT0)).halt();
  EXPECT_EQ(fault_of(g), FaultKind::kReadOnly);
}

TEST(PublicInput, FinalsHoldEveryPublicWordEvenUntouched) {
  const std::string text = "0123456789";
  const vm::Inputs in{.private_input = {}, .public_input = view(text), .hints = {}};
  Guest g;
  g.halt();
  const auto recording = run_and_check(g.program(), in);
  unsigned found = 0;
  for (const auto& w : recording.finals)
    if (w.key - isa::kPublicBase / 4 < isa::kWindowSize / 4) {
      EXPECT_EQ(w.shard_last, 0u);
      ++found;
    }
  EXPECT_EQ(found, 4u);
}

TEST(Inputs, TooLargeIsAnError) {
  const std::vector<uint8_t> large(isa::kMaxWindowBytes + 1);
  Guest g;
  g.halt();
  const auto program = g.program();
  for (bool secret : {false, true}) {
    vm::Inputs in;
    (secret ? in.private_input : in.public_input) = large;
    const auto r = vm::run(program, in);
    ASSERT_FALSE(r.ok());
    EXPECT_EQ(r.error().code, Errc::kInput);
    const auto q = vm::record(program, in);
    ASSERT_FALSE(q.ok());
    EXPECT_EQ(q.error().code, Errc::kInput);
    (secret ? in.private_input : in.public_input) = ByteView(large).first(isa::kMaxWindowBytes);
    EXPECT_TRUE(vm::run(program, in).ok());
  }
}

TEST(Output, EmptyWhenNothingIsWritten) {
  Guest g;
  g.halt();
  EXPECT_TRUE(run_and_check(g.program()).outcome.output.empty());
}

TEST(Output, BytesInOrder) {
  const auto outcome = run_and_check(write_words({6, 0x61626364, 0x65660000}).program()).outcome;
  EXPECT_EQ(std::string(outcome.output.begin(), outcome.output.end()), "abcdef");
}

TEST(Output, UnwrittenWordsAreZero) {
  const auto outcome = run_and_check(write_words({9}).program()).outcome;
  EXPECT_EQ(outcome.output, std::vector<uint8_t>(9, 0));
}

TEST(Output, ReadsBackWhatWasWritten) {
  Guest g;
  g.li(kT0, kOutput).li(kT1, 4).op(mem(Op::kSw, kT1, 0, kT0));
  g.li(kT1, 0x12345678).op(mem(Op::kSw, kT1, 4, kT0)).op(mem(Op::kLw, kA0, 4, kT0)).halt();
  EXPECT_EQ(run_and_check(g.program()).outcome.exit_code, 0x12345678u);
}

TEST(Output, LengthMustFitTheWindow) {
  EXPECT_EQ(fault_of(write_words({isa::kMaxWindowBytes + 1})), FaultKind::kOutputLength);
  EXPECT_EQ(fault_of(write_words({0xffffffff})), FaultKind::kOutputLength);
}

TEST(Output, NothingBeyondTheLength) {
  EXPECT_EQ(fault_of(write_words({4, 1, 2})), FaultKind::kOutputBeyondEnd);
  EXPECT_EQ(fault_of(write_words({0, 0})), FaultKind::kOutputBeyondEnd);
}

TEST(Output, NotEvenReads) {
  Guest g = write_words({4, 1});
  g.text.resize(g.text.size() - 2);
  Guest near = g;
  near.op(mem(Op::kLw, kT1, 8, kT0)).halt();
  EXPECT_EQ(fault_of(near), FaultKind::kOutputBeyondEnd);
  // On a page of its own.
  Guest distant = g;
  distant.li(kT0, kOutput + 0x5000).op(mem(Op::kLbu, kT1, 3, kT0)).halt();
  EXPECT_EQ(fault_of(distant), FaultKind::kOutputBeyondEnd);
}

TEST(Output, PaddingMustBeZero) {
  EXPECT_EQ(fault_of(write_words({5, 0x61626364, 0x65000001})), FaultKind::kOutputPadding);
  EXPECT_EQ(fault_of(write_words({3, 0x61626364})), FaultKind::kOutputPadding);
}

TEST(Output, AcrossPages) {
  Guest g;
  g.li(kT0, kOutput).li(kT1, 0x1004).op(mem(Op::kSw, kT1, 0, kT0));
  g.op(mem(Op::kSb, kT1, 0x1007, kT0)).halt();
  const auto outcome = run_and_check(g.program()).outcome;
  ASSERT_EQ(outcome.output.size(), 0x1004u);
  EXPECT_EQ(outcome.output[0x1003], 4);
  EXPECT_EQ(outcome.output[0x1002], 0);
}

TEST(Output, TheWindowEndsWhereItEnds) {
  EXPECT_EQ(fault_of(read_word(kOutput + isa::kWindowSize)), FaultKind::kUnmapped);
  EXPECT_EQ(fault_of(read_word(kOutput - 4)), FaultKind::kUnmapped);
}

TEST(Hints, WordsInOrderThenAFault) {
  const std::string hints =
      "\x01\x02\x03\x04"
      "ab";
  const vm::Inputs in{.private_input = {}, .public_input = {}, .hints = view(hints)};
  const auto sum = [&](unsigned count) {
    Guest g;
    for (unsigned i = 0; i < count; ++i) g.op(kHintWord).op(three(Op::kAddu, kA0, kA0, kV0));
    g.halt();
    return g;
  };
  EXPECT_EQ(run_and_check(sum(1).program(), in).outcome.exit_code, 0x01020304u);
  // The last partial word is padded with zeros.
  EXPECT_EQ(run_and_check(sum(2).program(), in).outcome.exit_code, 0x01020304u + 0x61620000u);
  EXPECT_EQ(fault_of(sum(3), in), FaultKind::kHintsExhausted);
  EXPECT_EQ(fault_of(sum(1)), FaultKind::kHintsExhausted);
}

struct Heard {
  std::string printed;
  std::vector<std::pair<uint64_t, uint32_t>> marks;
  vm::Hooks hooks() {
    vm::Hooks h;
    h.print = [this](ByteView b) { printed.append(b.begin(), b.end()); };
    h.cycle = [this](uint64_t cycle, uint32_t mark) { marks.emplace_back(cycle, mark); };
    return h;
  }
};

TEST(HostCalls, PrintAndCycle) {
  Guest g;
  g.data = {0x68656c6c, 0x6f0a0000};
  g.li(kA0, kData + 1).li(kA1, 5).op(kPrintWord).li(kA0, 77).op(kCycleWord).op(kCycleWord).halt();
  const auto program = g.program();
  Heard plain, recorded;
  const auto a = vm::run(program, {}, {}, plain.hooks());
  const auto b = vm::record(program, {}, {}, recorded.hooks());
  ASSERT_TRUE(a.ok());
  ASSERT_TRUE(b.ok());
  EXPECT_EQ(plain.printed, "ello\n");
  EXPECT_EQ(plain.marks, (std::vector<std::pair<uint64_t, uint32_t>>{{7, 77}, {8, 77}}));
  EXPECT_EQ(recorded.printed, plain.printed);
  EXPECT_EQ(recorded.marks, plain.marks);
  check_recording(program, {}, *b);  // the host calls touch nothing
  EXPECT_EQ(vm::run(program, {})->cycles, a->cycles);
}

TEST(HostCalls, PrintNeverFaults) {
  const auto printed = [](uint32_t address, uint32_t size) {
    Guest g;
    g.data = {0x61626364};
    g.bss_bytes = 0;
    g.li(kA0, address).li(kA1, size).op(kPrintWord).halt();
    Heard heard;
    EXPECT_TRUE(vm::run(g.program(), {}, {}, heard.hooks()).ok());
    return heard.printed;
  };
  EXPECT_EQ(printed(kData, 4), "abcd");
  EXPECT_EQ(printed(kData, 100), "abcd");  // cut at the first unmapped byte
  EXPECT_EQ(printed(0, 100), "");
  EXPECT_EQ(printed(0x90000000, 100), "");
  EXPECT_EQ(printed(kData + 0x10000, 0xffffffff).size(), 65536u);  // cut at 64 KiB
  EXPECT_EQ(printed(0xfffffffe, 100), std::string(2, '\0'));  // the last word, then the null page
}

// Runs `times` PRINTs of 64 KiB after `idle` turns of a loop of three instructions.
Guest loud(uint32_t idle, unsigned times) {
  Guest g;
  g.bss_bytes = 0x10000;
  g.li(kT0, idle);
  g.op(imm(Op::kAddiu, kT0, kT0, 0xffff)).op(branch_zero(Op::kBgtz, kT0, -2)).op(kNopWord);
  g.li(kA0, kData).li(kA1, 0x10000);
  for (unsigned i = 0; i < times; ++i) g.op(kPrintWord);
  return g.halt();
}

TEST(HostCalls, TextIsBoundedByTheLengthOfTheRun) {
  // 16 times 64 KiB are the allowance; the 17th has four bytes for each instruction before its end.
  const auto program = loud(1, 40).program();
  Heard plain, recorded;
  const auto a = vm::run(program, {}, {}, plain.hooks());
  const auto b = vm::record(program, {}, {}, recorded.hooks());
  ASSERT_TRUE(a.ok());
  ASSERT_TRUE(b.ok());
  const size_t end = plain.printed.find("\n[mipzk: ");
  ASSERT_NE(end, std::string::npos);
  const uint64_t cycles_then = a->cycles - 1 - 40 + 17;
  EXPECT_GE(end, (1u << 20) + 4 * (cycles_then - 1));
  EXPECT_LE(end, (1u << 20) + 4 * cycles_then);
  EXPECT_EQ(plain.printed.substr(0, end), std::string(end, '\0'));
  // The notice comes once, and nothing after it.
  EXPECT_LT(plain.printed.size(), end + 200);
  EXPECT_EQ(plain.printed.find('\0', end), std::string::npos);
  EXPECT_EQ(plain.printed.back(), '\n');
  EXPECT_EQ(recorded.printed, plain.printed);
  // Whoever listens changes nothing.
  check_recording(program, {}, *b);
  EXPECT_EQ(vm::run(program, {})->cycles, a->cycles);
  EXPECT_EQ(b->outcome.cycles, a->cycles);
}

TEST(HostCalls, LongerRunsMayPrintMore) {
  Heard heard;
  ASSERT_TRUE(vm::run(loud(1u << 17, 30).program(), {}, {}, heard.hooks()).ok());
  EXPECT_EQ(heard.printed.size(), 30u << 16);
  heard.printed.clear();
  ASSERT_TRUE(vm::run(loud(1u << 17, 200).program(), {}, {}, heard.hooks()).ok());
  EXPECT_GE(heard.printed.size(), (1u << 20) + 4 * 3 * (1u << 17));
  EXPECT_LT(heard.printed.size(), (1u << 20) + 4 * 3 * (1u << 17) + 2000);
}

// Little-endian programs: words of windows, output, hints and PRINT have their first byte in the
// least significant place; lengths are ordinary words.
TEST(LittleEndian, Inputs) {
  const std::string text = "secret";
  const vm::Inputs in{.private_input = view(text), .public_input = view(text), .hints = {}};
  for (uint32_t base : {isa::kPrivateBase, isa::kPublicBase}) {
    const auto word = [&](uint32_t offset) {
      Guest g = read_word(base + offset);
      g.little_endian = true;
      return run_and_check(g.program(), in).outcome.exit_code;
    };
    EXPECT_EQ(word(0), 6u);
    EXPECT_EQ(word(4), 0x72636573u);
    EXPECT_EQ(word(8), 0x00007465u);
  }
}

TEST(LittleEndian, InputBytesAreInOrder) {
  const std::string text = "secret";
  const vm::Inputs in{.private_input = view(text), .public_input = {}, .hints = {}};
  for (uint32_t i = 0; i < 6; ++i) {
    Guest g;
    g.little_endian = true;
    g.li(kT0, isa::kPrivateBase + 4 + i).op(mem(Op::kLbu, kA0, 0, kT0)).halt();
    EXPECT_EQ(run_and_check(g.program(), in).outcome.exit_code, static_cast<uint8_t>(text[i]));
  }
}

TEST(LittleEndian, Output) {
  Guest g = write_words({6, 0x64636261, 0x00006665});
  g.little_endian = true;
  auto outcome = run_and_check(g.program()).outcome;
  EXPECT_EQ(std::string(outcome.output.begin(), outcome.output.end()), "abcdef");

  Guest bytes;
  bytes.little_endian = true;
  bytes.li(kT0, kOutput).li(kT1, 5).op(mem(Op::kSw, kT1, 0, kT0));
  for (uint32_t i = 0; i < 5; ++i) {
    bytes.li(kT1, 'a' + i).op(mem(Op::kSb, kT1, 4 + i, kT0));
  }
  bytes.halt();
  outcome = run_and_check(bytes.program()).outcome;
  EXPECT_EQ(std::string(outcome.output.begin(), outcome.output.end()), "abcde");
}

TEST(LittleEndian, OutputPaddingIsAtTheTopOfTheWord) {
  Guest g = write_words({5, 0x64636261, 0x01000065});
  g.little_endian = true;
  EXPECT_EQ(fault_of(g), FaultKind::kOutputPadding);
  g = write_words({5, 0x64636261, 0x00000165});
  g.little_endian = true;
  EXPECT_EQ(fault_of(g), FaultKind::kOutputPadding);
  g = write_words({5, 0x64636261, 0x00000065});
  g.little_endian = true;
  EXPECT_EQ(run_and_check(g.program()).outcome.output.size(), 5u);
}

TEST(LittleEndian, Hints) {
  const std::string hints =
      "\x01\x02\x03\x04"
      "ab";
  const vm::Inputs in{.private_input = {}, .public_input = {}, .hints = view(hints)};
  Guest g;
  g.little_endian = true;
  g.op(kHintWord).op(three(Op::kAddu, kA0, kA0, kV0)).halt();
  EXPECT_EQ(run_and_check(g.program(), in).outcome.exit_code, 0x04030201u);
  g.text.insert(g.text.begin(), kHintWord);  // the second word, padded with zeros
  EXPECT_EQ(run_and_check(g.program(), in).outcome.exit_code, 0x00006261u);
}

TEST(LittleEndian, Print) {
  Guest g;
  g.little_endian = true;
  g.data = {0x6c6c6568, 0x00000a6f};
  g.li(kA0, kData + 1).li(kA1, 5).op(kPrintWord).halt();
  Heard heard;
  ASSERT_TRUE(vm::run(g.program(), {}, {}, heard.hooks()).ok());
  EXPECT_EQ(heard.printed, "ello\n");
}

}  // namespace
}  // namespace mipzk::test
