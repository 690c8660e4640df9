// SPDX-License-Identifier: Apache-2.0
// Proofs of runs that are cut in the middle of what instructions do together.
#include <gtest/gtest.h>

#include "air/table_info.hpp"
#include "prove/bounds.hpp"
#include "prove/prove.hpp"
#include "support/verify_proof.hpp"
#include "trace/plan.hpp"
#include "unit/vm/faulty_guest.hpp"

namespace mipzk::test {
namespace {

// Proves the run of a guest in shards of so many instructions, of which there are more than
// `at_least`, and gives the exit code that the proof claims.
uint32_t proved(const Guest& g, uint64_t cycles, size_t at_least) {
  Pool pool(2);
  auto program = prove::load_program(pool, g.program());
  EXPECT_TRUE(program);
  auto recording = vm::record(program->program, {},
                              {.max_shard_cycles = cycles, .max_shards = proof::kMaxShards});
  EXPECT_TRUE(recording) << recording.error().message;
  if (!recording) return ~0u;
  const size_t shards = recording->shards.size();
  EXPECT_GT(shards, at_least);
  prove::Options options;
  options.profile = &kTest2;
  auto proof = prove::prove(pool, *program, {}, std::move(*recording), options);
  EXPECT_TRUE(proof) << proof.error().message;
  if (!proof) return ~0u;
  verify::Claim claim;
  const Status s = verify_proof(program->id, *proof, test_policy(), claim);
  EXPECT_TRUE(s) << shards << ": " << s.error().message;
  return claim.exit_code;
}

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
  for (uint64_t cycles : {3u, 4u, 7u}) EXPECT_EQ(proved(g, cycles, 4), 7u);
}

// Faults of every cause, in one shard and in many, big- and little-endian.
TEST(ShardedGuest, FaultsThatTheKernelTakes) {
  EXPECT_EQ(proved(faulty_guest(1), 1000, 0), kFaultsOfARound);
  EXPECT_EQ(proved(faulty_guest(1, true), 1000, 0), kFaultsOfARound);
  EXPECT_EQ(proved(faulty_guest(1), 37, 5), kFaultsOfARound);
}

// A shape with room for less faults than the run has: a shard ends before the first that does not
// fit, and the next one takes it up.
TEST(ShardedGuest, FaultsInAFixedShape) {
  constexpr uint32_t kRounds = 80;
  Pool pool(2);
  auto program = prove::load_program(pool, faulty_guest(kRounds).program());
  ASSERT_TRUE(program);
  const auto whole = vm::record(program->program, {});
  ASSERT_TRUE(whole);
  const unsigned tail = kTest2.tail_rows;
  auto shape =
      trace::plan(trace::rows_of(pool, program->program, whole->shard()), program->tables, tail);
  ASSERT_TRUE(shape);
  for (air::Instance& i : *shape)
    if (i.table == air::kTableAccessFault) i.log_height = air::kMinLogHeight;
  prove::Options options;
  options.profile = &kTest2;
  options.shapes.assign(2, *shape);
  auto recording = vm::record(program->program, {}, {.rooms = prove::rooms_of(options)});
  ASSERT_TRUE(recording) << recording.error().message;
  ASSERT_EQ(recording->shards.size(), 2u);
  EXPECT_EQ(recording->shards[0].fault_counts()[0], (1u << air::kMinLogHeight) - tail);
  auto proof = prove::prove(pool, *program, {}, std::move(*recording), options);
  ASSERT_TRUE(proof) << proof.error().message;
  verify::Claim claim;
  const Status s = verify_proof(program->id, *proof, test_policy(), claim);
  EXPECT_TRUE(s) << s.error().message;
  EXPECT_EQ(claim.exit_code, kRounds * kFaultsOfARound);
}

}  // namespace
}  // namespace mipzk::test
