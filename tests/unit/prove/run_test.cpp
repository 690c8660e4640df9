// SPDX-License-Identifier: Apache-2.0
// Runs that are planned, run again shard by shard and proved by several workers.
#include "prove/run.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "support/test_profiles.hpp"
#include "support/verify_proof.hpp"
#include "unit/prove/small_program.hpp"
#include "verify/verify.hpp"

namespace mipzk {
namespace {

using Bytes = std::vector<uint8_t>;

class RunTest : public testing::Test {
 protected:
  void SetUp() override {
    auto loaded = prove::load_program(pool_, test::program_of(test::sum_program(20000)));
    ASSERT_TRUE(loaded);
    program_ = std::move(*loaded);
    options_.profile = &test::kTest2;
    options_.seed.assign(32, 5);
    run_.limits.max_shard_cycles = 20000;  // 80,014 instructions: five shards
    run_.limits.max_shards = 100;
  }

  Result<prove::RunPlan> plan(Pool& pool) {
    return prove::plan_run(pool, program_, run_, {}, options_);
  }
  Result<Bytes> prove(Pool& pool, const prove::RunPlan& plan) {
    Bytes proof;
    const Status s =
        prove::prove_run(pool, program_, run_, plan, options_, [&](ByteView bytes) -> Status {
          proof.insert(proof.end(), bytes.begin(), bytes.end());
          return {};
        });
    if (!s) return s.error();
    return proof;
  }
  Bytes proof_by(unsigned threads) {
    Pool pool(threads);
    const auto p = plan(pool);
    EXPECT_TRUE(p) << p.error().message;
    auto proof = prove(pool, *p);
    EXPECT_TRUE(proof) << proof.error().message;
    return proof ? std::move(*proof) : Bytes();
  }
  Status check(const Bytes& proof) {
    verify::Claim claim;
    return test::verify_proof(program_.id, proof, test::test_policy(), claim);
  }

  const Bytes secret_ = {1, 2, 3, 4}, public_ = {0, 0, 0, 9};
  Pool pool_{2};
  prove::LoadedProgram program_;
  prove::Options options_;
  prove::Run run_{{secret_, public_, {}}, {}};
};

TEST_F(RunTest, IsTheProofOfItsRecording) {
  const auto p = plan(pool_);
  ASSERT_TRUE(p) << p.error().message;
  EXPECT_EQ(p->shards.size(), 5u);
  EXPECT_EQ(p->workers, 2u);
  EXPECT_EQ(p->only, nullptr);
  const auto proof = prove(pool_, *p);
  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_TRUE(check(*proof));
  const auto recording = vm::record(program_.program, run_.inputs, run_.limits);
  ASSERT_TRUE(recording);
  const auto recorded = prove::prove(pool_, program_, public_, *recording, options_);
  ASSERT_TRUE(recorded);
  EXPECT_EQ(*proof, *recorded);
}

TEST_F(RunTest, DoesNotDependOnThreads) {
  const Bytes proof = proof_by(1);
  for (const unsigned threads : {2u, 3u, 5u, 16u}) EXPECT_EQ(proof_by(threads), proof) << threads;
  // Nor on how many of them a bound of memory leaves.
  const uint64_t all = plan(pool_)->memory_bytes;
  options_.memory.bytes = all - 1;
  const auto p = plan(pool_);
  ASSERT_TRUE(p);
  EXPECT_EQ(p->workers, 1u);
  EXPECT_LT(p->memory_bytes, all);
  EXPECT_EQ(*prove(pool_, *p), proof);
  options_.memory.bytes = p->memory_bytes - 1;
  const auto refused = prove(pool_, *plan(pool_));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kNoMemory);
}

// A proof that stays in memory counts where workers are chosen, not only where a run is refused.
TEST_F(RunTest, AKeptProofLeavesRoomForFewerWorkers) {
  const auto all = plan(pool_);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->workers, 2u);
  options_.keeps_proof = true;
  options_.memory.bytes = all->memory_bytes + all->proof_bytes - 1;
  const auto p = plan(pool_);
  ASSERT_TRUE(p);
  EXPECT_EQ(p->workers, 1u);
  const auto proof = prove(pool_, *p);
  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_TRUE(check(*proof));
  // And shards get smaller, where they may.
  options_.smaller_shards = true;
  run_.limits.max_shard_cycles = vm::kMaxShardCycles;
  run_.limits.shard_size = prove::shard_size(prove::kShardCells);
  options_.memory = {};
  const auto whole = plan(pool_);
  ASSERT_TRUE(whole);
  options_.memory.bytes = whole->memory_bytes + whole->proof_bytes - 1;
  const auto smaller = plan(pool_);
  ASSERT_TRUE(smaller);
  EXPECT_LT(smaller->limits.shard_size.cells, prove::kShardCells);
}

