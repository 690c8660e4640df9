// SPDX-License-Identifier: Apache-2.0
// Shapes that are given beforehand: the proof has these tables, whatever the run needs of them.
#include "proof/shape.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "air/table_info.hpp"
#include "prove/prove.hpp"
#include "support/verify_proof.hpp"
#include "unit/prove/small_program.hpp"

namespace mipzk {
namespace {

using Heights = std::vector<air::Instance>;
using Bytes = std::vector<uint8_t>;

class FixedShape : public testing::Test {
 protected:
  // The sum of two words, and `n` rounds of a loop.
  void load(int n) {
    program_ = *prove::load_program(pool_, test::program_of(test::sum_program(n)));
  }
  // Every table once, those of the program and the protocol with heights that are not theirs.
  static Heights all_tables(uint8_t log) {
    Heights h;
    for (const air::TableInfo& t : air::tables()) h.push_back({t.id, log});
    return h;
  }
  // What the verifier finds: all as given but for the tables that are not the caller's.
  Heights expected(Heights h) const {
    for (air::Instance& t : h) {
      if (t.table == air::kTableRom) t.log_height = program_.header.log_rom;
      if (t.table == air::kTableFixed) t.log_height = air::kFixedLogRows;
      if (t.table == air::kTableRegion) t.log_height = program_.header.log_region;
      if (t.table == air::kTableImage) t.log_height = program_.header.log_image;
    }
    return h;
  }
  Result<Bytes> prove(const Heights& shape, const Bytes& private_input = {1, 2, 3, 4}) {
    const Bytes public_input = {0, 0, 0, 9};
    auto recording = vm::record(program_.program, {private_input, public_input, {}});
    EXPECT_TRUE(recording);
    prove::Options options;
    options.profile = &test::kTest2;
    if (!shape.empty()) options.shapes = {shape};
    return prove::prove(pool_, program_, public_input, *recording, options);
  }
  bool accepted(const Bytes& proof) {
    verify::Claim claim;
    const Status s = test::verify_proof(program_.id, proof, test::test_policy(), claim);
    EXPECT_TRUE(s) << s.error().message;
    return s.ok();
  }
  static Heights shape_of(const Bytes& proof) {
    Reader r(proof);
    proof::Statement s;
    EXPECT_TRUE(proof::read_statement(r, s, test::kProfiles));
    proof::Instance instances[proof::kMaxInstances];
    uint32_t count = 0;
    EXPECT_TRUE(proof::read_instances(r, instances, count));
    Heights h;
    for (uint32_t i = 0; i < count; ++i) h.push_back({instances[i].table, instances[i].log_height});
    return h;
  }
  static std::string text(const Heights& h) {
    std::string s;
    for (const air::Instance& t : h) {
      s += std::to_string(t.table);
      s += ':';
      s += std::to_string(t.log_height);
      s += ' ';
    }
    return s;
  }
  void expect_unprovable(const Heights& shape, std::string_view words) {
    const auto proof = prove(shape);
    ASSERT_FALSE(proof);
    EXPECT_EQ(proof.error().code, Errc::kUnprovable);
    EXPECT_NE(std::string_view(proof.error().message).find(words), std::string_view::npos)
        << proof.error().message;
  }

