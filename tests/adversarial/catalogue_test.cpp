// Attacks that once worked on some system, tried on this one. Each takes an honest run, forges what
// the attack forges, lets everything that may follow follow (multiplicities, dependent cells), and
// is refused by the check of the traces and, carried through the prover, by the verifier. Lies
// about results of instructions: lies_test.cpp. Altered proof bytes: forge_test.cpp.
#include <gtest/gtest.h>

#include "adversarial/lies.hpp"
#include "adversarial/mutator.hpp"
#include "adversarial/proof_kit.hpp"

namespace mipzk::attack {
namespace {

using namespace test;

enum Where : unsigned { kRules = 1, kLocal = 2, kGlobal = 4 };

// `where`: the kinds of checks that fail, no others.
void expect_refused(Shard s, unsigned where) {
  recount(s);
  const Findings f = check(s);
  SCOPED_TRACE(f.text());
  EXPECT_EQ(!f.rules.empty() || !f.ranges.empty() || !f.lookups.empty(), (where & kRules) != 0);
  EXPECT_EQ(!f.local.empty(), (where & kLocal) != 0);
  EXPECT_EQ(!f.global.empty(), (where & kGlobal) != 0);
  EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
}

constexpr uint32_t kStateKey = (1u << 30) + 255, kReg = 1u << 30;

// $v0 = what `body` computes from the public words $t0, $t1; it becomes the output.
Guest program(std::initializer_list<uint32_t> body) {
  Guest g;
  g.data = {0x11111111, 0x22222222, 0, 0};
  g.op(kNopWord).op(lui(kS1, 0xb000)).op(mem(Op::kLw, kT0, 4, kS1)).op(mem(Op::kLw, kT1, 8, kS1));
  g.op(lui(kS0, kData >> 16));
  for (uint32_t w : body) g.op(w);
  g.op(lui(kS1, 0xc000)).op(imm(Op::kAddiu, kT2, 0, 4)).op(mem(Op::kSw, kT2, 0, kS1));
  g.op(mem(Op::kSw, kV0, 4, kS1)).op(imm(Op::kAddiu, kA0, 0, 3)).halt();
  return g;
}
constexpr uint32_t kBody = kText + 4 * 5;
const std::vector<uint8_t> kPublic = {0, 0, 0, 100, 0, 0, 0, 7};

Told told(std::initializer_list<uint32_t> body) {
  return Told(keep(program(body).program()), {{9, 9, 9, 9}, kPublic, {}});
}

void set_value(trace::InstanceTrace& t, size_t row, const std::string& name, uint32_t v) {
  cell(t, row, name + "_lo") = Fp(v & 0xffff);
  cell(t, row, name + "_hi") = Fp(v >> 16);
}
size_t free_row(const Shard& s, const trace::InstanceTrace& t) { return s.data_rows(t) - 1; }
void copy_row(const trace::InstanceTrace& from, size_t a, trace::InstanceTrace& to, size_t b) {
  std::copy_n(row_of(from, a), width(from), row_of(to, b));
}

// RISC Zero GHSA-g3qg-6746-3mg9: one register read twice in one cycle, with two values.
TEST(Catalogue, OneRegisterReadTwiceHasOneValue) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT0)});
  Shard s = lie(t, {kBody, 300, {}, {}});  // 100 + 200
  trace::InstanceTrace& add = table<air::Add>(s);
  const size_t row = row_at(s, add.table, kBody);
  EXPECT_EQ(cell(add, row, "rs"), cell(add, row, "rt"));
  set_value(add, row, "rt", 200);
  expect_refused(s, kLocal);
}

// Ziren PR #519: beq $0, $0 falls through because an operand is not forced to zero.
TEST(Catalogue, ZeroIsZeroInEveryPort) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1), branch(Op::kBeq, 0, 0, 2), kNopWord,
                       imm(Op::kOri, kV0, kV0, 1), kNopWord});
  const uint32_t pc = kBody + 4;
  for (const char* port : {"rs", "rt"}) {
    Shard s = t.shard;
    trace::InstanceTrace& b = table<air::BranchEq>(s);
    const size_t row = row_at(s, b.table, pc);
    cell(b, row, std::string(port) + "_lo") = Fp(1);
    cell(b, row, "equal") = Fp::zero();
    cell(b, row, "inv_lo") = port[1] == 's' ? Fp(1) : -Fp(1);
    cell(b, row, "next") = cell(b, row, "npc") + Fp(1);
    expect_refused(s, kLocal);
  }
  // With the right operands the row cannot claim a difference.
  Shard s = t.shard;
  trace::InstanceTrace& b = table<air::BranchEq>(s);
  const size_t row = row_at(s, b.table, pc);
  cell(b, row, "equal") = Fp::zero();
  cell(b, row, "inv_lo") = Fp(1);
  cell(b, row, "next") = cell(b, row, "npc") + Fp(1);
  expect_refused(s, kRules | kLocal);
}

