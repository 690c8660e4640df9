// SPDX-License-Identifier: Apache-2.0
// Verification on several threads and of a stream: the verdict on any bytes, the message and the
// number of the shard included, is that of the verifier that goes through them in memory.
#include "verify/parallel.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <thread>
#include <utility>

#include "prove/prove.hpp"
#include "support/proof_parts.hpp"
#include "support/verify_all_ways.hpp"
#include "unit/prove/small_program.hpp"

namespace mipzk::attack {
namespace {

using Bytes = std::vector<uint8_t>;

class Parallel : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    Pool pool(2);
    program_ = new prove::LoadedProgram(
        *prove::load_program(pool, test::program_of(test::sum_program(5))));
    prove::Options options;
    options.profile = &test::kTest4;  // with nonces
    options.seed.assign(32, 3);
    const Bytes in = {0, 0, 0, 9}, secret = {1, 2, 3, 4};
    auto recording =
        vm::record(program_->program, {secret, in, {}}, {.max_shard_cycles = 4, .max_shards = 100});
    ASSERT_TRUE(recording);
    shards_ = recording->shards.size();
    honest_ = new Bytes(*prove::prove(pool, *program_, in, std::move(*recording), options));
  }
  static void TearDownTestSuite() {
    delete honest_;
    delete program_;
  }

  // The verdict of all ways, which must be one.
  std::string verdict(const Bytes& proof, const verify::Policy& policy = test::test_policy()) {
    verify::Claim claim;
    const Status s = test::verify_all_ways(program_->id, proof, policy, claim);
    return test::verdict_text(s, claim);
  }
  std::string expect_refused(const Bytes& proof) {
    const std::string v = verdict(proof);
    EXPECT_FALSE(v.starts_with("ok ")) << v;
    return v;
  }

  static prove::LoadedProgram* program_;
  static Bytes* honest_;
  static size_t shards_;
  Pool one_{1}, two_{2}, five_{5};
};
prove::LoadedProgram* Parallel::program_ = nullptr;
Bytes* Parallel::honest_ = nullptr;
size_t Parallel::shards_ = 0;

TEST_F(Parallel, HonestProofsAreAccepted) {
  ASSERT_GE(shards_, 7u);
  verify::Claim claim;
  Bytes front;
  ASSERT_TRUE(verify::verify_stream(two_, program_->id, test::read_in_pieces(*honest_, 100, 1),
                                    test::test_policy(), nullptr, front, claim));
  EXPECT_EQ(claim.exit_code, 7u);
  EXPECT_EQ(claim.shards, shards_);
  EXPECT_EQ(claim.output_size, 4u);
  EXPECT_FALSE(claim.not_hiding);
  EXPECT_EQ(front.size(), test::ProofParts::of(*honest_).part(0));
  EXPECT_EQ(claim.output_offset + claim.output_size + 8,
            test::ProofParts::of(*honest_).front.size());
  EXPECT_TRUE(verdict(*honest_).starts_with("ok "));
}

// Damage in one shard, and in two: the first one decides.
TEST_F(Parallel, TheFirstFailingShardDecides) {
  const auto parts = test::ProofParts::of(*honest_);
  const auto damaged = [&](std::initializer_list<size_t> shards) {
    auto p = parts;
    size_t k = 0;
    for (const size_t i : shards) {
      // Each time elsewhere: the last byte, an opening, a root, the length.
      Bytes& body = p.bodies[i];
      const size_t at[] = {body.size() - 1, body.size() / 3, 40, 0};
      body[at[k++ % 4]] ^= 1;
    }
    return p.join();
  };
  for (size_t i = 0; i < shards_; ++i) {
    expect_refused(damaged({i}));
    for (size_t k = 0; k < shards_; ++k) expect_refused(damaged({i, k}));
  }
  verify::Claim claim;
  for (size_t i = 0; i + 1 < shards_; ++i) {
    const Status s = verify::verify_parallel(five_, program_->id, damaged({i + 1, i}),
                                             test::test_policy(), nullptr, claim);
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().detail, i + 1);
  }
}

TEST_F(Parallel, RandomDamage) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    Bytes p = *honest_;
    for (unsigned n = 1 + random() % 3; n > 0; --n)
      p[random() % p.size()] ^= static_cast<uint8_t>(1 + random() % 255);
    expect_refused(p);
  }
}

TEST_F(Parallel, EveryKindOfByteInFront) {
  const size_t end = test::ProofParts::of(*honest_).part(0) + 80;
  for (size_t at = 0; at < end; ++at) {
    Bytes p = *honest_;
    p[at] ^= 0x81;
    expect_refused(p);
  }
}

