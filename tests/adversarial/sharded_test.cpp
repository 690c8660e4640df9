// SPDX-License-Identifier: Apache-2.0
// Attacks on what ties the shards of a proof together: the order and origin of their parts, and the
// tokens that words leave from one shard to the next.
#include <gtest/gtest.h>

#include <functional>
#include <numeric>

#include "adversarial/sharded_run.hpp"
#include "prove/shard.hpp"
#include "support/proof_parts.hpp"
#include "support/verify_all_ways.hpp"
#include "trace/build.hpp"
#include "unit/prove/small_program.hpp"

namespace mipzk::attack {
namespace {

using Bytes = std::vector<uint8_t>;

using Parts = test::ProofParts;

class Sharded : public testing::Test {
 protected:
  static constexpr uint32_t kCycles = 11;  // of a shard: three of them

  void SetUp() override {
    program_ = load(5);
    options_.profile = &test::kTest4;  // with nonces
    options_.seed.assign(32, 1);
  }

  prove::LoadedProgram load(int rounds) {
    auto loaded = prove::load_program(pool_, test::program_of(test::sum_program(rounds)));
    EXPECT_TRUE(loaded);
    return std::move(*loaded);
  }

  // `most`: stops after so many shards, halted or not.
  vm::Recording record(const prove::LoadedProgram& program, const Bytes& secret,
                       const Between& between = {}, uint32_t most = 1000) {
    return record_in_shards(program, {secret, public_, {}}, kCycles, between, most);
  }

  using Traces = std::vector<std::vector<trace::InstanceTrace>>;
  Traces traces(const prove::LoadedProgram& program, const vm::Recording& recording) {
    Traces out;
    for (uint32_t shard = 1; shard <= recording.shards.size(); ++shard) {
      auto t = trace::build(pool_, program.program, program.tables, recording.shard(shard),
                            options_.profile->tail_rows);
      EXPECT_TRUE(t) << t.error().message;
      out.push_back(std::move(*t));
    }
    return out;
  }

  // Proves with each shard as the one that `numbers` says (by default in order).
  Parts prove(const prove::LoadedProgram& program, const vm::Recording& r, const Traces& shards,
              std::vector<uint32_t> numbers = {}) {
    if (numbers.empty()) {
      numbers.resize(shards.size());
      std::iota(numbers.begin(), numbers.end(), 1u);
    }
    prove::Progress progress(options_);
    const prove::PublicTrees trees(pool_, program, *options_.profile);
    std::vector<std::unique_ptr<prove::Shard>> provers;
    prove::Hedge hedge;
    for (size_t i = 0; i < shards.size(); ++i) {
      provers.push_back(
          std::make_unique<prove::Shard>(pool_, program, trees, options_, numbers[i], progress));
      std::vector<air::Instance> instances;
      for (const trace::InstanceTrace& t : shards[i]) instances.push_back({t.table, t.log_height});
      EXPECT_TRUE(provers[i]->lay_out(instances));
      EXPECT_TRUE(provers[i]->fill(shards[i]));
      hedge.add(instances, prove::digest_of(pool_, r.shards[i]));
    }
    prove::Session session(pool_, program, options_,
                           {public_, r.outcome.output, r.outcome.exit_code},
                           static_cast<uint32_t>(shards.size()));
    Parts parts;
    parts.front.assign(session.bytes().begin(), session.bytes().end());
    const prove::RunBlinding run = hedge.blinding(options_.seed, session.bytes(), 0);
    for (size_t i = 0; i < provers.size(); ++i) {
      parts.heads.push_back(provers[i]->commit_pass_one(run.of_shard(numbers[i])));
      session.add_head(parts.heads.back());
    }
    const size_t before = session.bytes().size();
    session.draw_challenges();
    parts.nonce.assign(session.bytes().begin() + static_cast<ptrdiff_t>(before),
                       session.bytes().end());
    for (auto& prover : provers) parts.bodies.push_back(*prover->prove(session));
    return parts;
  }
  Parts prove(const prove::LoadedProgram& program, const vm::Recording& r) {
    return prove(program, r, traces(program, r));
  }
  Parts honest() { return prove(program_, record(program_, secret_)); }

