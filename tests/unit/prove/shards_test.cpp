// SPDX-License-Identifier: Apache-2.0
// Proofs of several shards, from a recording to the verdict.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

#include "proof/security.hpp"
#include "prove/prove.hpp"
#include "prove/session.hpp"
#include "prove/writer.hpp"
#include "support/verify_proof.hpp"
#include "unit/prove/small_program.hpp"
#include "verify/verify.hpp"

namespace mipzk {
namespace {

class Shards : public testing::Test {
 protected:
  void SetUp() override {
    auto loaded = prove::load_program(pool_, test::program_of(test::sum_program(5)));
    ASSERT_TRUE(loaded);
    program_ = std::move(*loaded);
  }

  std::vector<uint8_t> prove(uint64_t shard_cycles, const prove::Options& options) {
    const std::vector<uint8_t> secret = {1, 2, 3, 4};
    auto recording =
        vm::record(program_.program, {secret, public_, {}},
                   {.max_shard_cycles = shard_cycles, .max_shards = proof::kMaxShards});
    EXPECT_TRUE(recording) << recording.error().message;
    shards_ = recording->shards.size();
    auto proof = prove::prove(pool_, program_, public_, std::move(*recording), options);
    EXPECT_TRUE(proof) << proof.error().message;
    return proof ? std::move(*proof) : std::vector<uint8_t>();
  }

  Status check(ByteView proof, unsigned min_bits = 0) {
    verify::Policy policy = test::test_policy(min_bits);
    policy.allow_not_hiding = true;
    return test::verify_proof(program_.id, proof, policy, claim_);
  }