TEST_F(Parallel, Truncations) {
  std::mt19937 random(12);
  const auto parts = test::ProofParts::of(*honest_);
  std::vector<size_t> lengths;
  for (size_t n = 0; n < parts.part(0) + 10; ++n) lengths.push_back(n);
  for (size_t i = 0; i < shards_; ++i)
    for (const size_t d : {0u, 1u, 4u, 5u, 100u, 5000u}) lengths.push_back(parts.part(i) + d);
  for (int k = 0; k < 50; ++k) lengths.push_back(random() % honest_->size());
  for (const size_t n : lengths) {
    Bytes p(honest_->begin(), honest_->begin() + static_cast<ptrdiff_t>(n));
    expect_refused(p);
    // And damaged before.
    if (n > 300) {
      p[random() % n] ^= 1;
      expect_refused(p);
    }
  }
}

TEST_F(Parallel, LengthsAndBytesBehind) {
  auto parts = test::ProofParts::of(*honest_);
  Bytes longer = *honest_;
  longer.push_back(0);
  EXPECT_NE(expect_refused(longer).find("bytes after its end"), std::string::npos);
  for (size_t i = 0; i < shards_; ++i) {
    const uint32_t size = load_le32(parts.bodies[i].data());
    for (const uint32_t n :
         {0u, 40u, size - 1, size + 1, size + 4, 1u << 24, (1u << 24) + 1, ~0u}) {
      store_le32(parts.bodies[i].data(), n);
      const std::string v = expect_refused(parts.join());
      EXPECT_EQ(v.find("longer than any") != std::string::npos, n > 1u << 24) << v;
    }
    store_le32(parts.bodies[i].data(), size);
  }
  // A head in front and its repetition.
  for (size_t i = 0; i < shards_; ++i)
    for (const size_t at : {size_t{0}, size_t{4}, size_t{5}, parts.heads[i].size() - 1}) {
      auto p = parts;
      p.heads[i][at] ^= 1;
      expect_refused(p.join());
      p.bodies[i][4 + at] ^= 1;
      expect_refused(p.join());
      p.heads[i][at] ^= 1;
      expect_refused(p.join());
    }
}

TEST_F(Parallel, Policies) {
  verify::Policy policy = test::test_policy();
  policy.max_shards = static_cast<uint32_t>(shards_);
  policy.max_proof_bytes = honest_->size();
  EXPECT_TRUE(verdict(*honest_, policy).starts_with("ok "));
  policy.max_shards -= 1;
  EXPECT_NE(verdict(*honest_, policy).find("more shards"), std::string::npos);
  policy = test::test_policy();
  policy.max_cycles = 1;
  EXPECT_NE(verdict(*honest_, policy).find("the run may be longer"), std::string::npos);
  policy = test::test_policy(100);
  EXPECT_NE(verdict(*honest_, policy).find("fewer provable bits"), std::string::npos);
  policy = test::test_policy();
  for (const size_t bytes : {honest_->size() - 1, honest_->size() / 2, size_t{1000}, size_t{0}}) {
    policy.max_proof_bytes = bytes;
    EXPECT_NE(verdict(*honest_, policy).find("longer than the policy"), std::string::npos);
  }
}

// Shards that are all good, and do not hang together.
TEST_F(Parallel, WhatTheShardsComeTo) {
  auto parts = test::ProofParts::of(*honest_);
  std::swap(parts.bodies[1], parts.bodies[2]);
  expect_refused(parts.join());
  std::swap(parts.heads[1], parts.heads[2]);
  expect_refused(parts.join());
}

// Nothing is read ahead of what is kept, and nothing behind the end but one byte.
TEST_F(Parallel, AStreamIsReadOnceAndNoFurther) {
  size_t given = 0, calls = 0, most = 0;
  Bytes front;
  verify::Claim claim;
  const verify::ReadFunction read = [&](uint8_t* out, size_t size) {
    ++calls;
    const size_t n = std::min(size, honest_->size() - given);
    std::copy_n(honest_->begin() + static_cast<ptrdiff_t>(given), n, out);
    given += n;
    most = std::max(most, size);
    return static_cast<int64_t>(n);
  };
  EXPECT_TRUE(
      verify::verify_stream(one_, program_->id, read, test::test_policy(), nullptr, front, claim));
  EXPECT_EQ(given, honest_->size());
  EXPECT_LE(most, size_t{1} << 20);
  EXPECT_GT(calls, shards_);
}

