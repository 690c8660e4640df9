// SPDX-License-Identifier: Apache-2.0
// Attacks on the order of steps, on start and end, and on flags and counts.
#include <set>

#include "adversarial/catalogue.hpp"
#include "adversarial/plain_transcript.hpp"
#include "air/constraints.hpp"

namespace mipzk::attack {
namespace {

// Nexus #604, SP1 GHSA-c873-wfhp-wx5m: the run stops early. Everything is put right but the end.
TEST(CatalogueControl, StoppingBeforeHalt) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  Shard s = t.shard;
  trace::InstanceTrace& halt = table(s, isa::Class::kHalt);
  trace::InstanceTrace& boundary = table(s, air::kTableBoundary);
  const size_t state = row_of_key(s, air::kTableBoundary, kStateKey);
  const size_t a0 = row_of_key(s, air::kTableBoundary, kReg + 4);
  const size_t code = row_of_key(s, air::kTableBoundary, kReg + 35);
  cell(boundary, state, "out_lo") = cell(halt, 0, "pc");
  cell(boundary, state, "out_hi") = cell(halt, 0, "npc");
  cell(boundary, state, "t_last") = cell(halt, 0, "clk");
  cell(boundary, a0, "t_last") = cell(halt, 0, "rs_t");
  std::fill_n(row_of(boundary, code), width(boundary), Fp::zero());
  trace::InstanceTrace& publics = table(s, air::kTablePublic);
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
TEST(CatalogueControl, StartingBehindTheEntry) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  Shard s = t.shard;
  trace::InstanceTrace& nop = table(s, isa::Class::kNop);
  ASSERT_EQ(cell(nop, 0, "pc0"), Fp(kText / 4));
  for (const char* c : {"real0", "clk0", "pc0", "npc0"}) cell(nop, 0, c) = Fp::zero();
  trace::InstanceTrace& boundary = table(s, air::kTableBoundary);
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
  add_table(s, bump);
  expect_refused(s, kGlobal);
}

// Nexus #612: two steps change places, pc not bound to the order of the clock.
TEST(CatalogueControl, StepsInAnotherOrder) {
  const Told t =
      told({mem(Op::kSw, kT0, 4, kS0), mem(Op::kSw, kT1, 4, kS0), mem(Op::kLw, kV0, 4, kS0)});
  Shard s = lie(t, {kBody + 8, 100, {}, {}});
  trace::InstanceTrace& store = table(s, isa::Class::kStoreWord);
  const size_t a = row_at(s, store.table, kBody), b = row_at(s, store.table, kBody + 4);
  std::swap(cell(store, a, "clk"), cell(store, b, "clk"));
  recount(s);
  EXPECT_FALSE(check(s).local.empty());
  EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
}

// Ziren #320, SP1 v4: the state after an instruction is free (next of next pc, delay slots).
TEST(CatalogueControl, TheStateAfterAJumpIsItsTarget) {
  const Told t = told({jump(Op::kJ, kBody + 12), imm(Op::kAddiu, kV0, 0, 1),
                       imm(Op::kAddiu, kV0, 0, 2), three(Op::kAddu, kV0, kV0, kT0)});
  Shard s = t.shard;
  trace::InstanceTrace& j = table(s, isa::Class::kJump);
  cell(j, 0, "target0") -= Fp(1);
  expect_refused(s, kRules | kLocal);
  s = t.shard;
  trace::InstanceTrace& j2 = table(s, isa::Class::kJump);
  cell(j2, 0, "npc0") += Fp(1);
  expect_refused(s, kLocal);
}

TEST(CatalogueControl, JumpsToUnalignedAddresses) {
  const Told t = told({lui(kT2, kText >> 16), imm(Op::kOri, kT2, kT2, (kBody & 0xffff) + 16),
                       jr(kT2), kNopWord, three(Op::kAddu, kV0, kT0, kT1)});
  Shard s = t.shard;
  trace::InstanceTrace& x = table(s, isa::Class::kJumpReg);
  for (uint32_t off : {1u, 2u, 3u}) {
    Shard u = s;
    cell(table(u, isa::Class::kJumpReg), 0, "rs_v0") =
        (cell(x, 0, "rs_v0") * Fp(4) + Fp(off)) * Fp(4).inverse();
    recount(u);
    EXPECT_FALSE(check(u).ranges.empty());
    EXPECT_EQ(verdict(u.program->id, prove(u)).code, Errc::kRejected);
  }
}

// Ziren's audit of 2025: the pc after next was free where a branch is not taken. A branch-likely
// that is not taken, told as if it was: its slot would run.
TEST(CatalogueControl, AnnulledSlotsDoNotRun) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1), branch(Op::kBeql, kT0, kT1, 1),
                       imm(Op::kAddiu, kV0, kV0, 1), imm(Op::kAddiu, kV0, kV0, 2)});
  for (uint32_t after : {1u, 2u, 3u}) {
    Shard s = t.shard;
    trace::InstanceTrace& x = table(s, isa::Class::kBranchLikely);
    cell(x, 0, "taken") = Fp(1);
    cell(x, 0, "next") = cell(x, 0, "npc") + Fp(after);
    expect_refused(s, kRules | kLocal);
  }
  Shard s = t.shard;
  trace::InstanceTrace& x = table(s, isa::Class::kBranchLikely);
  cell(x, 0, "next") += Fp(1);
  expect_refused(s, kRules | kLocal);
}

