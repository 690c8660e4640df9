// SPDX-License-Identifier: Apache-2.0
// Events of a kind of their own, with any number of accesses and rows: through the log of a
// recording, a replay, the rows of a table, its rules and its messages.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>

#include "air/check.hpp"
#include "air/constraints.hpp"
#include "trace/collect.hpp"
#include "unit/trace/copy_words.hpp"

namespace mipzk::test {
namespace {

using Message = std::array<uint32_t, 5>;  // key, lo, hi, w, time

struct Call {
  uint32_t clk, src, dst;
};

// A run that only calls, in a small memory whose last words are read-only, with pauses that are
// sometimes so long that accesses need a bump.
class EventRows : public testing::Test {
 protected:
  static constexpr uint32_t kWords = 40, kWritable = 30;

  void run(unsigned count) {
    std::mt19937 rng(5);
    for (uint32_t i = 0; i < kWords; ++i)
      memory_.push_back(
          {static_cast<uint32_t>(rng()), vm::kMapped | (i < kWritable ? vm::kWritable : 0)});
    initial_ = memory_;
    vm::ClassCounts counts{};
    vm::Recorder recorder{nullptr, counts, &log_};
    uint32_t clk = 0;
    for (unsigned i = 0; i < count; ++i) {
      clk += 4 * (1 + (rng() % 64 == 0 ? 20000 + rng() % 4 : rng() % 8));
      calls_.push_back({clk, static_cast<uint32_t>(rng() % (kWords - kCopied + 1)),
                        static_cast<uint32_t>(rng() % (kWritable - kCopied + 1))});
      record_copy(recorder, memory_, clk, calls_[i].src, calls_[i].dst);
    }
    events_ = replay({}, 0);
  }
  // From a position of the log, which is that of a call, on.
  std::vector<CopyEvent> replay(vm::AccessLog::Position from, size_t first) {
    bumps_.clear();
    vm::EventSink sink{nullptr, {}, bumps_, {log_, from}};
    std::vector<CopyEvent> events;
    for (size_t i = first; i < calls_.size(); ++i)
      events.push_back(replay_copy(sink, calls_[i].clk, calls_[i].src, calls_[i].dst));
    return events;
  }
  // Rows of all events in instances of different heights; the events' rows do not end where the
  // instances do.
  void fill() {
    const size_t width = table_.layout.base_columns, needed = kCopied * events_.size();
    trace::TableRows rows(width);
    for (const size_t size : {size_t{100}, size_t{1}, needed - 100}) {
      instances_.emplace_back(size * width);
      rows.add(instances_.back().data(), size);
    }
    ASSERT_EQ(rows.size(), needed + 1);
    Pool pool(2);
    trace::fill_rows<CopyRows>(pool, std::span<const CopyEvent>(events_), rows);
  }
  template <class F>
  void for_each_row(const F& f) {
    const size_t width = table_.layout.base_columns;
    for (std::vector<Fp>& base : instances_)
      for (size_t at = 0; at < base.size(); at += width) f(&base[at]);
  }

