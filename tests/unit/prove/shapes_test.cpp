// SPDX-License-Identifier: Apache-2.0
// Fixed shapes of several shards: runs are cut where their shards are full, and the proof tells
// nothing of the run but that.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "air/table_info.hpp"
#include "proof/shape.hpp"
#include "prove/prove.hpp"
#include "support/proof_parts.hpp"
#include "support/verify_proof.hpp"
#include "trace/plan.hpp"
#include "unit/prove/small_program.hpp"

namespace mipzk {
namespace {

using Bytes = std::vector<uint8_t>;
using Heights = std::vector<air::Instance>;

constexpr uint8_t id_of(isa::Class c) { return static_cast<uint8_t>(c); }

// Reads `words` words of the private input's window and makes `turns` rounds of a loop, as the
// first two words of the private input say.
std::vector<uint32_t> program_words() {
  using namespace test;
  return {
      lui(8, 0xa000),    lw(9, 4, 8),  // words
      lw(10, 8, 8),                    // turns
      lw(11, 12, 8),                   // loop
      addiu(9, 9, -1),                 //
      bne(9, 0, -3),                   //
      addiu(8, 8, 4),                  //
      addu(2, 2, 10),                  // loop
      addiu(10, 10, -1), bne(10, 0, -3), kNop,           lui(14, 0xc000), addiu(15, 0, 4),
      sw(15, 0, 14),     sw(2, 4, 14),   addiu(4, 0, 7), kHalt,
  };
}

class FixedShapes : public testing::Test {
 protected:
  void SetUp() override {
    program_ = *prove::load_program(pool_, test::program_of(program_words()));
    options_.profile = &test::kTest2;
    options_.seed.assign(32, 7);
    give(1, 1);
  }

  void give(uint16_t words, uint16_t turns) {
    const auto byte = [](unsigned v) { return static_cast<uint8_t>(v); };
    secret_ = {0, 0, byte(words >> 8), byte(words), 0, 0, byte(turns >> 8), byte(turns)};
  }

  // Every table of one height, and others of these heights.
  static Heights tables(uint8_t log, const Heights& others = {}) {
    Heights h;
    for (const air::TableInfo& t : air::tables()) {
      const auto other = std::ranges::find_if(others, [&](auto& o) { return o.table == t.id; });
      h.push_back({t.id, other != others.end() ? other->log_height : log});
    }
    return h;
  }
  // Rows of a table with a height.
  uint64_t room(uint8_t log) const { return (uint64_t{1} << log) - options_.profile->tail_rows; }

  Result<prove::RunPlan> plan() {
    const prove::Run run{{secret_, {}, {}}, limits_};
    return prove::plan_run(pool_, program_, run, {}, options_);
  }
  Bytes prove() {
    const prove::Run run{{secret_, {}, {}}, limits_};
    const auto p = prove::plan_run(pool_, program_, run, {}, options_);
    EXPECT_TRUE(p) << p.error().message;
    Bytes proof;
    if (!p) return proof;
    const Status s =
        prove::prove_run(pool_, program_, run, *p, options_, [&](ByteView bytes) -> Status {
          proof.insert(proof.end(), bytes.begin(), bytes.end());
          return {};
        });
    EXPECT_TRUE(s) << s.error().message;
    verify::Claim claim;
    const Status verdict = test::verify_proof(program_.id, proof, test::test_policy(), claim);
    EXPECT_TRUE(verdict) << verdict.error().message;
    EXPECT_EQ(claim.exit_code, 7u);
    return proof;
  }
  std::vector<uint64_t> cycles() {
    const auto p = plan();
    EXPECT_TRUE(p) << p.error().message;
    std::vector<uint64_t> all;
    if (p)
      for (const auto& shard : p->shards) all.push_back(shard.cycles);
    return all;
  }
  uint64_t whole() { return vm::run(program_.program, {secret_, {}, {}})->cycles; }
  // What a shard needs when the run is cut as it is.
  trace::RowCounts rows(uint32_t shard) {
    vm::Limits limits = limits_;
    limits.rooms = prove::rooms_of(options_);
    const auto r = vm::record(program_.program, {secret_, {}, {}}, limits);
    EXPECT_TRUE(r);
    return trace::rows_of(pool_, program_.program, r->shard(shard));
  }
  void expect_refused(std::initializer_list<std::string_view> words) {
    const auto p = plan();
    ASSERT_FALSE(p);
    EXPECT_EQ(p.error().code, Errc::kUnprovable);
    for (const std::string_view w : words)
      EXPECT_NE(std::string_view(p.error().message).find(w), std::string_view::npos)
          << p.error().message;
  }

