// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <vector>

#include "inputs.hpp"
#include "progress.hpp"
#include "tools.hpp"

namespace mipzk::cli {
namespace {

std::atomic<mipzk_ctx*> interrupted_context{nullptr};
std::atomic_flag interrupt;
static_assert(std::atomic<mipzk_ctx*>::is_always_lock_free);

extern "C" void on_interrupt(int number) {
  interrupt.test_and_set();
  mipzk_ctx_cancel(interrupted_context.load());
  std::signal(number, SIG_DFL);  // a second one ends the tool at once
}

void on_print(void*, const uint8_t* text, size_t size) {
  progress().clear();
  put_text(stderr, {reinterpret_cast<const char*>(text), size});
}

// `shape` is not null when a fixed shape hides how long the run is.
void on_mark(void* shape, uint64_t cycle, uint32_t mark) {
  progress().clear();
  if (shape != nullptr)
    std::fprintf(stderr, "mark %u\n", mark);
  else
    std::fprintf(stderr, "mark %u at cycle %llu\n", mark, static_cast<unsigned long long>(cycle));
}

}  // namespace

const std::atomic_flag& interrupt_flag() { return interrupt; }

Context::Context() {
  mipzk_ctx* ctx = nullptr;
  mipzk_error err;
  check(mipzk_ctx_new(MIPZK_ABI_VERSION, &ctx, &err), err, "cannot start");
  ctx_.reset(ctx);
  interrupted_context = ctx;
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

Context::~Context() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  interrupted_context = nullptr;
}

void Context::set(mipzk_option option, uint64_t value) {
  mipzk_error err;
  if (mipzk_ctx_set_u64(get(), option, value, &err) != MIPZK_OK)
    throw Failure(kExitUsage, err.message, "", "", mipzk_status_name(err.status));
}

Handle<mipzk_program> load_program(Context& ctx, const std::string& path) {
  return load_program(ctx, read_file(path, "program", kProgramLimit), path);
}

Handle<mipzk_program> load_program(Context& ctx, const Bytes& elf, const std::string& path) {
  mipzk_program* program = nullptr;
  mipzk_error err;
  check(mipzk_program_load_elf(ctx.get(), elf.data(), elf.size(), &program, &err), err,
        "cannot load " + quoted(path));
  return Handle<mipzk_program>(program);
}

std::array<uint8_t, 32> program_id(const mipzk_program* program) {
  std::array<uint8_t, 32> id;
  mipzk_program_id(program, id.data());
  if (id == std::array<uint8_t, 32>{})
    throw Failure(kExitMemory, "there is too little memory for the id of the program");
  return id;
}

void add_run_options(Options& options) {
  options.visible().add_options()("public", value("FILE"), "public input, part of what is proved")(
      "private", value("FILE"), "private input; - is standard input");
  add_public_input_options(options);
  add_private_input_options(options);
  options.visible().add_options()(
      "hints", value("FILE"), "words for the program's hint calls, in the program's byte order")(
      "max-cycles", value("N"), "stop the program after N instructions (default 2^32)")(
      "guest-memory", value("N"), "bytes that the program may touch, e.g. 256M (default 1G)")(
      "threads", value("N"), "threads to use (default: all)");
}

void apply_run_options(Context& ctx, const Options& options) {
  ctx.set(MIPZK_OPT_MAX_CYCLES, options.number("max-cycles"));
  ctx.set(MIPZK_OPT_MAX_GUEST_MEMORY, options.number("guest-memory"));
  ctx.set(MIPZK_OPT_THREADS, options.number("threads"));
}

Handle<mipzk_job> make_job(Context& ctx, const mipzk_program* program, const Options& options) {
  const Bytes public_input = read_file(options.text("public"), "public input", kInputLimit);
  const Bytes private_input = read_file(options.text("private"), "private input", kInputLimit);
  const Bytes hints = read_file(options.text("hints"), "hints", kInputLimit);
  mipzk_job* raw = nullptr;
  mipzk_error err;
  check(mipzk_job_new(ctx.get(), program, &raw, &err), err, "cannot start");
  Handle<mipzk_job> job(raw);
  check(mipzk_job_public_input(raw, public_input.data(), public_input.size(), &err), err,
        "the public input");
  check(mipzk_job_private_input(raw, private_input.data(), private_input.size(), &err), err,
        "the private input");
  give_inputs(raw, options);
  check(mipzk_job_hints(raw, hints.data(), hints.size(), &err), err, "the hints");
  check(mipzk_job_on_print(raw, on_print, nullptr, &err), err, "cannot start");
  static char fixed;
  check(mipzk_job_on_mark(raw, on_mark, options.has("shape") ? &fixed : nullptr, &err), err,
        "cannot start");
  check(mipzk_job_on_cycles(raw, on_cycles, nullptr, &err), err, "cannot start");
  const bool busy = options.has("trace") || options.has("strace") || options.has("gdb");
  progress().begin(busy             ? Progress::Form::kNone
                   : options.json() ? Progress::Form::kJson
                                    : Progress::Form::kTerminal,
                   !options.has("shape"));
  return job;
}

Run execute(mipzk_job* job, const Options& options) {
  Run run;
  mipzk_error err;
  const double start = now();
  if (mipzk_job_execute(job, &run.cycles, &run.exit_code, &err) != MIPZK_OK)
    throw run_failure(err, *job, options);
  run.seconds = now() - start;
  progress().clear();
  return run;
}

uint32_t expected_exit_code(const Options& options) {
  const uint64_t code = options.number("expect-exit-code");
  if (code > UINT32_MAX) throw Failure(kExitUsage, "--expect-exit-code wants a number of 32 bits");
  return static_cast<uint32_t>(code);
}

Failure run_failure(const mipzk_error& err, const mipzk_job& job, const Options& options) {
  return failure(err, quoted(options.text("program")) + " did not finish",
                 mipzk_job_fault_text(&job) + fault_stack(job));
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

uint64_t peak_memory_bytes() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

void add_hiding(Facts& facts, uint32_t flags) {
  const bool hides = (flags & MIPZK_PROOF_NO_HIDING) == 0;
  facts.add("hides_private_input", hides);
  if (!hides) facts.say("note: this proof does NOT hide the private input");
}

}  // namespace mipzk::cli
