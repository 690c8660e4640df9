// mipzk run: executes a program without proving.
#include <fmt/format.h>

#include "session.hpp"

namespace mipzk::cli {

int run_command(const Args& args) {
  Options options(
      "mipzk run [options] PROGRAM.elf",
      "Runs a program on the machine, without proving. What the program prints goes to\n"
      "standard error.",
      "program");
  add_run_options(options);
  options.visible().add_options()("output", value("FILE"),
                                  "where to write the output; - is stdout");
  if (!options.parse(args)) return kExitOk;
  const std::string output_path = options.text("output");
  options.required("program");
  check_writable(output_path, "output");

  Context ctx;
  apply_run_options(ctx, options);
  const auto program = load_program(ctx, options.text("program"));
  const auto job = make_job(ctx, program.get(), options);
  const Run run = execute(job.get(), options);
  size_t size = 0;
  const uint8_t* output = mipzk_job_output(job.get(), &size);
  write_file(output_path, output, size, "output");

  Facts facts;
  facts.add("exit_code", uint64_t{run.exit_code});
  facts.add("cycles", run.cycles);
  facts.add("seconds", run.seconds);
  facts.add("mhz", static_cast<double>(run.cycles) / run.seconds / 1e6, "{:.1f}");
  facts.add("output_bytes", uint64_t{size});
  if (output_path != "-") facts.add_bytes("output", output, size);
  show(options, facts, output_path == "-");
  return kExitOk;
}

}  // namespace mipzk::cli
