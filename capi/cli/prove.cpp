// SPDX-License-Identifier: Apache-2.0
// mipzk prove: runs a program, proves the run, and checks the proof before writing it.
#include <fmt/format.h>

#include "paths.hpp"
#include "progress.hpp"
#include "session.hpp"

namespace mipzk::cli {
namespace {

// Of a run that is not proved, with what there is to do about it.
Failure not_proved(const mipzk_error& err, const mipzk_job& job, const Options& options) {
  Failure e = failure(err, "cannot prove the run", mipzk_job_fault_text(&job));
  const bool may_be_cut = !options.has("shape") && !options.has("shard-cycles");
  if (err.status == MIPZK_E_UNPROVABLE && may_be_cut)
    e.cure += ";\n  or cut the run into shards with --shard-cycles 1M";
  if (err.status == MIPZK_E_UNPROVABLE && options.has("shape"))
    e.cure =
        "give the program less work, or another shape; `mipzk inspect PROOF --shape FILE --grow "
        "N`\n"
        "  makes a higher one";
  if (err.status == MIPZK_E_NO_MEMORY) {
    const std::string profile = options.text("profile");
    e.cure = "give the program less work, or free memory";
    if (!profile.empty() && profile != "S100") e.cure += "; --profile S100 takes less";
    if (may_be_cut) e.cure += "; --shard-cycles 1M takes less";
    e.cure += "; --max-proving-memory N sets another limit";
  }
  return e;
}

// The run that is to be proved, refused as soon as it cannot be; `memory_bytes`: what proving
// takes.
Run execute_for_proof(mipzk_job* job, const Options& options, uint64_t& memory_bytes) {
  mipzk_estimate estimate = {};
  estimate.struct_size = sizeof estimate;
  mipzk_error err;
  const double start = now();
  const mipzk_status status = mipzk_job_estimate(job, &estimate, &err);
  if (status == MIPZK_E_UNPROVABLE || status == MIPZK_E_NO_MEMORY)
    throw not_proved(err, *job, options);
  if (status != MIPZK_OK) throw run_failure(err, *job, options);
  progress().clear();
  memory_bytes = estimate.memory_bytes;
  return {estimate.cycles, estimate.exit_code, now() - start};
}

uint32_t profile_id(const std::string& name) {
  if (name.empty()) return 0;
  std::string known;
  for (uint32_t i = 0; i < mipzk_profile_count(); ++i) {
    mipzk_profile p = {};
    p.struct_size = sizeof p;
    mipzk_error err;
    check(mipzk_profile_get(i, &p, &err), err, "profiles");
    if (name == p.name) return p.id;
    known += std::string(i == 0 ? "" : ", ") + p.name;
  }
  throw Failure(kExitUsage, "there is no profile " + quoted(name), "the profiles are " + known);
}

}  // namespace

int prove_command(const Args& args) {
  Options options("mipzk prove [options] PROGRAM.elf --proof FILE",
                  "Runs a program and proves the run. The proof is verified before it is written.\n"
                  "It hides the private input, but for what the output, the exit code and the\n"
                  "heights of its tables tell; --shape fixes the heights. A run that ends with\n"
                  "another exit code than 0 is proved too, but `mipzk verify` has to be told. No\n"
                  "output may be the file of an input or of another output.",
                  "program");
  add_run_options(options);
  options.visible().add_options()("proof", value("FILE"), "where to write the proof; - is stdout")(
      "output", value("FILE"), "where to write the program's output")(
      "profile", value("NAME"), "parameter set (`mipzk security` lists them)")(
      "seed", value("FILE"),
      "32 random, secret bytes that make the proof repeatable; never use them for anything else")(
      "shape", value("FILE"), "heights of the tables, from `mipzk inspect --shape`")(
      "max-proving-memory", value("N"),
      "bytes that proving may take, e.g. 6G (default: what is available)")(
      "shard-cycles", value("N"),
      "cut a longer run into shards of N instructions, e.g. 1M, proved one by one")(
      "no-hiding", "make a proof that does not hide the private input, a little faster")(
      "expect-exit-code", value("N"), "do not prove a run that ends with another exit code")(
      "skip-verify", "do not verify the proof before writing it");
  if (!options.parse(args)) return kExitOk;
  options.required("program");
  const std::string proof_path = options.required("proof");
  const std::string output_path = options.text("output");
  check_files(options, {"program", "public", "private", "hints", "seed", "shape"},
              {"proof", "output"});
  check_writable(proof_path, "proof");
  check_writable(output_path, "output");

  Context ctx;
  apply_run_options(ctx, options);
  ctx.set(MIPZK_OPT_PROFILE, profile_id(options.text("profile")));
  ctx.set(MIPZK_OPT_MAX_PROVING_MEMORY, options.number("max-proving-memory"));
  ctx.set(MIPZK_OPT_SHARD_CYCLES, options.number("shard-cycles"));
  if (options.has("no-hiding")) ctx.set(MIPZK_OPT_NO_HIDING, 1);
  const auto program = load_program(ctx, options.text("program"));
  const auto job = make_job(ctx, program.get(), options);
  mipzk_error err;
  if (options.has("seed")) {
    const Bytes seed = read_file(options.text("seed"), "seed", kSeedLimit);
    if (seed.size() != 32)
      throw Failure(kExitUsage, "a seed has 32 bytes", "head -c 32 /dev/urandom > seed");
    check(mipzk_job_seed(job.get(), seed.data(), &err), err, "the seed");
  }
  if (options.has("shape")) {
    const Bytes shape = read_file(options.text("shape"), "shape", kShapeLimit);
    if (shape.size() == 0)  // to the library: as the run needs
      throw Failure(kExitFile, "the shape " + quoted(options.text("shape")) + " is empty",
                    kShapeLimit.cure);
    check(mipzk_job_shape(job.get(), shape.data(), shape.size(), &err), err, "the shape");
  }
  uint64_t memory_bytes = 0;
  const Run run = execute_for_proof(job.get(), options, memory_bytes);
  if (options.has("expect-exit-code") && expected_exit_code(options) != run.exit_code)
    throw Failure(kExitExitCode, fmt::format("the program ended with exit code {}", run.exit_code),
                  "nothing was proved; check the inputs with `mipzk run`");

  const double start = now();
  mipzk_blob* raw = nullptr;
  if (mipzk_job_prove(job.get(), on_step, nullptr, &raw, &err) != MIPZK_OK)
    throw not_proved(err, *job, options);
  progress().clear();
  const Handle<mipzk_blob> blob(raw);
  const double seconds = now() - start;
  const uint8_t* proof = mipzk_blob_data(raw);
  const size_t size = mipzk_blob_size(raw);

  uint8_t id[32];
  mipzk_program_id(program.get(), id);
  mipzk_proof_info info = {};
  info.struct_size = sizeof info;
  check(mipzk_proof_inspect(proof, size, &info, &err), err, "the new proof");
  double verify_seconds = 0;
  if (!options.has("skip-verify")) {
    mipzk_verify_policy policy = {};
    policy.struct_size = sizeof policy;
    // The question is whether the proof is right; whoever receives it has a policy of their own.
    policy.min_security_bits = 1;
    policy.max_proof_bytes = UINT64_MAX;
    policy.max_cycles = UINT64_MAX;
    policy.flags = MIPZK_VERIFY_ALLOW_NO_HIDING | MIPZK_VERIFY_ANY_EXIT_CODE;
    mipzk_claim claim = {};
    claim.struct_size = sizeof claim;
    const double verify_start = now();
    if (verify(id, proof, size, policy, &claim, &err) != MIPZK_OK)
      throw Failure(kExitInternal, std::string("the new proof does not verify: ") + err.message,
                    "this is a defect of mipzk: please report it; nothing was written", "",
                    mipzk_status_name(err.status));
    verify_seconds = now() - verify_start;
  }
  size_t output_size = 0;
  const uint8_t* output = mipzk_job_output(job.get(), &output_size);
  // The proof first: it is what cost the time.
  write_file(proof_path, proof, size, "proof");
  write_file(output_path, output, output_size, "output");

  Facts facts;
  facts.add("program_id", hex(id, sizeof id));
  facts.add("exit_code", uint64_t{run.exit_code});
  facts.add_bytes("output", output, output_size);
  // A fixed shape is there to hide how long the run was: the report does not tell it either.
  const bool tells_length = !options.has("shape");
  if (tells_length) {
    facts.add("cycles", run.cycles);
    facts.add("khz", static_cast<double>(run.cycles) / seconds / 1e3, "{:.1f}");
  }
  facts.add("proving_seconds", seconds);
  facts.add("proof_bytes", uint64_t{size});
  if (info.shards != 1) facts.add("shards", uint64_t{info.shards});
  facts.add("profile", std::string(info.profile_name));
  facts.add("security_bits", uint64_t{info.security_bits});
  if (!options.has("skip-verify")) facts.add("verification_seconds", verify_seconds);
  if (tells_length) {
    facts.add("estimated_memory_mib", memory_bytes >> 20);
    facts.add("peak_memory_mib", static_cast<double>(peak_memory_bytes()) / (1 << 20), "{:.0f}");
  }
  add_hiding(facts, info);
  show(options, facts, proof_path == "-" || output_path == "-");
  if (run.exit_code != 0)
    fmt::print(stderr,
               "mipzk: the program FAILED: it ended with exit code {0}, and the proof says so\n"
               "  `mipzk verify` refuses the proof unless told --expect-exit-code {0}\n",
               run.exit_code);
  return kExitOk;
}

}  // namespace mipzk::cli
