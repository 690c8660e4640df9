// SPDX-License-Identifier: Apache-2.0
// Proves one run of a guest and prints what each phase cost:
//   prove_bench GUEST.elf PRIVATE_FILE [threads] [profile] [tier] [blind] [cells]
// tier: a name of base/cpu_tier_list.hpp, or best; blind: 0 leaves the masks out; cells: log2 of
// the cells of a shard, 0: one shard.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "base/cpu_tier.hpp"
#include "elf/load.hpp"
#include "kernel/inputs.hpp"
#include "kernel/kernel.hpp"
#include "prove/prove.hpp"
#include "prove/run.hpp"
#include "verify/verify.hpp"

namespace {

std::vector<uint8_t> read_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// A line of /proc/self/status, in bytes.
uint64_t memory(const std::string& name) {
  std::ifstream status("/proc/self/status");
  uint64_t kib = 0;
  for (std::string word; status >> word;)
    if (word == name) status >> kib;
  return kib << 10;
}

bool force_named(const std::string& name) {
  for (size_t i = 0; i < mipzk::cpu_tiers().size(); ++i) {
    if (name != mipzk::cpu_tiers()[i].name || !mipzk::cpu_tiers()[i].available) continue;
    mipzk::force_cpu_tier(i);
    return true;
  }
  return name == "best";
}

[[noreturn]] void fail(const mipzk::Error& e) {
  std::fprintf(stderr, "prove_bench: %s: %s\n", mipzk::errc_name(e.code), e.message);
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace mipzk;
  if (argc < 3) {
    std::fprintf(stderr,
                 "usage: prove_bench GUEST.elf PRIVATE_FILE [threads] [profile] [tier] [blind] "
                 "[cells]\n");
    return 2;
  }
  Pool pool(argc > 3 ? static_cast<unsigned>(std::atoi(argv[3])) : 0);
  prove::Options options;
  if (argc > 4) options.profile = proof::find_profile(static_cast<uint32_t>(std::atoi(argv[4])));
  if (options.profile == nullptr) return 2;
  if (argc > 5 && !force_named(argv[5])) {
    std::fprintf(stderr, "prove_bench: no CPU tier %s here\n", argv[5]);
    return 2;
  }
  if (argc > 6) options.masks = std::atoi(argv[6]) != 0 ? prove::Masks() : prove::Masks::none();

  auto image = elf::load(read_file(argv[1]));
  if (!image) fail(image.error());
  if (kernel::wanted(*image))
    if (Status s = kernel::attach(*image); !s) fail(s.error());
  auto built = isa::build_program(*image);
  if (!built) fail(built.error());
  double t0 = now();
  auto program = prove::load_program(pool, std::move(*built));
  if (!program) fail(program.error());
  double t1 = now();
  std::vector<uint8_t> input = read_file(argv[2]);
  if (program->program.trap_vector != 0 && !input.empty()) {  // as its standard input
    std::vector<uint8_t> half;
    kernel::append_entry(half, kernel::Entry::kStream, "", input);
    input = std::move(half);
  }
  const uint64_t before = memory("VmRSS:");
  prove::Run run{{input, {}, {}}, {}};
  if (const int log = argc > 7 ? std::atoi(argv[7]) : 0; log != 0) {
    run.limits.shard_size = prove::shard_size(uint64_t{1} << log);
    run.limits.max_shards = proof::kMaxShards;
  }
  const auto planned = prove::plan_run(pool, *program, run, {}, options);
  if (!planned) fail(planned.error());
  double t2 = now(), last = t2;
  const double cycles = static_cast<double>(planned->outcome.cycles);
  options.progress = [&](prove::Phase phase, uint64_t done, uint64_t total) {
    double t = now();
    std::printf("  step %2llu of %llu (phase %u): %7.3f s\n", static_cast<unsigned long long>(done),
                static_cast<unsigned long long>(total), static_cast<unsigned>(phase), t - last);
    last = t;
    return false;
  };
  std::vector<uint8_t> proof;
  const auto sink = [&](ByteView bytes) {
    proof.insert(proof.end(), bytes.begin(), bytes.end());
    return Status();
  };
  if (Status s = prove::prove_run(pool, *program, run, *planned, options, sink); !s)
    fail(s.error());
  double t3 = now();
  const uint64_t peak = memory("VmHWM:") - before;
  verify::Policy policy;
  policy.min_security_bits = 0;
  policy.allow_not_hiding = true;
  policy.max_proof_bytes = proof.size();
  std::vector<std::max_align_t> ws(verify::workspace_size(policy) / sizeof(std::max_align_t) + 1);
  verify::Claim claim;
  Status s = verify::verify(program->id, proof, policy, ws.data(), ws.size() * sizeof ws[0], claim);
  double t4 = now();
  if (!s) fail(s.error());
  constexpr double kMiB = 1 << 20;
  std::printf(
      "%s: %.0f cycles, %zu shards, %u at a time; load %.3f s, plan %.3f s, prove %.3f s = %.1f "
      "kHz, proof %zu bytes (estimated %+.1f %%), "
      "verify %.1f ms, memory %.0f MiB, estimated %.0f MiB (%+.1f %%), %.0f MiB before\n",
      options.profile->name, cycles, planned->shards.size(), planned->workers, t1 - t0, t2 - t1,
      t3 - t2, cycles / (t3 - t2) / 1e3, proof.size(),
      100 * (static_cast<double>(planned->proof_bytes) / static_cast<double>(proof.size()) - 1),
      (t4 - t3) * 1e3, static_cast<double>(peak) / kMiB,
      static_cast<double>(planned->memory_bytes) / kMiB,
      100 * (static_cast<double>(planned->memory_bytes) / static_cast<double>(peak) - 1),
      static_cast<double>(before) / kMiB);
  return 0;
}
