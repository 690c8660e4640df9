// SPDX-License-Identifier: Apache-2.0
// A context, a program and a job as the subcommands use them, and what they share.
#pragma once

#include <mipzk/mipzk.h>

#include <array>
#include <atomic>
#include <exception>
#include <memory>
#include <string>

#include "files.hpp"
#include "options.hpp"

namespace mipzk::cli {

struct Free {
  void operator()(mipzk_ctx* p) const { mipzk_ctx_free(p); }
  void operator()(mipzk_program* p) const { mipzk_program_free(p); }
  void operator()(mipzk_job* p) const { mipzk_job_free(p); }
  void operator()(mipzk_blob* p) const { mipzk_blob_free(p); }
};
template <class T>
using Handle = std::unique_ptr<T, Free>;

// Ctrl-C cancels what the context is doing.
class Context {
 public:
  Context();
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  mipzk_ctx* get() const { return ctx_.get(); }
  void set(mipzk_option option, uint64_t value);

 private:
  Handle<mipzk_ctx> ctx_;
};

// Set by the first Ctrl-C.
const std::atomic_flag& interrupt_flag();

Handle<mipzk_program> load_program(Context& ctx, const std::string& path);
Handle<mipzk_program> load_program(Context& ctx, const Bytes& elf, const std::string& path);

std::array<uint8_t, 32> program_id(const mipzk_program* program);

// For callbacks of the library: gives f(), or `stop` when it throws. What it threw is in `failure`,
// to be thrown again after the call.
template <class T, class F>
T keeping_failure(std::exception_ptr& failure, T stop, const F& f) {
  try {
    return f();
  } catch (...) {
    failure = std::current_exception();
    return stop;
  }
}

// --public, --private, --hints, --max-cycles, --guest-memory, --threads
void add_run_options(Options& options);
void apply_run_options(Context& ctx, const Options& options);
Handle<mipzk_job> make_job(Context& ctx, const mipzk_program* program, const Options& options);

// --max-memory, --shard-cells, --shard-cycles, --no-hiding, --shape
void add_proof_options(Options& options);
// `profile`: the name of a parameter set; empty: the default.
void apply_proof_options(Context& ctx, const Options& options, const std::string& profile);
std::string default_profile();
// --shape, for a job.
void apply_shape(mipzk_job* job, const Options& options);
// Of a run that is not proved, with what there is to do about it.
Failure not_proved(const mipzk_error& err, const mipzk_job& job, const Options& options);
// Runs the job for a proof; throws when there is none.
mipzk_estimate estimate(mipzk_job* job, const Options& options);
// What it says of shards and memory, but nothing that a fixed shape hides.
void add_estimate(Facts& facts, const mipzk_estimate& estimate, const Options& options);

// Runs the job; shows what the guest prints on standard error; throws with the fault's text.
struct Run {
  uint64_t cycles = 0;
  uint32_t exit_code = 0;
  double seconds = 0;
};
Run execute(mipzk_job* job, const Options& options);
// The failure of a run that did not come to its end.
Failure run_failure(const mipzk_error& err, const mipzk_job& job, const Options& options);

// --expect-exit-code, 0 when absent; a usage failure for what is no exit code.
uint32_t expected_exit_code(const Options& options);

double now();                  // seconds of a steady clock
uint64_t peak_memory_bytes();  // of this process so far

// Whether the proof hides the private input. `flags`: MIPZK_PROOF_*.
void add_hiding(Facts& facts, uint32_t flags);

}  // namespace mipzk::cli
