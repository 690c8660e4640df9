// SPDX-License-Identifier: Apache-2.0
// Shadow stacks, by hand.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "debug/profile.hpp"
#include "debug/strace.hpp"
#include "unit/vm/guest.hpp"

namespace mipzk::test {
namespace {

// Every function is known by its first instruction.
struct Functions : Guest {
  Functions& function(const char* name) {
    if (!symbols.empty()) symbols.back().size = here() - symbols.back().address;
    symbols.push_back({here(), 0, name});
    return *this;
  }
  Functions& put(uint32_t word) {
    op(word);
    return *this;
  }
  // jal with an empty slot; the target is filled in by name when all functions are there.
  Functions& call(const char* name) {
    calls.emplace_back(text.size(), name);
    return put(match_of(Op::kJal)).put(kNopWord);
  }
  Functions& leave() { return put(jr(kRa)).put(kNopWord); }
  uint32_t address(const std::string& name) const {
    for (const isa::Symbol& s : symbols)
      if (s.name == name) return s.address;
    ADD_FAILURE() << name;
    return 0;
  }
  isa::Program linked() {
    symbols.back().size = here() - symbols.back().address;
    for (const auto& [at, name] : calls) text[at] |= address(name) >> 2 & 0x3ffffff;
    return program();
  }
  std::vector<std::pair<size_t, std::string>> calls;
};

// Call chains and their instructions; the same for groups of instructions and single steps.
std::map<std::string, uint64_t> chains(const isa::Program& program) {
  struct Every : debug::Observer {
    bool wants_every_instruction() const override { return true; }
  } every;
  std::string texts[2];
  for (const bool single : {false, true}) {
    const debug::CodeMap code(program);
    vm::Stepper machine(program, {}, {}, {});
    debug::Profiler profiler(code, machine);
    std::vector<debug::Observer*> observers = {&profiler};
    if (single) observers.push_back(&every);
    while (machine.state() == vm::Stepper::State::kRunning)
      debug::run_observed(machine, code, observers, 5);
    EXPECT_EQ(machine.state(), vm::Stepper::State::kHalted);
    EXPECT_EQ(profiler.instructions(), machine.cycles());
    texts[single] = profiler.folded();
  }
  EXPECT_EQ(texts[0], texts[1]);
  std::map<std::string, uint64_t> result;
  std::istringstream lines(texts[0]);
  for (std::string line; std::getline(lines, line);) {
    const size_t space = line.rfind(' ');
    result[line.substr(0, space)] = std::stoull(line.substr(space + 1));
  }
  return result;
}

using Chains = std::map<std::string, uint64_t>;

// Saves and restores $ra, and calls `names` in between: 4 + 2n + 2 instructions.
void calling(Functions& f, const char* name, std::initializer_list<const char*> names) {
  f.function(name).put(imm(Op::kAddiu, kSp, kSp, -16u)).put(mem(Op::kSw, kRa, 12, kSp));
  for (const char* n : names) f.call(n);
  f.put(mem(Op::kLw, kRa, 12, kSp)).put(jr(kRa)).put(imm(Op::kAddiu, kSp, kSp, 16));
}

TEST(Calls, NestAndReturn) {
  Functions f;
  f.function("main").call("a").call("a").halt();
  calling(f, "a", {"b", "b"});
  f.function("b").leave();
  EXPECT_EQ(chains(f.linked()), (Chains{{"main", 5}, {"main;a", 18}, {"main;a;b", 8}}));
}

TEST(Calls, ReadingThePcIsNoCall) {
  Functions f;
  f.function("main").call("a").halt();
  f.function("a").put(three(Op::kOr, kT0, kRa, kZero));
  f.put(match_of(Op::kBgezal) | 1).put(kNopWord);  // bal to the instruction after the slot
  f.put(jr(kT0)).put(kNopWord);
  EXPECT_EQ(chains(f.linked()), (Chains{{"main", 3}, {"main;a", 5}}));
}

TEST(Calls, TailCallsAndFallingThroughReplaceTheFunction) {
  Functions f;
  f.function("main").call("a").call("c").halt();
  f.function("a").put(branch(Op::kBeq, kZero, kZero, 3)).put(kNopWord);  // to b
  f.function("c").put(kNopWord).put(kNopWord);                           // falls into b
  f.function("b").leave();
  EXPECT_EQ(chains(f.linked()), (Chains{{"main", 5}, {"main;a", 2}, {"main;c", 2}, {"main;b", 4}}));
}

TEST(Calls, StacksChangePlaces) {
  // `swap` changes $ra and $sp for those in memory, as a scheduler does: b runs on a stack of its
  // own, interleaved with a.
  Functions f;
  f.bss_bytes = 0x2000;
  f.function("main").call("a").halt();
  calling(f, "a", {"x", "swap", "x", "swap", "x"});
  f.function("b").call("y").call("swap").call("y").call("y").call("swap").leave();
  f.function("swap").put(lui(kT0, kData >> 16));
  f.put(mem(Op::kLw, kT1, 0, kT0)).put(mem(Op::kLw, kT2, 4, kT0));
  f.put(mem(Op::kSw, kRa, 0, kT0)).put(mem(Op::kSw, kSp, 4, kT0));
  f.put(jr(kT1)).put(three(Op::kOr, kSp, kT2, kZero));
  f.function("x").leave();
  f.function("y").leave();
  f.data = {f.address("b"), kData + 0x1000};
  EXPECT_EQ(chains(f.linked()), (Chains{{"main", 3},
                                        {"main;a", 15},
                                        {"main;a;x", 6},
                                        {"main;a;swap", 14},
                                        {"b", 10},
                                        {"b;y", 6},
                                        {"b;swap", 14}}));
}

TEST(Calls, TrapsAreCallsOfTheKernel) {
  // A trap alone, and one in the delay slot of a call.
  Functions f;
  f.kernel = {kNopWord, jr(26), kNopWord};
  f.function("main").put(0x0000000c);
  f.calls.emplace_back(f.text.size(), "a");
  f.put(match_of(Op::kJal)).put(0x0000000c).halt();
  f.function("a").leave();
  const isa::Program program = f.linked();
  const uint32_t vector = program.trap_vector;
  char kernel[16];
  std::snprintf(kernel, sizeof kernel, "0x%08x", vector);
  EXPECT_EQ(chains(program),
            (Chains{{"main", 4}, {"main;a", 2}, {std::string("main;") + kernel, 6}}));

  // Both are system calls; the kernel of this test leaves the registers as they are.
  const debug::CodeMap code(program);
  vm::Stepper machine(program, {}, {}, {});
  machine.set_reg(kV0, 4020);
  std::vector<std::string> lines;
  debug::SyscallTracer tracer(code, [&](const std::string& line) { lines.push_back(line); });
  debug::Observer* const observers[] = {&tracer};
  debug::run_observed(machine, code, observers, 1000);
  tracer.finish(machine);
  EXPECT_EQ(lines, (std::vector<std::string>{"getpid() = 4020", "getpid() = 4020", "halt(0) = ?",
                                             "+++ exited with 0 +++"}));
}

TEST(Calls, FaultsThatTheKernelTakesHaveALine) {
  Functions f;
  f.takes_faults = true;
  f.kernel = {mfc0(26, 30), jr(26), kNopWord};  // goes on after the instruction
  f.function("main").put(mem(Op::kLw, kV0, 2, kZero)).put(mem(Op::kSw, kV0, 8, kZero)).halt();
  const isa::Program program = f.linked();
  const debug::CodeMap code(program);
  vm::Stepper machine(program, {}, {}, {});
  std::vector<std::string> lines;
  debug::SyscallTracer tracer(code, [&](const std::string& line) { lines.push_back(line); });
  debug::Observer* const observers[] = {&tracer};
  debug::run_observed(machine, code, observers, 1000);
  tracer.finish(machine);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0],
            "--- unaligned load from memory, at 0x00400000 (main+0x0): lw v0,2(zero) ---");
  EXPECT_EQ(lines[1].find("--- store to the null pages"), 0u) << lines[1];
  EXPECT_NE(lines[1].find("at 0x00400004 (main+0x4): sw v0,8(zero) ---"), std::string::npos);
}

TEST(Calls, BoundedWhateverTheDepth) {
  debug::CallTree tree;
  uint32_t node = debug::CallTree::kRoot;
  for (uint32_t i = 0; i < 10000; ++i) node = tree.child(node, i % 3);
  for (const auto& n : tree.nodes()) EXPECT_LE(n.depth, debug::CallTree::kMaxDepth);
  EXPECT_LT(tree.nodes().size(), 300u);
}

}  // namespace
}  // namespace mipzk::test