  Errc verdict(const Bytes& proof) {
    verify::Claim claim;
    const Status s = test::verify_all_ways(program_.id, proof, test::test_policy(), claim);
    return s ? Errc::kOk : s.error().code;
  }
  Errc verdict(const Parts& parts) { return verdict(parts.join()); }
  // No body of another proof fits, alone or with its head.
  void expect_none_fits(const Parts& parts, const Parts& other) {
    for (size_t i = 0; i < 3; ++i) {
      Parts p = parts;
      p.bodies[i] = other.bodies[i];
      EXPECT_NE(verdict(p), Errc::kOk);
      p.heads[i] = other.heads[i];
      EXPECT_NE(verdict(p), Errc::kOk);
    }
  }
  // A proof of a falsified run: consistent in each shard, wrong in what ties them.
  void expect_unbalanced(const vm::Recording& r) {
    Bytes proof = prove(program_, r).join();
    // That is found before the costly half of the last shard, which may be wrong, too.
    for (const uint8_t flip : {0, 1}) {
      proof.back() ^= flip;
      verify::Claim claim;
      const Status s = test::verify_all_ways(program_.id, proof, test::test_policy(), claim);
      ASSERT_FALSE(s);
      EXPECT_STREQ(s.error().message, "memory, start, end or public values are not balanced");
      EXPECT_EQ(s.error().detail, 0u);
    }
  }

