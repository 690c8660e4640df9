// SPDX-License-Identifier: Apache-2.0
// The numbers of every table: columns, constraints and degrees. A change here changes the protocol.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "air/table_info.hpp"
#include "isa/classes.hpp"

namespace mipzk::test {
namespace {

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
    {"Trap", 41, 1, 21, 4, 24, 15},         {"Rom", 64, 0, 10, 2, 4, 8},
    {"Fixed", 65, 0, 20, 6, 9, 12},         {"Region", 66, 0, 20, 1, 4, 1},
    {"Image", 67, 0, 12, 2, 4, 8},          {"Boundary", 68, 0, 30, 3, 14, 5},
    {"Fresh", 69, 0, 30, 5, 25, 16},        {"Public", 70, 0, 10, 2, 13, 4},
    {"Bump", 71, 0, 20, 3, 14, 8},          {"Fetch", 72, 0, 30, 2, 10, 4},
    {"AccessFault", 73, 1, 85, 12, 96, 44}, {"OperandFault", 74, 1, 65, 10, 69, 37},
    {"FetchFault", 75, 1, 37, 8, 46, 30},
};

TEST(Census, IsAsExpected) {
  std::printf("%-13s %3s %5s %5s %4s %6s %7s %11s %8s\n", "table", "id", "slots", "named", "base",
              "ext", "lookups", "constraints", "messages");
  unsigned base = 0, ext = 0, i = 0;
  ASSERT_EQ(std::size(kExpected), air::tables().size());
  for (const air::TableInfo& t : air::tables()) {
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
  EXPECT_EQ(base, 1498u);
  EXPECT_EQ(ext, 260u);
}

TEST(Census, IdsOfInstructionTablesAreTheirClasses) {
  unsigned classes = 0;
  for (const isa::ClassInfo& c : isa::kClasses) {
    const air::TableInfo* t = air::find_table(static_cast<air::TableId>(c.cls));
    ASSERT_NE(t, nullptr);
    EXPECT_STREQ(t->name, c.name);
    EXPECT_NE(t->slots, 0u);
    ++classes;
  }
  EXPECT_EQ(classes, isa::kLastClass - isa::kFirstClass + 1);
  EXPECT_EQ(air::find_table(0), nullptr);
  EXPECT_EQ(air::find_table(isa::kLastClass + 1), nullptr);
  EXPECT_EQ(air::find_table(air::kTableFetchFault + 1), nullptr);
}

// That no rule has a degree above 3 (1 for messages) is asserted when the rules are compiled; here,
// that they are read at all.
TEST(Census, RulesHaveTheirWords) {
  for (const air::TableInfo& t : air::tables()) {
    SCOPED_TRACE(t.name);
    size_t words = 0;
    for (const uint16_t* p = t.rules.words; words < t.rules.size; p += air::statement_size(p))
      words += air::statement_size(p);
    EXPECT_EQ(words, t.rules.size);
    EXPECT_EQ(t.rules.constants[0], 0u);
    EXPECT_EQ(t.rules.first_constant, t.layout.pre_columns + t.layout.base_columns);
    EXPECT_LE(t.rules.operands(), air::kMaxOperands);
  }
}

// Which buses the rules of a table use, by the challenges that they use them with.
struct BusesUsed {
  std::set<air::Bus> in_local, in_global, lookups;
  void arithmetic(air::Code, air::Operand, air::Operand, air::Operand) {}
  void zero(air::Operand) {}
  void range(air::Operand) {}
  void request(const air::LookupOperands& m) { lookups.insert(m.bus); }
  void provide(const air::LookupOperands& m) { lookups.insert(m.bus); }
  void local(const air::MessageOperands& r, const air::MessageOperands& w) { both(in_local, r, w); }
  void global(const air::MessageOperands& r, const air::MessageOperands& w) {
    both(in_global, r, w);
  }
  void global_send(air::Operand, const air::MessageOperands& w) { both(in_global, w, w); }
  static void both(std::set<air::Bus>& to, const air::MessageOperands& r,
                   const air::MessageOperands& w) {
    to.insert({air::form_info(r.form).bus, air::form_info(w.form).bus});
  }
};

// A global bus in a table of pass 2 would be broken: its columns may be chosen after the
// challenges.
TEST(Census, GlobalBusesAreInTablesOfPassOne) {
  using air::Bus;
  const std::set<Bus> local = {Bus::kMemory},
                      global = {Bus::kToken, Bus::kOrder, Bus::kPublic, Bus::kCode},
                      lookup = {Bus::kRom, Bus::kAnd, Bus::kShiftByte, Bus::kShiftAmount,
                                Bus::kRegion};
  const auto all_in = [](const std::set<Bus>& used, const std::set<Bus>& allowed) {
    return std::ranges::includes(allowed, used);
  };
  BusesUsed all;
  for (const air::TableInfo& t : air::tables()) {
    SCOPED_TRACE(t.name);
    BusesUsed used;
    air::read_rules(t.rules, used);
    EXPECT_TRUE(all_in(used.in_local, local));
    EXPECT_TRUE(all_in(used.in_global, t.layout.pass_one ? global : std::set<Bus>()));
    EXPECT_TRUE(all_in(used.lookups,
                       t.id == air::kTableFixed
                           ? std::set{Bus::kRange, Bus::kAnd, Bus::kShiftByte, Bus::kShiftAmount}
                           : lookup));
    EXPECT_EQ(used.in_local.empty(), !t.layout.has_p());
    EXPECT_EQ(used.in_global.empty(), !t.layout.has_g());
    all.in_local.merge(used.in_local);
    all.in_global.merge(used.in_global);
    all.lookups.merge(used.lookups);
  }
  EXPECT_EQ(all.in_local, local);
  EXPECT_EQ(all.in_global, global);
  EXPECT_EQ(all.lookups.size(), lookup.size() + 1);
}

}  // namespace
}  // namespace mipzk::test