// A front that announces more than comes takes memory for what comes alone.
TEST_F(Parallel, AnnouncedSizesTakeNoMemory) {
  Bytes p = *honest_;
  store_le32(&p[8 + 4 + proof::ProgramHeader::kSize], (1u << 26) - 4);  // of the public input
  size_t largest = 0, given = 0;
  const verify::ReadFunction read = [&](uint8_t* out, size_t size) {
    largest = std::max(largest, size);
    const size_t n = std::min<size_t>({size, p.size() - given, 1000});
    std::copy_n(p.begin() + static_cast<ptrdiff_t>(given), n, out);
    given += n;
    return static_cast<int64_t>(n);
  };
  Bytes front;
  verify::Claim claim;
  const Status s =
      verify::verify_stream(one_, program_->id, read, test::test_policy(), nullptr, front, claim);
  ASSERT_FALSE(s);
  EXPECT_EQ(s.error().code, Errc::kMalformed);
  EXPECT_LE(largest, size_t{1} << 20);
}

// Whoever sends single bytes makes no work but theirs: room is not made anew for each.
TEST_F(Parallel, SmallPiecesAreNoWork) {
  size_t given = 0, kept = 0;
  uint8_t* next = nullptr;
  const verify::ReadFunction read = [&](uint8_t* out, size_t size) -> int64_t {
    if (given == honest_->size()) return 0;
    kept += out == next && *out == 0xa5;
    *out = (*honest_)[given++];
    next = size > 1 ? out + 1 : nullptr;
    if (next != nullptr) *next = 0xa5;  // still there in the next call
    return 1;
  };
  Bytes front;
  verify::Claim claim;
  EXPECT_TRUE(
      verify::verify_stream(one_, program_->id, read, test::test_policy(), nullptr, front, claim));
  EXPECT_GT(kept, honest_->size() / 2);
}

TEST_F(Parallel, Cancelled) {
  std::atomic_flag cancel;
  cancel.test_and_set();
  verify::Claim claim;
  Bytes front;
  for (Pool* pool : {&one_, &five_}) {
    const Status s =
        verify::verify_parallel(*pool, program_->id, *honest_, test::test_policy(), &cancel, claim);
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().code, Errc::kCancelled);
  }
  cancel.clear();
  // By the reader, at each of its calls.
  for (size_t last = 0; last < 30; ++last) {
    size_t call = 0;
    auto next = test::read_in_pieces(*honest_, SIZE_MAX, 1);
    const verify::ReadFunction read = [&](uint8_t* out, size_t size) {
      return call++ == last ? int64_t{-1} : next(out, size);
    };
    const Status s =
        verify::verify_stream(two_, program_->id, read, test::test_policy(), &cancel, front, claim);
    if (call <= last) break;  // it was not called so often
    ASSERT_FALSE(s);
    EXPECT_EQ(s.error().code, Errc::kCancelled);
    EXPECT_TRUE(front.empty());
    EXPECT_EQ(claim.output_size, 0u);
  }
}

// A flag that is set while shards are checked, and cleared before anybody looks again: shards that
// were skipped meanwhile are not taken for checked ones.
TEST_F(Parallel, CancelledAndResumed) {
  auto parts = test::ProofParts::of(*honest_);
  for (Bytes& body : parts.bodies) body.back() ^= 1;
  const Bytes p = parts.join();
  Bytes front;
  verify::Claim claim;
  for (int round = 0; round < 300; ++round) {
    std::atomic_flag cancel;
    bool is_set = false;
    std::thread other([&] {
      cancel.wait(false);
      const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(3 * round);
      while (std::chrono::steady_clock::now() < end) continue;
      cancel.clear();
    });
    size_t given = 0;
    const verify::ReadFunction read = [&](uint8_t* out, size_t size) {
      const size_t n = std::min(size, p.size() - given);
      std::copy_n(p.begin() + static_cast<ptrdiff_t>(given), n, out);
      given += n;
      if (given == p.size() && !std::exchange(is_set, true)) {
        cancel.test_and_set();
        cancel.notify_one();
      }
      return static_cast<int64_t>(n);
    };
    const Status s = verify::verify_stream(five_, program_->id, read, test::test_policy(), &cancel,
                                           front, claim);
    other.join();
    ASSERT_FALSE(s) << "round " << round;
    EXPECT_TRUE(front.empty());
  }
}

}  // namespace
}  // namespace mipzk::attack
