// SPDX-License-Identifier: Apache-2.0
// Attacks on memory, its first and last values, and the public words.
#include "adversarial/catalogue.hpp"

namespace mipzk::attack {
namespace {

// OpenVM GHSA-jf2r-x3j4-23m7, Ziren #367, Nexus #605: an address whose limbs are not limbs.
TEST(CatalogueMemory, UnalignedWordsHaveNoRow) {
  const Told t = told({mem(Op::kLw, kV0, 4, kS0)});
  Shard s = t.shard;
  trace::InstanceTrace& load = table(s, isa::Class::kLoadWord);
  const size_t row = row_at(s, load.table, kBody);
  for (uint32_t off : {1u, 2u, 3u}) {
    // 4 a_v = lo holds modulo p for some a_v, also when lo is no multiple of 4.
    Shard u = s;
    trace::InstanceTrace& x = table(u, isa::Class::kLoadWord);
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
TEST(CatalogueMemory, RegistersAreNotInMemory) {
  const Told t = told({mem(Op::kLw, kV0, 4, kS0)});
  Shard s = t.shard;
  trace::InstanceTrace& load = table(s, isa::Class::kLoadWord);
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
TEST(CatalogueMemory, StaleReads) {
  const Told t = told({mem(Op::kSw, kT0, 4, kS0), mem(Op::kLw, kV0, 4, kS0)});
  Shard s = lie(t, {kBody + 4, 0x22222222, {}, {}});
  trace::InstanceTrace& load = table(s, isa::Class::kLoadWord);
  const size_t row = row_at(s, load.table, kBody + 4);
  set_value(load, row, "m", 0x22222222);
  cell(load, row, "m_t") = Fp::zero();
  expect_refused(s, kLocal);
}

// ZisK PR #1142, Nexus PR #613: a write that belongs to no instruction.
TEST(CatalogueMemory, PaddingRowsDoNotWrite) {
  const Told t = told({mem(Op::kSw, kT0, 4, kS0), mem(Op::kLw, kV0, 4, kS0)});
  Shard s = t.shard;
  trace::InstanceTrace& store = table(s, isa::Class::kStoreWord);
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
TEST(CatalogueMemory, AWordHasOneInitialValue) {
  const Told t = told({mem(Op::kLw, kV0, 16, kS0)});  // zero memory behind the data
  const uint32_t key = kData / 4 + 4;
  Shard s = t.shard;
  trace::InstanceTrace& fresh = table(s, air::kTableFresh);
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
  trace::InstanceTrace& f2 = table(s, air::kTableFresh);
  cell(f2, row, "key") = Fp(kData / 4);
  expect_refused(s, kRules | kGlobal);
  // Zero memory that does not start as zero.
  s = t.shard;
  trace::InstanceTrace& f3 = table(s, air::kTableFresh);
  cell(f3, row, "in_lo") = Fp(1);
  expect_refused(s, kRules | kGlobal);
}

// The words of a double change places.
TEST(CatalogueMemory, WordsOfADoubleKeepTheirPlaces) {
  const Told t = told({mem(Op::kLdc1, 2, 0, kS0), fp_move(Op::kMfc1, kV0, 2)});
  EXPECT_EQ(t.shard.output, (std::vector<uint8_t>{0x22, 0x22, 0x22, 0x22}));  // the even register
  Shard s = t.shard;
  trace::InstanceTrace& x = table(s, isa::Class::kLoadDouble);
  set_value(x, 0, "ma", 0x22222222);
  set_value(x, 0, "mb", 0x11111111);
  expect_refused(s, kLocal);
  s = t.shard;
  trace::InstanceTrace& y = table(s, isa::Class::kLoadDouble);
  std::swap(cell(y, 0, "rd"), cell(y, 0, "rb"));
  expect_refused(s, kRules | kLocal);
}

// A little-endian program: its words are those of its bytes in this order, also in the claim.
TEST(CatalogueMemory, PublicWordsHaveTheByteOrderOfTheProgram) {
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

// Permissions: text, constants and inputs cannot be stored to.
TEST(CatalogueMemory, StoresToReadOnlyWords) {
  for (uint32_t base : {0xa000u, 0xb000u, kText >> 16}) {
    // The honest program reads the word; the forged one stores to it what it holds.
    const Told t = told({lui(kS1, base), mem(Op::kLw, kT1, 4, kS1), mem(Op::kSw, kT1, 4, kS0),
                         mem(Op::kLw, kV0, 4, kS0)});
    Shard s = t.shard;
    trace::InstanceTrace& store = table(s, isa::Class::kStoreWord);
    const size_t row = row_at(s, store.table, kBody + 8);
    trace::InstanceTrace& load = table(s, isa::Class::kLoadWord);
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
    trace::InstanceTrace& boundary = table(w, air::kTableBoundary);
    cell(boundary, row_of_key(w, air::kTableBoundary, key), "w") = Fp(1);
    trace::InstanceTrace& loads = table(w, isa::Class::kLoadWord);
    for (size_t i = 0; i < w.data_rows(loads); ++i)
      if (cell(loads, i, "a_v") == cell(load, from, "a_v") &&
          cell(loads, i, "a_hi") == cell(load, from, "a_hi"))
        cell(loads, i, "m_w") = Fp(1);
    expect_refused(w, kGlobal);
  }
}

// Time must not run backwards or round modulo p.
TEST(CatalogueMemory, BumpsGoForward) {
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
    add_table(s, bump);
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

// Ziren (syscall arguments modulo p): words at and above p stay what they are.
TEST(CatalogueMemory, WordsAboveThePrime) {
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
TEST(CatalogueMemory, PublicWordsAreBound) {
  const Told t = told({three(Op::kAddu, kV0, kT0, kT1)});
  Shard s = t.shard;
  trace::InstanceTrace& publics = table(s, air::kTablePublic);
  // An input word that claims to be output, an output word that claims to be input.
  for (uint32_t key : {0xb0000004u / 4, 0xc0000004u / 4}) {
    Shard u = s;
    trace::InstanceTrace& x = table(u, air::kTablePublic);
    const size_t row = row_of_key(u, air::kTablePublic, key);
    cell(x, row, "out") = Fp(1) - cell(x, row, "out");
    recount(u);
    EXPECT_FALSE(check(u).global.empty());
    EXPECT_EQ(verdict(u.program->id, prove(u)).code, Errc::kRejected);
  }
  // One word more than the output has, one less.
  Shard more = s;
  trace::InstanceTrace& x = table(more, air::kTablePublic);
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
TEST(CatalogueMemory, ThePrivateInputIsFreeAndOnlyThat) {
  const Told a = told({lui(kS1, 0xa000), mem(Op::kLw, kV0, 4, kS1)});
  Shard s = a.shard;
  EXPECT_EQ(s.output, (Bytes{9, 9, 9, 9}));
  // The word changes at its source and at the first reader only.
  trace::InstanceTrace& fresh = table(s, air::kTableFresh);
  const size_t row = row_of_key(s, air::kTableFresh, 0xa0000004u / 4);
  set_value(fresh, row, "in", 0x01020304);
  set_value(fresh, row, "fin", 0x01020304);
  expect_refused(s, kGlobal);
  // A limb that is none.
  cell(fresh, row, "in_lo") = cell(fresh, row, "fin_lo") = Fp(65536);
  expect_refused(s, kRules | kGlobal);
}

// Two rows of the boundary for one word: it would live twice in one shard.
TEST(CatalogueMemory, AWordCrossesTheBoundaryOnce) {
  const Told t = told({mem(Op::kSw, kT0, 4, kS0), mem(Op::kLw, kV0, 4, kS0)});
  Shard s = t.shard;
  trace::InstanceTrace& boundary = table(s, air::kTableBoundary);
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

// leanVM #256: the frame pointer of the start was free. Here all registers start as the id says.
TEST(CatalogueMemory, RegistersStartAsTheProgramSays) {
  const Told t = told({three(Op::kAddu, kV0, kSp, 0)});
  const uint32_t sp = load_le32(t.shard.output.data()), lower = __builtin_bswap32(sp) - 64;
  Shard s = lie(t, {kBody, lower, {}, {}});
  trace::InstanceTrace& move = table(s, isa::Class::kAddImm);
  set_value(move, row_at(s, move.table, kBody), "rs", lower);
  trace::InstanceTrace& boundary = table(s, air::kTableBoundary);
  const size_t row = row_of_key(s, air::kTableBoundary, kReg + kSp);
  set_value(boundary, row, "in", lower);
  set_value(boundary, row, "out", lower);
  expect_refused(s, kGlobal);
  // With the final value that the image's row takes back as well.
  trace::InstanceTrace& image = table(s, air::kTableImage);
  const auto& words = t.program->program.image;
  for (size_t i = 0; i < words.size(); ++i)
    if (words[i].key == kReg + kSp) {
      image_cell(image, i, "fin_lo") = Fp(lower & 0xffff);
      image_cell(image, i, "fin_hi") = Fp(lower >> 16);
    }
  expect_refused(s, kGlobal);
}

}  // namespace
}  // namespace mipzk::attack