TEST(Catalogue, ZeroStartsAsZeroAndIsNeverADestination) {
  const Told t = told({three(Op::kAddu, kV0, kT0, 0), three(Op::kSubu, kV0, kV0, 0)});
  for (const isa::RomEntry& e : t.program->program.rom) {
    EXPECT_TRUE(e.rd != 0 || e.cls == isa::Class::kNop || e.cls >= isa::Class::kStoreWord ||
                e.cls == isa::Class::kBranchEq || e.cls == isa::Class::kBranchZero ||
                e.cls == isa::Class::kJump || e.cls == isa::Class::kJumpReg);
    EXPECT_NE(e.rs, isa::kTrash);
    EXPECT_NE(e.rt, isa::kTrash);
  }
  // The boundary takes in another value than the image gives.
  Shard s = t.shard;
  trace::InstanceTrace& boundary = table<air::Boundary>(s);
  const size_t row = row_of_key(s, air::kTableBoundary, kReg);
  for (const char* v : {"in_lo", "out_lo"}) cell(boundary, row, v) = Fp(5);
  for (auto& [id, name] : {std::pair{air::kTableId<air::AddImm>, "rs"}}) {
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
  trace::InstanceTrace& imm_table = table<air::AddImm>(s);
  cell(imm_table, 0, "rd") = Fp::zero();
  expect_refused(s, kRules | kLocal);
}

// OpenVM GHSA-jf2r-x3j4-23m7, Ziren #367, Nexus #605: an address whose limbs are not limbs.
TEST(Catalogue, UnalignedWordsHaveNoRow) {
  const Told t = told({mem(Op::kLw, kV0, 4, kS0)});
  Shard s = t.shard;
  trace::InstanceTrace& load = table<air::LoadWord>(s);
  const size_t row = row_at(s, load.table, kBody);
  for (uint32_t off : {1u, 2u, 3u}) {
    // 4 a_v = lo holds modulo p for some a_v, also when lo is no multiple of 4.
    Shard u = s;
    trace::InstanceTrace& x = table<air::LoadWord>(u);
    cell(x, row, "rs_lo") += Fp(off);
    cell(x, row, "a_v") = (cell(x, row, "rs_lo") + cell(x, row, "k_lo")) * Fp(4).inverse();
    recount(u);
    const Findings f = check(u);
    EXPECT_TRUE(f.rules.empty());
    EXPECT_FALSE(f.ranges.empty());
    EXPECT_EQ(verdict(u.program->id, prove(u)).code, Errc::kRejected);
  }
}

// Ziren #337: memory instructions that address registers.
TEST(Catalogue, RegistersAreNotInMemory) {
  const Told t = told({mem(Op::kLw, kV0, 4, kS0)});
  Shard s = t.shard;
  trace::InstanceTrace& load = table<air::LoadWord>(s);
  const size_t row = row_at(s, load.table, kBody);
  // Key 2^30 + 8, register $t0: the high limb would have to be 2^16.
  cell(load, row, "a_v") = Fp(8);
  cell(load, row, "a_hi") = Fp(65536);
  cell(load, row, "rs_lo") = Fp(28);
  cell(load, row, "rs_hi") = Fp(65536);
  set_value(load, row, "m", 100);
  recount(s);
  const Findings f = check(s);
  EXPECT_TRUE(f.rules.empty());
  EXPECT_FALSE(f.ranges.empty());
  EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
}

// ZisK PR #1116: a load that sees what was there before the last store.
TEST(Catalogue, StaleReads) {
  const Told t = told({mem(Op::kSw, kT0, 4, kS0), mem(Op::kLw, kV0, 4, kS0)});
  Shard s = lie(t, {kBody + 4, 0x22222222, {}, {}});
  trace::InstanceTrace& load = table<air::LoadWord>(s);
  const size_t row = row_at(s, load.table, kBody + 4);
  set_value(load, row, "m", 0x22222222);
  cell(load, row, "m_t") = Fp::zero();
  expect_refused(s, kLocal);
}

// ZisK PR #1142, Nexus PR #613: a write that belongs to no instruction.
TEST(Catalogue, PaddingRowsDoNotWrite) {
  const Told t = told({mem(Op::kSw, kT0, 4, kS0), mem(Op::kLw, kV0, 4, kS0)});
  Shard s = t.shard;
  trace::InstanceTrace& store = table<air::StoreWord>(s);
  const size_t from = row_at(s, store.table, kBody), to = free_row(s, store);
  copy_row(store, from, store, to);
  cell(store, to, "real") = Fp::zero();
  cell(store, to, "rt_lo") = Fp(666);
  expect_refused(s, kRules | kLocal);
  // And every table: an honest row that calls itself padding breaks a rule or says nothing.
  const Shard all = run(every_table(), every_table_input());
  Mutator m(all);
  for (const trace::InstanceTrace& x : all.traces) {
    if (table_ops(x.table).info->slots == 0) continue;
    for (size_t row = 0; row < 3; ++row) {
      std::vector<Fp> cells = m.cells(x, row);
      if (!Mutator::in_use(x, cells, 0)) continue;
      for (size_t c = 0; c < cells.size(); ++c)
        if (table_ops(x.table).columns[c].rfind("real", 0) == 0) cells[c] = Fp::zero();
      EXPECT_NE(m.judge(x, {{row, cells}}), Fate::kSurvives) << table_ops(x.table).info->name;
    }
  }
}

// SP1 (KALOS audit), lambda_vm PR #685: a word that is initialised twice.
TEST(Catalogue, AWordHasOneInitialValue) {
  const Told t = told({mem(Op::kLw, kV0, 16, kS0)});  // zero memory behind the data
  const uint32_t key = kData / 4 + 4;
  Shard s = t.shard;
  trace::InstanceTrace& fresh = table<air::Fresh>(s);
  const size_t row = row_of_key(s, air::kTableFresh, key);
  copy_row(fresh, row, fresh, free_row(s, fresh));  // its own token twice
  expect_refused(s, kGlobal);
  // In order behind itself: the step of the chain would be -1.
  cell(fresh, free_row(s, fresh), "prev") = Fp(key);
  cell(fresh, free_row(s, fresh), "dp_lo") = -Fp(1);
  cell(fresh, free_row(s, fresh), "dp_hi") = Fp::zero();
  expect_refused(s, kRules | kGlobal);
  // A fresh row for a word of the image: no region has it.
  s = t.shard;
  trace::InstanceTrace& f2 = table<air::Fresh>(s);
  cell(f2, row, "key") = Fp(kData / 4);
  expect_refused(s, kRules | kGlobal);
  // Zero memory that does not start as zero.
  s = t.shard;
  trace::InstanceTrace& f3 = table<air::Fresh>(s);
  cell(f3, row, "in_lo") = Fp(1);
  expect_refused(s, kRules | kGlobal);
}

// Nexus #604, SP1 GHSA-c873-wfhp-wx5m: the run stops early. Everything is put right but the end.
TEST(Catalogue, StoppingBeforeHalt) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  Shard s = t.shard;
  trace::InstanceTrace& halt = table<air::Halt>(s);
  trace::InstanceTrace& boundary = table<air::Boundary>(s);
  const size_t state = row_of_key(s, air::kTableBoundary, kStateKey);
  const size_t a0 = row_of_key(s, air::kTableBoundary, kReg + 4);
  const size_t code = row_of_key(s, air::kTableBoundary, kReg + 35);
  cell(boundary, state, "out_lo") = cell(halt, 0, "pc");
  cell(boundary, state, "out_hi") = cell(halt, 0, "npc");
  cell(boundary, state, "t_last") = cell(halt, 0, "clk");
  cell(boundary, a0, "t_last") = cell(halt, 0, "rs_t");
  std::fill_n(row_of(boundary, code), width(boundary), Fp::zero());
  trace::InstanceTrace& publics = table<air::Public>(s);
  const size_t exit = row_of_key(s, air::kTablePublic, kReg + 35);
  for (const char* c : {"lo", "hi", "fin_lo", "fin_hi", "shard"}) cell(publics, exit, c) = Fp();
  s.exit_code = 0;
  std::fill_n(row_of(halt, 0), width(halt), Fp::zero());
  expect_refused(s, kGlobal);
  // Claiming to have halted in the boundary instead: nobody wrote that state.
  cell(boundary, state, "out_lo") = Fp(1u << 30);
  cell(boundary, state, "out_hi") = Fp::zero();
  expect_refused(s, kLocal);
}

