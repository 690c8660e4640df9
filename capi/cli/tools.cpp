// SPDX-License-Identifier: Apache-2.0
#include "tools.hpp"

#include <cstdio>
#include <memory>

#include "../boundary.hpp"
#include "../objects.hpp"
#include "debug/gdb_stub.hpp"
#include "debug/profile.hpp"
#include "debug/strace.hpp"
#include "debug/trace_text.hpp"
#include "files.hpp"
#include "progress.hpp"
#include "session.hpp"

namespace mipzk::cli {
namespace {

using State = vm::Stepper::State;

constexpr size_t kShownFunctions = 40;
constexpr uint64_t kSlice = 1u << 15;  // between two looks at the interrupt flag

const char kExamples[] =
    "Tools for authors of guests (docs/DEBUGGING.md); they show values of the run on standard\n"
    "error, which may be private, because you asked:\n"
    "  mipzk run --profile guest.elf               where the instructions and trace cells go\n"
    "  mipzk run --profile=guest.folded guest.elf  ... and call chains for a flame graph\n"
    "  mipzk run --trace=1000:1020 guest.elf       twenty instructions with what they wrote\n"
    "  mipzk run --strace guest.elf                the system calls\n"
    "  mipzk run --gdb 1234 guest.elf              then, in another terminal:\n"
    "      gdb-multiarch guest.elf -ex 'target remote :1234' -ex 'break main' -ex continue\n\n";

// Standard error, in order and in large pieces.
class Log {
 public:
  ~Log() { flush(); }
  void line(const std::string& text) {
    if (in_guest_line_) buffer_ += '\n';
    in_guest_line_ = false;
    buffer_ += text;
    buffer_ += '\n';
    if (buffer_.size() >= kFull) flush();
  }
  void flush() {
    put_text(stderr, buffer_);
    buffer_.clear();
  }
  // What the guest has shown there: the next line begins below it.
  void shown(ByteView text) {
    if (!text.empty()) in_guest_line_ = text.back() != '\n';
  }

