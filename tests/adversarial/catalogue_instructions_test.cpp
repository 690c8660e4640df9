// SPDX-License-Identifier: Apache-2.0
// Attacks on operands and results of instructions.
#include <set>

#include "adversarial/catalogue.hpp"

namespace mipzk::attack {
namespace {

// RISC Zero GHSA-g3qg-6746-3mg9: one register read twice in one cycle, with two values.
TEST(CatalogueInstructions, OneRegisterReadTwiceHasOneValue) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT0)});
  Shard s = lie(t, {kBody, 300, {}, {}});  // 100 + 200
  trace::InstanceTrace& add = table(s, isa::Class::kAdd);
  const size_t row = row_at(s, add.table, kBody);
  EXPECT_EQ(cell(add, row, "rs"), cell(add, row, "rt"));
  set_value(add, row, "rt", 200);
  expect_refused(s, kLocal);
}

// Ziren PR #519: beq $0, $0 falls through because an operand is not forced to zero.
TEST(CatalogueInstructions, ZeroIsZeroInEveryPort) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1), branch(Op::kBeq, 0, 0, 2), kNopWord,
                       imm(Op::kOri, kV0, kV0, 1), kNopWord});
  const uint32_t pc = kBody + 4;
  for (const char* port : {"rs", "rt"}) {
    Shard s = t.shard;
    trace::InstanceTrace& b = table(s, isa::Class::kBranchEq);
    const size_t row = row_at(s, b.table, pc);
    cell(b, row, std::string(port) + "_lo") = Fp(1);
    cell(b, row, "equal") = Fp::zero();
    cell(b, row, "inv_lo") = port[1] == 's' ? Fp(1) : -Fp(1);
    cell(b, row, "next") = cell(b, row, "npc") + Fp(1);
    expect_refused(s, kLocal);
  }
  // With the right operands the row cannot claim a difference.
  Shard s = t.shard;
  trace::InstanceTrace& b = table(s, isa::Class::kBranchEq);
  const size_t row = row_at(s, b.table, pc);
  cell(b, row, "equal") = Fp::zero();
  cell(b, row, "inv_lo") = Fp(1);
  cell(b, row, "next") = cell(b, row, "npc") + Fp(1);
  expect_refused(s, kRules | kLocal);
}

TEST(CatalogueInstructions, ZeroStartsAsZeroAndIsNeverADestination) {
  const Told t = told({three(Op::kAddu, kV0, kT0, 0), three(Op::kSubu, kV0, kV0, 0)});
  for (const isa::RomEntry& e : t.program->program.rom) {
    EXPECT_TRUE(e.rd != 0 || (isa::class_info(e.cls).accesses & isa::kWriteRd) == 0);
    EXPECT_NE(e.rs, isa::kTrash);
    EXPECT_NE(e.rt, isa::kTrash);
  }
  // The boundary takes in another value than the image gives.
  Shard s = t.shard;
  trace::InstanceTrace& boundary = table(s, air::kTableBoundary);
  const size_t row = row_of_key(s, air::kTableBoundary, kReg);
  for (const char* v : {"in_lo", "out_lo"}) cell(boundary, row, v) = Fp(5);
  for (auto& [id, name] : {std::pair{table_of(isa::Class::kAddImm), "rs"}}) {
    trace::InstanceTrace& x = *s.find(id);
    for (size_t i = 0; i < s.data_rows(x); ++i)
      if (cell(x, i, "real") == Fp(1) && cell(x, i, name) == Fp::zero())
        cell(x, i, "rs_lo") = Fp(5);
  }
  recount(s);
  EXPECT_FALSE(check(s).global.empty());
  EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
  // A row that writes register 0: the ROM has no such entry.
  s = t.shard;
  trace::InstanceTrace& imm_table = table(s, isa::Class::kAddImm);
  cell(imm_table, 0, "rd") = Fp::zero();
  expect_refused(s, kRules | kLocal);
}

// The same audit: clz and clo tested for zero by a number modulo p.
TEST(CatalogueInstructions, LeadingZerosOfAMultipleOfP) {
  const Told t = told({lui(kT0, 0x7f00), imm(Op::kOri, kT0, kT0, 1), count(Op::kClz, kV0, kT0)});
  Shard s = lie(t, {kBody + 8, 32, {}, {}});
  trace::InstanceTrace& x = table(s, isa::Class::kCountLeading);
  cell(x, 0, "at3") = cell(x, 0, "shift") = Fp();
  cell(x, 0, "none") = Fp(1);
  cell(x, 0, "lead") = cell(x, 0, "out") = Fp(128);
  expect_refused(s, kRules);
}