// leanVM #256, Nexus #722, Jolt #1335: the run starts elsewhere. The first instruction is a nop: it
// is left out, and a bump fills its time.
TEST(Catalogue, StartingBehindTheEntry) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  Shard s = t.shard;
  trace::InstanceTrace& nop = table<air::Nop>(s);
  ASSERT_EQ(cell(nop, 0, "pc0"), Fp(kText / 4));
  for (const char* c : {"real0", "clk0", "pc0", "npc0"}) cell(nop, 0, c) = Fp::zero();
  trace::InstanceTrace& boundary = table<air::Boundary>(s);
  const size_t state = row_of_key(s, air::kTableBoundary, kStateKey);
  cell(boundary, state, "in_lo") += Fp(1);
  cell(boundary, state, "in_hi") += Fp(1);
  trace::InstanceTrace bump;
  bump.table = air::kTableBump;
  bump.log_height = 10;
  bump.base.assign(size_t{air::find_table(air::kTableBump)->layout.base_columns} << 10, Fp());
  cell(bump, 0, "real") = Fp(1);
  cell(bump, 0, "key") = Fp(kStateKey);
  cell(bump, 0, "lo") = cell(boundary, state, "in_lo");
  cell(bump, 0, "hi") = cell(boundary, state, "in_hi");
  cell(bump, 0, "w") = Fp(1);
  cell(bump, 0, "t_new") = cell(bump, 0, "n_lo") = Fp(4);
  cell(bump, 0, "d_lo") = Fp(3);
  s.traces.push_back(bump);
  expect_refused(s, kGlobal);
}