 private:
  static constexpr size_t kFull = 1u << 16;
  std::string buffer_;
  bool in_guest_line_ = false;
};

struct Range {
  uint64_t from = 0, to = UINT64_MAX;
};

Range trace_range(const Options& options) {
  Range range;
  const std::string text = options.text("trace");
  if (text.empty()) return range;
  const size_t colon = text.find(':');
  if (colon == std::string::npos)
    throw Failure(kExitUsage, "--trace wants FROM:TO, not " + quoted(text),
                  "--trace=1000:1020 shows twenty instructions; --trace=1000: all from 1000 on");
  if (colon > 0) range.from = parse_number(text.substr(0, colon), "--trace");
  if (colon + 1 < text.size()) range.to = parse_number(text.substr(colon + 1), "--trace");
  if (range.from >= range.to)
    throw Failure(kExitUsage, "--trace=" + text + " is empty: FROM must be less than TO");
  return range;
}

vm::Inputs inputs_of(const mipzk_job& job) {
  return {job.private_input, job.public_input, capi::hints_of(job)};
}

vm::Hooks hooks_of(const mipzk_job& job, Log& log) {
  vm::Hooks hooks;
  hooks.print = [&job, &log](ByteView text) {
    log.flush();
    job.print(job.print_user, text.data(), text.size());
    log.shown(text);
  };
  hooks.cycle = [&job, &log](uint64_t cycle, uint32_t mark) {
    log.flush();
    job.mark(job.mark_user, cycle, mark);
  };
  return hooks;
}

std::string stack_text(const debug::CallTracker& tracker, const vm::Stepper& machine) {
  return "\n  call stack:\n" + tracker.text(machine);
}

[[noreturn]] void fail(const Error& error, const Options& options, const std::string& detail) {
  mipzk_error err;
  capi::report(&err, error);
  throw failure(err, quoted(options.text("program")) + " did not finish", detail);
}

ToolRun outcome(vm::Stepper& machine, const Options& options, const std::string& stack) {
  vm::FaultReport report;
  auto result = machine.finish(&report);
  if (!result) fail(result.error(), options, report.text + stack);
  ToolRun run;
  run.cycles = result->cycles;
  run.exit_code = result->exit_code;
  run.output = std::move(result->output);
  return run;
}

ToolRun run_observed(mipzk_job& job, const Options& options) {
  const isa::Program& program = job.elf->program();
  const debug::CodeMap code(program);
  Log log;
  vm::Stepper machine(program, inputs_of(job), job.settings.limits, hooks_of(job, log));
  std::unique_ptr<debug::Profiler> profiler;
  std::unique_ptr<debug::SyscallTracer> calls;
  std::unique_ptr<debug::Tracer> tracer;
  std::vector<debug::Observer*> always, traced;
  if (options.has("strace")) {
    calls = std::make_unique<debug::SyscallTracer>(code, [&log](const std::string& text) {
      log.line(text);
      log.flush();
    });
    always.push_back(calls.get());
  }
  if (options.has("profile")) {
    profiler = std::make_unique<debug::Profiler>(code, machine);
    always.push_back(profiler.get());
  }
  traced = always;
  Range range{UINT64_MAX, UINT64_MAX};
  if (options.has("trace")) {
    range = trace_range(options);
    tracer =
        std::make_unique<debug::Tracer>(code, [&log](const std::string& text) { log.line(text); });
    traced.push_back(tracer.get());
  }

  State state = State::kRunning;
  while (state == State::kRunning && !interrupt_flag().test()) {
    const uint64_t cycle = machine.cycles();
    const bool in_range = cycle >= range.from && cycle < range.to;
    const uint64_t edge = in_range ? range.to : cycle < range.from ? range.from : UINT64_MAX;
    const auto& observers = in_range ? traced : always;
    const uint64_t count = std::min(kSlice, edge - cycle);
    state = observers.empty() ? machine.run(count)
                              : debug::run_observed(machine, code, observers, count);
    progress().cycles(machine.cycles());
  }
  progress().clear();

  if (calls != nullptr) calls->finish(machine);
  log.flush();
  std::string stack;
  if (profiler != nullptr) {
    stack = stack_text(profiler->tracker(), machine);
    if (!options.json()) put_text(stderr, profiler->text(kShownFunctions));
    const std::string folded = profiler->folded();
    write_file(options.text("profile"), reinterpret_cast<const uint8_t*>(folded.data()),
               folded.size(), "profile");
  }
  ToolRun run = outcome(machine, options, stack);
  if (profiler != nullptr) run.profile_json = profiler->json();
  return run;
}

ToolRun run_under_gdb(mipzk_job& job, const Options& options) {
  const uint64_t port = options.number("gdb");
  if (port > UINT16_MAX) throw Failure(kExitUsage, "--gdb wants a port below 65536");
  const isa::Program& program = job.elf->program();
  const debug::CodeMap code(program);
  Log log;
  vm::Stepper machine(program, inputs_of(job), job.settings.limits, hooks_of(job, log));
  debug::GdbConnection connection(interrupt_flag());
  const auto listening = connection.listen(static_cast<uint16_t>(port));
  if (!listening) throw Failure(kExitUsage, listening.error().message, "choose another port");
  std::fprintf(stderr, "waiting for gdb on 127.0.0.1:%u\n", unsigned{*listening});
  if (Status s = connection.accept(); !s) {
    if (s.error().code == Errc::kCancelled) throw Failure(kExitCancelled, "interrupted");
    throw Failure(kExitFile, s.error().message);
  }
  debug::GdbStub stub(machine, code, connection);
  const auto end = stub.serve();
  if (stub.changed_state())
    std::fputs(
        "note: the debugger changed registers or memory; the results are those of this\n"
        "session, not of the program\n",
        stderr);
  if (end == debug::GdbStub::End::kDetached)
    while (machine.state() == State::kRunning && !interrupt_flag().test()) machine.run(kSlice);
  if (machine.state() == State::kRunning && !interrupt_flag().test()) {
    ToolRun run;
    run.finished = false;
    run.cycles = machine.cycles();
    return run;
  }
  return outcome(machine, options, "");
}

}  // namespace

void add_tool_options(Options& options) {
  options.add_optional(
      "profile", "[=FILE]",
      "count instructions and trace cells per function; FILE gets the call chains as "
      "folded stacks");
  options.add_optional(
      "trace", "[=FROM:TO]",
      "show each instruction with the values that it writes, or only those with at "
      "least FROM and fewer than TO instructions before them");
  options.visible().add_options()("strace", "show system calls with their arguments and results")(
      "gdb", value("PORT"),
      "wait for gdb on 127.0.0.1:PORT; 0 takes a free port. Every user of this computer can "
      "connect and read the inputs");
  options.set_examples(kExamples);
}

bool wants_tools(const Options& options) {
  const bool observed = options.has("profile") || options.has("trace") || options.has("strace");
  if (options.has("gdb") && observed)
    throw Failure(kExitUsage, "--gdb does not go together with --profile, --trace or --strace",
                  "run twice: a run is the same every time");
  if (options.has("trace")) trace_range(options);
  if (options.has("gdb") && options.number("gdb") > UINT16_MAX)
    throw Failure(kExitUsage, "--gdb wants a port below 65536");
  return observed || options.has("gdb");
}

ToolRun run_with_tools(mipzk_job& job, const Options& options) {
  return options.has("gdb") ? run_under_gdb(job, options) : run_observed(job, options);
}

std::string fault_stack(const mipzk_job& job) {
  constexpr uint64_t kMost = 1u << 26;  // about a second
  const isa::Program& program = job.elf->program();
  const debug::CodeMap code(program);
  vm::Stepper machine(program, inputs_of(job), job.settings.limits, {});
  debug::Profiler profiler(code, machine);
  debug::Observer* const observers[] = {&profiler};
  State state = State::kRunning;
  while (state == State::kRunning && machine.cycles() < kMost && !interrupt_flag().test())
    state = debug::run_observed(machine, code, observers, kSlice);
  if (state == State::kFault) return stack_text(profiler.tracker(), machine);
  if (state == State::kRunning) return "\n  --profile shows the call stack";
  return "";
}

}  // namespace mipzk::cli
