// SPDX-License-Identifier: Apache-2.0
// mipzk prove: runs a program, proves the run, and checks the proof before writing it.
#include <fmt/format.h>

#include <exception>
#include <optional>

#include "paths.hpp"
#include "progress.hpp"
#include "session.hpp"
#include "state.hpp"

namespace mipzk::cli {
namespace {

// A proof on its way to its file, for the library's callbacks; what they throw waits for the end of
// the call.
struct ProofFile {
  ProofFile(const std::string& path) : file(path, "proof") {}

  OutputFile file;
  uint64_t read_bytes = 0;
  std::exception_ptr failure;

  static int32_t write(void* user, const uint8_t* data, size_t size) {
    auto& self = *static_cast<ProofFile*>(user);
    return keeping_failure(self.failure, int32_t{1}, [&] {
      self.file.append(data, size);
      return int32_t{0};
    });
  }
  static int64_t read(void* user, uint8_t* out, size_t size) {
    auto& self = *static_cast<ProofFile*>(user);
    return keeping_failure(self.failure, int64_t{-1}, [&] {
      const size_t n = self.file.read(self.read_bytes, out, size);
      self.read_bytes += n;
      return static_cast<int64_t>(n);
    });
  }
};

// The question is whether the proof is right; whoever receives it has a policy of their own.
mipzk_verify_policy any_right_proof() {
  mipzk_verify_policy policy = {};
  policy.struct_size = sizeof policy;
  policy.min_security_bits = 1;
  policy.max_proof_bytes = UINT64_MAX;
  policy.max_cycles = UINT64_MAX;
  policy.max_shards = UINT32_MAX;
  policy.flags = MIPZK_VERIFY_ALLOW_NO_HIDING | MIPZK_VERIFY_ANY_EXIT_CODE;
  return policy;
}

mipzk_claim verify(Context& ctx, const uint8_t* id, ProofFile& proof) {
  const mipzk_verify_policy policy = any_right_proof();
  mipzk_claim claim = {};
  claim.struct_size = sizeof claim;
  mipzk_error err;
  mipzk_blob* front = nullptr;
  const mipzk_status status = mipzk_ctx_verify_stream(ctx.get(), id, ProofFile::read, &proof,
                                                      &policy, &front, &claim, &err);
  const Handle<mipzk_blob> owner(front);
  if (proof.failure) std::rethrow_exception(proof.failure);
  if (status == MIPZK_E_CANCELLED) check(status, err, "verifying the new proof");
  if (status != MIPZK_OK)
    throw Failure(kExitInternal, std::string("the new proof does not verify: ") + err.message,
                  "this is a defect of mipzk: please report it; nothing was written", "",
                  mipzk_status_name(err.status));
  return claim;
}

// The job's estimate; with a folder from the plan that is kept there, if there is one.
mipzk_estimate plan(mipzk_job* job, const std::optional<StateFolder>& state,
                    const Options& options) {
  if (!state) return estimate(job, options);
  mipzk_estimate run;
  try {
    run = estimate(job, options);
  } catch (const Failure&) {
    state->check_failure();
    throw;
  }
  const size_t parts = state->count("part-");
  if (parts != 0)
    fmt::print(stderr, "mipzk: going on with {} of {} shards proved\n", parts, run.shards);
  return run;
}

}  // namespace

int prove_command(const Args& args) {
  Options options("mipzk prove [options] PROGRAM.elf --proof FILE",
                  "Runs a program and proves the run. The proof is verified before it appears.\n"
                  "It hides the private input, but for what the output, the exit code and the\n"
                  "heights of its tables tell; --shape fixes the heights. A run that ends with\n"
                  "another exit code than 0 is proved too, but `mipzk verify` has to be told. No\n"
                  "output may be the file of an input or of another output.",
                  "program");
  add_run_options(options);
  add_proof_options(options);
  options.visible().add_options()("proof", value("FILE"), "where to write the proof; - is stdout")(
      "profile", value("NAME"), "parameter set (`mipzk security` lists them)")(
      "output", value("FILE"), "where to write the program's output")(
      "seed", value("FILE"),
      "32 random, secret bytes that make the proof repeatable; never use them for anything else")(
      "expect-exit-code", value("N"), "do not prove a run that ends with another exit code")(
      "state", value("DIR"),
      "folder for what is finished, readable by you alone: the same command goes on with it after "
      "a "
      "kill or a full disk; removed when the proof is there")(
      "keep-state", "leave the folder of --state as it is, with the key that undoes the hiding")(
      "skip-verify", "do not verify the proof before it appears");
  if (!options.parse(args)) return kExitOk;
  options.required("program");
  const std::string proof_path = options.required("proof");
  const std::string output_path = options.text("output");
  check_files(options, {"program", "public", "private", "hints", "seed", "shape"},
              {"proof", "output"});
  check_writable(proof_path, "proof");
  check_writable(output_path, "output");
  if (options.has("keep-state") && !options.has("state"))
    throw Failure(kExitUsage, "--keep-state wants --state DIR");
  if (options.has("state") && options.text("state").empty())
    throw Failure(kExitUsage, "--state wants the name of a folder");

  Context ctx;
  apply_run_options(ctx, options);
  apply_proof_options(ctx, options, options.text("profile"));
  const auto program = load_program(ctx, options.text("program"));
  const auto job = make_job(ctx, program.get(), options);
  mipzk_error err;
  if (options.has("seed")) {
    const Bytes seed = read_file(options.text("seed"), "seed", kSeedLimit);
    if (seed.size() != 32)
      throw Failure(kExitUsage, "a seed has 32 bytes", "head -c 32 /dev/urandom > seed");
    check(mipzk_job_seed(job.get(), seed.data(), &err), err, "the seed");
  }
  apply_shape(job.get(), options);
  std::optional<StateFolder> state;
  if (options.has("state")) {
    state.emplace(options.text("state"));
    state->attach(job.get());
  }
  const mipzk_estimate run = plan(job.get(), state, options);
  if (options.has("expect-exit-code") && expected_exit_code(options) != run.exit_code)
    throw Failure(kExitExitCode, fmt::format("the program ended with exit code {}", run.exit_code),
                  "nothing was proved; check the inputs with `mipzk run`");

  const double start = now();
  ProofFile proof(proof_path);
  const mipzk_status status =
      mipzk_job_prove_to(job.get(), on_step, nullptr, ProofFile::write, &proof, &err);
  progress().clear();
  if (proof.failure) std::rethrow_exception(proof.failure);
  if (state) state->check_failure();
  if (status != MIPZK_OK) throw not_proved(err, *job, options);
  const double seconds = now() - start;

  const auto id = program_id(program.get());
  double verify_seconds = 0;
  mipzk_claim claim = {};
  if (!options.has("skip-verify")) {
    const double verify_start = now();
    claim = verify(ctx, id.data(), proof);
    verify_seconds = now() - verify_start;
  }
  size_t output_size = 0;
  const uint8_t* output = mipzk_job_output(job.get(), &output_size);
  // The proof first: it is what cost the time.
  proof.file.publish();
  write_file(output_path, output, output_size, "output");
  if (state && !options.has("keep-state")) state->wipe();

  Facts facts;
  facts.add("program_id", hex(id.data(), id.size()));
  facts.add("exit_code", uint64_t{run.exit_code});
  facts.add_bytes("output", output, output_size);
  // A fixed shape is there to hide how long the run was: the report does not tell it either.
  const bool tells_length = !options.has("shape");
  if (tells_length) {
    facts.add("cycles", run.cycles);
    facts.add("khz", static_cast<double>(run.cycles) / seconds / 1e3, "{:.1f}");
  }
  facts.add("proving_seconds", seconds);
  facts.add("proof_bytes", proof.file.size());
  facts.add("profile", options.has("profile") ? options.text("profile") : default_profile());
  if (!options.has("skip-verify")) {
    facts.add("security_bits", uint64_t{claim.security_bits});
    facts.add("verification_seconds", verify_seconds);
  }
  add_estimate(facts, run, options);
  if (tells_length)
    facts.add("peak_memory_mib", static_cast<double>(peak_memory_bytes()) / (1 << 20), "{:.0f}");
  add_hiding(facts, options.has("no-hiding") ? MIPZK_PROOF_NO_HIDING : 0);
  show(options, facts, proof_path == "-" || output_path == "-");
  if (run.exit_code != 0)
    fmt::print(stderr,
               "mipzk: the program FAILED: it ended with exit code {0}, and the proof says so\n"
               "  `mipzk verify` refuses the proof unless told --expect-exit-code {0}\n",
               run.exit_code);
  return kExitOk;
}

}  // namespace mipzk::cli
