// Random programs with branches, delay slots and memory against Unicorn; their recordings are
// replayed.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "isa/decode.hpp"
#include "unit/vm/guest.hpp"
#include "unit/vm/recording_check.hpp"
#include "unit/vm/unicorn_machine.hpp"
#include "vm/interpreter.hpp"

namespace mipzk::test {
namespace {

using isa::Format;

constexpr unsigned kBase = kS0, kCounter = kS1;  // not written by the random instructions
constexpr unsigned kDataWords = 1024;

// Instructions that neither fault nor leave the straight line.
constexpr Op kPlain[] = {Op::kSll,   Op::kSrl,  Op::kSra,  Op::kSllv, Op::kSrlv,  Op::kSrav,
                         Op::kMfhi,  Op::kMthi, Op::kMflo, Op::kMtlo, Op::kMult,  Op::kMultu,
                         Op::kDiv,   Op::kDivu, Op::kAddu, Op::kSubu, Op::kAnd,   Op::kOr,
                         Op::kXor,   Op::kNor,  Op::kSlt,  Op::kSltu, Op::kAddiu, Op::kSlti,
                         Op::kSltiu, Op::kAndi, Op::kOri,  Op::kXori, Op::kLui,   Op::kLb,
                         Op::kLh,    Op::kLwl,  Op::kLw,   Op::kLbu,  Op::kLhu,   Op::kLwr,
                         Op::kSb,    Op::kSh,   Op::kSwl,  Op::kSw,   Op::kSwr};
constexpr Op kBranches[] = {Op::kBeq,  Op::kBne,  Op::kBltz,   Op::kBgez,
                            Op::kBlez, Op::kBgtz, Op::kBltzal, Op::kBgezal};

unsigned source_reg(std::mt19937& rng) { return rng() % 16; }
unsigned target_reg(std::mt19937& rng) { return rng() % 16; }

uint32_t plain_word(std::mt19937& rng) {
  const Op op = kPlain[rng() % std::size(kPlain)];
  const Format format = isa::op_info(op).format;
  const unsigned a = source_reg(rng), b = source_reg(rng), d = target_reg(rng);
  switch (format) {
    case Format::kShift:
      return shift(op, d, a, rng() % 32);
    case Format::kShiftReg:
    case Format::kThree:
      return three(op, d, a, b);
    case Format::kFromHiLo:
      return from_hilo(op, d);
    case Format::kToHiLo:
      return to_hilo(op, a);
    case Format::kHiLo:
      return hilo(op, a, b);
    case Format::kUpper:
      return lui(d, static_cast<uint32_t>(rng()));
    case Format::kMemory: {
      uint32_t offset = rng() % 2048;
      if (op == Op::kLw || op == Op::kSw) offset &= ~3u;
      if (op == Op::kLh || op == Op::kLhu || op == Op::kSh) offset &= ~1u;
      return mem(op, d, offset - 1024, kBase);
    }
    default:
      return imm(op, d, a, static_cast<uint32_t>(rng()));
  }
}

uint32_t branch_word(std::mt19937& rng) {
  const Op op = kBranches[rng() % std::size(kBranches)];
  const int offset = static_cast<int>(1 + rng() % 6);
  const unsigned a = source_reg(rng);
  if (isa::op_info(op).format == Format::kBranchZero) return branch_zero(op, a, offset);
  return branch(op, a, rng() % 3 == 0 ? a : source_reg(rng), offset);
}

// `rounds` times a random body, then HALT. No branch sits in a delay slot, but branches may lead
// into the delay slot of another.
Guest random_guest(std::mt19937& rng, unsigned length, unsigned rounds) {
  Guest g;
  for (unsigned i = 0; i < kDataWords; ++i) g.data.push_back(static_cast<uint32_t>(rng()));
  for (unsigned r = 1; r < 16; ++r) g.li(r, static_cast<uint32_t>(rng()) >> (rng() % 32));
  g.li(kBase, kData + 2048).li(kCounter, rounds - 1);
  const auto start = static_cast<int>(g.text.size());
  for (unsigned i = 0; i < length; ++i) {
    if (rng() % 6 == 0) g.op(branch_word(rng));
    g.op(plain_word(rng));
  }
  for (unsigned i = 0; i < 8; ++i) g.op(kNopWord);  // where the last branches may lead
  const auto here = static_cast<int>(g.text.size());
  g.op(branch(Op::kBne, kCounter, kZero, start - here - 1));
  g.op(imm(Op::kAddiu, kCounter, kCounter, 0xffff));
  g.halt();
  return g;
}

void compare(const Guest& guest) {
  const isa::Program program = guest.program();
  const vm::Code code(program);
  vm::Windows windows(vm::Inputs{}, program.little_endian);
  vm::Memory memory(program, windows, 1u << 20, false);
  vm::Processor cpu(code, memory, windows, nullptr);
  cpu.reg[kSp] = isa::kStackTop - 64;
  cpu.start(program.entry);
  ASSERT_EQ(vm::execute(cpu, 10'000'000), vm::Stop::kHalt);

  UnicornMachine unicorn(guest.text, guest.data);
  Registers initial{};
  initial[kSp] = isa::kStackTop - 64;
  unicorn.set_registers(initial);
  ASSERT_TRUE(unicorn.run(kText, guest.here() - 8, 0));
  const auto want = unicorn.registers();
  for (unsigned r = 0; r < want.size(); ++r) {
    if (!is_shared(r)) continue;
    ASSERT_EQ(cpu.reg[r], want[r]) << "register " << r;
  }
  for (unsigned i = 0; i < kDataWords; ++i)
    ASSERT_EQ(memory.cell(kData + 4 * i)->value, unicorn.word(kData + 4 * i));
}

TEST(RandomProgram, AgreesWithUnicornAndReplays) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 rng(seed);
    const Guest guest = random_guest(rng, 20 + rng() % 150, 1 + rng() % 8);
    compare(guest);
    run_and_check(guest.program());
    if (HasFailure()) return;
  }
}