// The same audit: the result of ll was free. sc without a link, told as a success.
TEST(CatalogueInstructions, LinkedAccesses) {
  const uint32_t ll = mem(Op::kLl, kV0, 4, kS0), sc = mem(Op::kSc, kV0, 4, kS0);
  const Told loads = told({ll});
  Shard s = lie(loads, {kBody, 5, {}, {}});
  set_value(table(s, isa::Class::kLoadLinked), 0, "m", 5);
  expect_refused(s, kLocal);

  const Told stores = told({three(Op::kOr, kV0, kT0, 0), sc, mem(Op::kLw, kT1, 4, kS0)});
  Shard u = lie(stores, {kBody + 4, 1, {}, 100});
  trace::InstanceTrace& x = table(u, isa::Class::kStoreCond);
  cell(x, 0, "ok") = Fp(1);
  expect_refused(u, kRules);

  // A second sc after the first, and one after ll of another word: LINK does not fit.
  const Told twice =
      told({mem(Op::kLl, kT2, 4, kS0), mem(Op::kSc, kT0, 8, kS0), three(Op::kOr, kV0, kT1, 0), sc});
  EXPECT_EQ(twice.shard.output, std::vector<uint8_t>(4));
  Shard v = lie(twice, {kBody + 12, 1, {}, 7});
  trace::InstanceTrace& y = table(v, isa::Class::kStoreCond);
  cell(y, row_at(v, y.table, kBody + 12), "ok") = Fp(1);
  expect_refused(v, kRules);
}

// lambda_vm PR #652, Ceno #1296: a shift whose parts add up modulo p only.
TEST(CatalogueInstructions, ShiftsDoNotWrap) {
  const Told t = told({shift(Op::kSll, kV0, kT0, 14)});
  Shard s = t.shard;
  trace::InstanceTrace& x = table(s, isa::Class::kShift);
  const size_t row = row_at(s, x.table, kBody);
  const uint64_t second = uint64_t{100} << 14 | 0;
  const uint64_t wrapped = second + field::kP;  // l0 + 2^16 l1, equal modulo p
  cell(x, row, "l0") = Fp(static_cast<uint32_t>(wrapped & 0xffff));
  cell(x, row, "l1") = Fp(static_cast<uint32_t>(wrapped >> 16));
  cell(x, row, "lo") = cell(x, row, "l0");
  cell(x, row, "hi") = cell(x, row, "h0") + cell(x, row, "l1");
  recount(s);
  const Findings f = check(s);
  EXPECT_TRUE(f.rules.empty());
  EXPECT_FALSE(f.ranges.empty());
  EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
}