// The only shard is kept, and proved with all threads.
TEST_F(RunTest, OfOneShard) {
  run_.limits.max_shard_cycles = 100000;
  const auto p = plan(pool_);
  ASSERT_TRUE(p);
  EXPECT_NE(p->only, nullptr);
  const Bytes proof = proof_by(1);
  EXPECT_TRUE(check(proof));
  EXPECT_EQ(*prove(pool_, *p), proof);
  EXPECT_EQ(*prove(pool_, *p), proof) << "again";
}

TEST_F(RunTest, PrintsAndMarksOnce) {
  int watched = 0;
  vm::Hooks hooks;
  hooks.watch = [&](const vm::Progress&) -> Status {
    ++watched;
    return {};
  };
  const auto p = prove::plan_run(pool_, program_, run_, hooks, options_);
  ASSERT_TRUE(p);
  const int before = watched;
  EXPECT_GT(before, 0);
  ASSERT_TRUE(prove(pool_, *p));
  EXPECT_EQ(watched, before);
}

TEST_F(RunTest, ShardsGetSmallerWhenTheyMayToStayWithinMemory) {
  program_ = std::move(*prove::load_program(pool_, test::program_of(test::sum_program(32000))));
  run_.limits.max_shard_cycles = vm::kMaxShardCycles;
  run_.limits.shard_size = prove::shard_size(prove::kShardCells);
  const auto whole = plan(pool_);
  ASSERT_TRUE(whole);
  ASSERT_EQ(whole->shards.size(), 1u);
  options_.memory.bytes = whole->memory_bytes - 1;
  const auto same = plan(pool_);
  ASSERT_TRUE(same);
  EXPECT_EQ(same->shards.size(), 1u);
  options_.smaller_shards = true;
  const auto smaller = plan(pool_);
  ASSERT_TRUE(smaller);
  EXPECT_GT(smaller->shards.size(), 1u);
  EXPECT_LE(smaller->memory_bytes, options_.memory.bytes);
  EXPECT_LT(smaller->limits.shard_size.cells, prove::kShardCells);
  const auto proof = prove(pool_, *smaller);
  ASSERT_TRUE(proof) << proof.error().message;
  EXPECT_TRUE(check(*proof));
  // Less than the smallest take: told before anything is proved, with what would do.
  options_.memory.bytes = uint64_t{8} << 20;
  const auto least = plan(pool_);
  ASSERT_TRUE(least);
  EXPECT_EQ(least->limits.shard_size.cells, std::end(prove::kSmallerShardCells)[-1]);
  const auto refused = prove(pool_, *least);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kNoMemory);
  EXPECT_EQ(refused.error().detail, (least->memory_bytes >> 20) + 1);
}