// Nexus #612: two steps change places, pc not bound to the order of the clock.
TEST(Catalogue, StepsInAnotherOrder) {
  const Told t =
      told({mem(Op::kSw, kT0, 4, kS0), mem(Op::kSw, kT1, 4, kS0), mem(Op::kLw, kV0, 4, kS0)});
  Shard s = lie(t, {kBody + 8, 100, {}, {}});
  trace::InstanceTrace& store = table<air::StoreWord>(s);
  const size_t a = row_at(s, store.table, kBody), b = row_at(s, store.table, kBody + 4);
  std::swap(cell(store, a, "clk"), cell(store, b, "clk"));
  recount(s);
  EXPECT_FALSE(check(s).local.empty());
  EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
}

// Ziren #320, SP1 v4: the state after an instruction is free (next of next pc, delay slots).
TEST(Catalogue, TheStateAfterAJumpIsItsTarget) {
  const Told t = told({jump(Op::kJ, kBody + 12), imm(Op::kAddiu, kV0, 0, 1),
                       imm(Op::kAddiu, kV0, 0, 2), three(Op::kAddu, kV0, kV0, kT0)});
  Shard s = t.shard;
  trace::InstanceTrace& j = table<air::Jump>(s);
  cell(j, 0, "target0") -= Fp(1);
  expect_refused(s, kRules | kLocal);
  s = t.shard;
  trace::InstanceTrace& j2 = table<air::Jump>(s);
  cell(j2, 0, "npc0") += Fp(1);
  expect_refused(s, kLocal);
}

TEST(Catalogue, JumpsToUnalignedAddresses) {
  const Told t = told({lui(kT2, kText >> 16), imm(Op::kOri, kT2, kT2, (kBody & 0xffff) + 16),
                       jr(kT2), kNopWord, three(Op::kAddu, kV0, kT0, kT1)});
  Shard s = t.shard;
  trace::InstanceTrace& x = table<air::JumpReg>(s);
  for (uint32_t off : {1u, 2u, 3u}) {
    Shard u = s;
    cell(table<air::JumpReg>(u), 0, "rs_v0") =
        (cell(x, 0, "rs_v0") * Fp(4) + Fp(off)) * Fp(4).inverse();
    recount(u);
    EXPECT_FALSE(check(u).ranges.empty());
    EXPECT_EQ(verdict(u.program->id, prove(u)).code, Errc::kRejected);
  }
}