// Ziren PR #519: teq with equal operands goes on.
TEST(CatalogueControl, TakenTrapsEndTheRun) {
  const Told t =
      told({three(Op::kOr, kV0, kT0, 0), trap(Op::kTeq, kT0, kT1), trap(Op::kTltu, kT0, kT1)});
  expect_refused(pretend_input(t, 1, 100), kRules);  // equal
  expect_refused(pretend_input(t, 1, 101), kRules);  // less
}

// The kernel is told another address to go on at.
TEST(CatalogueControl, TrapsHandOverTheNextAddress) {
  Guest g = program({code(Op::kSyscall, 0), three(Op::kAddu, kV0, kT0, kT1)});
  g.kernel = {jr(26), kNopWord};
  const Told t(keep(g.program()), {{}, kPublic, {}});
  EXPECT_TRUE(check(t.shard).ok());
  for (auto [v, hi] : {std::pair<int, int>{1, 0}, {-16384, 1}, {16384, -1}}) {
    Shard s = t.shard;
    trace::InstanceTrace& x = table(s, isa::Class::kTrap);
    cell(x, 0, "npc_v") += Fp::from_i32(v);
    cell(x, 0, "npc_hi") += Fp::from_i32(hi);
    expect_refused(s, kRules | kLocal);
  }
  Shard s = t.shard;
  cell(table(s, isa::Class::kTrap), 0, "vector") += Fp(1);
  expect_refused(s, kRules | kLocal);
}

// OpenVM GHSA-fh29-29h9-qm9h, SP1 v4: flags and multiplicities that are not 0 or 1.
TEST(CatalogueControl, FlagsAreBoolean) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  for (Fp flag : {Fp(2), -Fp(1), Fp(2).inverse()}) {
    for (air::TableId id :
         {table_of(isa::Class::kAdd), air::kTableBoundary, air::kTablePublic, air::kTableFetch}) {
      Shard s = t.shard;
      cell(*s.find(id), 0, "real") = flag;
      recount(s);
      EXPECT_FALSE(check(s).rules.empty());
      EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
    }
  }
}

// Multiplicities of answers are free, but cannot replace requests: -1, p - 1, one more, one less.
TEST(CatalogueControl, MultiplicitiesDoNotReplaceRequests) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  for (air::TableId id : {air::kTableFetch, air::kTableRegion, air::kTableFixed}) {
    for (Fp d : {Fp(1), -Fp(1), Fp(0x7f000000u)}) {
      Shard s = t.shard;
      if (id == air::kTableFetch)
        cell(*s.find(id), 3, "mult") += d;
      else
        row_of(*s.find(id), 3)[0] += d;
      EXPECT_FALSE(check(s).lookups.empty());
      EXPECT_EQ(verdict(s.program->id, prove(s)).code, Errc::kRejected);
    }
  }
}

// Clocks are exact only while all rows together have less than 2^28 ticks: the verifier counts.
TEST(CatalogueControl, TooManySlotsAreRefused) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  std::vector<proof::Instance> list;
  for (const trace::InstanceTrace& x : t.shard.traces)
    if (x.table != table_of(isa::Class::kNop)) list.push_back({x.table, x.log_height});
  proof::Shape shape;
  auto refused = [&](unsigned count) {
    std::vector<proof::Instance> more(count, {table_of(isa::Class::kNop), 22});
    more.insert(more.end(), list.begin(), list.end());
    return !proof::Shape::make(more, t.program->header, test::kTest2, shape);
  };
  EXPECT_FALSE(refused(3));
  EXPECT_TRUE(refused(4));
}