TEST(RandomProgram, LongEnoughForBumps) {
  for (unsigned seed = 1000; seed < 1003; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 rng(seed);
    const Guest guest = random_guest(rng, 100, 500);
    compare(guest);
    const vm::Recording recording = run_and_check(guest.program());
    ASSERT_EQ(recording.shards.size(), 1u);
    EXPECT_GT(recording.shards[0].cycles, 20000u);
    EXPECT_FALSE(recording.shards[0].bumps.empty());
    if (HasFailure()) return;
  }
}

// Arbitrary instructions: jumps into anything, faults, endless loops. Both ways of running must
// stop for the same reason at the same place.
TEST(RandomProgram, ArbitraryInstructionsStopTheSameWayWhenRecorded) {
  unsigned kinds[16] = {}, limits = 0, halts = 0;
  for (unsigned seed = 0; seed < 1500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 rng(seed);
    Guest g;
    g.data.assign(64, static_cast<uint32_t>(rng()));
    for (unsigned r = 1; r < 32; ++r)  // pointers to text and data survive longest
      g.li(r, rng() % 8 == 0 ? 0x7ffffff0 : (rng() % 3 != 0 ? kData : kText) + rng() % 256);
    for (unsigned i = 0; i < 64; ++i) {
      const auto& info = isa::kOps[rng() % isa::kOpCount];
      uint32_t word = info.match | (static_cast<uint32_t>(rng()) & ~info.mask);
      if (rng() % 4 != 0 && info.format != Format::kJump) word &= 0xffff00ff;  // small offsets
      if (rng() % 64 == 0) word = static_cast<uint32_t>(rng());
      if (rng() % 64 == 0) word = kHaltWord;
      g.op(word);
    }
    const isa::Program program = g.program();
    const vm::Limits limit{.max_cycles = 20000, .max_memory_bytes = 1u << 20};
    const std::string hints(64, 'h');
    const vm::Inputs in{.private_input = {}, .public_input = {}, .hints = view(hints)};
    vm::FaultReport plain, recorded;
    const auto a = vm::run(program, in, limit, {}, &plain);
    auto b = vm::record(program, in, limit, {}, &recorded);
    ASSERT_EQ(a.ok(), b.ok());
    if (a.ok()) {
      ++halts;
      ASSERT_EQ(a->exit_code, b->outcome.exit_code);
      check_recording(program, in, *b);
      if (HasFailure()) return;
      continue;
    }
    ASSERT_EQ(plain.code, recorded.code);
    ASSERT_EQ(plain.text, recorded.text);
    ASSERT_FALSE(plain.text.empty());
    limits += plain.code == Errc::kCycleLimit;
    ++kinds[static_cast<unsigned>(plain.kind)];
  }
  EXPECT_GT(halts, 20u);
  EXPECT_GT(limits, 0u);
  for (vm::FaultKind kind :
       {vm::FaultKind::kUnmapped, vm::FaultKind::kReadOnly, vm::FaultKind::kUnaligned,
        vm::FaultKind::kOverflow, vm::FaultKind::kBreak, vm::FaultKind::kReserved,
        vm::FaultKind::kNoInstruction, vm::FaultKind::kUnalignedJump})
    EXPECT_GT(kinds[static_cast<unsigned>(kind)], 0u) << static_cast<unsigned>(kind);
}

}  // namespace
}  // namespace mipzk::test