  Bytes secret_;
  Pool pool_{2};
  prove::LoadedProgram program_;
  prove::Options options_;
  vm::Limits limits_;
};

// The shape of each shard of a proof.
std::vector<std::string> shapes_of(const test::ProofParts& proof) {
  std::vector<std::string> all;
  for (const Bytes& head : proof.heads) {
    std::string& text = all.emplace_back();
    for (size_t i = 4; i + 32 < head.size(); i += 2)
      text += std::to_string(head[i]) + ":" + std::to_string(head[i + 1]) + " ";
  }
  return all;
}

// Two runs with hardly anything in common, one that ends in the first shard and one in the fourth.
TEST_F(FixedShapes, RunsLookAlike) {
  options_.shapes = {tables(11, {{air::kTableFresh, 13}}), tables(10), tables(11), tables(11)};
  test::ProofParts parts[2];
  uint64_t bytes[2] = {}, cells[2] = {};
  for (size_t i = 0; i < 2; ++i) {
    if (i == 0) give(2, 3);
    if (i == 1) give(1700, 1800);
    const auto p = plan();
    ASSERT_TRUE(p) << p.error().message;
    EXPECT_EQ(p->shards[0].cycles == p->outcome.cycles, i == 0);
    EXPECT_EQ(p->shards[3].cycles == 0, i == 0);
    bytes[i] = p->proof_bytes;
    cells[i] = p->cells;
    parts[i] = test::ProofParts::of(prove());
  }
  EXPECT_EQ(shapes_of(parts[0]), shapes_of(parts[1]));
  EXPECT_EQ(shapes_of(parts[0]).size(), 4u);
  EXPECT_EQ(bytes[0], bytes[1]);
  EXPECT_EQ(cells[0], cells[1]);
  EXPECT_EQ(parts[0].front.size(), parts[1].front.size());
  // Without a shape each run has its own.
  options_.shapes.clear();
  const auto own = shapes_of(test::ProofParts::of(prove()));
  give(2, 3);
  EXPECT_NE(own, shapes_of(test::ProofParts::of(prove())));
}

// All is as given but for the tables that are not the caller's: those of the program and the
// protocol, and in later shards those that only the first one has.
TEST_F(FixedShapes, EachShardHasItsOwn) {
  give(700, 900);
  options_.shapes = {tables(11), tables(10), tables(12), tables(10)};
  const auto shapes = shapes_of(test::ProofParts::of(prove()));
  ASSERT_EQ(shapes.size(), 4u);
  for (size_t i = 0; i < 4; ++i) {
    std::string expected;
    for (const air::Instance& t : options_.shapes[i]) {
      const air::TableInfo& info = *air::find_table(t.table);
      if (info.first_shard_only && i != 0) continue;
      uint8_t log = t.log_height;
      if (t.table == air::kTableRom) log = program_.header.log_rom;
      if (t.table == air::kTableFixed) log = air::kFixedLogRows;
      if (t.table == air::kTableRegion) log = program_.header.log_region;
      if (t.table == air::kTableImage) log = program_.header.log_image;
      expected += std::to_string(t.table) + ":" + std::to_string(log) + " ";
    }
    EXPECT_EQ(shapes[i], expected) << i;
  }
}

TEST_F(FixedShapes, ARunMayEndInAnyShard) {
  options_.shapes = {tables(10, {{air::kTableFresh, 13}}), tables(10), tables(10)};
  const auto room = static_cast<uint16_t>(this->room(10));  // turns: one row of BranchEq each
  for (const uint16_t shards : {1, 2, 3}) {
    give(1, static_cast<uint16_t>(room * shards / 2 - 20));
    const auto all = cycles();
    ASSERT_EQ(all.size(), 3u);
    for (size_t i = 0; i < 3; ++i) EXPECT_EQ(all[i] != 0, i < (shards + 1u) / 2) << shards;
    prove();
  }
}

// A table that is as low as can be ends the shard when it is full to the last row, and the others
// have room: with one turn or word more there would be another cut.
TEST_F(FixedShapes, AShardIsFilledToTheLastRow) {
  const struct {
    uint8_t table;
    uint16_t words, turns;
  } cases[] = {
      {id_of(isa::Class::kAdd), 5, 3000},
      {id_of(isa::Class::kAddImm), 5, 3000},
      {id_of(isa::Class::kBranchEq), 5, 3000},
      {id_of(isa::Class::kNop), 5, 5000},
      {id_of(isa::Class::kLoadWord), 5000, 5},
      {air::kTableBoundary, 3000, 5},
      {air::kTableBump, 8000, 5},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(air::find_table(c.table)->name);
    give(c.words, c.turns);
    options_.shapes = {tables(15, {{c.table, 10}}), tables(15)};
    const auto all = cycles();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_GT(all[0], 0u);
    EXPECT_GT(all[1], 0u);
    const unsigned slots = std::max(1u, air::find_table(c.table)->slots);
    EXPECT_EQ(rows(1)[c.table], room(10));
    // The very same number of rows is room enough where one more instruction needs no more of them,
    // and the cut is where the first instruction does that needs one.
    vm::Limits limits;
    limits.max_shards = proof::kMaxShards;
    limits.max_shard_cycles = all[0] + 1;
    const auto more = vm::record(program_.program, {secret_, {}, {}}, limits);
    ASSERT_TRUE(more);
    EXPECT_GT(trace::rows_of(pool_, program_.program, more->shard())[c.table], room(10)) << slots;
  }
}

// The same proved, where shards are small: cuts between a branch and its delay slot, within the
// block of a loop, and a run that ends with the last row.
TEST_F(FixedShapes, CutsAreProved) {
  const auto most = static_cast<uint16_t>(room(10));
  const auto slots = static_cast<uint16_t>(air::find_table(id_of(isa::Class::kNop))->slots);
  for (const uint8_t table :
       {id_of(isa::Class::kNop), id_of(isa::Class::kBranchEq), air::kTableBoundary}) {
    SCOPED_TRACE(air::find_table(table)->name);
    give(1200, static_cast<uint16_t>(most * slots + 100));
    options_.shapes = {tables(13, {{table, 10}}), tables(13)};
    EXPECT_GT(cycles()[1], 0u);
    prove();
  }
  // Every turn has one, and so has the loop over words.
  const auto branches =
      static_cast<uint16_t>(most * air::find_table(id_of(isa::Class::kBranchEq))->slots);
  options_.shapes = {tables(13, {{id_of(isa::Class::kBranchEq), 10}}), tables(13)};
  give(1, static_cast<uint16_t>(branches - 1));
  EXPECT_EQ(cycles(), (std::vector<uint64_t>{whole(), 0}));
  prove();
  give(1, branches);
  const auto all = cycles();
  EXPECT_EQ(all[0] + all[1], whole());
  EXPECT_GT(all[1], 0u);
  prove();
}

TEST_F(FixedShapes, AShardWithoutATableIsPassedOver) {
  give(3, 500);
  Heights without = tables(10);
  std::erase_if(without, [](auto& t) { return t.table == id_of(isa::Class::kLoadWord); });
  options_.shapes = {tables(10), without, tables(11)};
  give(100, 1500);
  const auto all = cycles();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_GT(all[1], 0u) << "the loop without loads";
  prove();
  // In the first one there is no way on.
  std::swap(options_.shapes[0], options_.shapes[1]);
  options_.shapes.push_back(tables(11));
  EXPECT_EQ(cycles()[0], 1u) << "lui";
  prove();
  // One that may fetch nothing is idle.
  std::erase_if(without, [](auto& t) { return t.table == air::kTableFetch; });
  options_.shapes = {tables(10), without, tables(11)};
  const auto idle = cycles();
  ASSERT_EQ(idle.size(), 3u);
  EXPECT_EQ(idle[1], 0u);
  prove();
}

// The cuts follow from run and shape, and from nothing else that the caller sets.
TEST_F(FixedShapes, NothingElseDecides) {
  give(700, 1500);
  options_.shapes = {tables(10), tables(11), tables(11)};
  const auto cut = cycles();
  const Bytes proof = prove();
  limits_.max_shard_cycles = 1024;
  limits_.max_shards = 1;
  limits_.shard_size = prove::shard_size(1 << 16);
  options_.smaller_shards = true;
  options_.memory.bytes = plan()->memory_bytes;
  EXPECT_EQ(cycles(), cut);
  EXPECT_EQ(prove(), proof);
  EXPECT_EQ(plan()->shards.size(), 3u);
}

TEST_F(FixedShapes, TooSmallIsRefusedWithTableAndShard) {
  give(10, 5000);
  options_.shapes = {tables(11), tables(11), tables(12, {{id_of(isa::Class::kAddImm), 10}})};
  expect_refused({"its table AddImm of shard 3 has room for 960 rows"});
  // Sources are in the first shard, however many there are.
  give(3000, 10);
  options_.shapes = {tables(11, {{air::kTableFresh, 11}}), tables(12)};
  expect_refused({"its table Fresh of shard 1 has room for 1984 rows", " 3004"});
  // Refused before the program runs.
  options_.shapes = {tables(11), tables(11), tables(22)};
  expect_refused({"no proof can have the fixed shape: ", "most of them in "});
  options_.shapes = {tables(11), tables(11)};
  std::erase_if(options_.shapes[1], [](auto& t) { return t.table == air::kTableBoundary; });
  expect_refused({"no proof can have the fixed shape: a required table is missing"});
  options_.shapes.assign(65536, {{air::kTableBoundary, 10}});
  expect_refused({"65536 shards", "at most 65535"});
}

// More shards than a compact profile has bits for.
TEST_F(FixedShapes, TooManyShardsForTheProfileAreRefused) {
  options_.profile = &proof::kC100;
  options_.shapes.assign(10, {{air::kTableBoundary, 10}});
  options_.shapes[0] = tables(12);
  expect_refused({"profile C100"});
}

// A recording has its cuts already.
TEST_F(FixedShapes, ARecordingIsOfThatManyShards) {
  const auto recording = vm::record(program_.program, {secret_, {}, {}});
  ASSERT_TRUE(recording);
  for (const size_t shards : {1, 2}) {
    options_.shapes.assign(shards, tables(10));
    EXPECT_EQ(prove::plan_recording(pool_, program_, *recording, options_).ok(), shards == 1);
  }
  options_.shapes.assign(2, tables(10));
  const auto fitting =
      vm::record(program_.program, {secret_, {}, {}}, {.rooms = prove::rooms_of(options_)});
  ASSERT_TRUE(fitting);
  EXPECT_TRUE(prove::plan_recording(pool_, program_, *fitting, options_).ok());
  options_.shapes.assign(1, tables(10));
  EXPECT_FALSE(prove::plan_recording(pool_, program_, *fitting, options_).ok());
}

}  // namespace
}  // namespace mipzk
