// SPDX-License-Identifier: Apache-2.0
// Faults, limits and cancellation, and what is said about them.
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "unit/vm/guest.hpp"
#include "unit/vm/recording_check.hpp"

namespace mipzk::test {
namespace {

using vm::FaultKind;

struct Stopped {
  Error error;
  vm::FaultReport report;
};

Stopped stop_of(const Guest& g, const vm::Limits& limits = {}, const vm::Hooks& hooks = {}) {
  Stopped s, recorded;
  const auto program = g.program();
  const auto a = vm::run(program, {}, limits, hooks, &s.report);
  const auto b = vm::record(program, {}, limits, hooks, &recorded.report);
  EXPECT_FALSE(a.ok());
  EXPECT_FALSE(b.ok());
  if (!a.ok()) s.error = a.error();
  if (!b.ok()) {
    EXPECT_EQ(b.error().code, s.error.code);
  }
  EXPECT_EQ(recorded.report.text, s.report.text);
  EXPECT_EQ(recorded.report.pc, s.report.pc);
  EXPECT_EQ(recorded.report.cycle, s.report.cycle);
  EXPECT_EQ(s.report.code, s.error.code);
  return s;
}

// `kind` at the instruction with index `index`.
Stopped expect_fault(const Guest& g, FaultKind kind, unsigned index, uint64_t cycle) {
  const Stopped s = stop_of(g);
  EXPECT_EQ(s.error.code, Errc::kFault);
  EXPECT_EQ(s.report.kind, kind) << s.report.text;
  EXPECT_EQ(s.report.pc, kText + 4 * index) << s.report.text;
  EXPECT_EQ(s.report.cycle, cycle);
  return s;
}

bool contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

TEST(Fault, NullPage) {
  for (uint32_t address : {0u, 4u, 0xfffcu}) {
    Guest load, store;
    load.li(kT0, address).op(mem(Op::kLw, kA0, 0, kT0)).halt();
    store.li(kT0, address).op(mem(Op::kSb, kA0, 0, kT0)).halt();
    const auto s = expect_fault(load, FaultKind::kNullPage, 2, 2);
    EXPECT_TRUE(contains(s.report.text, "load from the null pages")) << s.report.text;
    EXPECT_TRUE(contains(s.report.text, "lw a0,0(t0)")) << s.report.text;
    EXPECT_TRUE(contains(expect_fault(store, FaultKind::kNullPage, 2, 2).report.text, "store to"));
  }
}

TEST(Fault, Unmapped) {
  // Below the segments, between them, after the bss, above the stack, kernel space.
  for (uint32_t address : {0x00010000u, 0x003ffffcu, 0x00500000u, 0x0ffffffcu, 0x10001004u,
                           0x7fff0000u, 0x80000000u, 0xd0000000u, 0xfffffff8u}) {
    Guest g;
    g.data = {1};
    g.li(kT0, address).op(mem(Op::kLw, kA0, 0, kT0)).halt();
    SCOPED_TRACE(address);
    expect_fault(g, FaultKind::kUnmapped, 2, 2);
  }
}

TEST(Fault, ReadOnly) {
  for (Op op : {Op::kSw, Op::kSh, Op::kSb, Op::kSwl, Op::kSwr, Op::kSc, Op::kSwc1, Op::kSdc1}) {
    Guest g;
    g.li(kT0, kText).op(mem(op, kA0, 0, kT0)).halt();
    expect_fault(g, FaultKind::kReadOnly, 2, 2);
  }
}

// Each half of a double needs its word. The segment and its zeros end in the middle of one.
TEST(Fault, HalvesOfADouble) {
  for (Op op : {Op::kLdc1, Op::kSdc1}) {
    const char* access = op == Op::kLdc1 ? "load from" : "store to";
    Guest g;
    g.data = {1, 2, 3};
    g.bss_bytes = 0;
    g.li(kT0, kData).op(mem(op, 2, 8, kT0)).halt();
    EXPECT_TRUE(contains(expect_fault(g, FaultKind::kUnmapped, 2, 2).report.text, access));
    g.text[2] = mem(op, 2, 0, kT0);
    run_and_check(g.program());
    Guest first;
    first.li(kT0, isa::kStackTop).op(mem(op, 2, 0, kT0)).halt();
    expect_fault(first, FaultKind::kUnmapped, 2, 2);
    first.text[2] = mem(op, 2, 0xfff8, kT0);
    run_and_check(first.program());
    Guest null;
    null.op(mem(op, 2, 0x7ff8, kZero)).halt();
    EXPECT_TRUE(contains(expect_fault(null, FaultKind::kNullPage, 0, 0).report.text, access));
  }
}

TEST(Fault, LinkedAccesses) {
  for (Op op : {Op::kLl, Op::kSc}) {
    Guest null, unmapped;
    null.op(mem(op, kA0, 0, kZero)).halt();
    const Stopped s = expect_fault(null, FaultKind::kNullPage, 0, 0);
    EXPECT_TRUE(contains(s.report.text, op == Op::kLl ? "load from" : "store to")) << s.report.text;
    unmapped.li(kT0, 0x00800000).op(mem(op, kA0, 0, kT0)).halt();
    expect_fault(unmapped, FaultKind::kUnmapped, 2, 2);
  }
  // sc needs a writable word even if it would not store.
  Guest g;
  g.li(kT0, kText).op(mem(Op::kLl, kT1, 0, kT0)).op(mem(Op::kSc, kT1, 0, kT0)).halt();
  expect_fault(g, FaultKind::kReadOnly, 3, 3);
}

TEST(Fault, ConditionalTraps) {
  const struct {
    Op op;
    bool is_signed, immediate;
    bool (*holds)(int64_t a, int64_t b);
  } cases[] = {
      {Op::kTeq, true, false, [](int64_t a, int64_t b) { return a == b; }},
      {Op::kTne, true, false, [](int64_t a, int64_t b) { return a != b; }},
      {Op::kTge, true, false, [](int64_t a, int64_t b) { return a >= b; }},
      {Op::kTgeu, false, false, [](int64_t a, int64_t b) { return a >= b; }},
      {Op::kTlt, true, false, [](int64_t a, int64_t b) { return a < b; }},
      {Op::kTltu, false, false, [](int64_t a, int64_t b) { return a < b; }},
      {Op::kTeqi, true, true, [](int64_t a, int64_t b) { return a == b; }},
      {Op::kTnei, true, true, [](int64_t a, int64_t b) { return a != b; }},
      {Op::kTgei, true, true, [](int64_t a, int64_t b) { return a >= b; }},
      {Op::kTgeiu, false, true, [](int64_t a, int64_t b) { return a >= b; }},
      {Op::kTlti, true, true, [](int64_t a, int64_t b) { return a < b; }},
      {Op::kTltiu, false, true, [](int64_t a, int64_t b) { return a < b; }},
  };
  for (const auto& c : cases) {
    for (uint32_t a : {0u, 1u, 0x7fffu, 0x7fffffffu, 0x80000000u, 0xffff8000u, 0xffffffffu}) {
      for (uint32_t b : {0u, 1u, 0x7fffu, 0xffff8000u, 0xffffffffu}) {  // all fit an immediate
        Guest g;
        g.li(kT0, a).li(kT1, b);
        g.op(c.immediate ? trap_imm(c.op, kT0, b) : trap(c.op, kT0, kT1, 9)).halt();
        const auto value = [&](uint32_t v) {
          return c.is_signed ? int64_t{static_cast<int32_t>(v)} : int64_t{v};
        };
        SCOPED_TRACE(isa::op_info(c.op).mnemonic);
        SCOPED_TRACE(a);
        SCOPED_TRACE(b);
        if (c.holds(value(a), value(b))) {
          expect_fault(g, FaultKind::kTrap, 4, 4);
        } else {
          run_and_check(g.program());
        }
      }
    }
  }
}

TEST(Fault, ConditionalTrapsNameTheirCode) {
  const auto text_of = [](uint32_t word) {
    Guest g;
    g.op(kNopWord).op(word).halt();
    return expect_fault(g, FaultKind::kTrap, 1, 1).report.text;
  };
  EXPECT_TRUE(contains(text_of(trap(Op::kTeq, kT0, kT0, 7)), "trap 7: division by zero"));
  EXPECT_TRUE(contains(text_of(trap(Op::kTeq, kT0, kT0, 6)), "trap 6: integer overflow"));
  EXPECT_TRUE(contains(text_of(trap(Op::kTge, kT0, kT0, 0x3ff)), "code 0x3ff"));
  // The immediate forms have none.
  EXPECT_TRUE(contains(text_of(trap_imm(Op::kTgei, kT0, 0)), "code 0x0"));
  const std::string text = text_of(trap(Op::kTeq, kT0, kT1, 7));
  EXPECT_TRUE(contains(text, "teq t0,t1,0x7")) << text;
  EXPECT_TRUE(contains(text, "registers: $t0, $t1")) << text;
}

TEST(Fault, Unaligned) {
  for (Op op : {Op::kLw, Op::kSw, Op::kLl, Op::kSc, Op::kLwc1, Op::kSwc1}) {
    for (unsigned k = 1; k < 4; ++k) {
      Guest g;
      g.li(kT0, kData + k).op(mem(op, kA0, 0, kT0)).halt();
      expect_fault(g, FaultKind::kUnaligned, 2, 2);
    }
  }
  for (Op op : {Op::kLdc1, Op::kSdc1}) {
    for (unsigned k = 1; k < 8; ++k) {  // also at an odd multiple of 4
      Guest g;
      g.li(kT0, kData + k).op(mem(op, 4, 0, kT0)).halt();
      const Stopped s = expect_fault(g, FaultKind::kUnaligned, 2, 2);
      EXPECT_TRUE(contains(s.report.text, op == Op::kLdc1 ? "unaligned load" : "unaligned store"));
      EXPECT_TRUE(contains(s.report.text, "multiples of 8")) << s.report.text;
    }
  }
  for (Op op : {Op::kLh, Op::kLhu, Op::kSh}) {
    for (unsigned k : {1u, 3u}) {
      Guest g;
      g.li(kT0, kData + k).op(mem(op, kA0, 0, kT0)).halt();
      expect_fault(g, FaultKind::kUnaligned, 2, 2);
    }
  }
}

TEST(Fault, Overflow) {
  const struct {
    uint32_t word, a, b;
    bool overflows;
  } cases[] = {
      {three(Op::kAdd, kA0, kT0, kT1), 0x7fffffff, 1, true},
      {three(Op::kAdd, kZero, kT0, kT1), 0x80000000, 0xffffffff, true},
      {three(Op::kAdd, kA0, kT0, kT1), 0x7fffffff, 0xffffffff, false},
      {three(Op::kSub, kA0, kT0, kT1), 0x80000000, 1, true},
      {three(Op::kSub, kA0, kT0, kT1), 0, 0x80000000, true},
      {three(Op::kSub, kA0, kT0, kT1), 0xffffffff, 0x80000000, false},
      {imm(Op::kAddi, kA0, kT0, 1), 0x7fffffff, 0, true},
      {imm(Op::kAddi, kA0, kT0, 0xffff), 0x80000000, 0, true},
      {imm(Op::kAddi, kA0, kT0, 0xffff), 0x80000001, 0, false},
  };
  for (const auto& c : cases) {
    Guest g;
    g.li(kT0, c.a).li(kT1, c.b).op(c.word).halt();
    if (c.overflows) {
      expect_fault(g, FaultKind::kOverflow, 4, 4);
    } else {
      run_and_check(g.program());
    }
  }
}

TEST(Fault, Break) {
  Guest g;
  g.op(kNopWord).op(code(Op::kBreak, 7 << 10)).halt();
  EXPECT_TRUE(contains(expect_fault(g, FaultKind::kBreak, 1, 1).report.text, "division by zero"));
  g.text[1] = code(Op::kBreak, 6 << 10);
  EXPECT_TRUE(contains(expect_fault(g, FaultKind::kBreak, 1, 1).report.text, "overflow"));
  g.text[1] = code(Op::kBreak, 0);
  EXPECT_TRUE(contains(expect_fault(g, FaultKind::kBreak, 1, 1).report.text, "code 0x0"));
}

TEST(Fault, InstructionsThatTheMachineDoesNotHave) {
  const struct {
    uint32_t word;
    const char* says;
  } cases[] = {
      {0x0000000c, "system call"},  // syscall
      {0x00000bcc, "unknown machine call 0x2f"},
      {0x46020000, "-msoft-float"},  // add.s
      {0x46241000, "-msoft-float"},  // add.d
      {0x4c420021, "-msoft-float"},  // madd.d
      {0x46c20002, "-msoft-float"},  // mul.ps
      {0xd7a10000, "-mfp32"},        // ldc1 with an odd register
      {0x4449f800, "-msoft-float"},  // cfc1 of a register that is the kernel's
      {0x7c03103b, "hardware register 2"},
      {0x40096000, "privileged"},       // mfc0
      {0x42000018, "privileged"},       // eret
      {0x7ca9fac0, "-march=mips32r2"},  // ext beyond the word
      {0x7ca91803, "-march=mips32r2"},  // dext
      {0x0085482d, "-mabi=32"},         // daddu
      {0xdfa90000, "-mabi=32"},         // ld
      {0xffffffff, "64-bit"},
  };
  for (const auto& c : cases) {
    Guest g;
    g.op(kNopWord).op(c.word).halt();
    const auto s = expect_fault(g, FaultKind::kReserved, 1, 1);
    EXPECT_TRUE(contains(s.report.text, c.says)) << s.report.text;
  }
}

TEST(Fault, JumpsToNowhere) {
  // Through a register: data, unmapped, just after the text, unaligned.
  for (uint32_t target : {kData, 0u, 0x90000000u, kText + 5 * 4u}) {
    Guest g;
    g.data = {kNopWord};
    g.li(kT0, target).op(jr(kT0)).op(kNopWord);
    g.op(kHaltWord);
    g.text.resize(5);
    const Stopped s = stop_of(g);
    EXPECT_EQ(s.report.kind, FaultKind::kNoInstruction) << s.report.text;
    // Only what the program alone leads to is shown: here the end of the text.
    const bool is_public = target == kText + 5 * 4u;
    EXPECT_EQ(s.report.pc, is_public ? target : 0u);
    vm::FaultReport asked;
    asked.want_values = true;
    EXPECT_FALSE(vm::run(g.program(), {}, {}, {}, &asked).ok());
    EXPECT_EQ(asked.pc, target);
    EXPECT_EQ(s.report.cycle, 4u);
  }
  for (unsigned k = 1; k < 4; ++k) {
    Guest g;
    g.li(kT0, kText + k).op(jr(kT0)).op(kNopWord);
    expect_fault(g, FaultKind::kUnalignedJump, 2, 2);
    g.text[2] = jalr(kRa, kT0);
    expect_fault(g, FaultKind::kUnalignedJump, 2, 2);
  }
}

TEST(Fault, StaticJumpsToNowhere) {
  Guest g;
  g.op(jump(Op::kJ, 0x00800000)).op(kNopWord);
  Stopped s = stop_of(g);
  EXPECT_EQ(s.report.kind, FaultKind::kNoInstruction);
  EXPECT_EQ(s.report.pc, 0x00800000u);
  // A branch backwards out of the text, and running off its end.
  g.text = {branch(Op::kBeq, 0, 0, -100), kNopWord};
  s = stop_of(g);
  EXPECT_EQ(s.report.pc, kText + 4 - 400);
  g.text = {kNopWord, kNopWord};
  s = stop_of(g);
  EXPECT_EQ(s.report.pc, kText + 8);
  EXPECT_EQ(s.report.cycle, 2u);
}

TEST(Fault, TwoStrayJumpsInARow) {
  // The second one sits in the slot of the first: the first target is where the run stops.
  Guest g;
  g.li(kT0, 0x00800000).li(kT1, 0x00900000).op(jr(kT0)).op(jr(kT1));
  const Stopped s = stop_of(g);
  EXPECT_EQ(s.report.pc, 0u);
  EXPECT_FALSE(contains(s.report.text, "00800000")) << s.report.text;
  EXPECT_FALSE(contains(s.report.text, "00900000")) << s.report.text;
  vm::FaultReport asked;
  asked.want_values = true;
  EXPECT_FALSE(vm::run(g.program(), {}, {}, {}, &asked).ok());
  EXPECT_EQ(asked.pc, 0x00800000u);
  EXPECT_EQ(s.report.cycle, 6u);
}

TEST(Fault, MakesNoDifferenceToMemoryOrRegisters) {
  // A faulting load leaves its destination alone (want_values shows it).
  Guest g;
  g.li(kA0, 0x1234).op(mem(Op::kLw, kA0, 0, kZero)).halt();
  vm::FaultReport report;
  report.want_values = true;
  EXPECT_FALSE(vm::run(g.program(), {}, {}, {}, &report).ok());
  EXPECT_TRUE(contains(report.values, "a0 = 0x00001234")) << report.values;
}

TEST(Report, NamesSymbolDelaySlotAndReturnAddress) {
  Guest g;
  g.op(jump(Op::kJal, kText + 16)).op(kNopWord).halt();     // 0..3
  g.op(jump(Op::kJ, kText)).op(mem(Op::kLw, kT0, 4, kT1));  // 4, 5: helper
  g.symbols = {{kText, 16, "main"}, {kText + 16, 8, "helper"}};
  const Stopped s = expect_fault(g, FaultKind::kNullPage, 5, 3);
  EXPECT_TRUE(contains(s.report.text, "0x00400014 (helper+0x4): lw t0,4(t1)")) << s.report.text;
  EXPECT_TRUE(contains(s.report.text, "delay slot")) << s.report.text;
  EXPECT_TRUE(contains(s.report.text, "return address: 0x00400008 (main+0x8)")) << s.report.text;
  EXPECT_TRUE(contains(s.report.text, "registers: $t1, $t0")) << s.report.text;
  EXPECT_TRUE(contains(s.error.message, "helper+0x4")) << s.error.message;
}

TEST(Report, KeepsPrivateValuesToItself) {
  // The faulting address comes from the private input: it may appear in `values` only.
  Guest g;
  g.li(kT0, isa::kPrivateBase).op(mem(Op::kLw, kT1, 4, kT0)).op(mem(Op::kLw, kA0, 0, kT1)).halt();
  const std::string secret = "\x91\x57\x31\x98";
  const vm::Inputs in{.private_input = view(secret), .public_input = {}, .hints = {}};
  vm::FaultReport report;
  auto r = vm::run(g.program(), in, {}, {}, &report);
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(report.kind, FaultKind::kUnmapped);
  EXPECT_FALSE(contains(report.text, "91573198")) << report.text;
  EXPECT_FALSE(contains(r.error().message, "91573198"));
  EXPECT_TRUE(report.values.empty());
  report.want_values = true;
  r = vm::run(g.program(), in, {}, {}, &report);
  EXPECT_TRUE(contains(report.values, "t1 = 0x91573198")) << report.values;
  EXPECT_FALSE(contains(report.text, "91573198"));
}

TEST(Report, KeepsJumpTargetsToItself) {
  // jr and jalr to an address made of private bytes: the run stops at it, in its delay slot, or
  // before it, for each reason that a run stops for.
  const std::string secret = "SECP", unaligned = "SECQ";
  const uint32_t slots[] = {kNopWord, mem(Op::kLw, kA0, 0, kZero)};
  for (const uint32_t jump_word : {jr(kT1), jalr(kRa, kT1), jr(kRa)}) {
    for (const uint32_t slot : slots) {
      Guest g;
      g.li(kT0, isa::kPrivateBase).op(mem(Op::kLw, kT1, 4, kT0)).op(mem(Op::kLw, kRa, 4, kT0));
      g.op(jump_word).op(slot).halt();
      for (const std::string& bytes : {secret, unaligned}) {
        const vm::Inputs in{.private_input = view(bytes), .public_input = {}, .hints = {}};
        for (uint64_t limit = 3; limit < 9; ++limit) {
          vm::FaultReport report;
          const auto r = vm::run(g.program(), in, {.max_cycles = limit}, {}, &report);
          ASSERT_FALSE(r.ok());
          for (const std::string& text : {report.text, std::string(r.error().message)}) {
            EXPECT_FALSE(contains(text, "5345435")) << text;
            EXPECT_FALSE(contains(text, "SEC")) << text;
          }
          EXPECT_NE(report.pc >> 8, 0x534543u);
          EXPECT_TRUE(report.values.empty());
        }
      }
      const vm::Inputs in{.private_input = view(secret), .public_input = {}, .hints = {}};
      vm::FaultReport report;
      EXPECT_FALSE(vm::run(g.program(), in, {}, {}, &report).ok());
      EXPECT_TRUE(contains(report.text, "an address outside the program's code")) << report.text;
      EXPECT_EQ(report.kind, slot == kNopWord ? FaultKind::kNoInstruction : FaultKind::kNullPage);
    }
  }
}

Guest endless() {
  Guest g;
  g.op(kNopWord).op(kNopWord);
  g.op(imm(Op::kAddiu, kT0, kT0, 1));  // 2
  g.op(branch(Op::kBeq, 0, 0, -2)).op(kNopWord);
  g.symbols = {{kText, 8, "main"}, {kText + 8, 12, "spin"}};
  return g;
}

TEST(Limit, Cycles) {
  const Stopped s = stop_of(endless(), {.max_cycles = 100000});
  EXPECT_EQ(s.error.code, Errc::kCycleLimit);
  EXPECT_EQ(s.report.cycle, 100000u);
  EXPECT_TRUE(contains(s.report.text, "0x00400008 (spin+0x0)")) << s.report.text;
  EXPECT_TRUE(contains(s.report.text, "0x00400010 (spin+0x8)")) << s.report.text;
  EXPECT_TRUE(contains(s.report.text, "mostly in spin")) << s.report.text;
}

TEST(Limit, CyclesAreExact) {
  Guest g;
  g.op(kNopWord).op(kNopWord).halt();
  EXPECT_TRUE(vm::run(g.program(), {}, {.max_cycles = 3}).ok());
  EXPECT_TRUE(vm::record(g.program(), {}, {.max_cycles = 3}).ok());
  EXPECT_EQ(stop_of(g, {.max_cycles = 2}).error.code, Errc::kCycleLimit);
  EXPECT_EQ(stop_of(g, {.max_cycles = 0}).error.code, Errc::kCycleLimit);
}

// The verifier's default, too.
TEST(Limit, ThereIsOneOnCycles) { EXPECT_EQ(vm::Limits().max_cycles, uint64_t{1} << 32); }

TEST(Limit, Memory) {
  Guest g;  // touches a new page in every round
  g.li(kT0, 0x20000000);
  g.op(mem(Op::kSw, kT0, 0, kT0));
  g.op(branch(Op::kBeq, 0, 0, -2)).op(imm(Op::kAddiu, kT0, kT0, 0x1000));
  const Stopped s = stop_of(g, {.max_memory_bytes = 100 * 4096});
  EXPECT_EQ(s.error.code, Errc::kMemoryLimit);
  EXPECT_EQ(s.report.cycle, 2 + 100 * 3u);
  EXPECT_EQ(s.report.pc, kText + 8);
}

TEST(Limit, UnmappedAddressesDoNotCountAsMemory) {
  Guest g;
  g.op(mem(Op::kLw, kT0, 0, kZero)).halt();
  EXPECT_EQ(stop_of(g, {.max_memory_bytes = 0}).error.code, Errc::kFault);
}

TEST(Limit, ARecordingLongerThanItsShardIsUnprovable) {
  static_assert(4 * vm::kMaxShardCycles < 1u << 28);
  const auto program = endless().program();
  vm::FaultReport report;
  auto r = vm::record(program, {}, {.max_shard_cycles = 70000}, {}, &report);
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.error().code, Errc::kUnprovable);
  EXPECT_EQ(report.cycle, 70000u);
  // The caller's own limit comes first, and run() knows no shards.
  r = vm::record(program, {}, {.max_cycles = 60000, .max_shard_cycles = 70000});
  EXPECT_EQ(r.error().code, Errc::kCycleLimit);
  EXPECT_EQ(vm::run(program, {}, {.max_cycles = 80000, .max_shard_cycles = 70000}).error().code,
            Errc::kCycleLimit);
}

TEST(Watch, SeesHowFarARunIs) {
  for (const bool recording : {false, true}) {
    std::vector<vm::Progress> seen;
    std::vector<uint32_t> adds;
    vm::Hooks hooks;
    hooks.watch = [&](const vm::Progress& p) -> Status {
      seen.push_back(p);
      adds.push_back(p.counts != nullptr ? (*p.counts)[static_cast<size_t>(isa::Class::kAddImm)]
                                         : 0);
      return {};
    };
    const vm::Limits limits{.max_cycles = 3 * vm::kWatchCycles};
    const auto program = endless().program();
    const Errc code = recording ? vm::record(program, {}, limits, hooks).error().code
                                : vm::run(program, {}, limits, hooks).error().code;
    EXPECT_EQ(code, Errc::kCycleLimit);
    ASSERT_EQ(seen.size(), 4u);
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(seen[i].cycles, i * vm::kWatchCycles);
      EXPECT_EQ(seen[i].touched, 0u);
      if (recording) {
        EXPECT_NEAR(adds[i], i * vm::kWatchCycles / 3.0, 2);
        // A checkpoint for each block at least.
        EXPECT_GE(seen[i].host_bytes, seen[i].cycles / vm::kBlockCycles * sizeof(vm::Checkpoint));
      }
    }
  }
}

