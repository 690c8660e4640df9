// SPDX-License-Identifier: Apache-2.0
// Proves one run of a small program with a fixed seed and verifies the proof; prints the proof's
// hash. With neither loader nor OpenSSL, so that it can be built for processors whose libraries
// are not there.
#include <cstddef>
#include <cstdio>
#include <string_view>
#include <vector>

#include "base/cpu_tier.hpp"
#include "hash/blake3.hpp"
#include "prove/prove.hpp"
#include "unit/prove/small_program.hpp"
#include "verify/verify.hpp"

namespace {

using namespace mipzk;

int fail(const Error& e) {
  std::printf("%s: %s\n", errc_name(e.code), e.message);
  return 1;
}

int run() {
  Pool pool(1);
  const auto program = prove::load_program(pool, test::program_of(test::sum_program(5)));
  if (!program) return fail(program.error());
  const std::vector<uint8_t> private_input = {1, 2, 3, 4}, public_input = {0, 0, 0, 9};
  auto recording = vm::record(program->program, {private_input, public_input, {}});
  if (!recording) return fail(recording.error());
  prove::Options options;
  options.seed.assign(32, 0x5a);
  const auto proof = prove::prove(pool, *program, public_input, std::move(*recording), options);
  if (!proof) return fail(proof.error());

  const verify::Policy policy;
  std::vector<std::max_align_t> workspace(
      verify::workspace_size(policy) / sizeof(std::max_align_t) + 1);
  const size_t bytes = workspace.size() * sizeof(std::max_align_t);
  verify::Claim claim;
  if (Status s = verify::verify(program->id, *proof, policy, workspace.data(), bytes, claim); !s)
    return fail(s.error());
  std::vector<uint8_t> damaged = *proof;
  damaged.back() ^= 1;
  if (verify::verify(program->id, damaged, policy, workspace.data(), bytes, claim)) {
    std::printf("a damaged proof is accepted\n");
    return 1;
  }
  std::printf("%zu bytes, hash ", proof->size());
  for (const uint8_t b : hash::blake3(*proof)) std::printf("%02x", b);
  std::printf("\n");
  return 0;
}

}  // namespace

// Argument: the name of the CPU tier that must be in use, if given.
int main(int argc, char** argv) {
  const std::string_view used = cpu_tiers()[cpu_tier()].name;
  if (argc > 1 && used != argv[1]) {
    std::printf("the CPU tier is %s\n", cpu_tiers()[cpu_tier()].name);
    return 1;
  }
  return run();
}