TEST_F(RunTest, TheProofComesInOrderOnTheCallersThread) {
  const auto p = plan(pool_);
  ASSERT_TRUE(p);
  const auto caller = std::this_thread::get_id();
  Bytes proof;
  int pieces = 0;
  ASSERT_TRUE(prove::prove_run(pool_, program_, run_, *p, options_, [&](ByteView bytes) -> Status {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    ++pieces;
    proof.insert(proof.end(), bytes.begin(), bytes.end());
    return {};
  }));
  EXPECT_EQ(pieces, 6);  // what all shards share, and five parts
  EXPECT_TRUE(check(proof));
  for (int last = 1; last <= pieces; ++last) {
    int calls = 0;
    const Status s = prove::prove_run(pool_, program_, run_, *p, options_, [&](ByteView) -> Status {
      return ++calls < last ? Status() : Error(Errc::kInternal, "the disk is full");
    });
    ASSERT_FALSE(s);
    EXPECT_STREQ(s.error().message, "the disk is full");
    EXPECT_EQ(calls, last) << "nothing after an error";
  }
}

// Where the pool's threads are taken, one worker comes after the other: those after an error have
// nothing to say.
TEST_F(RunTest, AnErrorIsToldWhenWorkersHaveNotBegun) {
  const auto p = plan(pool_);
  ASSERT_TRUE(p);
  ASSERT_EQ(p->workers, 2u);
  const auto full = [calls = 0](ByteView) mutable -> Status {
    return ++calls == 1 ? Status() : Error(Errc::kInternal, "the disk is full");
  };
  const auto throwing = [calls = 0](ByteView) mutable -> Status {
    if (++calls != 1) throw std::bad_alloc();
    return {};
  };
  pool_.parallel_for(2, 1, [&](size_t begin, size_t) {
    if (begin != 0) return;
    const Status s = prove::prove_run(pool_, program_, run_, *p, options_, full);
    EXPECT_STREQ(s.error().message, "the disk is full");
    EXPECT_THROW((void)prove::prove_run(pool_, program_, run_, *p, options_, throwing),
                 std::bad_alloc);
  });
}

// Set before, or by another thread meanwhile.
TEST_F(RunTest, AFlagCancels) {
  const auto p = plan(pool_);
  ASSERT_TRUE(p);
  std::atomic_flag cancel;
  options_.cancel = &cancel;
  for (const int milliseconds : {0, 1, 20, 60}) {
    cancel.clear();
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
      cancel.test_and_set();
    });
    Result<Bytes> proof = Bytes();
    do proof = prove(pool_, *p);  // until the flag was set in time
    while (proof && !cancel.test());
    other.join();
    if (proof) continue;
    EXPECT_EQ(proof.error().code, Errc::kCancelled);
  }
  cancel.test_and_set();
  EXPECT_EQ(prove(pool_, *p).error().code, Errc::kCancelled);
  options_.cancel = nullptr;
  EXPECT_TRUE(prove(pool_, *p));
}

// What is told of a proof before it is made.
TEST_F(RunTest, TheSizeOfTheProofIsKnownBefore) {
  for (const proof::Profile* profile : {&proof::kS100, &proof::kC100}) {
    options_.profile = profile;
    const auto p = plan(pool_);
    ASSERT_TRUE(p) << p.error().message;
    const auto proof = prove(pool_, *p);
    ASSERT_TRUE(proof) << proof.error().message;
    const auto bytes = static_cast<double>(proof->size());
    EXPECT_NEAR(static_cast<double>(p->proof_bytes), bytes, 0.02 * bytes) << profile->name;
  }
}

TEST_F(RunTest, SecondsAreMeasured) {
  const auto p = plan(pool_);
  ASSERT_TRUE(p);
  const auto seconds = prove::proving_seconds(pool_, *p, options_);
  ASSERT_TRUE(seconds) << seconds.error().message;
  EXPECT_GT(*seconds, 0);
  std::atomic_flag cancel;
  cancel.test_and_set();
  options_.cancel = &cancel;
  EXPECT_EQ(prove::proving_seconds(pool_, *p, options_).error().code, Errc::kCancelled);
}

}  // namespace
}  // namespace mipzk
