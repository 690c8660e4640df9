// SPDX-License-Identifier: Apache-2.0
// The whole pipeline on small programs: record, prove, verify; and the verdicts on altered proofs.
#include <gtest/gtest.h>

#include "prove/prove.hpp"
#include "support/verify_proof.hpp"
#include "unit/prove/small_program.hpp"
#include "verify/fixed_roots.hpp"

namespace mipzk {
namespace {

struct Proved {
  prove::LoadedProgram program;
  std::vector<uint8_t> proof;
  vm::Outcome outcome;
};

Proved prove_words(const std::vector<uint32_t>& words, const std::vector<uint8_t>& private_input,
                   const std::vector<uint8_t>& public_input, const proof::Profile* profile) {
  Pool pool(2);
  Proved r;
  auto loaded = prove::load_program(pool, test::program_of(words));
  EXPECT_TRUE(loaded) << loaded.error().message;
  r.program = std::move(*loaded);
  vm::Inputs in{private_input, public_input, {}};
  auto recording = vm::record(r.program.program, in);
  EXPECT_TRUE(recording) << recording.error().message;
  prove::Options options;
  options.profile = profile;
  auto proof = prove::prove(pool, r.program, public_input, *recording, options);
  EXPECT_TRUE(proof) << proof.error().message;
  if (proof) r.proof = std::move(*proof);
  r.outcome = recording->outcome;
  return r;
}

TEST(EndToEnd, SmallProgramEveryProfile) {
  for (const proof::Profile& profile : test::kProfiles) {
    Proved p = prove_words(test::sum_program(5), {1, 2, 3, 4}, {0, 0, 0, 9}, &profile);
    ASSERT_FALSE(p.proof.empty());
    verify::Claim claim;
    Status s =
        test::verify_proof(p.program.id, p.proof, test::test_policy(profile.target_bits), claim);
    EXPECT_TRUE(s) << profile.name << ": " << s.error().message;
    EXPECT_EQ(claim.exit_code, 7u);
    ByteView out = ByteView(p.proof).subspan(claim.output_offset, claim.output_size);
    EXPECT_EQ(std::vector<uint8_t>(out.begin(), out.end()), p.outcome.output);
    printf("%s: %zu bytes\n", profile.name, p.proof.size());
  }
}

TEST(EndToEnd, RootsOfTheFixedTables) {
  Pool pool(2);
  for (unsigned log_blowup : {1u, 2u})
    EXPECT_EQ(prove::fixed_root(pool, log_blowup), verify::kFixedRoots[log_blowup - 1]);
}

}  // namespace
}  // namespace mipzk
