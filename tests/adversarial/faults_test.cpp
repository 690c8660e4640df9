// SPDX-License-Identifier: Apache-2.0
// One fault somewhere in a run, after which the machine goes on consistently with the false state
// (the idea of Arguzz, arXiv 2509.10819): what an obedient prover makes of it cannot be proved.
// MIPZK_FAULTS is the number of faults to try; the first ones of each kind are always the same.
#include "adversarial/faults.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <set>

#include "adversarial/proof_kit.hpp"
#include "unit/vm/random_guest.hpp"

namespace mipzk::attack {
namespace {

constexpr unsigned kRandomPrograms = 12;

std::vector<uint8_t> bytes(std::initializer_list<unsigned> values) {
  return {values.begin(), values.end()};
}

// Short runs; what they lack together, every_instruction has.
const std::deque<Subject>& subjects() {
  static const std::deque<Subject> all = [] {
    std::deque<Subject> out;
    for (unsigned seed = 0; seed < kRandomPrograms; ++seed) {
      std::mt19937 rng(seed);
      const unsigned length = 20 + static_cast<unsigned>(rng() % 100);
      const test::Guest g = test::random_guest(rng, length, 1 + static_cast<unsigned>(rng() % 4));
      out.emplace_back("random " + std::to_string(seed), keep(g.program()), Bytes3{});
    }
    for (bool little : {false, true}) {
      const uint8_t line[] = {'f', 'i', 'r', 's', 't', ' ', 'l', 'i', 'n', 'e'};
      const Bytes3 text{linux_stream(line), {}, {}};
      out.emplace_back(little ? "linux le" : "linux", linux_program(little), text);
    }
    const auto add = [&](const char* name, Bytes3 in) {
      out.emplace_back(name, guest(name), std::move(in));
    };
    add("echo", {bytes({1, 2, 3, 4, 5, 6, 7}), {}, {}});
    add("exit_code", {bytes({1, 0, 0, 0, 9}), {}, {}});
    add("div64", {bytes({0, 0, 0, 0, 0, 0, 3, 0xe8, 0, 0, 0, 0, 0, 0, 0, 7}), {}, {}});
    add("hints", {{}, bytes({0, 0, 0, 17, 0, 0, 0, 100}), bytes({0, 0, 0, 4, 0, 0, 0, 10})});
    add("unaligned", {bytes({0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88}), {}, {}});
    add("echo.linux", {linux_stream(bytes({'t', 'e', 'x', 't'})), {}, {}});
    for (bool little : {false, true})
      out.emplace_back(little ? "every table le" : "every table", every_instruction(little),
                       every_table_input(little));
    return out;
  }();
  return all;
}

const Subject& subject(const std::string& name) {
  return *std::find_if(subjects().begin(), subjects().end(),
                       [&](const Subject& s) { return s.name == name; });
}

// The story of a true run gives the prover's traces, cell by cell.
TEST(Faults, WithoutFaultTheTracesAreTheProvers) {
  std::set<isa::Class> seen;
  for (const Subject& s : subjects()) {
    SCOPED_TRACE(s.name);
    const Shard told = tell(*s.program, s.honest), honest = run(*s.program, s.in);
    EXPECT_EQ(check(told).text(), "");
    ASSERT_EQ(told.traces.size(), honest.traces.size());
    for (size_t i = 0; i < told.traces.size(); ++i) {
      EXPECT_EQ(told.traces[i].table, honest.traces[i].table);
      EXPECT_TRUE(told.traces[i].base == honest.traces[i].base) << int{told.traces[i].table};
    }
    EXPECT_EQ(told.output, honest.output);
    EXPECT_EQ(told.exit_code, honest.exit_code);
    for (const Step& step : s.honest.steps) seen.insert(step.rom.cls);
    std::printf("%s: %zu instructions\n", s.name.c_str(), s.honest.steps.size());
  }
  EXPECT_EQ(seen.size(), size_t{isa::kLastClass});
}

// What came of the faults of one kind. A fault may be noticed in several ways.
struct Tally {
  unsigned tried = 0, no_ops = 0, rule = 0, range = 0, local = 0, global = 0, lookup = 0;
  unsigned proofs = 0;

