// SPDX-License-Identifier: Apache-2.0
// The key of the masks is worth as much as the private input: nothing of it is left after a proof.
#include <gtest/gtest.h>
#include <malloc.h>

#include <optional>

#include "zk/memory_scan.hpp"
#include "zk/open_prover.hpp"
#include "zk/two_witnesses.hpp"

namespace mipzk::test {
namespace {

class Key : public testing::Test {
 protected:
  static void SetUpTestSuite() { mallopt(M_ARENA_MAX, 1); }

  // Proves up to the given step, and tells what is left of the key and the derived seed.
  void expect_gone_after(uint64_t last_step) {
    TwoWitnesses runs(kTest2, 2);
    std::optional<Secret> key;
    size_t while_proving = 0;
    {
      prove::Options options = runs.options(1);
      OpenProver* prover = nullptr;
      uint64_t steps = 0;
      options.progress = [&](prove::Phase, uint64_t, uint64_t) {
        ++steps;
        if (!key) key.emplace(prover->key());
        for (const Hit& hit : Patterns(*key).scan_process())
          while_proving += hit.mapping.left_out_of_cores;
        return steps >= last_step;
      };
      OpenProver p(runs.pool, runs.program, options);
      prover = &p;
      bool cancelled = false;
      try {
        EXPECT_TRUE(p.run({{}, runs.recording[0].outcome.output, 7}, runs.traces[0]));
      } catch (const Cancelled&) {
        cancelled = true;
      }
      EXPECT_EQ(cancelled, last_step <= 9);
    }
    wipe_stack();  // prove_traces() does
    ASSERT_TRUE(key);
    EXPECT_GT(while_proving, 0u);  // the search finds it where it has to be
    const std::vector<Hit> left = Patterns(*key).scan_process();
    for (const Hit& hit : left) ADD_FAILURE() << hit.form << " in " << hit.mapping.name;
  }
};

TEST_F(Key, IsGoneAfterAProof) { expect_gone_after(1000); }
TEST_F(Key, IsGoneAfterCancelling) {
  for (uint64_t step : {2, 5, 8, 9}) expect_gone_after(step);
}

}  // namespace
}  // namespace mipzk::test
