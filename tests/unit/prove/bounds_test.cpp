// SPDX-License-Identifier: Apache-2.0
// Runs that cannot be proved are refused before work is spent on them, with the count, the limit
// and the table.
#include "prove/bounds.hpp"

#include <gtest/gtest.h>

#include <string>

#include "air/table_info.hpp"
#include "support/test_profiles.hpp"
#include "trace/plan.hpp"
#include "unit/prove/small_program.hpp"

namespace mipzk {
namespace {

using Heights = std::vector<air::Instance>;

size_t times(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) ++n;
  return n;
}

class Bounds : public testing::Test {
 protected:
  void load(const std::vector<uint32_t>& words) {
    program_ = *prove::load_program(pool_, test::program_of(words));
  }
  Result<vm::Recording> record(const prove::Options& options, vm::FaultReport* report = nullptr) {
    vm::Hooks hooks;
    hooks.watch = [&](const vm::Progress& p) {
      return prove::check_progress(program_, p, options, pool_.threads());
    };
    return vm::record(program_.program, {private_, public_, {}}, {}, hooks, report);
  }
  // The message of a recording that is refused.
  std::string refused(Errc code, const prove::Options& options, vm::FaultReport* report = nullptr) {
    const auto recording = record(options, report);
    EXPECT_FALSE(recording);
    if (recording) return "";
    EXPECT_EQ(recording.error().code, code);
    return recording.error().message;
  }

  // Heights of table Add for a number of rows; "-" for a refusal.
  std::string heights(uint64_t rows, const Heights& fixed = {}) {
    trace::RowCounts counts{};
    counts[kAdd] = rows;
    const auto list = trace::plan(counts, program_.tables, 416, fixed);
    if (!list) {
      error_ = list.error().message;
      return "-";
    }
    std::string text;
    for (const air::Instance& i : *list)
      if (i.table == kAdd) text += std::to_string(i.log_height) + " ";
    return text;
  }

