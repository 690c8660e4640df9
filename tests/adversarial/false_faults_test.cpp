// SPDX-License-Identifier: Apache-2.0
// A machine that takes a fault where there is none, or tells another cause than it has, and goes on
// in the kernel: nothing of what it records can be proved.
#include <gtest/gtest.h>

#include "adversarial/proof_kit.hpp"
#include "adversarial/shards.hpp"
#include "vm/boundary.hpp"
#include "vm/kernel_fault.hpp"
#include "vm/machine_state.hpp"

namespace mipzk::attack {
namespace {

using namespace test;
using vm::FaultCode;
using vm::KernelFault;

constexpr uint32_t kDies = 139;
constexpr uint32_t kBegin = 8;  // instructions before the one that the machine lies about

// One instruction, then HALT with 0; the kernel ends the run with kDies. $s0: writable words, $s1:
// text, $t0, $t1: numbers.
const prove::LoadedProgram& program_of(uint32_t word, uint32_t a, uint32_t b) {
  Guest g;
  g.data = {1, 2, 3, 4};
  g.takes_faults = true;
  g.kernel = {imm(Op::kAddiu, kA0, kZero, kDies), kHaltWord};
  g.guards = {{kGuard, 0x1000}};
  g.li(kS0, kData).li(kS1, kText).li(kT0, a).li(kT1, b).op(word);
  g.li(kA0, 0).halt();
  return keep(g.program());
}

// A recorded run that takes `fault` in place of the instruction.
Shard run_with(const prove::LoadedProgram& program, const KernelFault& fault) {
  const vm::Code code(program.program);
  const vm::Hooks hooks;
  const vm::Inputs inputs;
  vm::Machine machine(program.program, code, inputs, {}, hooks, true);
  vm::Processor& cpu = machine.cpu;
  vm::ShardStart start(cpu, program.program.code_rows());
  vm::Recording r;
  vm::ShardRecord& record = r.shards.emplace_back();
  EXPECT_EQ(vm::record_block(cpu, kBegin, record), vm::Stop::kSliceEnd);
  const vm::AccessLog::Position log = record.log.reserve(vm::kMaxAccesses);
  record.blocks.push_back({cpu.op->pc, cpu.next->pc, kBegin, record.counts, log, record.words.end(),
                           cpu.reg, cpu.reg_time});
  vm::Recorder recorder{record.log.at(log),  record.counts, &record.words,
                        cpu.executed.data(), code.ops(),    &record.faults};
  vm::record_fault(cpu, fault, recorder);
  record.log.advance(fault.words);
  EXPECT_EQ(vm::record_block(cpu, 1000, record), vm::Stop::kHalt);
  auto outcome = vm::finish(program.program, cpu, nullptr);
  EXPECT_TRUE(outcome);
  r.outcome = std::move(*outcome);
  start.close(cpu, true, record);
  r.finals = start.source_words(cpu, r.outcome);
  r.code_last = start.code_last();
  EXPECT_EQ(r.outcome.exit_code, kDies);
  return build(program, {}, r);
}

void expect_refused(uint32_t word, uint32_t a, uint32_t b, const KernelFault& fault) {
  const Shard s = run_with(program_of(word, a, b), fault);
  const Findings f = check(s);
  SCOPED_TRACE(f.text());
  EXPECT_FALSE(f.ok());
  EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
}

KernelFault plain(FaultCode code, uint32_t address) { return {.code = code, .address = address}; }

TEST(FalseFaults, TrueOnesAreAccepted) {
  const struct {
    uint32_t word, a, b;
    KernelFault fault;
  } cases[] = {
      {mem(Op::kLw, kT2, 2, kS0), 0, 0, plain(FaultCode::kUnalignedLoad, kData + 2)},
      {mem(Op::kSw, kT2, 4, kS1),
       0,
       0,
       {.code = FaultCode::kReadOnly, .address = kText + 4, .words = 1}},
      {three(Op::kAdd, kT2, kT0, kT1), 0x7fffffff, 1, plain(FaultCode::kOverflow, 0)},
      {trap(Op::kTeq, kT0, kT1), 5, 5, plain(FaultCode::kTrap, 0)},
  };
  for (const auto& c : cases) {
    const prove::LoadedProgram& program = program_of(c.word, c.a, c.b);
    const Shard honest = run(program, {});
    const Shard s = run_with(program, c.fault);
    EXPECT_EQ(check(s).text(), "");
    ASSERT_EQ(s.traces.size(), honest.traces.size());
    for (size_t i = 0; i < s.traces.size(); ++i)
      EXPECT_TRUE(s.traces[i].base == honest.traces[i].base);
    const Verdict v = verdict(program.id, prove(s));
    EXPECT_TRUE(v.accepted()) << v.message;
    EXPECT_EQ(v.claim.exit_code, kDies);
  }
}

// Where the access, the sum and the condition are fine.
TEST(FalseFaults, WhereThereIsNone) {
  const uint32_t a = kData + 8;
  for (const Op op : {Op::kLw, Op::kLb, Op::kLh, Op::kLwl, Op::kLl, Op::kLdc1})
    expect_refused(mem(op, 4, 8, kS0), 0, 0, plain(FaultCode::kUnalignedLoad, a));
  for (const Op op : {Op::kSw, Op::kSb, Op::kSh, Op::kSwr, Op::kSc}) {
    expect_refused(mem(op, 4, 8, kS0), 0, 0, plain(FaultCode::kUnalignedStore, a));
    expect_refused(mem(op, 4, 8, kS0), 0, 0,
                   {.code = FaultCode::kReadOnly, .address = a, .words = 1});
  }
  expect_refused(mem(Op::kSdc1, 4, 8, kS0), 0, 0,
                 {.code = FaultCode::kReadOnly, .address = a, .words = 2});
  // A load from text, which may be read.
  expect_refused(mem(Op::kLw, 4, 8, kS1), 0, 0,
                 {.code = FaultCode::kReadOnly, .address = kText + 8, .words = 1});
  expect_refused(trap(Op::kTeq, kT0, kT1), 5, 6, plain(FaultCode::kTrap, 0));
  expect_refused(trap(Op::kTne, kT0, kT1), 5, 5, plain(FaultCode::kTrap, 0));
  expect_refused(trap(Op::kTltu, kT0, kT1), 6, 6, plain(FaultCode::kTrap, 0));
  expect_refused(trap(Op::kTge, kT0, kT1), 5, 6, plain(FaultCode::kTrap, 0));
  // An instruction that has no fault at all.
  expect_refused(three(Op::kAddu, kT2, kT0, kT1), 0x7fffffff, 1,
                 plain(FaultCode::kUnalignedLoad, 0));
}

// One cause for another, another address, another code.
TEST(FalseFaults, OfAnotherCause) {
  const vm::Code code(program_of(kNopWord, 0, 0).program);
  const uint32_t span = code.find_span(isa::SpanKind::kUnmapped, kGuard / 4);
  ASSERT_NE(span, vm::kNoSpan);
  for (uint8_t n = 0; n < 16; ++n) {
    const auto c = static_cast<FaultCode>(n);
    if (vm::table_of(c) != vm::FaultTable::kAccess) continue;
    // Unaligned in a guard: not unmapped; unaligned in text: not read-only.
    expect_refused(mem(Op::kSw, 4, 2, kT0), kGuard, 0,
                   {.code = c, .address = kGuard + 2, .span = span});
    expect_refused(mem(Op::kSw, 4, 2, kS1), 0, 0, {.code = c, .address = kText + 2, .words = 1});
    if (c != FaultCode::kUnalignedStore)
      expect_refused(mem(Op::kSw, 4, 2, kS0), 0, 0, plain(c, kData + 2));
    // Unmapped: not unaligned; of a store.
    expect_refused(mem(Op::kSw, 4, 4, kT0), kGuard, 0, plain(c, kGuard + 4));
    if (c != FaultCode::kUnmappedStore)
      expect_refused(mem(Op::kSw, 4, 4, kT0), kGuard, 0,
                     {.code = c, .address = kGuard + 4, .span = span});
    if (c != FaultCode::kReadOnly)
      expect_refused(mem(Op::kSw, 4, 4, kS1), 0, 0, {.code = c, .address = kText + 4, .words = 1});
  }
  for (const uint32_t other : {kGuard + 8, kGuard + 5, kGuard + 0x104})
    expect_refused(mem(Op::kLw, 4, 4, kT0), kGuard, 0,
                   {.code = FaultCode::kUnmappedLoad, .address = other, .span = span});
}

}  // namespace
}  // namespace mipzk::attack
