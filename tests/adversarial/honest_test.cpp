// SPDX-License-Identifier: Apache-2.0
// Honest traces satisfy every rule and balance every bus, and the harness notices when they do not.
#include <gtest/gtest.h>

#include <set>

#include "adversarial/shards.hpp"

namespace mipzk::attack {
namespace {

std::vector<uint8_t> bytes(std::initializer_list<unsigned> values) {
  std::vector<uint8_t> out;
  for (unsigned v : values) out.push_back(static_cast<uint8_t>(v));
  return out;
}

TEST(HonestTraces, EveryTableOccursAndPasses) {
  const Shard s = run(every_table(), every_table_input());
  std::set<std::string> seen;
  for (const auto& t : s.traces) {
    seen.insert(air::find_table(t.table)->name);
    // Rows that carry data: at least one, but for the tables that only answer.
    bool any = false;
    for (Fp v : t.base) any |= v != Fp::zero();
    EXPECT_TRUE(any || t.table == air::kTableRegion) << air::find_table(t.table)->name;
  }
  for (const air::TableInfo& t : air::tables()) EXPECT_EQ(seen.count(t.name), 1u) << t.name;
  EXPECT_EQ(check(s).text(), "");
}

TEST(HonestTraces, AnyNumberOfTailRows) {
  for (unsigned tail : {64u, 224u, 416u})
    EXPECT_EQ(check(run(every_table(), every_table_input(), tail)).text(), "") << tail;
}

TEST(HonestTraces, GuestsPass) {
  const std::pair<const char*, Bytes3> cases[] = {
      {"all_insns", {}},
      {"echo", {bytes({1, 2, 3, 4, 5, 6, 7}), {}, {}}},
      {"exit_code", {bytes({1, 0, 0, 0, 9}), {}, {}}},
      {"div64", {bytes({0, 0, 0, 0, 0, 0, 3, 0xe8, 0, 0, 0, 0, 0, 0, 0, 7}), {}, {}}},
      {"hints", {{}, bytes({0, 0, 0, 17, 0, 0, 0, 100}), bytes({0, 0, 0, 4, 0, 0, 0, 10})}},
      {"unaligned", {bytes({0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88}), {}, {}}},
  };
  for (const auto& [name, in] : cases) {
    const Shard s = run(guest(name), in);
    EXPECT_EQ(check(s).text(), "") << name;
  }
}

TEST(HonestTraces, RecountingMultiplicitiesGivesTheSameTraces) {
  const Shard honest = run(every_table(), every_table_input());
  Shard s = honest;
  recount(s);
  for (size_t i = 0; i < s.traces.size(); ++i)
    EXPECT_TRUE(s.traces[i].base == honest.traces[i].base)
        << air::find_table(s.traces[i].table)->name;
}

TEST(HonestTraces, ClaimsThatDifferDoNotBalance) {
  const Shard honest = run(every_table(), every_table_input());
  auto refused = [](const Shard& s) { return !check(s).global.empty(); };
  Shard s = honest;
  s.output[3] ^= 1;
  EXPECT_TRUE(refused(s));
  s = honest;
  s.output.push_back(0);
  EXPECT_TRUE(refused(s));
  s = honest;
  s.output.resize(4);
  EXPECT_TRUE(refused(s));
  s = honest;
  s.public_input[0] ^= 0x80;
  EXPECT_TRUE(refused(s));
  s = honest;
  s.public_input.push_back(0);
  EXPECT_TRUE(refused(s));
  s = honest;
  s.exit_code += 0x10000;
  EXPECT_TRUE(refused(s));
}

}  // namespace
}  // namespace mipzk::attack