TEST(Watch, SeesTheWordsThatARecordedRunTouched) {
  Guest g;  // registers $t0, $zero, $v0 or so, and two words of memory
  g.li(kT0, 0x20000000);
  g.op(mem(Op::kSw, kT0, 0, kT0)).op(mem(Op::kSw, kT0, 4, kT0)).halt();
  const auto program = g.program();
  uint64_t touched = 0;
  vm::Hooks hooks;
  hooks.watch = [&](const vm::Progress& p) -> Status {
    touched = p.touched;
    return {};
  };
  const auto recording = vm::record(program, {}, {}, hooks);
  ASSERT_TRUE(recording);
  EXPECT_EQ(touched + 1, recording->shards[0].touched.size());  // and STATE
  EXPECT_GT(touched, 3u);
  EXPECT_GE(recording->host_bytes(), touched * sizeof(vm::Touched));
  EXPECT_TRUE(vm::run(program, {}, {}, hooks));
  EXPECT_EQ(touched, 0u);
}

TEST(Watch, EndsARun) {
  for (const Errc code : {Errc::kUnprovable, Errc::kNoMemory, Errc::kCancelled}) {
    vm::Hooks hooks;
    hooks.watch = [&](const vm::Progress& p) -> Status {
      if (p.cycles < vm::kWatchCycles) return {};
      return Error(code, "enough");
    };
    const Stopped s = stop_of(endless(), {}, hooks);
    EXPECT_EQ(s.error.code, code);
    EXPECT_EQ(s.report.cycle, vm::kWatchCycles);
    EXPECT_TRUE(contains(s.report.text, code == Errc::kCancelled ? "cancelled at" : "enough"));
    EXPECT_TRUE(contains(s.report.text, "spin")) << s.report.text;
  }
}

TEST(Cancel, BeforeAndDuringARun) {
  std::atomic_flag flag;
  flag.test_and_set();
  vm::Hooks hooks;
  hooks.cancel = &flag;
  EXPECT_EQ(stop_of(endless(), {}, hooks).error.code, Errc::kCancelled);
  // Raised by the guest's first mark, noticed soon.
  Guest g;
  g.op(kCycleWord).op(branch(Op::kBeq, 0, 0, -1)).op(kNopWord);
  flag.clear();
  hooks.cycle = [&](uint64_t, uint32_t) { flag.test_and_set(); };
  vm::FaultReport report;
  const auto r = vm::run(g.program(), {}, {}, hooks, &report);
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.error().code, Errc::kCancelled);
  EXPECT_LE(report.cycle, 1u << 16);
}

}  // namespace
}  // namespace mipzk::test
