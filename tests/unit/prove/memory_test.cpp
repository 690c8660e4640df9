// SPDX-License-Identifier: Apache-2.0
// The memory that proving takes is what was estimated. Each proof is made in a process of its own,
// which has no memory of earlier ones to use again.
#include "prove/memory.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "prove/bounds.hpp"
#include "unit/prove/small_program.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MIPZK_TEST_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MIPZK_TEST_SANITIZED
#endif

namespace mipzk {
namespace {

constexpr double kMiB = 1 << 20;

// A line of /proc/self/status, in bytes.
double status(const std::string& name) {
  std::ifstream file("/proc/self/status");
  double kib = 0;
  for (std::string word; file >> word;)
    if (word == name) file >> kib;
  return kib * 1024;
}

// Touches n pages of memory, which the machine holds while it records.
std::vector<uint32_t> pages_program(int n) {
  return {
      test::lui(8, 0x2000),    test::addiu(13, 0, n), test::sw(13, 0, 8), test::addiu(8, 8, 0x1000),
      test::addiu(13, 13, -1), test::bne(13, 0, -4),  test::kNop,         test::kHalt};
}

// True when the estimate for the words' proof is right, in shards of so many cells.
bool prove(const proof::Profile& profile, const std::vector<uint32_t>& words, uint64_t cells) {
  Pool pool(2);
  const auto program = prove::load_program(pool, test::program_of(words));
  const std::vector<uint8_t> private_input = {1, 2, 3, 4}, public_input = {0, 0, 0, 9};
  const double before = status("VmRSS:");
  prove::Run run{{private_input, public_input, {}}, {}};
  run.limits.shard_size = prove::shard_size(cells);
  run.limits.max_shards = 100;
  prove::Options options;
  options.profile = &profile;
  const auto plan = prove::plan_run(pool, *program, run, {}, options);
  if (!plan) return false;
  const uint64_t cycles = plan->outcome.cycles;
  const auto ignore = [](ByteView) { return Status(); };
  if (!prove::prove_run(pool, *program, run, *plan, options, ignore)) return false;
  const double peak = status("VmHWM:") - before;
  const auto estimate = static_cast<double>(plan->memory_bytes);
  std::printf("%s, %llu instructions, %zu shards: %.1f MiB, estimated %.1f MiB\n", profile.name,
              static_cast<unsigned long long>(cycles), plan->shards.size(), peak / kMiB,
              estimate / kMiB);
  std::fflush(stdout);
  // Shards that are proved at the same time rarely have their most at the same moment.
  const double factor = plan->shards.size() == 1 ? 1.05 : 1.5;
  const double most = factor * peak + 20 * kMiB;
  return estimate >= peak && estimate < most;
}

TEST(Memory, IsWhatWasEstimated) {
#ifdef MIPZK_TEST_SANITIZED
  GTEST_SKIP() << "sanitizers take memory of their own";
#endif
  for (const proof::Profile* profile : {&proof::kS100, &proof::kC100})
    for (const auto& words : {test::sum_program(10), test::sum_program(5000),
                              test::sum_program(32000), pages_program(32000)})
      for (const uint64_t cells : {uint64_t{1} << 30, uint64_t{1} << 22}) {
        if (cells < 1 << 30 && profile != &proof::kS100) continue;
        const pid_t child = fork();
        if (child == 0) _exit(prove(*profile, words, cells) ? 0 : 1);
        int result = -1;
        waitpid(child, &result, 0);
        EXPECT_EQ(result, 0) << profile->name;
      }
}

}  // namespace
}  // namespace mipzk
