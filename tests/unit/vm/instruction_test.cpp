// Every instruction against Unicorn, with random fields, registers and memory.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

#include "isa/decode.hpp"
#include "unit/vm/guest.hpp"
#include "unit/vm/unicorn_machine.hpp"
#include "vm/interpreter.hpp"

namespace mipzk::test {
namespace {

using isa::Format;

constexpr unsigned kCases = 1100;  // of which at least kCompared are not skipped
constexpr unsigned kCompared = 1000;
constexpr unsigned kCellWords = 4;  // each case has its own words: the instruction and three nops
constexpr unsigned kDataWords = 1024;

using Registers = std::array<uint32_t, 34>;

uint32_t random_value(std::mt19937& rng) {
  static constexpr uint32_t kEdges[] = {0,          1,          2,          0x7f,       0x80,
                                        0xff,       0x7fff,     0x8000,     0xffff,     0x10000,
                                        0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff};
  switch (rng() % 4) {
    case 0:
      return kEdges[rng() % std::size(kEdges)];
    case 1:
      return static_cast<uint32_t>(rng()) >> (rng() % 32);
    default:
      return static_cast<uint32_t>(rng());
  }
}

uint32_t case_pc(unsigned i) { return kText + 4 * kCellWords * i; }

bool is_branch(Format f) { return f == Format::kBranchZero || f == Format::kBranchEq; }

bool transfers_control(Format f) {
  return is_branch(f) || f == Format::kJump || f == Format::kJumpReg || f == Format::kJumpRegLink;
}

// A random word of the instruction, with targets inside the text.
uint32_t random_word(const isa::OpInfo& info, unsigned i, std::mt19937& rng) {
  uint32_t word = info.match | (static_cast<uint32_t>(rng()) & ~info.mask);
  const uint32_t target = case_pc(rng() % kCases);
  if (is_branch(info.format))
    word = (word & 0xffff0000) | (((target - case_pc(i) - 4) >> 2) & 0xffff);
  if (info.format == Format::kJump) word = (word & 0xfc000000) | target >> 2;
  // A memory access needs a base register other than $zero.
  if (info.format == Format::kMemory && (word >> 21 & 31) == 0) word |= 1u << 21;
  return word;
}

class Instruction : public testing::TestWithParam<unsigned> {
 protected:
  const isa::OpInfo& info() const { return isa::kOps[GetParam()]; }
  bool can_fault() const {
    switch (info().op) {
      case Op::kAdd:
      case Op::kSub:
      case Op::kAddi:
      case Op::kLw:
      case Op::kLh:
      case Op::kLhu:
      case Op::kSw:
      case Op::kSh:
        return true;
      default:
        return false;
    }
  }
};

TEST_P(Instruction, AgreesWithUnicorn) {
  std::mt19937 rng(GetParam());
  Guest guest;
  for (unsigned i = 0; i < kCases; ++i)
    guest.op(random_word(info(), i, rng)).ops({kNopWord, kNopWord, kNopWord});
  guest.op(kHaltWord);
  for (unsigned i = 0; i < kDataWords; ++i) guest.data.push_back(static_cast<uint32_t>(rng()));
  const isa::Program program = guest.program();

  const vm::Code code(program);
  vm::Windows windows(vm::Inputs{}, program.little_endian);
  vm::Memory memory(program, windows, 1u << 20, false);
  vm::Processor cpu(code, memory, windows, nullptr);
  UnicornMachine unicorn(guest.text, guest.data);

  const bool transfers = transfers_control(info().format);
  unsigned compared = 0, faults = 0;
  for (unsigned i = 0; i < kCases; ++i) {
    const uint32_t pc = case_pc(i), word = guest.text[kCellWords * i];
    const auto decoded = isa::decode(word);
    ASSERT_TRUE(decoded.has_value());
    const isa::Instruction& in = *decoded;
    SCOPED_TRACE(isa::disassemble(pc, word));

    Registers regs{};
    for (unsigned r = 1; r < regs.size(); ++r) regs[r] = random_value(rng);
    if (in.rs != 0 &&
        (info().format == Format::kThree || info().format == Format::kHiLo ||
         info().format == Format::kBranchEq) &&
        rng() % 4 == 0)
      regs[in.rs] = in.rt == 0 ? 0 : regs[in.rt];  // equal operands are rare otherwise
    uint32_t address = 0;
    if (info().format == Format::kMemory) {
      address = kData + rng() % (4 * kDataWords);
      const bool half = in.op == Op::kLh || in.op == Op::kLhu || in.op == Op::kSh;
      if (rng() % 8 != 0)  // most accesses are aligned
        address &= in.op == Op::kLw || in.op == Op::kSw ? ~3u : half ? ~1u : ~0u;
      regs[in.rs] = address - in.imm;
    }
    if (info().format == Format::kJumpReg || info().format == Format::kJumpRegLink) {
      // Unpredictable in the manual: the link register is the target register.
      if (in.op == Op::kJalr && in.rd == in.rs) continue;
      if (in.rs == 0) continue;
      regs[in.rs] = case_pc(rng() % kCases);
    }

    std::copy(regs.begin(), regs.end(), cpu.reg.begin());
    cpu.start(pc);
    unicorn.set_registers(regs);
    const size_t steps = transfers ? 2 : 1;
    const vm::Stop stop = vm::execute(cpu, static_cast<uint32_t>(steps));
    const bool completed = unicorn.run(pc, 0, steps);
    ++compared;
    if (!completed) {
      ++faults;
      ASSERT_EQ(stop, vm::Stop::kFault);
      const bool sum = info().format == Format::kThree || info().format == Format::kImmSigned;
      ASSERT_EQ(cpu.fault, sum ? vm::FaultKind::kOverflow : vm::FaultKind::kUnaligned);
      ASSERT_EQ(cpu.op->pc, pc);
      ASSERT_TRUE(std::equal(regs.begin(), regs.end(), cpu.reg.begin()));
      continue;
    }
    ASSERT_EQ(stop, vm::Stop::kSliceEnd);
    const Registers want = unicorn.registers();
    for (unsigned r = 0; r < want.size(); ++r)
      ASSERT_EQ(cpu.reg[r], want[r]) << isa::register_name(r);
    ASSERT_EQ(cpu.op->pc, unicorn.pc());
    if (info().format == Format::kMemory) {
      const vm::Cell* cell = memory.cell(address);
      ASSERT_NE(cell, nullptr);
      ASSERT_EQ(cell->value, unicorn.word(address & ~3u));
    }
  }
  EXPECT_GE(compared, kCompared);
  EXPECT_EQ(faults > 0, can_fault()) << faults;
  // No store went astray.
  for (unsigned i = 0; i < kDataWords; ++i)
    ASSERT_EQ(memory.cell(kData + 4 * i)->value, unicorn.word(kData + 4 * i));
}

std::vector<unsigned> tested_ops() {
  std::vector<unsigned> list;
  for (unsigned i = 0; i < isa::kOpCount; ++i)
    if (isa::kOps[i].format != Format::kCode) list.push_back(i);  // syscall and break: fault_test
  return list;
}

INSTANTIATE_TEST_SUITE_P(Mips1, Instruction, testing::ValuesIn(tested_ops()),
                         [](const auto& op) { return isa::kOps[op.param].mnemonic; });

}  // namespace
}  // namespace mipzk::test