  const Bytes public_ = {0, 0, 0, 9}, secret_ = {1, 2, 3, 4}, other_secret_ = {1, 2, 3, 5};
  Pool pool_{2};
  prove::LoadedProgram program_;
  prove::Options options_;
};

TEST_F(Sharded, HonestProofsAreAccepted) {
  const vm::Recording r = record(program_, secret_);
  ASSERT_EQ(r.shards.size(), 3u);
  const Parts parts = prove(program_, r);
  EXPECT_EQ(verdict(parts), Errc::kOk);
  // And it is what the prover gives.
  auto whole = prove::prove(pool_, program_, public_, r, options_);
  ASSERT_TRUE(whole);
  EXPECT_EQ(parts.join(), *whole);
}

// --- Parts of proofs, put together in another way ------------------------------------------------

TEST_F(Sharded, Swapped) {
  const Parts parts = honest();
  for (auto [a, b] : {std::pair{0, 1}, std::pair{1, 2}, std::pair{0, 2}}) {
    Parts p = parts;
    std::swap(p.heads[a], p.heads[b]);
    EXPECT_NE(verdict(p), Errc::kOk);
    std::swap(p.bodies[a], p.bodies[b]);
    EXPECT_NE(verdict(p), Errc::kOk);
    std::swap(p.heads[a], p.heads[b]);
    EXPECT_NE(verdict(p), Errc::kOk);
  }
}

TEST_F(Sharded, Dropped) {
  const Parts parts = honest();
  for (size_t i = 0; i < 3; ++i) {
    Parts p = parts;
    p.heads.erase(p.heads.begin() + static_cast<ptrdiff_t>(i));
    p.bodies.erase(p.bodies.begin() + static_cast<ptrdiff_t>(i));
    EXPECT_NE(verdict(p), Errc::kOk);
    p.set_number_of_shards(2);
    EXPECT_NE(verdict(p), Errc::kOk);
  }
}

TEST_F(Sharded, Repeated) {
  const Parts parts = honest();
  for (size_t i = 0; i < 3; ++i) {
    Parts p = parts;
    p.heads.insert(p.heads.begin() + static_cast<ptrdiff_t>(i), p.heads[i]);
    p.bodies.insert(p.bodies.begin() + static_cast<ptrdiff_t>(i), p.bodies[i]);
    EXPECT_NE(verdict(p), Errc::kOk);
    p.set_number_of_shards(4);
    EXPECT_NE(verdict(p), Errc::kOk);
  }
}

TEST_F(Sharded, FromAnotherRun) {
  const Parts parts = honest(), other = prove(program_, record(program_, other_secret_));
  expect_none_fits(parts, other);
}

TEST_F(Sharded, FromAnotherProgram) {
  const prove::LoadedProgram program = load(4);
  const Parts parts = honest(), other = prove(program, record(program, secret_));
  ASSERT_GE(other.bodies.size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    Parts p = parts;
    p.heads[i] = other.heads[i];
    p.bodies[i] = other.bodies[i];
    EXPECT_NE(verdict(p), Errc::kOk);
  }
}

// The same run under other masks, and so under other global challenges.
TEST_F(Sharded, UnderAnotherChallenge) {
  const Parts parts = honest();
  options_.seed.assign(32, 2);
  const Parts other = honest();
  EXPECT_EQ(verdict(other), Errc::kOk);
  expect_none_fits(parts, other);
}

// A shard repeats its head; the verifier goes by what stands there until it has seen all of them.
TEST_F(Sharded, RepeatedHeadsAreThoseInFront) {
  const Parts parts = honest();
  for (size_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(std::equal(parts.heads[i].begin(), parts.heads[i].end(), &parts.bodies[i][4]));
    for (size_t at = 0; at < parts.heads[i].size(); ++at) {
      Parts p = parts;
      p.bodies[i][4 + at] ^= 1;
      EXPECT_NE(verdict(p), Errc::kOk) << i << " " << at;
      p.heads[i][at] ^= 1;
      EXPECT_NE(verdict(p), Errc::kOk) << i << " " << at;
    }
  }
}

// Each byte of a part belongs to it, whatever its length says.
TEST_F(Sharded, LengthsOfPartsAreExact) {
  const Parts parts = honest();
  const auto set_length = [](Bytes& body, uint32_t n) { store_le32(body.data(), n); };
  for (size_t i = 0; i < 3; ++i) {
    const auto size = static_cast<uint32_t>(parts.bodies[i].size() - 4);
    for (const uint32_t n : {0u, 3u, size - 32, size - 1, size + 1, size + 4, size + 32, ~0u}) {
      Parts p = parts;
      set_length(p.bodies[i], n);
      EXPECT_EQ(verdict(p), Errc::kMalformed) << i << " " << n;
    }
    // Bytes more, as part of the shard, and behind it.
    Parts p = parts;
    p.bodies[i].insert(p.bodies[i].end(), 32, 0);
    EXPECT_NE(verdict(p), Errc::kOk) << i;
    set_length(p.bodies[i], size + 32);
    EXPECT_EQ(verdict(p), Errc::kMalformed) << i;
    // Bytes fewer.
    p = parts;
    p.bodies[i].resize(p.bodies[i].size() - 32);
    set_length(p.bodies[i], size - 32);
    EXPECT_EQ(verdict(p), Errc::kMalformed) << i;
  }
  // The end of a part that the next one begins with.
  Parts p = parts;
  const Bytes tail(p.bodies[0].end() - 64, p.bodies[0].end());
  p.bodies[0].resize(p.bodies[0].size() - 64);
  p.bodies[1].insert(p.bodies[1].begin() + 4, tail.begin(), tail.end());
  for (Bytes& body : p.bodies) set_length(body, static_cast<uint32_t>(body.size() - 4));
  EXPECT_EQ(verdict(p), Errc::kMalformed);
}

// Errors of a shard name it.
TEST_F(Sharded, AnErrorNamesItsShard) {
  const Parts parts = honest();
  for (uint32_t i = 0; i < 3; ++i) {
    Parts p = parts;
    p.bodies[i].back() ^= 1;
    verify::Claim claim;
    const Status s = test::verify_all_ways(program_.id, p.join(), test::test_policy(), claim);
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().detail, i + 1);
  }
}

TEST_F(Sharded, NumberOfShardsChanged) {
  const Parts parts = honest();
  for (uint32_t n : {0u, 1u, 2u, 4u, 65536u, ~0u}) {
    Parts p = parts;
    p.set_number_of_shards(n);
    EXPECT_NE(verdict(p), Errc::kOk) << n;
  }
}

// Made with other numbers than the verifier gives them.
TEST_F(Sharded, IndexChanged) {
  const vm::Recording r = record(program_, secret_);
  const Traces t = traces(program_, r);
  EXPECT_EQ(verdict(prove(program_, r, t, {1, 2, 3})), Errc::kOk);
  for (const std::vector<uint32_t>& numbers :
       {std::vector<uint32_t>{1, 3, 3}, {1, 2, 2}, {1, 3, 2}})
    EXPECT_NE(verdict(prove(program_, r, t, numbers)), Errc::kOk);
}

// --- Runs that do not hang together --------------------------------------------------------------

TEST_F(Sharded, ARegisterChangesBetweenShards) {
  expect_unbalanced(record(program_, secret_, [](uint32_t shard, vm::Processor& cpu) {
    if (shard == 1) cpu.reg[2] += 100;  // the sum
  }));
}

TEST_F(Sharded, TheStateChangesBetweenShards) {
  // The second shard begins an instruction later.
  expect_unbalanced(record(program_, secret_, [](uint32_t shard, vm::Processor& cpu) {
    if (shard == 1) cpu.start(cpu.next->pc);
  }));
}

TEST_F(Sharded, AWordChangesBetweenShards) {
  // The output, after it was written: the last shard touches it in this program only if it is cut
  // there, so the falsified word is read by the source alone.
  const vm::Recording honest = record(program_, secret_);
  vm::Recording r = honest;
  for (vm::SourceWord& w : r.finals)
    if (w.key == isa::kOutputBase / 4 + 1) w.value_final ^= 1;
  r.outcome.output.back() ^= 1;
  expect_unbalanced(r);
}

// A shard takes a register from its source though an earlier one has touched it.
TEST_F(Sharded, AWordIsInitialisedTwice) {
  vm::Recording r = record(program_, secret_, [](uint32_t shard, vm::Processor& cpu) {
    if (shard == 1) cpu.reg[2] = 0;  // its initial value
  });
  bool found = false;
  for (vm::Touched& t : r.shards[1].touched) {
    if (t.key != vm::kRegisterKeyBase + 2) continue;
    EXPECT_EQ(t.shard_in, 1u);
    t.shard_in = 0;
    found = true;
  }
  ASSERT_TRUE(found);
  expect_unbalanced(r);
}

TEST_F(Sharded, ABoundaryRowIsMissing) {
  // With the shard's own bus in order: a register that is touched, but not in the third shard.
  const vm::Recording honest = record(program_, secret_);
  for (size_t shard = 0; shard < 3; ++shard) {
    for (const bool state : {false, true}) {
      vm::Recording r = honest;
      auto& touched = r.shards[shard].touched;
      touched.erase(state ? touched.end() - 1 : touched.begin());
      EXPECT_EQ(verdict(prove(program_, r)), Errc::kRejected) << shard;
    }
  }
}

TEST_F(Sharded, ABoundaryRowIsForged) {
  const vm::Recording honest = record(program_, secret_);
  const std::function<void(vm::Touched&)> changes[] = {
      [](vm::Touched& t) { t.key ^= 1; },      [](vm::Touched& t) { t.in_lo ^= 1; },
      [](vm::Touched& t) { t.in_hi ^= 1; },    [](vm::Touched& t) { t.out_lo ^= 1; },
      [](vm::Touched& t) { t.writable ^= 1; }, [](vm::Touched& t) { t.t_last ^= 1; },
      [](vm::Touched& t) { t.shard_in ^= 1; }};
  for (size_t i = 0; i < std::size(changes); ++i) {
    vm::Recording r = honest;
    // Shard 2 takes it from shard 1, or from its source.
    changes[i](r.shards[1].touched.front());
    EXPECT_EQ(verdict(prove(program_, r)), Errc::kRejected) << i;
  }
}

// A row that is of no use to the shard, which would give a word another past.
TEST_F(Sharded, ABoundaryRowTooMany) {
  const vm::Recording honest = record(program_, secret_);
  for (size_t shard = 0; shard < 3; ++shard) {
    vm::Recording r = honest;
    vm::Touched t = r.shards[shard].touched.front();
    t.t_last = 0;  // no access: its local messages cancel
    t.out_lo = t.in_lo;
    t.out_hi = t.in_hi;
    r.shards[shard].touched.insert(r.shards[shard].touched.begin(), t);
    expect_unbalanced(r);
  }
}

// Entries of the program: taken from ROM by two shards, from a shard that did not have it, from
// nowhere; not given back to ROM, or as another shard's.
TEST_F(Sharded, EntriesComeFromTheShardThatUsedThemLast) {
  const vm::Recording honest = record(program_, secret_);
  const auto later = [&](vm::Recording& r) -> vm::Executed& {
    for (vm::Executed& e : r.shards[2].executed)
      if (e.shard_in == 2) return e;
    ADD_FAILURE();
    return r.shards[2].executed.front();
  };
  for (const uint32_t shard_in : {0u, 1u}) {
    vm::Recording r = honest;
    later(r).shard_in = shard_in;
    expect_unbalanced(r);
  }
  for (const int by : {-1, 1}) {
    vm::Recording r = honest;
    uint16_t& last = r.code_last[later(r).rom];
    last = static_cast<uint16_t>(last + by);
    expect_unbalanced(r);
  }
}

TEST_F(Sharded, TheLastShardDoesNotHalt) {
  vm::Recording r = record(program_, secret_, {}, 2);
  r.outcome.exit_code = 0;
  expect_unbalanced(r);
}

// Shards in which nothing happens: they change no claim (docs/SECURITY.md, section 6). But the last
// one hands STATE back to the verifier.
TEST_F(Sharded, IdleShardsChangeNothing) {
  const vm::Recording honest = record(program_, secret_);
  const auto idle = [](uint32_t key, uint32_t lo, uint32_t hi, uint32_t shard_in) {
    vm::ShardRecord shard;
    shard.touched.push_back({key, lo, hi, lo, hi, 1, shard_in, 0});
    return shard;
  };
  vm::Recording r = honest;
  r.shards.push_back(idle(vm::kStateKey, vm::kHaltedPc4, 0, 3));
  EXPECT_EQ(verdict(prove(program_, r)), Errc::kOk);

  r = honest;
  vm::SourceWord& last = r.finals.back();
  r.shards.push_back(
      idle(last.key, last.value_final & 0xffff, last.value_final >> 16, last.shard_last));
  last.shard_last = 4;
  expect_unbalanced(r);

  // Before all others, with a register that it hands on.
  r = honest;
  constexpr uint32_t kKey = vm::kRegisterKeyBase + 2;
  for (vm::ShardRecord& shard : r.shards)
    for (vm::Touched& t : shard.touched)
      if (t.shard_in != 0 || t.key == kKey) ++t.shard_in;
  uint32_t first = 0;
  for (vm::SourceWord& w : r.finals) {
    if (w.shard_last != 0) ++w.shard_last;
    if (w.key == kKey) first = w.value_init;
  }
  for (vm::ShardRecord& shard : r.shards)
    for (vm::Executed& e : shard.executed) e.shard_in += e.shard_in != 0;
  for (uint16_t& shard : r.code_last) shard = static_cast<uint16_t>(shard + (shard != 0));
  r.shards.insert(r.shards.begin(), idle(kKey, first & 0xffff, first >> 16, 0));
  EXPECT_EQ(verdict(prove(program_, r)), Errc::kOk);
}

// HALT in the first shard, and others after it: nothing that a run does.
TEST_F(Sharded, ARunGoesOnAfterItsEnd) {
  const vm::Recording whole = record(program_, secret_);
  vm::Recording r = whole;
  r.shards.push_back(whole.shards.back());
  EXPECT_EQ(verdict(prove(program_, r)), Errc::kRejected);
}

}  // namespace
}  // namespace mipzk::attack