  const std::vector<uint8_t> public_ = {0, 0, 0, 9};
  Pool pool_{2};
  prove::LoadedProgram program_;
  verify::Claim claim_;
  size_t shards_ = 0;
};

TEST_F(Shards, EveryNumberOfThem) {
  prove::Options options;
  options.seed.assign(32, 5);
  size_t before = 0;
  for (uint64_t cycles : {1000u, 20u, 11u, 7u}) {
    const std::vector<uint8_t> proof = prove(cycles, options);
    const Status s = check(proof, 100);
    EXPECT_GT(shards_, before);
    before = shards_;
    EXPECT_TRUE(s) << shards_ << ": " << s.error().message;
    EXPECT_EQ(claim_.exit_code, 7u);
    EXPECT_EQ(claim_.output_size, 4u);
  }
}

// What the masks add cancels over all shards, whichever of them there are.
TEST_F(Shards, AnyMasks) {
  prove::Options options;
  options.profile = &test::kTest2;
  options.seed.assign(32, 3);
  for (unsigned set = 0; set < 32; set += set < 8 ? 1 : 8) {
    options.masks = {.tails = (set & 1) != 0,
                     .rings = (set & 2) != 0,
                     .quotient = (set & 4) != 0,
                     .fri = (set & 8) != 0,
                     .salts = (set & 16) != 0};
    const Status s = check(prove(11, options));
    EXPECT_TRUE(s) << set << ": " << s.error().message;
  }
}

TEST_F(Shards, StepsAreCountedAndEachMayBeTheLast) {
  prove::Options options;
  options.profile = &test::kTest2;
  uint64_t steps = 0, last = 0, all = 0;
  const auto caller = std::this_thread::get_id();
  options.progress = [&](prove::Phase, uint64_t done, uint64_t total) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    EXPECT_GE(done, std::exchange(last, done));  // those of other threads are told with these
    ++steps;
    all = total;
    return false;
  };
  prove(11, options);
  EXPECT_EQ(last, all);
  EXPECT_GE(steps, prove::kShardSteps);
  EXPECT_LE(steps, prove::kShardSteps * shards_ + 1);
  Pool one(1);  // whose steps are all told
  for (uint64_t end = 1; end < all * 9 / 10; end += all / 8) {
    options.progress = [&](prove::Phase, uint64_t done, uint64_t) { return done >= end; };
    const auto recording = vm::record(program_.program, {{}, public_, {}},
                                      {.max_shard_cycles = 11, .max_shards = 100});
    const auto proof = prove::prove(one, program_, public_, *recording, options);
    ASSERT_FALSE(proof);
    EXPECT_EQ(proof.error().code, Errc::kCancelled);
  }
}

// The program's tables decide the domain of the first shard if its own tables are all lower.
TEST_F(Shards, ATableOfTheProgramIsTheTallest) {
  isa::ProgramImage image;
  image.entry = test::kCodeBase;
  isa::Segment code, data;
  code.address = test::kCodeBase;
  code.readable = code.executable = true;
  for (const uint32_t word : test::sum_program(5))
    for (int k = 3; k >= 0; --k) code.bytes.push_back(static_cast<uint8_t>(word >> (8 * k)));
  code.memory_size = static_cast<uint32_t>(code.bytes.size());
  data.address = 0x10000000;
  data.readable = data.writable = true;
  data.bytes.assign(640000, 1);
  data.memory_size = 640000;
  image.segments = {code, data};
  auto loaded = prove::load_program(pool_, *isa::build_program(image));
  ASSERT_TRUE(loaded);
  program_ = std::move(*loaded);
  ASSERT_EQ(program_.header.log_image, 16);
  prove::Options options;
  options.profile = &test::kTest4;
  std::vector<uint8_t> proof = prove(11, options);
  EXPECT_EQ(shards_, 3u);
  const Status s = check(proof);
  EXPECT_TRUE(s) << s.error().message;
  for (size_t at = 16; at < proof.size(); at += 19997) {
    proof[at] ^= 1;
    EXPECT_FALSE(check(proof)) << at;
    proof[at] ^= 1;
  }
}

// Front and heads alone: a verifier counts bits before it looks at anything else.
TEST_F(Shards, ManyOfACompactProfileHaveNoBits) {
  prove::Options options;
  options.profile = &proof::kC100;
  prove::Session session(pool_, program_, options, {public_, {}, 0}, 1000);
  std::vector<uint8_t> proof(session.bytes().begin(), session.bytes().end());
  for (uint32_t shard = 1; shard <= 1000; ++shard) {
    std::vector<proof::Instance> list = {{air::kTableFixed, air::kFixedLogRows},
                                         {air::kTableBoundary, 10}};
    if (shard == 1)
      list = {{air::kTableRom, program_.header.log_rom},
              {air::kTableFixed, air::kFixedLogRows},
              {air::kTableRegion, program_.header.log_region},
              {air::kTableImage, program_.header.log_image},
              {air::kTableBoundary, 10},
              {air::kTableFresh, 10},
              {air::kTablePublic, 10}};
    prove::append_u32(proof, static_cast<uint32_t>(list.size()));
    for (const proof::Instance& in : list) prove::append(proof, {{in.table, in.log_height}});
    proof.resize(proof.size() + 32);
  }
  const Status s = check(proof, 100);
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, Errc::kPolicy);
  EXPECT_EQ(s.error().detail, 0u);
}

// Found out before anything is proved.
TEST_F(Shards, TooManyForTheProfileAreUnprovable) {
  const std::vector<uint8_t> secret = {1, 2, 3, 4};
  auto recording = vm::record(program_.program, {secret, public_, {}},
                              {.max_shard_cycles = 4, .max_shards = 100});
  ASSERT_TRUE(recording);
  ASSERT_GT(recording->shards.size(), 6u);
  prove::Options options;
  options.profile = &proof::kC100;
  unsigned steps = 0;
  options.progress = [&](prove::Phase, uint64_t, uint64_t) { return ++steps == 0; };
  auto proof = prove::prove(pool_, program_, public_, *recording, options);
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().code, Errc::kUnprovable);
  EXPECT_NE(std::string(proof.error().message).find("profile C100"), std::string::npos);
  EXPECT_EQ(steps, 0u);
}