  void add(const Findings& f) {
    ++tried;
    rule += !f.rules.empty();
    range += !f.ranges.empty();
    local += !f.local.empty();
    global += !f.global.empty();
    lookup += !f.lookups.empty();
  }
  void add(const Tally& t) {
    tried += t.tried;
    no_ops += t.no_ops;
    rule += t.rule;
    range += t.range;
    local += t.local;
    global += t.global;
    lookup += t.lookup;
    proofs += t.proofs;
  }
  void print(const char* name) const {
    std::printf("%-22s %6u %6u %6u %6u %6u %6u %6u %6u\n", name, tried, no_ops, rule, range, local,
                global, lookup, proofs);
    std::fflush(stdout);  // long runs
  }
};

// The subjects with long runs cost twenty times as much as the others.
const Subject& draw_subject(Rng& rng) {
  const std::deque<Subject>& all = subjects();
  for (;;) {
    const Subject& s = all[rng() % all.size()];
    if (s.honest.steps.size() < 2000 || rng() % 16 == 0) return s;
  }
}

// A fault that has an end: kinds do not fit all subjects (only long runs have bumps), and false
// runs go astray.
std::optional<Story> draw_fault(const FaultKind& kind, Rng& rng, const Subject*& subject) {
  for (int tries = 0; tries < 20'000; ++tries) {
    subject = &draw_subject(rng);
    if (auto story = kind.make(*subject, rng)) return story;
  }
  return std::nullopt;
}

TEST(Faults, NoFaultCanBeProved) {
  const char* wanted = std::getenv("MIPZK_FAULTS");
  const auto total =
      static_cast<unsigned>(wanted != nullptr ? std::strtoul(wanted, nullptr, 10) : 3000);
  std::vector<FaultKind> kinds(machine_faults().begin(), machine_faults().end());
  kinds.insert(kinds.end(), story_faults().begin(), story_faults().end());
  const unsigned each = std::max<unsigned>(1, total / static_cast<unsigned>(kinds.size()));
  constexpr unsigned kProofsEach = 2;

  std::printf("%-22s %6s %6s %6s %6s %6s %6s %6s %6s\n", "fault", "tried", "no-ops", "rule",
              "range", "local", "global", "lookup", "proofs");
  Tally sum;
  for (size_t k = 0; k < kinds.size(); ++k) {
    Tally tally;
    for (unsigned i = 0; i < each; ++i) {
      Rng rng(1000 * i + k);
      const Subject* subject = nullptr;
      const std::optional<Story> story = draw_fault(kinds[k], rng, subject);
      ASSERT_TRUE(story) << kinds[k].name;
      if (*story == subject->honest) {
        ++tally.no_ops;
        continue;
      }
      const Shard shard = tell(*subject->program, *story);
      const Findings found = check(shard);
      EXPECT_FALSE(found.ok()) << kinds[k].name << " in " << subject->name << ", number " << i;
      if (tally.proofs < kProofsEach) {
        EXPECT_EQ(verdict(subject->program->id, prove(shard)).code, Errc::kRejected)
            << kinds[k].name << " in " << subject->name << ", number " << i << "\n"
            << found.text();
        ++tally.proofs;
      }
      tally.add(found);
    }
    tally.print(kinds[k].name);
    EXPECT_GE(tally.tried, each / 2) << kinds[k].name;
    sum.add(tally);
  }
  sum.print("all");
}

// What is the prover's choice may differ: the traces hold, and so does the proof.
void expect_accepted(const Subject& s, const std::optional<Story>& story) {
  ASSERT_TRUE(story);
  EXPECT_FALSE(*story == s.honest);
  const Shard shard = tell(*s.program, *story);
  EXPECT_EQ(check(shard).text(), "");
  const Verdict v = verdict(s.program->id, prove(shard));
  EXPECT_TRUE(v.accepted()) << v.message;
}

TEST(FreeWitnesses, AHintMayBeAnyWord) {
  const Subject& s = subject("hints");
  size_t k = 0;
  while (s.honest.steps[k].rom.cls != isa::Class::kHint) ++k;
  FalseRun run(s, k);
  ASSERT_TRUE(run.step());
  *run.value(vm::kRegisterKeyBase + 2) = run.last().event.rd_new = 5;
  expect_accepted(s, run.finish());
}

TEST(FreeWitnesses, AWordOfThePrivateInputMayBeAny) {
  const Subject& s = subject("echo");
  constexpr uint32_t kKey = isa::kPrivateBase / 4 + 1;
  FalseRun run(s, 0);
  *run.value(kKey) = 0x12345678;
  auto story = run.finish();
  ASSERT_TRUE(story);
  for (vm::Touched& t : story->touched)
    if (t.key == kKey) t.in_lo = t.out_lo, t.in_hi = t.out_hi;
  for (vm::SourceWord& w : story->finals)
    if (w.key == kKey) w.value_init = w.value_final;
  EXPECT_NE(story->output, s.honest.output);
  expect_accepted(s, story);
}

TEST(FreeWitnesses, TheClockMayJumpWithABump) {
  const Subject& s = subject("echo");
  FalseRun run(s, 100);
  const auto clk = static_cast<uint32_t>(4 * run.cycles());
  run.cycles() += 5;
  run.bumps().push_back({vm::kStateKey, run.pc() / 4, run.npc() / 4, 1, clk, clk + 20});
  expect_accepted(s, run.finish());
}

}  // namespace
}  // namespace mipzk::attack
