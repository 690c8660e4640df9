// SPDX-License-Identifier: Apache-2.0
// Proofs of several shards, from a recording to the verdict.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "proof/security.hpp"
#include "prove/prove.hpp"
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

  Status check(ByteView proof) {
    verify::Policy policy;
    policy.max_proof_bytes = 64u << 20;
    std::vector<std::max_align_t> ws(verify::workspace_size(policy) / sizeof(std::max_align_t) + 1);
    return verify::verify(program_.id, proof, policy, ws.data(),
                          ws.size() * sizeof(std::max_align_t), claim_);
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
    const Status s = check(proof);
    EXPECT_GT(shards_, before);
    before = shards_;
    EXPECT_TRUE(s) << shards_ << ": " << s.error().message;
    EXPECT_EQ(claim_.exit_code, 7u);
    EXPECT_EQ(claim_.output_size, 4u);
  }
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
  // A fixed shape is that of one shard.
  options.profile = &proof::kS100;
  options.shape = {{air::kTableBoundary, 12}, {air::kTableFresh, 10}, {air::kTablePublic, 10}};
  proof = prove::prove(pool_, program_, public_, *recording, options);
  ASSERT_FALSE(proof);
  EXPECT_EQ(proof.error().code, Errc::kUnprovable);
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
                                              {air::kTableFixed, 15},
                                              {air::kTableRegion, program_.header.log_region},
                                              {air::kTableImage, program_.header.log_image},
                                              {air::kTableBoundary, 12},
                                              {air::kTableFresh, 10},
                                              {air::kTablePublic, 10}};
  const std::vector<proof::Instance> later = {
      {air::kTableRom, program_.header.log_rom}, {air::kTableFixed, 15}, {air::kTableBoundary, 16}};
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