// Ziren PR #519 again, for every class that reads two registers: register 0 has one value in each
// port.
TEST(CatalogueInstructions, ZeroReadsAsZeroInEveryClass) {
  const Told t = told({three(Op::kAdd, kV0, 0, kT0),
                       three(Op::kSubu, kV0, 0, kT0),
                       three(Op::kSubu, kV0, kT0, 0),
                       three(Op::kAnd, kV0, 0, kT0),
                       three(Op::kNor, kV0, kT0, 0),
                       three(Op::kSlt, kV0, 0, kT0),
                       three(Op::kSltu, kV0, kT0, 0),
                       shift_reg(Op::kSllv, kV0, kT0, 0),
                       shift_reg(Op::kSrav, kV0, 0, kT0),
                       shift(Op::kSrl, kV0, 0, 3),
                       hilo(Op::kMult, 0, kT0),
                       hilo(Op::kMultu, kT0, 0),
                       hilo(Op::kMaddu, 0, kT0),
                       hilo(Op::kDiv, 0, kT0),
                       hilo(Op::kDivu, kT0, 0),
                       three(Op::kMovn, kV0, kT0, 0),
                       count(Op::kClz, kV0, 0),
                       bit_field(Op::kExt, kV0, 0, 4, 8),
                       bit_field(Op::kIns, kV0, 0, 4, 8),
                       byte_op(Op::kSeb, kV0, 0),
                       trap(Op::kTeq, kT0, 0),
                       trap(Op::kTltu, kT0, 0),
                       mem(Op::kSw, 0, 0, kS0),
                       mem(Op::kSb, 0, 5, kS0),
                       mem(Op::kSwl, 0, 5, kS0),
                       branch(Op::kBeq, 0, kT0, 1),
                       kNopWord,
                       branch_zero(Op::kBgtz, 0, 1),
                       kNopWord,
                       branch(Op::kBeql, 0, 0, 1),
                       kNopWord});
  EXPECT_TRUE(check(t.shard).ok());
  std::set<std::pair<int, std::string>> tried;
  Mutator m(t.shard);
  for (const trace::InstanceTrace& x : t.shard.traces) {
    const TableOps& ops = table_ops(x.table);
    if (ops.info->slots == 0) continue;
    for (size_t c = 0; c + 1 < ops.columns.size(); ++c) {
      const std::string& port = ops.columns[c];
      if (port.rfind("rs", 0) != 0 && port.rfind("rt", 0) != 0) continue;
      // A register number is followed by its value, as limbs or in pieces, and by its time.
      if (port.find('_') != std::string::npos) continue;
      for (size_t row = 0; row < t.shard.data_rows(x); ++row) {
        std::vector<Fp> cells = m.cells(x, row);
        if (!Mutator::in_use(x, cells, static_cast<unsigned>(c)) || cells[c] != Fp::zero())
          continue;
        cells[c + 1] += Fp(1);
        EXPECT_NE(m.judge(x, {{row, cells}}), Fate::kSurvives) << ops.info->name << "." << port;
        tried.insert({x.table, port});
      }
    }
  }
  EXPECT_GT(tried.size(), 20u);
}

// SP1 (KALOS audit): limbs of the link of jal and jalr. OpenVM GHSA-jf2r-x3j4-23m7: values made
// from the pc. Here links are constants of the program.
TEST(CatalogueInstructions, LinksAreThoseOfTheProgram) {
  const Told direct = told({jump(Op::kJal, kBody + 8), kNopWord, three(Op::kAddu, kV0, kRa, 0)});
  for (const char* limb : {"link_lo0", "link_hi0"}) {
    Shard s = direct.shard;
    cell(table(s, isa::Class::kJumpLink), 0, limb) += Fp(1);
    expect_refused(s, kRules | kLocal);
  }
  const Told indirect = told({lui(kT2, kText >> 16), imm(Op::kOri, kT2, kT2, (kBody & 0xffff) + 16),
                              jalr(kRa, kT2), kNopWord, three(Op::kAddu, kV0, kRa, 0)});
  for (uint32_t link : {kBody + 20, kBody + 12, 0u}) {
    Shard s = lie(indirect, {kBody + 8, link, {}, {}});
    set_value(table(s, isa::Class::kJumpRegLink), 0, "link", link);
    expect_refused(s, kRules);
  }
}

// SP1 GHSA-f77q-r5qm-w4m8: a hinted number that is larger than its type. A hint is any word, and
// nothing else.
TEST(CatalogueInstructions, HintsAreWords) {
  const Told t(keep(program({kHintWord}).program()), {{9, 9, 9, 9}, kPublic, {0, 0, 0, 5}});
  EXPECT_EQ(t.shard.output, (std::vector<uint8_t>{0, 0, 0, 5}));
  // Another word: that is what a hint is, and the proof says what follows from it.
  Shard other = lie(t, {kBody, 0x12345678, {}, {}});
  EXPECT_EQ(check(other).text(), "");
  const Verdict v = verdict(other.program->id, prove(other));
  EXPECT_TRUE(v.accepted()) << v.message;
  EXPECT_EQ(other.output, (std::vector<uint8_t>{0x12, 0x34, 0x56, 0x78}));
  for (auto [lo, hi] : {std::pair{Fp(65536 + 5), -Fp(1)}, {Fp(5), Fp(65536)}, {-Fp(1), Fp(0)}}) {
    Shard s = t.shard;
    trace::InstanceTrace& x = table(s, isa::Class::kHint);
    cell(x, 0, "lo") = lo;
    cell(x, 0, "hi") = hi;
    expect_refused(s, kRules | kLocal);
  }
}

}  // namespace
}  // namespace mipzk::attack