  const air::TableInfo table_ = CopyWords::info();
  std::vector<vm::Cell> initial_, memory_;
  std::vector<Call> calls_;
  vm::AccessLog log_;
  SecretVector<vm::Bump> bumps_;
  std::vector<CopyEvent> events_;
  std::vector<std::vector<Fp>> instances_;
};

TEST_F(EventRows, SatisfyTheirTableAndTheMemoryBusBalances) {
  run(3000);
  ASSERT_GT(bumps_.size(), 100u);
  fill();
  std::map<Message, int> balance;  // written minus read
  const auto message = [](const air::Msg<Fp>& m) {
    EXPECT_EQ(m.form, air::Form::kMem);
    Message r;
    for (size_t i = 0; i < r.size(); ++i) r[i] = m.v[i].value();
    return r;
  };
  for (uint32_t i = 0; i < kWords; ++i) {
    const auto end = [&](const vm::Cell& c) {
      return Message{i, c.value & 0xffff, c.value >> 16, (c.meta & vm::kWritable) != 0,
                     c.meta & vm::kTimeMask};
    };
    ++balance[end(initial_[i])];
    --balance[end(memory_[i])];
  }
  for (const vm::Bump& b : bumps_) {
    ++balance[{b.key, b.value_lo, b.value_hi, b.writable, b.t_new}];
    --balance[{b.key, b.value_lo, b.value_hi, b.writable, b.t_old}];
  }
  air::RowChecker checker(table_);
  air::RowReport report;
  size_t rows = 0, padding = 0;
  for_each_row([&](const Fp* row) {
    checker.check(nullptr, row, report);
    ASSERT_TRUE(report.ok()) << "row " << rows;
    ASSERT_EQ(report.locals.size(), 2u);
    padding += row[0] == Fp::zero();
    for (const air::Access& a : report.locals) {
      --balance[message(a.read)];
      ++balance[message(a.write)];
    }
    if (rows < kCopied * events_.size()) {
      const CopyEvent& e = events_[rows / kCopied];
      const air::Tuple& t = report.provides.at(0);
      EXPECT_EQ(t.coords.count, air::kMaxCoordinates);
      EXPECT_EQ(t.coords.v[0], Fp(e.clk));
      EXPECT_EQ(t.coords.v[3], Fp(static_cast<uint32_t>(rows % kCopied)));
    }
    ++rows;
  });
  EXPECT_EQ(rows, kCopied * events_.size() + 1);
  EXPECT_EQ(padding, 1u);
  for (const auto& [m, n] : balance) ASSERT_EQ(n, 0) << "key " << m[0] << " time " << m[4];
}

// A row that does not say what the event did breaks a rule, or the balance of a bus.
TEST_F(EventRows, RefuseAccessesOutOfOrder) {
  run(20);
  air::RowChecker checker(table_);
  air::RowReport report;
  CopyEvent e = events_[10];
  e.write[1].t = e.clk + 3;  // as late as the access itself
  std::vector<Fp> cells(kCopied * table_.layout.base_columns);
  trace::TableRows rows(table_.layout.base_columns);
  rows.add(cells.data(), kCopied);
  trace::RowSink sink = rows.from(0);
  CopyRows::rows(e, sink);
  for (unsigned i = 0; i < kCopied; ++i) {
    checker.check(nullptr, &cells[i * table_.layout.base_columns], report);
    EXPECT_EQ(report.ok(), i != 1);
  }
}

// A replay can begin at every call whose position of the log was noted, as blocks do, also where a
// chunk of the log ends.
TEST_F(EventRows, ReplayFromAnyPosition) {
  const size_t calls = vm::AccessLog::kChunkCells / (2 * kCopied) + 100;
  run(static_cast<unsigned>(calls));
  const std::vector<CopyEvent> all = events_;
  vm::AccessLog again;
  std::vector<vm::AccessLog::Position> at;
  vm::AccessLog::Reader cells(log_, {});
  for (size_t i = 0; i < calls; ++i) {
    at.push_back(again.end());
    for (unsigned k = 0; k < 2 * kCopied; ++k) again.append(cells.next());
  }
  EXPECT_EQ(at.back().chunk, 1u);
  for (size_t first : {size_t{0}, size_t{1}, calls - 150, calls - 100, calls - 1}) {
    const std::vector<CopyEvent> part = replay(at[first], first);
    ASSERT_EQ(part.size(), calls - first);
    for (size_t i = 0; i < part.size(); ++i)
      for (unsigned k = 0; k < kCopied; ++k) {
        ASSERT_EQ(part[i].read[k].before, all[first + i].read[k].before);
        ASSERT_EQ(part[i].write[k].t, all[first + i].write[k].t);
      }
  }
}

TEST_F(EventRows, AreCompletedByTheCollector) {
  run(200);
  fill();
  const isa::Program program;
  trace::LookupCounts counts(program);
  for (std::vector<Fp>& base : instances_)
    trace::Collector(table_, 1, program, counts)
        .run(nullptr, base.data(), base.size() / table_.layout.base_columns);
  EXPECT_FALSE(counts.bad);
  uint64_t requests = 0;
  for (const uint32_t n : counts.range) requests += n;
  EXPECT_EQ(requests, 2 * (kCopied * events_.size() + 1));
  for_each_row([&](const Fp* row) {
    const auto& r = *reinterpret_cast<const CopyWords::Row<Fp>*>(row);
    const Fp first = r.clk + Fp(2) * r.real - r.from.t - r.real,
             second = r.clk + Fp(3) * r.real - r.to.t - r.real;
    EXPECT_EQ(row[table_.layout.named_columns], first * second);
  });
}

// The verifier's sum for a table that only provides one message of the greatest width:
// (S' - S) (alpha + beta_0 bus + sum of beta_(j+1) m_j) = -n.
struct Wide : air::MainTable {
  template <class T>
  struct Row {
    T n, m[air::kMaxCoordinates];
  };
  static constexpr void eval(air::Builder& b, const Pre<air::Cell>&, const Row<air::Cell>& r) {
    b.provide(CopyWords::kBus, r.n, r.m);
  }
};

TEST(WideMessages, HaveAChallengeForEachCoordinate) {
  using field::Fp5;
  static_assert(air::kMaxCoordinates == 24);  // docs/PROTOCOL.md, section 3
  std::mt19937 rng(6);
  const auto random = [&] {
    Fp5 x;
    for (Fp& c : x.c) c = Fp(static_cast<uint32_t>(rng() >> 1));
    return x;
  };
  air::TableInfo table = CopyWords::info();
  table.layout = air::RulesOf<Wide>::kLayout;
  table.rules = air::RulesOf<Wide>::kRules;
  air::Challenges ch;
  ch.alpha = random();
  for (Fp5& b : ch.beta) b = random();
  std::vector<Fp5> base(table.layout.base_columns), values(table.rules.operands());
  for (Fp5& v : base) v = random();
  const Fp5 s = random(), next = random(), gamma = random();
  air::PointCells cells;
  cells.base = base.data();
  cells.ext = &s;
  cells.next[2] = next;
  Fp5 weight = Fp5::one();
  const air::FormBases fb(ch);
  const air::ConstraintSums sums =
      air::evaluate_constraints(table, fb, fb, {}, gamma, weight, cells, values.data());
  Fp5 d = ch.alpha + ch.beta[0] * Fp(air::kBusNumbers - 1);
  for (unsigned i = 0; i < air::kMaxCoordinates; ++i) d += ch.beta[i + 1] * base[1 + i];
  EXPECT_EQ(sums.row, (next - s) * d + base[0]);
}

}  // namespace
}  // namespace mipzk::test