// Ziren's audit of 2025: the pc after next was free where a branch is not taken. A branch-likely
// that is not taken, told as if it was: its slot would run.
TEST(Catalogue, AnnulledSlotsDoNotRun) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1), branch(Op::kBeql, kT0, kT1, 1),
                       imm(Op::kAddiu, kV0, kV0, 1), imm(Op::kAddiu, kV0, kV0, 2)});
  for (uint32_t after : {1u, 2u, 3u}) {
    Shard s = t.shard;
    trace::InstanceTrace& x = table<air::BranchLikely>(s);
    cell(x, 0, "taken") = Fp(1);
    cell(x, 0, "next") = cell(x, 0, "npc") + Fp(after);
    expect_refused(s, kRules | kLocal);
  }
  Shard s = t.shard;
  trace::InstanceTrace& x = table<air::BranchLikely>(s);
  cell(x, 0, "next") += Fp(1);
  expect_refused(s, kRules | kLocal);
}

// The same audit: clz and clo tested for zero by a number modulo p.
TEST(Catalogue, LeadingZerosOfAMultipleOfP) {
  const Told t = told({lui(kT0, 0x7f00), imm(Op::kOri, kT0, kT0, 1), count(Op::kClz, kV0, kT0)});
  Shard s = lie(t, {kBody + 8, 32, {}, {}});
  trace::InstanceTrace& x = table<air::CountLeading>(s);
  cell(x, 0, "at3") = cell(x, 0, "shift") = Fp();
  cell(x, 0, "none") = Fp(1);
  cell(x, 0, "lead") = cell(x, 0, "out") = Fp(128);
  expect_refused(s, kRules);
}

// The same audit: the result of ll was free. sc without a link, told as a success.
TEST(Catalogue, LinkedAccesses) {
  const uint32_t ll = mem(Op::kLl, kV0, 4, kS0), sc = mem(Op::kSc, kV0, 4, kS0);
  const Told loads = told({ll});
  Shard s = lie(loads, {kBody, 5, {}, {}});
  set_value(table<air::LoadLinked>(s), 0, "m", 5);
  expect_refused(s, kLocal);

  const Told stores = told({three(Op::kOr, kV0, kT0, 0), sc, mem(Op::kLw, kT1, 4, kS0)});
  Shard u = lie(stores, {kBody + 4, 1, {}, 100});
  trace::InstanceTrace& x = table<air::StoreCond>(u);
  cell(x, 0, "ok") = Fp(1);
  expect_refused(u, kRules);

  // A second sc after the first, and one after ll of another word: LINK does not fit.
  const Told twice =
      told({mem(Op::kLl, kT2, 4, kS0), mem(Op::kSc, kT0, 8, kS0), three(Op::kOr, kV0, kT1, 0), sc});
  EXPECT_EQ(twice.shard.output, std::vector<uint8_t>(4));
  Shard v = lie(twice, {kBody + 12, 1, {}, 7});
  trace::InstanceTrace& y = table<air::StoreCond>(v);
  cell(y, row_at(v, y.table, kBody + 12), "ok") = Fp(1);
  expect_refused(v, kRules);
}

// Ziren PR #519: teq with equal operands goes on.
TEST(Catalogue, TakenTrapsEndTheRun) {
  const Told t =
      told({three(Op::kOr, kV0, kT0, 0), trap(Op::kTeq, kT0, kT1), trap(Op::kTltu, kT0, kT1)});
  expect_refused(pretend_input(t, 1, 100), kRules);  // equal
  expect_refused(pretend_input(t, 1, 101), kRules);  // less
}