// The memory that watchers are told of holds the shards that are done.
TEST_F(Shards, RecordingCountsAllThatItKeeps) {
  uint64_t most = 0;
  vm::Hooks hooks;
  hooks.watch = [&](const vm::Progress& p) -> Status {
    most = std::max(most, p.host_bytes);
    return {};
  };
  const std::vector<uint8_t> secret = {1, 2, 3, 4};
  const auto r = vm::record(program_.program, {secret, public_, {}},
                            {.max_shard_cycles = 2, .max_shards = 100}, hooks);
  ASSERT_TRUE(r);
  EXPECT_GE(most, r->host_bytes() / r->shards.size() * (r->shards.size() - 1));
  EXPECT_GE(r->peak_bytes, most);
}

// What a verifier's policy is told of many shards: docs/SECURITY.md, section 4.
TEST(ShardSecurity, IsThatOfOneShardButForListsOfCodewords) {
  proof::SecurityInput in;
  in.log_height = 20;
  in.messages = in.global_messages = proof::kMaxMessages;
  in.constraints = 5000;
  in.pairs = 2000;
  const auto bits = [&](const proof::Profile& p, uint32_t shards) {
    in.shards = shards;
    return proof::security(p, in).total;
  };
  for (const proof::Profile* p : {&proof::kS100, &proof::kS128})
    for (uint32_t shards : {1u, 2u, 1000u, proof::kMaxShards})
      EXPECT_EQ(bits(*p, shards), bits(*p, 1));
  // Interpolants of stacked columns have more coefficients than codewords: 100.52 without.
  EXPECT_NEAR(proof::security(proof::kS100, in).query, 100.43, 0.005);
  EXPECT_GE(bits(proof::kC100, 5), 100);
  EXPECT_LT(bits(proof::kC100, 6), 100);
  EXPECT_LT(bits(proof::kC128, 2), 128);
  EXPECT_EQ(bits(proof::kC100, proof::kMaxShards), 0);  // not less
  in.global_messages = 1 << 16;
  EXPECT_GE(bits(proof::kC100, 6), 100);
  EXPECT_LT(bits(proof::kC100, 7), 100);
  EXPECT_GE(bits(proof::kC128, 2), 128);
}

// Each shard counts once, and the greatest of them.
TEST_F(Shards, SecurityAddsThemUp) {
  proof::SecurityInput in;
  proof::Shape shape;
  const std::vector<proof::Instance> first = {{air::kTableRom, program_.header.log_rom},
                                              {air::kTableFixed, air::kFixedLogRows},
                                              {air::kTableRegion, program_.header.log_region},
                                              {air::kTableImage, program_.header.log_image},
                                              {air::kTableBoundary, 12},
                                              {air::kTableFresh, 10},
                                              {air::kTablePublic, 10}};
  const std::vector<proof::Instance> later = {{air::kTableFixed, air::kFixedLogRows},
                                              {air::kTableBoundary, 16}};
  ASSERT_TRUE(proof::Shape::make(first, program_.header, proof::kS100, shape));
  in.add(shape);
  const proof::SecurityInput one = in;
  EXPECT_EQ(one.messages, shape.messages());
  EXPECT_EQ(one.global_messages, shape.global_messages());
  ASSERT_TRUE(proof::Shape::make(later, program_.header, proof::kS100, shape, 2));
  in.add(shape);
  EXPECT_EQ(in.shards, 2u);
  EXPECT_EQ(in.log_height, 16u);
  EXPECT_EQ(in.global_messages, one.global_messages + (2u << 16));
  EXPECT_EQ(in.messages, std::max(one.messages, shape.messages()));
  // Sources are of the first shard, and it has them.
  EXPECT_FALSE(proof::Shape::make(first, program_.header, proof::kS100, shape, 2));
  EXPECT_FALSE(proof::Shape::make(later, program_.header, proof::kS100, shape, 1));
}

}  // namespace
}  // namespace mipzk
