// SPDX-License-Identifier: Apache-2.0
// Masks: what depends on the seed differs between two proofs of one run, and nothing else does.
#include "prove/blinding.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "commit/merkle.hpp"
#include "proof/shape.hpp"
#include "prove/prove.hpp"
#include "support/verify_proof.hpp"
#include "unit/prove/small_program.hpp"

namespace mipzk {
namespace {

using field::Fp;

struct Fixture {
  Pool pool{2};
  prove::LoadedProgram program;
  std::vector<uint8_t> private_input{1, 2, 3, 4}, public_input{0, 0, 0, 9};
  vm::Recording recording;

  Fixture() {
    program = *prove::load_program(pool, test::program_of(test::sum_program(5)));
    recording = std::move(*vm::record(program.program, {private_input, public_input, {}}));
  }
  std::vector<uint8_t> prove(uint8_t seed, const prove::Masks& masks = {}) {
    prove::Options options;
    options.profile = &test::kTest2;
    options.seed.assign(32, seed);
    options.masks = masks;
    auto proof = prove::prove(pool, program, public_input, recording, options);
    EXPECT_TRUE(proof);
    return *proof;
  }
  bool accepted(ByteView proof) {
    verify::Policy policy = test::test_policy();
    policy.allow_not_hiding = true;
    verify::Claim claim;
    return test::verify_proof(program.id, proof, policy, claim).ok();
  }
};

// The statement and the shape are the bytes before the first root.
size_t statement_size(const std::vector<uint8_t>& proof, proof::Shape* shape = nullptr) {
  Reader r(proof);
  proof::Statement s;
  EXPECT_TRUE(proof::read_statement(r, s, test::kProfiles));
  proof::Instance instances[proof::kMaxInstances];
  uint32_t count = 0;
  EXPECT_TRUE(proof::read_instances(r, instances, count));
  if (shape != nullptr) {
    EXPECT_TRUE(proof::Shape::make({instances, count}, s.program, *s.profile, *shape));
  }
  return r.position();
}
proof::Shape shape_of(const std::vector<uint8_t>& proof) {
  proof::Shape shape;
  statement_size(proof, &shape);
  return shape;
}
// Of the shape as a shard's part repeats it, behind the length of the part.
size_t shape_bytes(const proof::Shape& shape) { return 8 + 2 * shape.instances().size(); }

size_t equal_words(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b, size_t begin,
                   size_t end) {
  size_t n = 0;
  for (size_t i = begin; i + 4 <= end; i += 4) n += load_le32(&a[i]) == load_le32(&b[i]);
  return n;
}

TEST(Blinding, SeedDecidesTheProof) {
  Fixture run;
  const auto a = run.prove(1), again = run.prove(1), b = run.prove(2);
  EXPECT_EQ(a, again);
  EXPECT_TRUE(run.accepted(a));
  EXPECT_TRUE(run.accepted(b));
  const size_t front = statement_size(a);
  ASSERT_TRUE(std::ranges::equal(ByteView(a).first(front), ByteView(b).first(front)));
  // Roots, published values and openings: not a word in common but by chance. Preprocessed columns
  // are public, and may be constant.
  const proof::Shape shape = shape_of(a);
  const size_t part = front + 32;
  EXPECT_LE(equal_words(a, b, front, part), 1u);
  size_t published = 0;
  for (size_t i = 0; i < shape.instances().size(); ++i) {
    const air::Layout& l = shape.info(i).layout;
    published += 40 * l.in_local_ring() + 20 * l.in_global_ring();
  }
  // Behind the shape: four roots and the digest of the openings.
  const size_t openings = part + shape_bytes(shape) + 5 * 32 + published;
  EXPECT_LE(equal_words(a, b, part + shape_bytes(shape), openings), 2u);
  size_t equal = 0, hidden = 0;
  for (const proof::Matrix& m : shape.matrices()) {
    if (!m.opened || m.tree < proof::kTreePassOne) continue;
    const size_t begin = openings + size_t{20} * m.first_opening;
    const size_t end = begin + 20 * (m.width + size_t{5} * m.running);
    equal += equal_words(a, b, begin, end);
    hidden += end - begin;
  }
  EXPECT_LE(equal, 2u);
  EXPECT_GT(hidden, 10000u);
}

TEST(Blinding, WithoutMasksTheSeedDoesNothing) {
  Fixture run;
  const auto a = run.prove(1, prove::Masks::none()), b = run.prove(2, prove::Masks::none());
  EXPECT_EQ(a, b);
  EXPECT_TRUE(run.accepted(a));
}

TEST(Blinding, OtherWitnessOtherMasks) {
  Fixture run;
  const auto a = run.prove(1);
  run.private_input = {1, 2, 3, 5};
  run.recording =
      std::move(*vm::record(run.program.program, {run.private_input, run.public_input, {}}));
  const auto b = run.prove(1);
  // The output differs, so the fronts do; roots and published values must not share masks.
  const proof::Shape shape = shape_of(a);
  const size_t begin = statement_size(a) + 32 + shape_bytes(shape);
  EXPECT_LE(equal_words(a, b, begin, begin + 4 * 32 + 40 * shape.instances().size()), 2u);
}

TEST(Blinding, StreamsAreSeparateAndInRange) {
  std::array<uint8_t, 32> seed{};
  const uint8_t context[] = {1}, other[] = {2};
  const prove::Blinding x(seed, context), y(seed, other);
  std::set<std::vector<uint32_t>> seen;
  auto add = [&](const prove::Blinding& b, prove::BlindingUse use, uint64_t index) {
    std::vector<Fp> v(100);
    b.fill(use, index, v);
    std::vector<uint32_t> raw;
    for (Fp e : v) {
      EXPECT_LT(e.raw(), field::kP);
      raw.push_back(e.raw());
    }
    EXPECT_TRUE(seen.insert(raw).second);
  };
  for (uint64_t index : {0, 1, 2, 256})
    for (auto use : {prove::BlindingUse::kBaseTail, prove::BlindingUse::kExtTail,
                     prove::BlindingUse::kQuotient, prove::BlindingUse::kFriMask}) {
      add(x, use, index);
      add(y, use, index);
    }
}

TEST(Blinding, SaltsOfRowsDoNotDependOnTheBatch) {
  std::array<uint8_t, 32> seed{};
  const uint8_t context[] = {1};
  const prove::Blinding b(seed, context);
  const auto salts = b.salts(3);
  constexpr size_t kSize = commit::kSaltBytes;
  uint8_t many[kSize * 40];
  std::array<uint8_t, kSize> one;
  salts(100, 40, many);
  std::set<std::array<uint8_t, kSize>> seen;
  for (size_t i = 0; i < 40; ++i) {
    salts(100 + i, 1, one.data());
    EXPECT_TRUE(std::equal(one.begin(), one.end(), many + kSize * i));
    EXPECT_TRUE(seen.insert(one).second);
  }
  b.salts(4)(100, 1, one.data());
  EXPECT_TRUE(seen.insert(one).second);
}

TEST(Blinding, IndependenceOfFiveElements) {
  std::mt19937 random(1);
  auto any = [&] {
    field::Fp5 x;
    for (Fp& c : x.c) c = Fp(static_cast<uint32_t>(random()));
    return x;
  };
  std::array<field::Fp5, 5> v;
  for (field::Fp5& x : v) x = any();
  EXPECT_TRUE(prove::independent(v));
  v[3] = v[0] * Fp(7u) + v[4] * Fp(field::kP - 2) - v[1];
  EXPECT_FALSE(prove::independent(v));
  v[3] = field::Fp5::zero();
  EXPECT_FALSE(prove::independent(v));
  // Unit vectors in any order.
  for (size_t i = 0; i < 5; ++i) {
    v[i] = field::Fp5::zero();
    v[i].c[(3 * i + 1) % 5] = Fp(5u);
  }
  EXPECT_TRUE(prove::independent(v));
}

// The mask cells make the fill uniform: a chi-square test over 64 classes of the high bits.
TEST(Blinding, ElementsLookUniform) {
  std::array<uint8_t, 32> seed{};
  const uint8_t context[] = {9};
  const prove::Blinding b(seed, context);
  std::vector<Fp> v(1 << 18);
  Pool pool(2);
  b.fill_blocks(pool, prove::BlindingUse::kFriMask, v);
  double counts[64] = {};
  for (Fp x : v) ++counts[static_cast<size_t>(uint64_t{x.raw()} * 64 / field::kP)];
  double chi = 0;
  const double expected = static_cast<double>(v.size()) / 64;
  for (double c : counts) chi += (c - expected) * (c - expected) / expected;
  EXPECT_LT(chi, 120.0);  // 63 degrees of freedom: beyond 120 with probability 2e-5
}

}  // namespace
}  // namespace mipzk