// The kernel is told another address to go on at.
TEST(Catalogue, TrapsHandOverTheNextAddress) {
  Guest g = program({code(Op::kSyscall, 0), three(Op::kAddu, kV0, kT0, kT1)});
  g.kernel = {jr(26), kNopWord};
  const Told t(keep(g.program()), {{}, kPublic, {}});
  EXPECT_TRUE(check(t.shard).ok());
  for (auto [v, hi] : {std::pair<int, int>{1, 0}, {-16384, 1}, {16384, -1}}) {
    Shard s = t.shard;
    trace::InstanceTrace& x = table<air::Trap>(s);
    cell(x, 0, "npc_v") += Fp::from_i32(v);
    cell(x, 0, "npc_hi") += Fp::from_i32(hi);
    expect_refused(s, kRules | kLocal);
  }
  Shard s = t.shard;
  cell(table<air::Trap>(s), 0, "vector") += Fp(1);
  expect_refused(s, kRules | kLocal);
}

// The words of a double change places.
TEST(Catalogue, WordsOfADoubleKeepTheirPlaces) {
  const Told t = told({mem(Op::kLdc1, 2, 0, kS0), fp_move(Op::kMfc1, kV0, 2)});
  EXPECT_EQ(t.shard.output, (std::vector<uint8_t>{0x22, 0x22, 0x22, 0x22}));  // the even register
  Shard s = t.shard;
  trace::InstanceTrace& x = table<air::LoadDouble>(s);
  set_value(x, 0, "ma", 0x22222222);
  set_value(x, 0, "mb", 0x11111111);
  expect_refused(s, kLocal);
  s = t.shard;
  trace::InstanceTrace& y = table<air::LoadDouble>(s);
  std::swap(cell(y, 0, "rd"), cell(y, 0, "rb"));
  expect_refused(s, kRules | kLocal);
}

// A little-endian program: its words are those of its bytes in this order, also in the claim.
TEST(Catalogue, PublicWordsHaveTheByteOrderOfTheProgram) {
  Guest g = program({mem(Op::kLbu, kV0, 4, kS1), mem(Op::kLhu, kT2, 6, kS1),
                     shift(Op::kSll, kT2, kT2, 8), three(Op::kOr, kV0, kV0, kT2)});
  g.little_endian = true;
  const Told t(keep(g.program()), {{}, {1, 2, 3, 4, 5, 6, 7, 8}, {}});
  EXPECT_EQ(t.program->header.byte_order, 1u);
  EXPECT_EQ(t.shard.output, (std::vector<uint8_t>{1, 3, 4, 0}));
  const Verdict v = verdict(t.program->id, prove(t.shard));
  EXPECT_TRUE(v.accepted()) << v.message;
  Shard s = t.shard;
  s.public_input = {4, 3, 2, 1, 8, 7, 6, 5};
  expect_refused(s, kGlobal);
  s = t.shard;
  std::reverse(s.output.begin(), s.output.end());
  expect_refused(s, kGlobal);
}

// OpenVM GHSA-fh29-29h9-qm9h, SP1 v4: flags and multiplicities that are not 0 or 1.
TEST(Catalogue, FlagsAreBoolean) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  for (Fp flag : {Fp(2), -Fp(1), Fp(2).inverse()}) {
    for (air::TableId id : {air::kTableId<air::Add>, air::kTableBoundary, air::kTablePublic}) {
      Shard s = t.shard;
      cell(*s.find(id), 0, "real") = flag;
      recount(s);
      EXPECT_FALSE(check(s).rules.empty());
      EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
    }
    Shard s = t.shard;
    cell(table<air::Image>(s), 0, "used") = flag;
    recount(s);
    EXPECT_FALSE(check(s).rules.empty());
    EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
  }
}

// Multiplicities of answers are free, but cannot replace requests: -1, p - 1, one more, one less.
TEST(Catalogue, MultiplicitiesDoNotReplaceRequests) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  for (air::TableId id : {air::kTableRom, air::kTableRegion, air::kTableFixed}) {
    for (Fp d : {Fp(1), -Fp(1), Fp(0x7f000000u)}) {
      Shard s = t.shard;
      row_of(*s.find(id), 3)[0] += d;
      EXPECT_FALSE(check(s).lookups.empty());
      EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
    }
  }
}

