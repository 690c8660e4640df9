// The numbers of every table: columns, constraints and degrees. A change here changes the protocol.
#include <gtest/gtest.h>

#include <cstdio>
#include <random>

#include "air/constraints.hpp"
#include "air/tables.hpp"

namespace mipzk::test {
namespace {

using field::Fp;
using field::Fp5;

struct Expected {
  const char* name;
  unsigned id, slots, base, ext, constraints, messages;
};
constexpr Expected kExpected[] = {
    {"Nop", 1, 4, 20, 4, 20, 12},           {"Add", 2, 1, 23, 4, 22, 14},
    {"AddTrap", 3, 1, 28, 5, 26, 16},       {"AddImm", 4, 1, 20, 4, 19, 11},
    {"Logic", 5, 1, 30, 6, 21, 16},         {"LogicImm", 6, 1, 22, 4, 18, 11},
    {"Shift", 7, 1, 28, 5, 24, 15},         {"ShiftVar", 8, 1, 41, 7, 23, 19},
    {"Slt", 9, 1, 25, 5, 25, 16},           {"SltImm", 10, 1, 22, 4, 21, 12},
    {"BranchEq", 11, 1, 20, 3, 17, 9},      {"BranchZero", 12, 1, 20, 2, 15, 7},
    {"BranchLink", 13, 1, 20, 4, 18, 10},   {"Jump", 14, 4, 20, 4, 20, 12},
    {"JumpLink", 15, 2, 21, 4, 21, 12},     {"JumpReg", 16, 2, 20, 4, 18, 14},
    {"JumpRegLink", 17, 1, 20, 4, 16, 10},  {"LoadWord", 18, 1, 23, 4, 21, 15},
    {"StoreWord", 19, 1, 22, 4, 21, 15},    {"LoadSub", 20, 1, 32, 5, 27, 17},
    {"LoadPart", 21, 1, 39, 6, 29, 19},     {"StoreSub", 22, 1, 33, 5, 29, 17},
    {"StorePart", 23, 1, 38, 6, 29, 19},    {"Mult", 24, 1, 44, 9, 35, 28},
    {"Div", 25, 1, 49, 9, 45, 29},          {"Halt", 26, 1, 20, 3, 15, 9},
    {"Hint", 27, 1, 20, 3, 14, 8},          {"BranchLikely", 28, 1, 30, 4, 24, 13},
    {"MoveCond", 29, 1, 22, 4, 21, 12},     {"MultAcc", 30, 1, 43, 9, 35, 28},
    {"CountLeading", 31, 1, 26, 5, 28, 13}, {"BitField", 32, 1, 55, 10, 30, 26},
    {"ByteOps", 33, 1, 24, 5, 20, 12},      {"TrapEqual", 34, 1, 20, 3, 16, 9},
    {"TrapLess", 35, 1, 23, 4, 20, 13},     {"LoadLinked", 36, 1, 26, 6, 26, 18},
    {"StoreCond", 37, 1, 35, 6, 33, 21},    {"LoadDouble", 38, 1, 32, 6, 28, 21},
    {"StoreDouble", 39, 1, 30, 6, 28, 21},  {"MovePair", 40, 1, 22, 5, 22, 15},
    {"Trap", 41, 1, 21, 4, 24, 15},         {"Rom", 64, 0, 20, 1, 4, 1},
    {"Fixed", 65, 0, 20, 5, 8, 10},         {"Region", 66, 0, 20, 1, 4, 1},
    {"Image", 67, 0, 30, 1, 6, 2},          {"Boundary", 68, 0, 30, 3, 14, 5},
    {"Fresh", 69, 0, 30, 5, 25, 16},        {"Public", 70, 0, 30, 2, 15, 4},
    {"Bump", 71, 0, 20, 3, 14, 8},
};

TEST(Census, IsAsExpected) {
  std::printf("%-13s %3s %5s %5s %4s %6s %7s %11s %8s\n", "table", "id", "slots", "named", "base",
              "ext", "lookups", "constraints", "messages");
  unsigned base = 0, ext = 0, i = 0;
  ASSERT_EQ(std::size(kExpected), air::kTableCount);
  for (const air::TableInfo& t : air::kTables) {
    const air::Layout& l = t.layout;
    std::printf("%-13s %3u %5u %5u %4u %6u %7u %11u %8u\n", t.name, t.id, t.slots, l.named_columns,
                l.base_columns, l.ext_columns(), l.ranges + l.tuples, l.constraints, l.messages());
    base += l.base_columns;
    ext += l.ext_columns();
    const Expected& e = kExpected[i++];
    EXPECT_STREQ(t.name, e.name);
    EXPECT_EQ(t.id, e.id) << t.name;
    EXPECT_EQ(t.slots, e.slots) << t.name;
    EXPECT_EQ(l.base_columns, e.base) << t.name;
    EXPECT_EQ(l.ext_columns(), e.ext) << t.name;
    EXPECT_EQ(l.constraints, e.constraints) << t.name;
    EXPECT_EQ(l.messages(), e.messages) << t.name;
  }
  std::printf("one instance of each: %u base and %u extension columns\n", base, ext);
  EXPECT_EQ(base, 1329u);
  EXPECT_EQ(ext, 225u);
}

TEST(Census, IdsOfInstructionTablesAreTheirClasses) {
  unsigned classes = 0;
  air::for_each_table([&]<class T>() {
    if constexpr (T::kSlots != 0) {
      EXPECT_EQ(air::kTableId<T>, static_cast<unsigned>(T::kClass));
      ++classes;
    }
    EXPECT_EQ(air::find_table(air::kTableId<T>)->name, air::kTableName<T>);
  });
  EXPECT_EQ(classes, isa::kLastClass - isa::kFirstClass + 1);
  EXPECT_EQ(air::find_table(0), nullptr);
  EXPECT_EQ(air::find_table(isa::kLastClass + 1), nullptr);
  EXPECT_EQ(air::find_table(air::kTableBump + 1), nullptr);
}

// Degrees over all rules: the layout refuses more than 3 (1 for messages); here, that 3 is reached
// and that the census sees degrees at all.
template <class T>
int degree_of() {
  air::CensusBuilder b;
  typename T::template Row<air::Degree> row{};
  typename T::template Pre<air::Degree> pre{};
  T::eval(b, pre, row);
  EXPECT_LE(b.max_message_degree, 1) << air::kTableName<T>;
  return b.max_degree;
}
TEST(Census, TheGreatestDegreeIsThree) {
  int greatest = 0;
  air::for_each_table([&]<class T>() {
    const int d = degree_of<T>();
    EXPECT_LE(d, 3) << air::kTableName<T>;
    greatest = std::max(greatest, d);
  });
  EXPECT_EQ(greatest, 3);
  EXPECT_EQ(degree_of<air::Shift>(), 2);
  EXPECT_EQ(degree_of<air::ShiftVar>(), 3);
}

// Every constraint that the layout counts is evaluated, each with its own power of gamma.
template <class T>
struct Evaluated {
  Fp5 row, first, closing;
};
template <class T>
Evaluated<T> evaluate(const std::vector<Fp5>& gamma, uint64_t seed) {
  constexpr air::Layout l = air::compute_layout<T>();
  std::mt19937_64 rng(seed);
  auto f = [&] { return Fp(static_cast<uint32_t>(rng())); };
  auto e = [&] { return Fp5(std::array<Fp, 5>{f(), f(), f(), f(), f()}); };
  air::Challenges ch[2];
  for (air::Challenges& c : ch) {
    c.alpha = e();
    for (Fp5& beta : c.beta) beta = e();
  }
  std::vector<Fp> pre(l.pre_columns + 1), base(l.base_columns);
  std::vector<Fp5> ext(l.ext_columns() + 1);
  for (Fp& v : pre) v = f();
  for (Fp& v : base) v = f();
  for (Fp5& v : ext) v = e();
  const air::FormBases local(ch[0]), global(ch[1]);
  const air::Published published{e(), e(), e()};
  const air::PointCells<Fp, Fp5> cells{pre.data(), base.data(), ext.data(), e(), e(), e()};
  air::ConstraintEval<T, Fp, Fp5> eval(local, global, published, gamma.data(), cells);
  eval.run();
  return {eval.row, eval.first, eval.closing};
}
TEST(Census, EveryConstraintIsEvaluated) {
  air::for_each_table([]<class T>() {
    SCOPED_TRACE(air::kTableName<T>);
    constexpr air::Layout l = air::compute_layout<T>();
    std::vector<Fp5> gamma(l.constraints + 1);
    for (unsigned i = 0; i <= l.constraints; ++i) {
      gamma[i] = Fp5::one();
      bool seen = false;
      for (uint64_t seed = 0; seed < 3 && !seen; ++seed) {
        const auto v = evaluate<T>(gamma, seed);
        seen = !(v.row.is_zero() && v.first.is_zero() && v.closing.is_zero());
      }
      EXPECT_EQ(seen, i < l.constraints) << "constraint " << i;
      gamma[i] = Fp5();
    }
  });
}

}  // namespace
}  // namespace mipzk::test