  static constexpr auto kAdd = static_cast<uint8_t>(isa::Class::kAdd);
  const std::vector<uint8_t> private_{1, 2, 3, 4}, public_{0, 0, 0, 9};
  Pool pool_{2};
  prove::LoadedProgram program_;
  std::string error_;
};

TEST_F(Bounds, HeightsOfATable) {
  load(test::sum_program(1));
  constexpr uint64_t kTail = 416;
  EXPECT_EQ(heights(0), "");
  EXPECT_EQ(heights(1), "10 ");
  EXPECT_EQ(heights(1024 - kTail), "10 ");
  EXPECT_EQ(heights(1024 - kTail + 1), "11 ");
  EXPECT_EQ(heights((1 << 14) - kTail), "14 ");
  EXPECT_EQ(heights((1 << 14) - kTail + 1), "14 12 ");
  EXPECT_EQ(heights((5 << 12) - 2 * kTail), "14 12 ");
  EXPECT_EQ(heights((5 << 12) - 2 * kTail + 1), "14 13 ");
  EXPECT_EQ(heights((6 << 12) - 2 * kTail), "14 13 ");
  EXPECT_EQ(heights((6 << 12) - 2 * kTail + 1), "14 13 12 ");
  EXPECT_EQ(heights((7 << 12) - 3 * kTail), "14 13 12 ");
  EXPECT_EQ(heights((7 << 12) - 3 * kTail + 1), "15 ");
  EXPECT_EQ(heights((1 << 15) - kTail + 1), "15 13 ");
  EXPECT_EQ(heights((1 << 22) - kTail), "22 ");
  EXPECT_EQ(heights((1 << 22) - kTail + 1), "-");
  for (const char* part : {"table Add ", "4193888", "4193889"})
    EXPECT_EQ(times(error_, part), 1u) << error_;
  EXPECT_EQ(times(error_, "shape"), 0u) << error_;
}

TEST_F(Bounds, HeightsThatAreGiven) {
  load(test::sum_program(1));
  const Heights shape = {{kAdd, 12}, {kAdd, 10}, {air::kTableBoundary, 10}};
  EXPECT_EQ(heights(0, shape), "12 10 ");
  EXPECT_EQ(heights(4096 + 1024 - 2 * 416, shape), "12 10 ");
  EXPECT_EQ(heights(4096 + 1024 - 2 * 416 + 1, shape), "-");
  for (const char* part : {"table Add ", "4288", "4289", "shape"})
    EXPECT_EQ(times(error_, part), 1u) << error_;
  EXPECT_EQ(heights(1, {{air::kTableBoundary, 10}}), "-");
}

// An endless loop ends when it has filled the first table.
TEST_F(Bounds, AnEndlessLoopIsRefusedEarly) {
  load({test::bne(8, 0, 2), test::addiu(8, 0, 1), test::bne(8, 0, -1), test::addiu(9, 9, 1)});
  vm::FaultReport report;
  const std::string text = refused(Errc::kUnprovable, {}, &report);
  for (const char* part : {"table AddImm ", "4193888"}) EXPECT_EQ(times(text, part), 1u) << text;
  EXPECT_LE(report.cycle, 2 * (uint64_t{1} << 22) + vm::kWatchCycles);
  EXPECT_EQ(times(report.text, "after 8388608 instructions, at 0x0040000"), 1u) << report.text;
  EXPECT_EQ(times(report.text, text), 1u) << report.text;
}

// No table is too high, but all of them together are.
TEST_F(Bounds, TooManyMessagesAreRefusedWithTheirNumber) {
  std::vector<uint32_t> loop = {
      test::lui(8, 0x2000),
      test::sw(9, 0, 8),
      test::lw(10, 0, 8),
      test::addu(9, 9, 10),
      9u << 21 | 10u << 16 | 11u << 11 | 38,  // xor $11, $9, $10
      9u << 21 | 10u << 16 | 11u << 11 | 42,  // slt $11, $9, $10
      10u << 16 | 9u << 11 | 3u << 6 | 2,     // srl $9, $10, 3
      9u << 21 | 10u << 16 | 25,              // multu $9, $10
  };
  loop.push_back(test::bne(8, 0, -static_cast<int>(loop.size())));
  loop.push_back(test::addiu(9, 9, 1));
  load(loop);
  vm::FaultReport report;
  const std::string text = refused(Errc::kUnprovable, {}, &report);
  for (const char* part : {"bus messages", " most of them in ", "268435456"})
    EXPECT_EQ(times(text, part), 1u) << text;
  EXPECT_LT(report.cycle, uint64_t{1} << 26);
}

TEST_F(Bounds, AFixedShapeIsFullEarly) {
  load({test::bne(8, 0, 2), test::addiu(8, 0, 1), test::bne(8, 0, -1), test::addiu(9, 9, 1)});
  prove::Options options;
  options.profile = &test::kTest2;
  options.shapes.emplace_back();
  for (const air::TableInfo& t : air::tables()) options.shapes[0].push_back({t.id, 12});
  vm::FaultReport report;
  const std::string text = refused(Errc::kUnprovable, options, &report);
  for (const char* part : {"its table AddImm ", "4032 ", "fixed shape"})
    EXPECT_EQ(times(text, part), 1u) << text;
  EXPECT_EQ(report.cycle, vm::kWatchCycles);
}

TEST_F(Bounds, ARunThatTakesTooMuchMemoryIsRefused) {
  load(test::sum_program(1500));
  prove::Options options;
  options.profile = &test::kTest2;
  const auto recording = record(options);
  ASSERT_TRUE(recording);
  const auto plan = prove::plan_recording(pool_, program_, *recording, options);
  ASSERT_TRUE(plan);
  options.memory = {plan->memory_bytes, "the test allows"};
  EXPECT_TRUE(prove::prove(pool_, program_, public_, *recording, options));
  --options.memory.bytes;
  const auto proof = prove::prove(pool_, program_, public_, *recording, options);
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().code, Errc::kNoMemory);
  const std::string mib = std::to_string((plan->memory_bytes >> 20) + 1);
  EXPECT_EQ(proof.error().detail, (plan->memory_bytes >> 20) + 1);
  for (const std::string& part : {"about " + mib + " MiB", std::string("the test allows")})
    EXPECT_EQ(times(proof.error().message, part), 1u) << proof.error().message;
}

TEST_F(Bounds, ARecordingThatTakesTooMuchMemoryIsStopped) {
  load(test::sum_program(30000));
  prove::Options options;
  options.memory = {uint64_t{1} << 18, "the test allows"};
  const std::string text = refused(Errc::kNoMemory, options);
  EXPECT_EQ(times(text, "at least"), 1u) << text;
}

TEST_F(Bounds, AFixedShapeTellsItsMemoryBeforeTheRun) {
  load(test::sum_program(5));
  prove::Options options;
  options.shapes.emplace_back();
  for (const air::TableInfo& t : air::tables()) options.shapes[0].push_back({t.id, 14});
  options.memory = {uint64_t{100} << 20, "the test allows"};
  vm::FaultReport report;
  refused(Errc::kNoMemory, options, &report);
  EXPECT_EQ(report.cycle, 0u);
}

// What a run needs, told before: long waits are found by replaying.
TEST_F(Bounds, RowsOfARun) {
  load(test::sum_program(20000));
  const auto recording = record({});
  ASSERT_TRUE(recording);
  const trace::RowCounts rows = trace::rows_of(pool_, program_.program, recording->shard());
  const auto of = [&](uint8_t id) { return rows[id]; };
  EXPECT_EQ(of(kAdd), 20001u);
  EXPECT_EQ(of(air::kTableBoundary), recording->shards[0].touched.size());
  EXPECT_GT(of(air::kTableFresh), 1u);
  EXPECT_EQ(of(air::kTablePublic), 5u);  // two words of each window, and the exit code
  EXPECT_GT(of(air::kTableBump), 0u);
}

}  // namespace
}  // namespace mipzk