// Permissions: text, constants and inputs cannot be stored to.
TEST(Catalogue, StoresToReadOnlyWords) {
  for (uint32_t base : {0xa000u, 0xb000u, kText >> 16}) {
    // The honest program reads the word; the forged one stores to it what it holds.
    const Told t = told({lui(kS1, base), mem(Op::kLw, kT1, 4, kS1), mem(Op::kSw, kT1, 4, kS0),
                         mem(Op::kLw, kV0, 4, kS0)});
    Shard s = t.shard;
    trace::InstanceTrace& store = table<air::StoreWord>(s);
    const size_t row = row_at(s, store.table, kBody + 8);
    trace::InstanceTrace& load = table<air::LoadWord>(s);
    const size_t from = row_at(s, load.table, kBody + 4);
    cell(store, row, "a_v") = cell(load, from, "a_v");
    cell(store, row, "a_hi") = cell(load, from, "a_hi");
    cell(store, row, "m_lo") = cell(load, from, "m_lo");
    cell(store, row, "m_hi") = cell(load, from, "m_hi");
    cell(store, row, "m_t") = cell(load, from, "clk") + Fp(3);
    recount(s);
    const Findings f = check(s);
    EXPECT_FALSE(f.local.empty());
    EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
    // Nor can the word be declared writable on the way.
    const uint32_t key = base << 14 | 1;
    Shard w = t.shard;
    trace::InstanceTrace& boundary = table<air::Boundary>(w);
    cell(boundary, row_of_key(w, air::kTableBoundary, key), "w") = Fp(1);
    trace::InstanceTrace& loads = table<air::LoadWord>(w);
    for (size_t i = 0; i < w.data_rows(loads); ++i)
      if (cell(loads, i, "a_v") == cell(load, from, "a_v") &&
          cell(loads, i, "a_hi") == cell(load, from, "a_hi"))
        cell(loads, i, "m_w") = Fp(1);
    expect_refused(w, kGlobal);
  }
}

// Time must not run backwards or round modulo p.
TEST(Catalogue, BumpsGoForward) {
  const air::Layout& l = air::find_table(air::kTableBump)->layout;
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  const uint32_t pairs[][2] = {{50, 40},
                               {5, 5},
                               {0, 1u << 28},
                               {1u << 27, 5},
                               {1u << 28, 1u << 29},
                               {field::kP - 5, 3},
                               {1u << 30, 1u << 27}};
  for (auto [from, to] : pairs) {
    Shard s = t.shard;
    trace::InstanceTrace bump;
    bump.table = air::kTableBump;
    bump.log_height = 10;
    bump.base.assign(size_t{l.base_columns} << 10, Fp());
    cell(bump, 0, "real") = cell(bump, 0, "w") = Fp(1);
    cell(bump, 0, "key") = Fp(kReg + 8);
    cell(bump, 0, "t_old") = Fp(from);
    cell(bump, 0, "t_new") = Fp(to);
    const uint32_t d = (Fp(to) - Fp(from) - Fp(1)).value();
    cell(bump, 0, "d_lo") = Fp(d & 0xffff);
    cell(bump, 0, "d_hi") = Fp(d >> 16);
    cell(bump, 0, "n_lo") = Fp(to & 0xffff);
    cell(bump, 0, "n_hi") = Fp(to >> 16);
    s.traces.push_back(bump);
    recount(s);
    const Findings f = check(s);
    EXPECT_TRUE(f.rules.empty());
    // From just below 0 a bump may seem to come, but no word ever has such a time.
    if (from == field::kP - 5) {
      EXPECT_TRUE(f.ranges.empty());
    } else {
      EXPECT_FALSE(f.ranges.empty()) << from << " " << to;
    }
    EXPECT_EQ(f.local.empty(), from == to);
    EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
  }
}

// Clocks are exact only while all rows together have less than 2^28 ticks: the verifier counts.
TEST(Catalogue, TooManySlotsAreRefused) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  std::vector<proof::Instance> list;
  for (const trace::InstanceTrace& x : t.shard.traces)
    if (x.table != air::kTableId<air::Nop>) list.push_back({x.table, x.log_height});
  proof::Shape shape;
  auto refused = [&](unsigned count) {
    std::vector<proof::Instance> more(count, {air::kTableId<air::Nop>, 22});
    more.insert(more.end(), list.begin(), list.end());
    return !proof::Shape::make(more, t.program->header, test::kTest2, shape);
  };
  EXPECT_FALSE(refused(3));
  EXPECT_TRUE(refused(4));
}

