// SPDX-License-Identifier: Apache-2.0
// Proves every guest on one of its inputs and verifies the proof; proofs are deterministic.
#include "prove/prove.hpp"

#include <algorithm>

#include "guest_cases.hpp"
#include "support/cpu_tiers.hpp"
#include "support/verify_proof.hpp"

namespace mipzk {
namespace {

using namespace test;

// The longest run of a guest that proves in a few seconds, or its shortest one.
const Case* case_to_prove(const std::string& guest, const isa::Program& program) {
  constexpr uint64_t kEnough = 1000000;
  const Case* best = nullptr;
  uint64_t best_cycles = 0;
  for (const Case& c : all_cases()) {
    if (c.guest != guest) continue;
    const auto outcome = vm::run(program, inputs_of(c));
    if (!outcome) continue;
    const uint64_t n = outcome->cycles;
    const bool better = best_cycles > kEnough ? n < best_cycles : n <= kEnough && n > best_cycles;
    if (best == nullptr || better) {
      best = &c;
      best_cycles = n;
    }
  }
  return best;
}

class ProveGuest : public testing::TestWithParam<const char*> {};

TEST_P(ProveGuest, ProofStatesTheRun) {
  Pool pool(2);
  auto program = prove::load_program(pool, load_guest(GetParam()));
  ASSERT_TRUE(program) << program.error().message;
  const Case* c = case_to_prove(GetParam(), program->program);
  ASSERT_NE(c, nullptr);
  auto recording = vm::record(program->program, inputs_of(*c));
  ASSERT_TRUE(recording) << recording.error().message;
  auto proof = prove::prove(pool, *program, c->public_input, *recording, {});
  ASSERT_TRUE(proof) << proof.error().message;
  verify::Claim claim;
  Status s = verify_proof(program->id, *proof, verify::Policy(), claim);
  ASSERT_TRUE(s) << s.error().message;
  EXPECT_EQ(claim.exit_code, recording->outcome.exit_code);
  const ByteView all(*proof);
  const ByteView output = all.subspan(claim.output_offset, claim.output_size);
  EXPECT_EQ(Bytes(output.begin(), output.end()), c->qemu_output);
  const ByteView input = all.subspan(claim.public_offset, claim.public_size);
  EXPECT_EQ(Bytes(input.begin(), input.end()), c->public_input);
}

INSTANTIATE_TEST_SUITE_P(All, ProveGuest, testing::ValuesIn(kGuests),
                         [](const auto& guest) { return std::string(guest.param); });

// Every exit code is provable: guest exit_code ends with the word in its input.
TEST(ProveExitCode, AnyWord) {
  Pool pool(2);
  auto program = prove::load_program(pool, load_guest("exit_code"));
  ASSERT_TRUE(program);
  for (uint32_t code : {0u, 1u, 255u, 0x7f000001u, 0x80000000u, 0xffffffffu}) {
    Bytes input = {0};
    for (int shift = 24; shift >= 0; shift -= 8)
      input.push_back(static_cast<uint8_t>(code >> shift));
    auto recording = vm::record(program->program, {input, {}, {}});
    ASSERT_TRUE(recording) << recording.error().message;
    ASSERT_EQ(recording->outcome.exit_code, code);
    prove::Options options;
    options.profile = &kTest2;
    auto proof = prove::prove(pool, *program, {}, *recording, options);
    ASSERT_TRUE(proof);
    verify::Claim claim;
    ASSERT_TRUE(verify_proof(program->id, *proof, test_policy(), claim));
    EXPECT_EQ(claim.exit_code, code);
  }
}

// One seed, one proof: for any number of threads and every instruction set of this machine.
TEST(ProveDeterminism, ThreadsAndTiers) {
  Bytes first;
  for (unsigned threads : {1u, 2u, 3u}) {
    test::on_each_tier([&](const CpuTier&) {
      Pool pool(threads);
      auto program = prove::load_program(pool, load_guest("all_insns"));
      auto recording = vm::record(program->program, {});
      ASSERT_TRUE(recording);
      prove::Options options;
      options.profile = &kTest4;
      options.seed.assign(32, 7);
      auto proof = prove::prove(pool, *program, {}, *recording, options);
      ASSERT_TRUE(proof);
      if (first.empty()) first = *proof;
      EXPECT_EQ(first, *proof) << threads << " threads";
    });
  }
}

}  // namespace
}  // namespace mipzk
