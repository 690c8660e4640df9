// SPDX-License-Identifier: Apache-2.0
// The machine lies at one instruction and all others believe it: a rule of that very row fails.
//
// A result that is not fully constrained is the most frequent hole of all: lambda_vm PR #652 (less
// than and multiply without any rule), Jolt #719 (lui) and #833 (high product), RISC Zero
// GHSA-f6rc-24x4-ppxp (two quotients), ZisK #1188 (upper bytes of narrow loads), Ceno #1296
// (shifts), Ziren #448 (nor).
#include "adversarial/lies.hpp"

#include <gtest/gtest.h>

namespace mipzk::attack {
namespace {

using namespace test;

struct Case {
  const char* name;
  std::vector<uint32_t> ops;  // $t0, $t1 hold the public words; the last result is in $v0
  size_t liar;                // index of the instruction that lies
  uint32_t a, b;
  enum What { kRd, kHi, kMemory } what = kRd;
};

constexpr uint32_t kCodeBase = kText;

// Words 1 and 2 of the public input to $t0 and $t1, $s0 = data; then the ops; then $v0 is put out.
Told run_case(const Case& c, uint32_t& liar_pc) {
  Guest g;
  g.data = {0x81828384, 0x7fff8001, 0, 0};
  g.op(lui(kS1, 0xb000)).op(mem(Op::kLw, kT0, 4, kS1)).op(mem(Op::kLw, kT1, 8, kS1));
  g.op(lui(kS0, kData >> 16));
  liar_pc = kCodeBase + 4 * static_cast<uint32_t>(g.text.size() + c.liar);
  for (uint32_t w : c.ops) g.op(w);
  g.op(lui(kS1, 0xc000)).op(imm(Op::kAddiu, kT2, 0, 4)).op(mem(Op::kSw, kT2, 0, kS1));
  g.op(mem(Op::kSw, kV0, 4, kS1)).op(imm(Op::kAddiu, kA0, 0, 0)).halt();
  std::vector<uint8_t> in(8);
  for (unsigned i = 0; i < 4; ++i) {
    in[i] = static_cast<uint8_t>(c.a >> (24 - 8 * i));
    in[4 + i] = static_cast<uint8_t>(c.b >> (24 - 8 * i));
  }
  return Told(keep(g.program()), {{}, in, {}});
}

uint32_t honest_value(const Told& r, uint32_t pc, Case::What what) {
  for (const auto& events : r.events.by_class)
    for (const vm::Event& e : events)
      if (e.pc == pc)
        return what == Case::kHi ? e.hi_new : what == Case::kRd ? e.rd_new : e.mem_new;
  ADD_FAILURE() << "not executed";
  return 0;
}

std::vector<Case> cases() {
  const uint32_t x = 0x89abcdef, y = 0x00000013;
  std::vector<Case> all;
  auto alu = [&](const char* name, uint32_t word, uint32_t a, uint32_t b) {
    all.push_back({name, {word}, 0, a, b});
  };
  alu("addu", three(Op::kAddu, kV0, kT0, kT1), x, y);
  alu("subu", three(Op::kSubu, kV0, kT0, kT1), y, x);
  alu("add", three(Op::kAdd, kV0, kT0, kT1), x, y);
  alu("sub", three(Op::kSub, kV0, kT0, kT1), x, y);
  alu("addi", imm(Op::kAddi, kV0, kT0, 0x8000), y, y);
  alu("addiu", imm(Op::kAddiu, kV0, kT0, 0x8000), y, y);
  alu("lui", lui(kV0, 0x1234), 0, 0);
  alu("and", three(Op::kAnd, kV0, kT0, kT1), x, 0x0ff0f00f);
  alu("or", three(Op::kOr, kV0, kT0, kT1), x, y);
  alu("xor", three(Op::kXor, kV0, kT0, kT1), x, y);
  alu("nor", three(Op::kNor, kV0, kT0, kT1), x, y);
  alu("andi", imm(Op::kAndi, kV0, kT0, 0x0ff0), x, y);
  alu("ori", imm(Op::kOri, kV0, kT0, 0x0ff0), x, y);
  alu("xori", imm(Op::kXori, kV0, kT0, 0x0ff0), x, y);
  for (unsigned sa : {1u, 5u, 14u, 15u, 16u, 17u, 31u}) {
    alu("sll", shift(Op::kSll, kV0, kT0, sa), x, y);
    alu("srl", shift(Op::kSrl, kV0, kT0, sa), x, y);
    alu("sra", shift(Op::kSra, kV0, kT0, sa), x, y);
  }
  alu("sllv", shift_reg(Op::kSllv, kV0, kT0, kT1), x, y);
  alu("srlv", shift_reg(Op::kSrlv, kV0, kT0, kT1), x, 0xffffffe3);
  alu("srav", shift_reg(Op::kSrav, kV0, kT0, kT1), x, y);
  alu("slt", three(Op::kSlt, kV0, kT0, kT1), x, y);
  alu("sltu", three(Op::kSltu, kV0, kT0, kT1), x, y);
  alu("sltu equal", three(Op::kSltu, kV0, kT0, kT1), x, x);
  alu("slti", imm(Op::kSlti, kV0, kT0, 0x8000), x, y);
  alu("sltiu", imm(Op::kSltiu, kV0, kT0, 0x8000), x, y);
  for (Op op : {Op::kMult, Op::kMultu, Op::kDiv, Op::kDivu}) {
    for (auto [a, b] : {std::pair<uint32_t, uint32_t>{x, y},
                        {x, 0xfffffff9},
                        {y, 0},
                        {0x80000000, 0xffffffff},
                        {0, y},
                        {0xffffffff, 0xffffffff}}) {
      all.push_back({"lo", {hilo(op, kT0, kT1), from_hilo(Op::kMflo, kV0)}, 0, a, b});
      all.push_back({"hi", {hilo(op, kT0, kT1), from_hilo(Op::kMfhi, kV0)}, 0, a, b, Case::kHi});
    }
  }
  for (Op op : {Op::kLb, Op::kLbu, Op::kLh, Op::kLhu, Op::kLw, Op::kLwl, Op::kLwr}) {
    const bool half = op == Op::kLh || op == Op::kLhu;
    for (uint32_t at : {0u, 1u, 2u, 3u, 4u}) {
      if ((half && at % 2 != 0) || (op == Op::kLw && at % 4 != 0)) continue;
      all.push_back({"load", {mem(op, kV0, at, kS0)}, 0, x, y});
    }
  }
  for (Op op : {Op::kSb, Op::kSh, Op::kSw, Op::kSwl, Op::kSwr}) {
    for (uint32_t at : {0u, 1u, 2u, 3u}) {
      if ((op == Op::kSh && at % 2 != 0) || (op == Op::kSw && at % 4 != 0)) continue;
      all.push_back(
          {"store", {mem(op, kT0, at, kS0), mem(Op::kLw, kV0, 0, kS0)}, 0, x, y, Case::kMemory});
    }
  }
  for (unsigned sa : {1u, 7u, 15u, 16u, 17u, 31u})
    alu("rotr", shift(Op::kRotr, kV0, kT0, sa), x, y);
  alu("rotrv", shift_reg(Op::kRotrv, kV0, kT0, kT1), x, 0xffffffe3);
  for (uint32_t n : {0u, 1u, 0x7f000001u, 0xffffffffu, 0x00ff0000u, 0x80000000u}) {
    alu("clz", count(Op::kClz, kV0, kT0), n, y);
    alu("clo", count(Op::kClo, kV0, kT0), n, y);
  }
  for (auto [pos, size] : {std::pair<unsigned, unsigned>{0, 32}, {0, 1}, {31, 1}, {5, 20}}) {
    alu("ext", bit_field(Op::kExt, kV0, kT0, pos, size), x, y);
    all.push_back(
        {"ins", {three(Op::kOr, kV0, kT1, 0), bit_field(Op::kIns, kV0, kT0, pos, size)}, 1, x, y});
  }
  for (Op op : {Op::kSeb, Op::kSeh, Op::kWsbh}) alu("bytes", byte_op(op, kV0, kT0), x, y);
  alu("mul", three(Op::kMul, kV0, kT0, kT1), x, 0xfffffff9);
  for (uint32_t condition : {0u, 1u, 0x7f000001u})
    for (Op op : {Op::kMovz, Op::kMovn})
      all.push_back({"conditional move",
                     {three(Op::kOr, kV0, kT1, 0), three(op, kV0, kT0, kT1)},
                     1,
                     x,
                     condition});
  for (Op op : {Op::kMadd, Op::kMaddu, Op::kMsub, Op::kMsubu}) {
    const uint32_t start = to_hilo(Op::kMtlo, kT1), run = hilo(op, kT0, kT1);
    all.push_back({"lo", {start, run, from_hilo(Op::kMflo, kV0)}, 1, x, y});
    all.push_back({"hi", {start, run, from_hilo(Op::kMfhi, kV0)}, 1, x, y, Case::kHi});
  }
  all.push_back({"ll", {mem(Op::kLl, kV0, 4, kS0)}, 0, x, y});
  const uint32_t ll = mem(Op::kLl, kT2, 4, kS0), sc = mem(Op::kSc, kV0, 4, kS0);
  const uint32_t v0_is_a = three(Op::kOr, kV0, kT0, 0), get = mem(Op::kLw, kV0, 4, kS0);
  all.push_back({"sc", {v0_is_a, ll, sc}, 2, x, y});
  all.push_back({"sc unlinked", {v0_is_a, sc}, 1, x, y});
  all.push_back({"sc", {v0_is_a, ll, sc, get}, 2, x, y, Case::kMemory});
  all.push_back({"sc unlinked", {v0_is_a, sc, get}, 1, x, y, Case::kMemory});
  const uint32_t load = mem(Op::kLdc1, 2, 0, kS0), move = fp_two(Op::kMovD, 4, 2);
  const uint32_t odd = fp_move(Op::kMfc1, kV0, 5), even = fp_move(Op::kMfc1, kV0, 4);
  all.push_back({"ldc1", {load, fp_move(Op::kMfc1, kV0, 3)}, 0, x, y});
  all.push_back({"mov.d", {load, move, even}, 1, x, y});
  all.push_back({"mov.d odd", {load, move, odd}, 1, x, y, Case::kHi});
  all.push_back({"sdc1",
                 {load, mem(Op::kSdc1, 2, 8, kS0), mem(Op::kLw, kV0, 8, kS0)},
                 1,
                 x,
                 y,
                 Case::kMemory});
  all.push_back({"move", {three(Op::kOr, kV0, kT0, 0)}, 0, x, y});
  all.push_back({"mflo", {to_hilo(Op::kMtlo, kT0), from_hilo(Op::kMflo, kV0)}, 1, x, y});
  return all;
}

TEST(LyingMachine, EveryResultIsFixedByItsRow) {
  unsigned lies = 0, consistent = 0;
  for (const Case& c : cases()) {
    uint32_t pc = 0;
    const Told told = run_case(c, pc);
    ASSERT_TRUE(check(told.shard).ok()) << c.name;
    const uint32_t v = honest_value(told, pc, c.what);
    for (uint32_t w : {v ^ 1, v ^ 0x100, v ^ 0x8000, v ^ 0x10000, v ^ 0x1000000, v ^ 0x80000000,
                       v + 1, v - 1, v + 0x100, 0u, ~v}) {
      if (w == v) continue;
      Lie l;
      l.pc = pc;
      (c.what == Case::kRd ? l.rd : c.what == Case::kHi ? l.hi : l.memory) = w;
      const Shard s = lie(told, l);
      const Findings f = check(s);
      SCOPED_TRACE(std::string(c.name) + "\n" + f.text());
      EXPECT_FALSE(f.ok());
      // Mostly everybody else tells the same story, and only the rules of this row object. Where a
      // row has no column for (a part of) its result, such as lw, it cannot even say the lie, and
      // its honest message finds no reader.
      if (f.local.empty()) {
        EXPECT_FALSE(f.rules.empty() && f.ranges.empty() && f.lookups.empty());
        ++consistent;
      }
      EXPECT_TRUE(f.global.empty() && f.pairs.empty() && f.mask.empty());
      EXPECT_NE(s.output, told.shard.output);
      ++lies;
    }
  }
  EXPECT_GT(lies, 800u);
  EXPECT_GT(consistent, lies * 3 / 4);
}

// RISC Zero GHSA-f6rc-24x4-ppxp: another pair of quotient and remainder with q d + r = n.
TEST(LyingMachine, DivisionHasOneAnswer) {
  const std::pair<uint32_t, uint32_t> operands[] = {{100, 7},
                                                    {uint32_t(-100), 7},
                                                    {100, uint32_t(-7)},
                                                    {uint32_t(-100), uint32_t(-7)},
                                                    {0x80000000, 0xffffffff},
                                                    {0x80000000, 1},
                                                    {5, 0},
                                                    {uint32_t(-5), 0},
                                                    {6, 3},
                                                    {0x80000000, 0x80000000},
                                                    {0x7fffffff, 0x80000000}};
  for (Op op : {Op::kDiv, Op::kDivu}) {
    for (auto [n, d] : operands) {
      for (int k : {-3, -2, -1, 1, 2, 3}) {
        const Case c{"div", {hilo(op, kT0, kT1), from_hilo(Op::kMflo, kV0)}, 0, n, d};
        uint32_t pc = 0;
        const Told told = run_case(c, pc);
        Lie l;
        l.pc = pc;
        const uint32_t q = honest_value(told, pc, Case::kRd), r = honest_value(told, pc, Case::kHi);
        l.rd = q + static_cast<uint32_t>(k);
        l.hi = r - static_cast<uint32_t>(k) * d;
        const Findings f = check(lie(told, l));
        EXPECT_FALSE(f.rules.empty() && f.ranges.empty()) << n << " / " << d << " + " << k;
      }
    }
  }
}

// A branch that goes the other way: the run of one input, told with another input.
TEST(LyingMachine, BranchesFollowTheirOperands) {
  struct Branch {
    uint32_t word;
    uint32_t run_a, run_b, told_a;
  };
  const uint32_t neg = 0x80000000;
  const Branch branches[] = {
      {branch(Op::kBeq, kT0, kT1, 2), 5, 5, 6},       {branch(Op::kBeq, kT0, kT1, 2), 6, 5, 5},
      {branch(Op::kBeq, kT0, kT1, 2), 5, 5, 0x10005}, {branch(Op::kBne, kT0, kT1, 2), 5, 5, 6},
      {branch(Op::kBne, kT0, kT1, 2), 6, 5, 5},       {branch_zero(Op::kBltz, kT0, 2), neg, 0, 1},
      {branch_zero(Op::kBltz, kT0, 2), 1, 0, neg},    {branch_zero(Op::kBgez, kT0, 2), 0, 0, neg},
      {branch_zero(Op::kBgez, kT0, 2), neg, 0, 0},    {branch_zero(Op::kBlez, kT0, 2), 0, 0, 1},
      {branch_zero(Op::kBlez, kT0, 2), 1, 0, 0},      {branch_zero(Op::kBgtz, kT0, 2), 1, 0, 0},
      {branch_zero(Op::kBgtz, kT0, 2), 1, 0, neg},    {branch_zero(Op::kBgtz, kT0, 2), neg, 0, 1},
      {branch_zero(Op::kBltzal, kT0, 2), neg, 0, 1},  {branch_zero(Op::kBgezal, kT0, 2), 1, 0, neg},
  };
  for (const Branch& b : branches) {
    const Case c{
        "branch", {b.word, kNopWord, imm(Op::kAddiu, kV0, 0, 1), kNopWord}, 0, b.run_a, b.run_b};
    uint32_t pc = 0;
    const Told told = run_case(c, pc);
    const Shard s = pretend_input(told, 0, b.told_a);
    EXPECT_NE(s.public_input, told.shard.public_input);
    const Findings f = check(s);
    SCOPED_TRACE(f.text());
    EXPECT_FALSE(f.rules.empty() && f.ranges.empty());
    EXPECT_TRUE(f.local.empty() && f.global.empty());
  }
}

}  // namespace
}  // namespace mipzk::attack
