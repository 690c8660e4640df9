// SPDX-License-Identifier: Apache-2.0
// mipzk run: executes a program without proving.
#include <fmt/format.h>

#include "paths.hpp"
#include "progress.hpp"
#include "session.hpp"
#include "shapes.hpp"
#include "tools.hpp"

namespace mipzk::cli {
namespace {

ToolRun plain_run(mipzk_job* job, const Options& options) {
  const Run run = execute(job, options);
  size_t size = 0;
  const uint8_t* output = mipzk_job_output(job, &size);
  ToolRun result;
  result.cycles = run.cycles;
  result.exit_code = run.exit_code;
  result.output.assign(output, output + size);
  return result;
}

void write_planned_shape(mipzk_job* job, const Options& options) {
  mipzk_blob* blob = nullptr;
  mipzk_error err;
  check(mipzk_job_estimate_shape(job, &blob, &err), err, "cannot estimate the shape");
  const Handle<mipzk_blob> shape(blob);
  write_shape(mipzk_blob_data(blob), mipzk_blob_size(blob), "the run", options, "shape-to");
}

// What proving the run would take.
int estimate_command(mipzk_job* job, const Options& options) {
  const mipzk_estimate e = estimate(job, options);
  if (options.has("shape-to")) write_planned_shape(job, options);
  uint64_t milliseconds = 0;
  mipzk_error err;
  check(mipzk_job_estimate_time(job, &milliseconds, &err), err, "cannot estimate the time");
  progress().clear();
  Facts facts;
  facts.add("exit_code", uint64_t{e.exit_code});
  if (!options.has("shape")) facts.add("cycles", e.cycles);
  add_estimate(facts, e, options);
  facts.add("estimated_seconds", static_cast<double>(milliseconds) / 1000, "{:.1f}");
  facts.add("estimated_proof_bytes", e.proof_bytes);
  show(options, facts, options.text("shape-to") == "-");
  return kExitOk;
}

}  // namespace

int run_command(const Args& args) {
  Options options(
      "mipzk run [options] PROGRAM.elf",
      "Runs a program on the machine, without proving. What the program prints goes to\n"
      "standard error, at most 1 MiB and 4 bytes for each instruction. A terminal gets control\n"
      "characters as \\x1b, a pipe or a file the bytes.",
      "program");
  add_run_options(options);
  options.visible().add_options()("output", value("FILE"),
                                  "where to write the output; - is stdout");
  options.add_optional(
      "estimate", "[=NAME]",
      "say what proving the run would take, with the default parameter set or that "
      "of a name; the next options belong to this");
  add_proof_options(options);
  options.visible().add_options()(
      "shape-to", value("FILE"),
      "with --estimate: write the shape of the run's proof, as `mipzk inspect PROOF --shape` does");
  add_shape_options(options, "shape-to");
  add_tool_options(options);
  if (!options.parse(args)) return kExitOk;
  const std::string output_path = options.text("output");
  options.required("program");
  const bool tools = wants_tools(options);
  check_shape_options(options, "shape-to");
  if (options.has("shape-to") && !options.has("estimate"))
    throw Failure(kExitUsage, "--shape-to goes with --estimate");
  check_files(options, {"program", "public", "private", "hints"},
              {"output", "profile", "shape-to"});
  check_writable(output_path, "output");
  check_writable(options.text("shape-to"), "shape");
  check_writable(options.text("profile"), "profile");

  Context ctx;
  apply_run_options(ctx, options);
  apply_proof_options(ctx, options, options.text("estimate"));
  const auto program = load_program(ctx, options.text("program"));
  const auto job = make_job(ctx, program.get(), options);
  if (options.has("estimate")) {
    if (tools || !output_path.empty())
      throw Failure(kExitUsage, "--estimate goes with options of the run and of the proof alone");
    apply_shape(job.get(), options);
    return estimate_command(job.get(), options);
  }
  const double start = now();
  const ToolRun run = tools ? run_with_tools(*job, options) : plain_run(job.get(), options);
  const double seconds = now() - start;
  if (!run.finished) {
    fmt::print(stderr, "the debugger ended the run after {} instructions\n", run.cycles);
    return kExitCancelled;
  }
  write_file(output_path, run.output.data(), run.output.size(), "output");

  Facts facts;
  facts.add("exit_code", uint64_t{run.exit_code});
  facts.add("cycles", run.cycles);
  facts.add("seconds", seconds);
  facts.add("mhz", static_cast<double>(run.cycles) / seconds / 1e6, "{:.1f}");
  facts.add("output_bytes", uint64_t{run.output.size()});
  if (output_path != "-") facts.add_bytes("output", run.output.data(), run.output.size());
  if (!run.profile_json.empty()) facts.add_json("profile", run.profile_json);
  show(options, facts, output_path == "-" || options.text("profile") == "-");
  return kExitOk;
}

}  // namespace mipzk::cli
