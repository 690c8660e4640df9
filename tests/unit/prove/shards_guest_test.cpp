// SPDX-License-Identifier: Apache-2.0
// Proofs of runs that are cut in the middle of what instructions do together.
#include <gtest/gtest.h>

#include "prove/prove.hpp"
#include "support/verify_proof.hpp"
#include "unit/vm/guest.hpp"

namespace mipzk::test {
namespace {

// Two-word accesses, ll and sc, HI and LO, delay slots on both sides of a boundary.
TEST(ShardedGuest, InstructionsAtEveryPlaceOfABoundary) {
  Guest g;
  g.data = {5, 6, 7, 8};
  g.li(kT0, kData).li(kT1, 3);
  g.op(mem(Op::kLl, kT2, 0, kT0));  // loop
  g.op(mem(Op::kLdc1, 2, 8, kT0)).op(mem(Op::kSdc1, 2, 0, kT0));
  g.op(mem(Op::kSc, kT2, 0, kT0));
  g.op(hilo(Op::kMult, kT2, kT1));
  g.op(mem(Op::kSb, kT1, 5, kT0));
  g.op(imm(Op::kAddiu, kT1, kT1, 0xffff));
  g.op(branch(Op::kBne, kT1, kZero, -8));
  g.op(imm(Op::kAddiu, kT3, kT3, 1));
  g.li(kA0, 7).halt();
  Pool pool(2);
  auto program = prove::load_program(pool, g.program());
  ASSERT_TRUE(program);
  for (uint64_t cycles : {3u, 4u, 7u}) {
    auto recording = vm::record(program->program, {},
                                {.max_shard_cycles = cycles, .max_shards = proof::kMaxShards});
    ASSERT_TRUE(recording) << recording.error().message;
    const size_t shards = recording->shards.size();
    EXPECT_GT(shards, 4u);
    prove::Options options;
    options.profile = &kTest2;
    auto proof = prove::prove(pool, *program, {}, std::move(*recording), options);
    ASSERT_TRUE(proof) << proof.error().message;
    verify::Claim claim;
    const Status s = verify_proof(program->id, *proof, test_policy(), claim);
    EXPECT_TRUE(s) << shards << ": " << s.error().message;
    EXPECT_EQ(claim.exit_code, 7u);
  }
}

}  // namespace
}  // namespace mipzk::test