// Nexus #404, Ziren #357 and `is_sys_linux`: an instruction that is not the program's, a jump to
// where no code is, a call that is skipped. Each row is told at the place of every other
// instruction of another class, at 0 and behind the text: the ROM has no such entry.
TEST(CatalogueControl, EveryInstructionIsThatOfTheProgram) {
  const Shard s = run(every_table(), every_table_input());
  const auto& rom = s.program->program.rom;
  std::set<uint32_t> places = {0, 1, rom.back().pc4 + 1};
  std::set<isa::Class> classes;
  for (const isa::RomEntry& e : rom)
    if (classes.insert(e.cls).second) places.insert(e.pc4);
  EXPECT_GT(places.size(), 30u);
  auto rom_messages = [&](const trace::InstanceTrace& x, const Fp* pre, const Fp* cells) {
    RowSays says;
    table_ops(x.table).eval(pre, cells, says);
    std::vector<Message> out;
    for (const auto& [m, n] : says.lookups)
      if (m.bus == static_cast<uint32_t>(air::Bus::kRom)) out.push_back(m);
    return out;
  };
  unsigned tables = 0;
  for (const trace::InstanceTrace& x : s.traces) {
    const TableOps& ops = table_ops(x.table);
    // A place without instruction lies in its span: FaultClaims.APlaceLiesInItsSpan.
    if (ops.info->slots == 0 || x.table == air::kTableFetchFault) continue;
    ++tables;
    std::vector<Fp> cells(row_of(x, 0), row_of(x, 0) + width(x));
    const std::vector<Message> honest = rom_messages(x, s.pre(x, 0), cells.data());
    for (const Message& m : honest) EXPECT_TRUE(provided(s, m)) << ops.info->name;
    const auto pc = static_cast<size_t>(
        std::find_if(ops.columns.begin(), ops.columns.end(),
                     [](const std::string& c) { return c == "pc" || c == "pc0"; }) -
        ops.columns.begin());
    ASSERT_LT(pc, ops.columns.size()) << ops.info->name;
    for (uint32_t place : places) {
      const bool own = std::any_of(rom.begin(), rom.end(), [&](const isa::RomEntry& e) {
        return e.pc4 == place && static_cast<uint32_t>(e.cls) == honest[0].at[0];
      });
      if (own) continue;
      cells[pc] = Fp(place);
      bool all = true;
      for (const Message& m : rom_messages(x, s.pre(x, 0), cells.data())) all &= provided(s, m);
      EXPECT_FALSE(all) << ops.info->name << " at " << place;
    }
  }
  EXPECT_GT(tables, 30u);
  // One of them through the prover: a nop in the place of an addition.
  Shard forged = s;
  trace::InstanceTrace& nop = table(forged, isa::Class::kNop);
  for (const isa::RomEntry& e : rom)
    if (e.cls == isa::Class::kAdd) cell(nop, 0, "pc0") = Fp(e.pc4);
  expect_refused(forged, kRules | kLocal);
}

// The message on bus MASK that the closing row of a pass-1 table makes of its cells, as the only
// thing that is left of its constraints: published f(b) - running f(a) for the local and for the
// global product, b the cells that are taken off and a those that are added; and the sum.
field::Fp5 mask_message(const air::FormBases& fb, bool global, bool added, const Fp* cells) {
  using field::Fp5;
  const air::TableInfo& table = *air::find_table(air::kTableFetch);
  const air::Layout& l = table.layout;
  EXPECT_TRUE(l.pass_one && !l.has_p() && l.has_g() && l.has_s() && l.in_local_ring());
  const Fp5 zero, one = Fp5::one();
  const auto closing = [&](const Fp5& p, const Fp5& g, const Fp5& running_g) {
    std::vector<Fp5> pre(l.pre_columns), base(l.base_columns), ext(l.ext_columns());
    std::vector<Fp5> values(table.rules.operands());
    for (size_t i = 0; i < base.size(); ++i) base[i] = Fp5(cells[i]);
    ext[l.g_index()] = running_g;
    air::Published published{p, zero, g};  // with a sum that makes its constraint 0
    for (size_t i = 0; i < 5; ++i) published.s.c[i] = cells[i] - cells[10 + i];
    air::PointCells at;
    at.pre = pre.data();
    at.base = base.data();
    at.ext = ext.data();
    Fp5 weight = one;
    return air::evaluate_constraints(table, fb, fb, published, one, weight, at, values.data())
        .closing;
  };
  // There is no local running column in this table; 1 stands for it.
  if (!global)
    return added ? zero - closing(zero, zero, zero)
                 : closing(one, zero, zero) - closing(zero, zero, zero);
  return added ? closing(zero, zero, zero) - closing(zero, zero, one)
               : closing(zero, one, zero) - closing(zero, zero, zero);
}

