// SPDX-License-Identifier: Apache-2.0
// Proofs of several shards by a prover who lies: what one shard says wrongly another one makes
// good, runs that do not hang together are balanced by force, and all else is consistent. Traces
// alone that do not hang together: sharded_test.cpp.
#include <gtest/gtest.h>

#include "adversarial/run_forger.hpp"
#include "adversarial/sharded_run.hpp"
#include "proof/labels.hpp"
#include "prove/prove.hpp"

namespace mipzk::attack {
namespace {

const Bytes kSecret = {1, 2, 3, 4}, kPublic = {0, 0, 0, 9};
constexpr uint32_t kTwo = 27, kThree = 18;  // cycles of a shard, for so many of them
constexpr unsigned kSum = vm::kRegisterKeyBase + test::kV0;   // which all shards change
constexpr unsigned kWord = vm::kRegisterKeyBase + test::kT2;  // which all shards read

const prove::LoadedProgram& program() { return small_sum(9); }

vm::Recording recorded(uint32_t cycles, const Between& between = {}, uint32_t most = 1000) {
  return record_in_shards(program(), {kSecret, kPublic, {}}, cycles, between, most);
}
std::vector<Shard> told(const vm::Recording& r, unsigned tail_rows = kTail) {
  return build_all(program(), kPublic, r, tail_rows);
}
const std::vector<Shard>& two() {
  static const std::vector<Shard> s = told(recorded(kTwo));
  return s;
}
const std::vector<Shard>& three() {
  static const std::vector<Shard> s = told(recorded(kThree));
  return s;
}

// Why the verifier refuses.
const std::string kAccepted, kAtZeta = "a constraint does not hold at the opening point",
                             kBalance = "memory, start, end or public values are not balanced",
                             kProduct = "the shard's product of bus messages is not balanced",
                             kLookups = "the shard's lookups are not balanced",
                             kRoot = "Merkle opening: the root does not match";
Verdict judged(const Bytes& proof) { return verdict(program().id, proof); }
std::string judge(const Bytes& proof) { return judged(proof).message; }

// The first instance of a shard with a running column, and that column.
struct Running {
  size_t instance;
  unsigned column, first;  // and the first of its partial columns
};
Running running(const Forger& f, char which) {
  for (size_t i = 0; i < f.shape.instances().size(); ++i) {
    const air::Layout& l = f.layout(i);
    if (which == 'P' && l.has_p()) return {i, l.p_index(), 0};
    if (which == 'G' && l.has_g()) return {i, l.g_index(), l.local_steps};
    if (which == 'S' && l.has_s()) return {i, l.s_index(), l.s_index()};
  }
  ADD_FAILURE() << "no column " << which;
  return {};
}

// --- Controls ------------------------------------------------------------------------------------

TEST(ForgedShards, WithoutLiesTheyAreTheProver) {
  for (const auto& [cycles, shards, p] :
       {std::tuple{kTwo, 2u, &test::kTest2}, std::tuple{kThree, 3u, &test::kTest4}}) {
    const vm::Recording r = recorded(cycles);
    const std::vector<Shard> all = told(r, p->tail_rows);
    ASSERT_EQ(all.size(), shards);
    const Bytes proof = RunForger(all, *p).prove();
    EXPECT_EQ(judge(proof), kAccepted);
    Pool pool(2);
    prove::Options options;
    options.profile = p;
    options.masks = prove::Masks::none();
    const auto shipped = prove::prove(pool, program(), kPublic, r, options);
    ASSERT_TRUE(shipped);
    EXPECT_EQ(proof, *shipped) << p->name;
  }
}

// --- What one shard lacks and another one has too much -------------------------------------------

// P and S are balanced in each shard by itself; G over all of them, but it is bound to its columns.
TEST(ForgedShards, PublishedValuesMoveBetweenShards) {
  const Fp5 c = Fp5(Fp(12345));
  for (const auto& [which, why] :
       {std::pair{'P', kProduct}, std::pair{'S', kLookups}, std::pair{'G', kAtZeta}}) {
    RunForger f(two());
    for (const auto& [shard, factor, summand] :
         {std::tuple{0, c, c}, std::tuple{1, c.inverse(), -c}}) {
      Forger& forger = f[static_cast<size_t>(shard)];
      forger.lies[Step::kPublished] = [&forger, which = which, factor = factor, summand = summand] {
        air::Published& v = forger.published[running(forger, which).instance];
        if (which == 'P') v.p *= factor;
        if (which == 'S') v.s += summand;
        if (which == 'G') v.g *= factor;
      };
    }
    EXPECT_EQ(judge(f.prove()), why) << which;
  }
}

// The columns move with them: only their first rows tell.
TEST(ForgedShards, RunningProductsBeginElsewhere) {
  const Fp5 c = Fp5(Fp(12345));
  for (const int from : {0, 1}) {
    RunForger f(three());
    for (const auto& [shard, factor] : {std::pair{from, c}, std::pair{from + 1, c.inverse()}}) {
      Forger& forger = f[static_cast<size_t>(shard)];
      forger.lies[Step::kExtension] = [&forger, factor = factor] {
        const Running g = running(forger, 'G');
        for (size_t row = 0; row <= forger.data_rows(g.instance); ++row)
          for (unsigned k = g.first; k <= g.column; ++k)
            forger.set_ext_cell(g.instance, row, k, forger.ext_cell(g.instance, row, k) * factor);
        forger.published[g.instance].g *= factor;
      };
    }
    EXPECT_EQ(judge(f.prove()), kAtZeta);
  }
}

// --- Balanced by force ---------------------------------------------------------------------------

// As it is, and with the missing factor published by the boundary of one of the shards.
void expect_refused(const std::vector<Shard>& shards, uint32_t exit_code = 7,
                    const std::vector<size_t>& by_shards = {1}) {
  const auto forge = [&](std::optional<size_t> by) {
    RunForger f(shards);
    f[0].exit_code = exit_code;
    if (by)
      f[*by].lies[Step::kPublished] = [&] {
        f[*by].published[f[*by].instance(air::kTableBoundary)].g *= f.missing_g();
      };
    return judge(f.prove());
  };
  EXPECT_EQ(forge({}), kBalance);
  for (const size_t by : by_shards) EXPECT_EQ(forge(by), kAtZeta) << by;
}

TEST(ForgedShards, AFalseClaim) { expect_refused(three(), 0, {0, 1, 2}); }

TEST(ForgedShards, ARegisterChangesBetweenShards) {
  const vm::Recording r = recorded(kTwo, [](uint32_t, vm::Processor& cpu) { cpu.reg[2] += 100; });
  ASSERT_NE(r.outcome.output, two()[0].output);  // a claim that is false
  expect_refused(told(r));
}

TEST(ForgedShards, TheStateChangesBetweenShards) {
  // An instruction is left out.
  expect_refused(
      told(recorded(kTwo, [](uint32_t, vm::Processor& cpu) { cpu.start(cpu.next->pc); })));
}

TEST(ForgedShards, TheLastShardDoesNotHalt) { expect_refused(told(recorded(kThree, {}, 2)), 0); }

TEST(ForgedShards, AWordIsInitialisedTwice) {
  vm::Recording r = recorded(kTwo, [](uint32_t, vm::Processor& cpu) { cpu.reg[2] = 0; });
  ASSERT_NE(r.outcome.output, two()[0].output);
  for (vm::Touched& t : r.shards[1].touched)
    if (t.key == kSum) t.shard_in = 0;
  expect_refused(told(r));
}

TEST(ForgedShards, ABoundaryRowIsForged) {
  vm::Recording r = recorded(kTwo);
  for (vm::Touched& t : r.shards[1].touched)
    if (t.key == kSum) t.shard_in = 0;  // as if the first shard had not been there
  expect_refused(told(r));
}

TEST(ForgedShards, ABoundaryRowIsMissing) {
  vm::Recording r = recorded(kTwo);
  auto& touched = r.shards[1].touched;
  ASSERT_EQ(touched.back().key, vm::kStateKey);
  // Nobody in the shard wrote the state that its instructions begin with.
  touched.erase(touched.end() - 1);
  const std::vector<Shard> shards = told(r);
  EXPECT_EQ(judge(RunForger(shards).prove()), kProduct);
  RunForger f(shards);
  f[1].lies[Step::kPublished] = [&] {
    air::Published& v = f[1].published[f[1].instance(air::kTableBoundary)];
    v.p *= f[1].missing_p();
    v.g *= f.missing_g();
  };
  EXPECT_EQ(judge(f.prove()), kAtZeta);
}

// --- Tokens that go round ------------------------------------------------------------------------

// The public word, in a register that the shards behind the first one give each other with a value
// that it never had: the second takes it from the third. Everything balances but the order of the
// shards, which is a range.
std::vector<Shard> circle() {
  vm::Recording r = recorded(kThree, [](uint32_t shard, vm::Processor& cpu) {
    if (shard == 1) cpu.reg[test::kT2] += 100;
  });
  EXPECT_NE(r.outcome.output, three()[0].output);
  for (vm::SourceWord& w : r.finals)
    if (w.key == kWord) {
      EXPECT_EQ(w.shard_last, 3u);
      w.value_final -= 100;
      w.shard_last = 1;
    }
  std::vector<Shard> shards = told(r);
  trace::InstanceTrace& t = *shards[1].find(air::kTableBoundary);
  size_t row = 0;
  while (cell(t, row, "key") != Fp(kWord)) ++row;
  EXPECT_EQ(cell(t, row, "shard_in"), Fp(1));
  cell(t, row, "shard_in") = Fp(3);
  return shards;
}

TEST(ForgedShards, TokensGoInACircle) {
  const std::vector<Shard> shards = circle();
  RunForger f(shards);
  EXPECT_EQ(judge(f.prove()), kLookups);
  // With the lookups balanced by force the rest does.
  RunForger g(shards);
  g[1].lies[Step::kPublished] = [&] {
    EXPECT_EQ(g.missing_g(), Fp5::one());
    g[1].published[g[1].instance(air::kTableBoundary)].s += g[1].missing_s();
  };
  EXPECT_EQ(judge(g.prove()), kAtZeta);
}

// An entry that the program does not have, which two shards give each other: everything balances
// but the order of the shards.
TEST(ForgedShards, EntriesGoInACircle) {
  std::vector<Shard> shards = three();
  for (const size_t s : {1u, 2u}) {
    trace::InstanceTrace& fetch = *shards[s].find(air::kTableFetch);
    const size_t row = shards[s].data_rows(fetch) - 1;
    ASSERT_EQ(cell(fetch, row, "real"), Fp());
    cell(fetch, row, "real") = Fp(1);
    cell(fetch, row, "class") = Fp(1);
    cell(fetch, row, "pc") = Fp(12345);
    cell(fetch, row, "shard_in") = Fp(static_cast<uint32_t>(s == 1 ? 3 : 2));
    // The value that is looked up for a padding row becomes shard - shard_in - 1.
    trace::InstanceTrace& fixed = *shards[s].find(air::kTableFixed);
    cell(fixed, 0, "range0") -= Fp(1);
    if (s == 2) cell(fixed, 0, "range0") += Fp(1);  // 3 - 2 - 1
  }
  RunForger f(shards);
  EXPECT_EQ(judge(f.prove()), kLookups);
  // With the lookups balanced by force the rest does.
  RunForger g(shards);
  g[1].lies[Step::kPublished] = [&] {
    EXPECT_EQ(g.missing_g(), Fp5::one());
    g[1].published[g[1].instance(air::kTableFetch)].s += g[1].missing_s();
  };
  EXPECT_EQ(judge(g.prove()), kAtZeta);
}

// --- What a shard is told by the verifier --------------------------------------------------------

// Constraints with another number of the shard, under the transcript of its own.
TEST(ForgedShards, ConstraintsOfAnotherShard) {
  for (const uint32_t number : {1u, 3u})
    for (const bool force : {false, true}) {
      RunForger f(two());
      f[1].index = number;
      f[1].lies[Step::kPublished] = [&] {
        air::Published& v = f[1].published[f[1].instance(air::kTableBoundary)];
        if (force) v.s += f[1].missing_s();
        if (force) v.g *= f.missing_g();
      };
      EXPECT_EQ(judge(f.prove()), force ? kAtZeta : kLookups) << number;
    }
}

// Global challenges that one shard alone has, as if it were a run by itself.
TEST(ForgedShards, ChallengesOfItsOwn) {
  for (const bool force : {false, true}) {
    RunForger f(two());
    f[1].lies[Step::kMain] = [&] {
      const air::Challenges of_run = f[1].global;
      f[1].global = f[1].transcript.draw(proof::kLabelGlobalChallenges).challenges();
      EXPECT_NE(f[1].global.alpha, of_run.alpha);
    };
    f[1].lies[Step::kPublished] = [&] {
      if (force) f[1].published[f[1].instance(air::kTableBoundary)].g *= f.missing_g();
    };
    EXPECT_EQ(judge(f.prove()), force ? kAtZeta : kBalance);
  }
}

// The tree of pass 1 is not the one that the global challenges were drawn from.
TEST(ForgedShards, ASecondCommitmentToPassOne) {
  for (const size_t shard : {0u, 1u}) {
    RunForger f(two());
    f[shard].lies[Step::kMain] = [&] {
      f[shard].base(f[shard].instance(air::kTableBoundary)).evals.back() += Fp::one();
      f[shard].commit(proof::kTreePassOne);
    };
    EXPECT_EQ(judge(f.prove()), kRoot) << shard;
  }
}

// Sources in a later shard: such a shape does not exist.
TEST(ForgedShards, SourcesInALaterShard) {
  for (const air::TableId table : {air::kTableFresh, air::kTablePublic}) {
    std::vector<proof::Instance> list;
    for (const trace::InstanceTrace& t : two()[1].traces) list.push_back({t.table, t.log_height});
    list.push_back({table, 10});
    proof::Shape shape;
    EXPECT_EQ(proof::Shape::make(list, program().header, test::kTest2, shape, 2).error().code,
              Errc::kMalformed);
  }
  // A whole run in the place of the second shard.
  const std::vector<Shard> whole = told(recorded(1000));
  ASSERT_EQ(whole.size(), 1u);
  RunForger f(two());
  f.replace(1, std::make_unique<Forger>(whole[0]));
  EXPECT_EQ(judged(f.prove()).code, Errc::kMalformed);
}

// More or fewer shards than the front says.
TEST(ForgedShards, AnotherNumberThanTheFrontSays) {
  for (const uint32_t n : {1u, 3u}) {
    RunForger f(two());
    f[0].shards = n;
    EXPECT_FALSE(judged(f.prove()).accepted()) << n;
  }
}

}  // namespace
}  // namespace mipzk::attack