  Pool pool_{2};
  prove::LoadedProgram program_;
};

TEST_F(FixedShape, HasEveryTableWhateverTheRunNeeds) {
  load(3);
  const Heights shape = all_tables(10);
  ASSERT_EQ(shape.size(), air::tables().size());
  std::string first;
  for (const Bytes& input : {Bytes{1, 2, 3, 4}, Bytes{0xff, 0xee, 0, 1}}) {
    const auto proof = prove(shape, input);
    ASSERT_TRUE(proof) << proof.error().message;
    EXPECT_TRUE(accepted(*proof));
    EXPECT_EQ(text(shape_of(*proof)), text(expected(shape)));
  }
  // The run alone needs few of them.
  const auto plain = prove({});
  ASSERT_TRUE(plain);
  EXPECT_LT(shape_of(*plain).size(), 20u);
}

// One class at a time, so that each table without a row is proved next to those with some.
TEST_F(FixedShape, ATableWithoutRowsIsProvedAlone) {
  load(2);
  const auto plain = prove({});
  ASSERT_TRUE(plain);
  const Heights own = shape_of(*plain);
  size_t added = 0;
  for (const air::TableInfo& t : air::tables()) {
    Heights shape = own;
    const auto at = std::ranges::find_if(shape, [&](auto& h) { return h.table >= t.id; });
    if (at != shape.end() && at->table == t.id) continue;
    if (++added % 8 != 0) continue;  // every eighth: all of them together are above
    shape.insert(at, {t.id, 11});
    const auto proof = prove(shape);
    ASSERT_TRUE(proof) << t.name << ": " << proof.error().message;
    EXPECT_TRUE(accepted(*proof)) << t.name;
    EXPECT_EQ(text(shape_of(*proof)), text(shape));
  }
  EXPECT_GT(added, 24u);
}

// Runs of different lengths look alike; without a fixed shape they do not.
TEST_F(FixedShape, HidesTheLengthOfTheRun) {
  std::string plain[2], fixed[2];
  Heights shape = all_tables(10);
  for (air::Instance& t : shape)
    if (t.table < air::kTableRom || t.table >= air::kTableBoundary) t.log_height = 12;
  for (size_t i = 0; i < 2; ++i) {
    load(i == 0 ? 10 : 1500);
    auto proof = prove({});
    ASSERT_TRUE(proof);
    plain[i] = text(shape_of(*proof));
    proof = prove(shape);
    ASSERT_TRUE(proof) << proof.error().message;
    EXPECT_TRUE(accepted(*proof));
    fixed[i] = text(shape_of(*proof));
  }
  EXPECT_NE(plain[0], plain[1]);
  EXPECT_EQ(fixed[0], fixed[1]);
}

TEST_F(FixedShape, ATableMayBeThereTwice) {
  load(1500);
  Heights shape = all_tables(11);
  for (auto it = shape.begin(); it != shape.end(); ++it)
    if (it->table == static_cast<uint8_t>(isa::Class::kAdd) || it->table == air::kTableBoundary) {
      it = shape.insert(it + 1, {it->table, 10});
    }
  const auto proof = prove(shape);
  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_TRUE(accepted(*proof));
  EXPECT_EQ(text(shape_of(*proof)), text(expected(shape)));
}

TEST_F(FixedShape, TooSmallIsRefusedWithTheTable) {
  load(1500);
  Heights shape = all_tables(12);
  const auto at = [&](auto id) {
    return std::ranges::find_if(shape,
                                [&](auto& h) { return h.table == static_cast<uint8_t>(id); });
  };
  EXPECT_TRUE(prove(shape));
  for (const auto& [id, name] :
       {std::pair{isa::Class::kAdd, "Add "}, {isa::Class::kBranchEq, "BranchEq "}}) {
    const Heights whole = shape;
    at(id)->log_height = 10;
    expect_unprovable(shape, name);
    shape.erase(at(id));
    expect_unprovable(shape, name);
    shape = whole;
  }
  shape.erase(at(air::kTableBoundary));
  expect_unprovable(shape, "a required table is missing");
}

// Without a shape a table is cut into three instances at most (lib/trace/plan.cpp): those of all
// tables fit, but for the tables of faults, of which two do. (So many faults of each kind in one
// shard would be refused, with the number of columns.)
TEST_F(FixedShape, ThreeInstancesOfEachTableFit) {
  load(1);
  Heights most;
  for (const air::TableInfo& t : air::tables())
    most.insert(most.end(),
                t.count == air::Count::kOnce  ? 1
                : t.role == air::Role::kFault ? 2
                                              : 3,
                {t.id, 10});
  proof::Shape shape;
  const Status s = proof::Shape::make(expected(most), program_.header, test::kTest2, shape);
  EXPECT_TRUE(s) << s.error().message;
  EXPECT_EQ(shape.instances().size(), most.size());
}

// As many as a proof may have, with room for 24 tables that do not exist yet, twice each; one more
// is refused.
TEST_F(FixedShape, HoldsAsManyInstancesAsTheVerifierHasRoomFor) {
  EXPECT_GE(proof::kMaxInstances, 2 * (air::tables().size() + 24) - 4);
  load(3);
  Heights shape = all_tables(10);
  const Heights nops(proof::kMaxInstances - shape.size(), shape.front());
  shape.insert(shape.begin(), nops.begin(), nops.end());
  const auto proof = prove(shape);
  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_TRUE(accepted(*proof));
  EXPECT_EQ(shape_of(*proof).size(), proof::kMaxInstances);
  shape.insert(shape.begin(), shape.front());
  expect_unprovable(shape, "too many table instances");
}

// Refused before it is laid out, which no memory would suffice for.
TEST_F(FixedShape, TooLargeIsRefusedAtOnce) {
  load(5);
  expect_unprovable(all_tables(22), "no proof can have the fixed shape: ");
}

}  // namespace
}  // namespace mipzk