// lambda_vm PR #652, Ceno #1296: a shift whose parts add up modulo p only.
TEST(Catalogue, ShiftsDoNotWrap) {
  const Told t = told({shift(Op::kSll, kV0, kT0, 14)});
  Shard s = t.shard;
  trace::InstanceTrace& x = table<air::Shift>(s);
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

// Ziren (syscall arguments modulo p): words at and above p stay what they are.
TEST(Catalogue, WordsAboveThePrime) {
  for (uint32_t v : {0u, field::kP - 1, field::kP, 0x80000000u, 0xffffffffu}) {
    Guest g;
    g.li(kA0, v).halt();
    const Told t(keep(g.program()), {});
    EXPECT_EQ(t.shard.exit_code, v);
    const Bytes proof = prove(t.shard);
    EXPECT_EQ(verdict(t.program->id, proof).claim.exit_code, v);
    Shard s = t.shard;
    s.exit_code = v >= field::kP ? v - field::kP : v + field::kP;
    expect_refused(s, kGlobal);
  }
}

// Public values that nobody checks (SP1 GHSA-6248-228x-mmvh, zkVM CTFs): input and output are bound
// word by word, in both directions.
TEST(Catalogue, PublicWordsAreBound) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  Shard s = t.shard;
  trace::InstanceTrace& publics = table<air::Public>(s);
  // An input word that claims to be output, an output word that claims to be input.
  for (uint32_t key : {0xb0000004u / 4, 0xc0000004u / 4}) {
    Shard u = s;
    trace::InstanceTrace& x = table<air::Public>(u);
    const size_t row = row_of_key(u, air::kTablePublic, key);
    cell(x, row, "out") = Fp(1) - cell(x, row, "out");
    recount(u);
    EXPECT_FALSE(check(u).global.empty());
    EXPECT_EQ(verdict(u.program->id, prove(u)).code, Errc::kRejected);
  }
  // One word more than the output has, one less.
  Shard more = s;
  trace::InstanceTrace& x = table<air::Public>(more);
  const size_t last = row_of_key(s, air::kTablePublic, 0xc0000004u / 4);
  copy_row(publics, last, x, free_row(more, x));
  cell(x, free_row(more, x), "key") += Fp(1);
  expect_refused(more, kGlobal);
  Shard less = s;
  less.output.clear();
  expect_refused(less, kGlobal);
}

// Ligetron, lambda_vm PR #904: the private input is the prover's to choose. That is no attack; the
// proof of the chosen one must hold and say what follows from it.
TEST(Catalogue, ThePrivateInputIsFreeAndOnlyThat) {
  const Told a = told({lui(kS1, 0xa000), mem(Op::kLw, kV0, 4, kS1)});
  Shard s = a.shard;
  EXPECT_EQ(s.output, (Bytes{9, 9, 9, 9}));
  // The word changes at its source and at the first reader only.
  trace::InstanceTrace& fresh = table<air::Fresh>(s);
  const size_t row = row_of_key(s, air::kTableFresh, 0xa0000004u / 4);
  set_value(fresh, row, "in", 0x01020304);
  set_value(fresh, row, "fin", 0x01020304);
  expect_refused(s, kGlobal);
  // A limb that is none.
  cell(fresh, row, "in_lo") = cell(fresh, row, "fin_lo") = Fp(65536);
  expect_refused(s, kRules | kGlobal);
}

// Two rows of the boundary for one word: it would live twice in one shard.
TEST(Catalogue, AWordCrossesTheBoundaryOnce) {
  const Told t = told({mem(Op::kSw, kT0, 4, kS0), mem(Op::kLw, kV0, 4, kS0)});
  Shard s = t.shard;
  trace::InstanceTrace& boundary = table<air::Boundary>(s);
  const size_t row = row_of_key(s, air::kTableBoundary, kData / 4 + 1);
  copy_row(boundary, row, boundary, free_row(s, boundary));
  const size_t second = free_row(s, boundary);
  cell(boundary, second, "t_last") = Fp::zero();
  for (const char* c : {"lo", "hi"})
    cell(boundary, second, std::string("in_") + c) = cell(
        boundary, second, std::string("out_") + c) = cell(boundary, row, std::string("out_") + c);
  // It reads the token that the first row wrote: from shard 1 into shard 1.
  cell(boundary, second, "shard_in") = Fp(1);
  expect_refused(s, kRules);
  // Or one of a shard that does not exist.
  cell(boundary, second, "shard_in") = -Fp(3);
  expect_refused(s, kGlobal);
}

}  // namespace
}  // namespace mipzk::attack