// SP1 v4: the kind of an interaction was missing from its hash. Equal coordinates on two buses, and
// with zeros at the end, are different messages: of lookups, of products and of the masks, as the
// constraints make them. Each is the sum of docs/PROTOCOL.md, section 3, with the number there.
TEST(CatalogueControl, MessagesNameTheirBus) {
  using field::Fp5;
  const air::FormBases fb(PlainTranscript().draw(1).challenges());
  const auto formula = [&](uint32_t bus, const std::array<uint32_t, 5>& m) {
    Fp5 sum = fb.ch.alpha + fb.ch.beta[0] * Fp(bus);
    for (size_t i = 0; i < m.size(); ++i) sum += fb.ch.beta[i + 1] * Fp(m[i]);
    return sum;
  };
  std::set<std::array<uint32_t, 5>> seen;
  unsigned messages = 0;
  const auto note = [&](uint32_t bus, const std::array<uint32_t, 5>& m, const Fp5& f) {
    EXPECT_EQ(f, formula(bus, m)) << "bus " << bus << ", first coordinate " << m[0];
    seen.insert({f.c[0].value(), f.c[1].value(), f.c[2].value(), f.c[3].value(), f.c[4].value()});
    ++messages;
  };
  const auto product = [&](air::Form form, std::initializer_list<uint32_t> cells) {
    air::Msg<Fp> m{form, {}};
    std::transform(cells.begin(), cells.end(), m.v, [](uint32_t v) { return Fp(v); });
    return air::fingerprint(fb, m);
  };
  // A register, the state, and coordinates that occur on most buses.
  const std::array<uint32_t, 5> all[] = {{kReg + 5, 1, 0, 1, 9}, {kStateKey, 1, 2, 1, 9},
                                         {1, 1, 0, 0, 0},        {2, 1, 0, 0, 0},
                                         {11, 1, 0, 0, 0},       {0, 0, 0, 0, 0}};
  for (const std::array<uint32_t, 5>& m : all) {
    note(1, m, product(air::Form::kMem, {m[0], m[1], m[2], m[3], m[4]}));
    note(2, m, product(air::Form::kToken, {m[0], m[1], m[2], m[3], m[4]}));
    note(3, {m[0]}, product(air::Form::kOrder, {m[0]}));
    note(4, {m[0], m[1], m[2], m[3]}, product(air::Form::kPublic, {m[0], m[1], m[2], m[3]}));
    Fp cells[30] = {};  // of the closing row; those at 0, 10, 20, 25 begin a message
    for (unsigned at : {0u, 10u, 20u, 25u}) {
      for (size_t i = 0; i < m.size(); ++i) cells[at + i] = Fp(m[i]);
      const Fp5 f = mask_message(fb, at >= 20, at == 0 || at == 20, cells);
      if (at == 0) {
        note(5, m, f);
      } else {
        EXPECT_EQ(f, formula(5, m)) << "mask cells from " << at;
      }
    }
    note(6, {m[0]}, fb.range + fb.ch.beta[1] * Fp(m[0]));
    for (uint32_t bus = 7; bus <= 11; ++bus) {
      air::Coords<Fp> c;
      c.count = 5;
      for (size_t i = 0; i < m.size(); ++i) c.v[i] = Fp(m[i]);
      note(bus, m, air::fingerprint(fb, static_cast<air::Bus>(bus), c));
    }
  }
  EXPECT_EQ(seen.size(), messages);
  // Registers and the state are messages of MEMORY with a key and a permission of their own.
  EXPECT_EQ(product(air::Form::kReg, {5, 1, 0, 9}), formula(1, all[0]));
  EXPECT_EQ(product(air::Form::kState, {1, 2, 9}), formula(1, all[1]));
}

}  // namespace
}  // namespace mipzk::attack
