// SPDX-License-Identifier: Apache-2.0
// mipzk for C++20: what mipzk.h has, with owners that free themselves, spans, exceptions and
// std::function. One header, nothing to link but the library. C++20 for std::span: inputs and
// outputs are bytes that somebody else owns.
//
// Failures. Each call that can fail has two forms: `load` throws mipzk::Error, `try_load` returns a
// Result, which is the value or the Error. In programs without exceptions only the second is of
// use: `value()` of a failure ends them. Neither form catches std::bad_alloc of this header's own
// small allocations.
//
// Owners (Context, Program, Job, Proof) can be moved, not copied, and destroyed in any order. A
// moved-from one answers MIPZK_E_ARGUMENT or nothing. Threads, secrets and lifetimes are as in
// mipzk.h: one thread at a time for an object that is not const; inputs are copied; what is
// returned as a span belongs to the object that returned it, or, for a claim, to the proof that was
// given.
//
// Callbacks run on the thread of the call. One that throws ends the call, and the exception comes
// out of it, in both forms. They must not use the job.
#ifndef MIPZK_MIPZK_HPP_
#define MIPZK_MIPZK_HPP_

#include <mipzk/mipzk.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#ifndef MIPZK_VERIFY_ONLY
#include <functional>
#endif

namespace mipzk {
// The static library has a namespace of the same name with other things in it.
inline namespace api {

using Bytes = std::span<const uint8_t>;
using ProgramId = std::array<uint8_t, 32>;

// ---- Failures ----------------------------------------------------------------------------------

// A refusal in the library's own words: what() has nothing of a private input.
class Error : public std::runtime_error {
 public:
  explicit Error(const mipzk_error& e)
      : std::runtime_error(e.message), status_(e.status), detail_(e.detail) {}
  Error(mipzk_status status, const char* message) : std::runtime_error(message), status_(status) {}

  mipzk_status status() const noexcept { return status_; }  // MIPZK_E_*
  uint32_t detail() const noexcept { return detail_; }      // as the status says, or 0
  const char* name() const noexcept { return mipzk_status_name(status_); }

 private:
  mipzk_status status_;
  uint32_t detail_ = 0;
};

namespace detail {

[[noreturn]] inline void raise(const Error& error) {
#ifdef __cpp_exceptions
  throw error;
#else
  static_cast<void>(error);
  std::terminate();
#endif
}

}  // namespace detail

// A T, or the Error for which there is none. `*r` and `r->` want a value, `r.error()` an error.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : either_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : either_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const noexcept { return either_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }
  T& operator*() & noexcept { return *std::get_if<0>(&either_); }
  const T& operator*() const& noexcept { return *std::get_if<0>(&either_); }
  T&& operator*() && noexcept { return std::move(*std::get_if<0>(&either_)); }
  T* operator->() noexcept { return std::get_if<0>(&either_); }
  const T* operator->() const noexcept { return std::get_if<0>(&either_); }
  const Error& error() const noexcept { return *std::get_if<1>(&either_); }
  // Throws the error.
  T value() && {
    if (!has_value()) detail::raise(error());
    return std::move(**this);
  }

 private:
  std::variant<T, Error> either_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }
  const Error& error() const noexcept { return *error_; }
  void value() const {
    if (error_) detail::raise(*error_);
  }

 private:
  std::optional<Error> error_;
};

namespace detail {

// f(mipzk_error*) -> mipzk_status, as a Result.
template <class F>
Result<void> call(const F& f) {
  mipzk_error err;
  if (f(&err) == MIPZK_OK) return {};
  return Error(err);
}

// f(T*, mipzk_error*) -> mipzk_status, which fills a struct that begins with struct_size.
template <class T, class F>
Result<T> fill(const F& f) {
  T out{};
  out.struct_size = sizeof out;
  if (auto done = call([&](mipzk_error* err) { return f(&out, err); }); !done) return done.error();
  return out;
}

}  // namespace detail

// ---- Verifying ---------------------------------------------------------------------------------

// What the verifier accepts; 0 means the default (mipzk_verify_policy).
struct Policy {
  uint32_t min_security_bits = 0;
  uint64_t max_proof_bytes = 0;
  uint64_t max_cycles = 0;
  uint32_t flags = 0;  // MIPZK_VERIFY_*
  uint32_t exit_code = 0;
  uint32_t max_shards = 0;

  mipzk_verify_policy c() const noexcept {
    return {sizeof(mipzk_verify_policy),
            min_security_bits,
            max_proof_bytes,
            max_cycles,
            flags,
            exit_code,
            max_shards,
            0};
  }
};

// What an accepted proof states; the spans are parts of the proof that was given.
struct Claim {
  uint32_t exit_code = 0;
  Bytes public_input, output;
  uint32_t shards = 0;
  uint32_t security_bits = 0;  // provable, rounded down
  uint32_t flags = 0;          // MIPZK_PROOF_*
};

namespace detail {

inline Claim claim_in(Bytes proof, const mipzk_claim& c) {
  const auto part = [&](const mipzk_range& r) {
    return proof.subspan(static_cast<size_t>(r.offset), static_cast<size_t>(r.size));
  };
  return {c.exit_code, part(c.public_input), part(c.output), c.shards, c.security_bits, c.flags};
}

}  // namespace detail

// Bytes that any proof within the policy needs; 0 for an invalid policy.
inline size_t workspace_size(const Policy& policy = {}) noexcept {
  const mipzk_verify_policy p = policy.c();
  return mipzk_verify_workspace_size(&p);
}

// In a workspace of the caller's, of workspace_size(policy) bytes. Any Error is a refusal.
inline Result<Claim> try_verify(std::span<const uint8_t, 32> program_id, Bytes proof,
                                const Policy& policy, std::span<std::byte> workspace) {
  const mipzk_verify_policy p = policy.c();
  auto claim = detail::fill<mipzk_claim>([&](mipzk_claim* out, mipzk_error* err) {
    return mipzk_verify(program_id.data(), proof.data(), proof.size(), &p, workspace.data(),
                        workspace.size(), out, err);
  });
  if (!claim) return claim.error();
  return detail::claim_in(proof, *claim);
}
inline Result<Claim> try_verify(std::span<const uint8_t, 32> program_id, Bytes proof,
                                const Policy& policy = {}) {
  std::vector<std::byte> workspace(workspace_size(policy) + 1);
  return try_verify(program_id, proof, policy, workspace);
}
inline Claim verify(std::span<const uint8_t, 32> program_id, Bytes proof,
                    const Policy& policy = {}) {
  return try_verify(program_id, proof, policy).value();
}

// What a proof says about itself, NOT verified.
inline Result<mipzk_proof_info> try_inspect(Bytes proof) {
  return detail::fill<mipzk_proof_info>([&](mipzk_proof_info* out, mipzk_error* err) {
    return mipzk_proof_inspect(proof.data(), proof.size(), out, err);
  });
}
inline mipzk_proof_info inspect(Bytes proof) { return try_inspect(proof).value(); }

// The shapes of all shards of a proof, for Job::shape; not verified either.
inline Result<std::vector<uint8_t>> try_shape_of(Bytes proof) {
  const auto info = try_inspect(proof);
  if (!info) return info.error();
  std::vector<uint8_t> shape(4 * size_t{info->shards} + 2 * size_t{info->tables});
  size_t size = 0;
  const auto done = detail::call([&](mipzk_error* err) {
    return mipzk_proof_shape(proof.data(), proof.size(), shape.data(), shape.size(), &size, err);
  });
  if (!done) return done.error();
  return shape;
}
inline std::vector<uint8_t> shape_of(Bytes proof) { return try_shape_of(proof).value(); }

// The security of each round, for a proof's parameters and shape.
inline Result<mipzk_security> try_security(Bytes proof, uint32_t regime = MIPZK_REGIME_JOHNSON) {
  return detail::fill<mipzk_security>([&](mipzk_security* out, mipzk_error* err) {
    return mipzk_proof_security(proof.data(), proof.size(), regime, out, err);
  });
}
inline mipzk_security security(Bytes proof, uint32_t regime = MIPZK_REGIME_JOHNSON) {
  return try_security(proof, regime).value();
}

// The parameter sets; the first is the default.
inline std::vector<mipzk_profile> profiles() {
  std::vector<mipzk_profile> all(mipzk_profile_count());
  for (uint32_t i = 0; i < all.size(); ++i) {
    all[i].struct_size = sizeof all[i];
    mipzk_profile_get(i, &all[i], nullptr);
  }
  return all;
}

#ifndef MIPZK_VERIFY_ONLY

// ---- Proving -----------------------------------------------------------------------------------

namespace detail {

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};

template <class T, auto kFree>
using Handle = std::unique_ptr<T, Free<kFree>>;

// f(T** out, mipzk_error*) -> mipzk_status, which makes an object for an Owner.
template <class Owner, class T, class F>
Result<Owner> make(const F& f) {
  T* object = nullptr;
  if (auto done = call([&](mipzk_error* err) { return f(&object, err); }); !done)
    return done.error();
  return Owner(object);
}

}  // namespace detail

// A finished proof. It is a range of bytes, so a span can be made of it.
class Proof {
 public:
  explicit Proof(mipzk_blob* blob) noexcept : blob_(blob) {}
  const uint8_t* data() const noexcept { return mipzk_blob_data(blob_.get()); }
  size_t size() const noexcept { return mipzk_blob_size(blob_.get()); }
  const uint8_t* begin() const noexcept { return data(); }
  const uint8_t* end() const noexcept { return data() + size(); }

 private:
  detail::Handle<mipzk_blob, mipzk_blob_free> blob_;
};

struct Symbol {
  std::string_view name;  // belongs to the program
  uint32_t address = 0, size = 0;
};

// A loaded ELF file.
class Program {
 public:
  explicit Program(mipzk_program* program) noexcept : program_(program) {}
  mipzk_program* get() const noexcept { return program_.get(); }

  // What a verifier must know in advance; all zero of a moved-from program.
  ProgramId id() const noexcept {
    ProgramId id{};
    mipzk_program_id(get(), id.data());
    return id;
  }
  Result<mipzk_program_info> try_inspect() const {
    return detail::fill<mipzk_program_info>([&](mipzk_program_info* out, mipzk_error* err) {
      return mipzk_program_inspect(get(), out, err);
    });
  }
  mipzk_program_info inspect() const { return try_inspect().value(); }
  Result<mipzk_segment> try_segment(uint32_t index) const {
    return detail::fill<mipzk_segment>([&](mipzk_segment* out, mipzk_error* err) {
      return mipzk_program_segment(get(), index, out, err);
    });
  }
  mipzk_segment segment(uint32_t index) const { return try_segment(index).value(); }
  // Ascending by address; nothing if there are not so many.
  std::optional<Symbol> symbol(uint64_t index) const noexcept {
    Symbol s;
    const char* name = mipzk_program_symbol(get(), index, &s.address, &s.size);
    if (name == nullptr) return {};
    s.name = name;
    return s;
  }
  // The least shape with every table that a run may need; belongs to the program.
  Bytes shape() const noexcept {
    size_t size = 0;
    const uint8_t* data = mipzk_program_shape(get(), &size);
    return {data, size};
  }

 private:
  detail::Handle<mipzk_program, mipzk_program_free> program_;
};

// How a run ended. The output belongs to the job and is gone with its next run or input.
struct Run {
  uint64_t cycles = 0;
  uint32_t exit_code = 0;
  Bytes output;
};

using PrintFn = std::function<void(Bytes text)>;
using MarkFn = std::function<void(uint64_t cycle, uint32_t mark)>;
using CyclesFn = std::function<bool(uint64_t cycles)>;             // false cancels
using ProgressFn = std::function<bool(const mipzk_progress& at)>;  // false cancels
// Writes the next bytes of a proof to the buffer and returns how many: 0 at its end, a negative
// number to give up.
using ReadFn = std::function<int64_t(std::span<uint8_t> buffer)>;
using WriteFn = std::function<bool(Bytes piece)>;  // false cancels
// What a program asks for by a name; empty: there is no answer.
using AskFn = std::function<std::optional<std::vector<uint8_t>>(Bytes name)>;

namespace detail {

// The callbacks of a job, at an address that stays, and what one of them threw.
struct Hooks {
  PrintFn print;
  MarkFn mark;
  CyclesFn cycles;
  ProgressFn progress;
  WriteFn write;
  ReadFn read;
  AskFn ask;
  std::exception_ptr thrown;

  // Whether to go on. After an exception no callback is called any more.
  template <class F>
  bool run(const F& f) noexcept {
    if (thrown) return false;
#ifdef __cpp_exceptions
    try {
      return f();
    } catch (...) {
      thrown = std::current_exception();
      return false;
    }
#else
    return f();
#endif
  }
  void rethrow() {
#ifdef __cpp_exceptions
    if (thrown) std::rethrow_exception(std::exchange(thrown, nullptr));
#endif
  }

  static void on_print(void* user, const uint8_t* text, size_t size) {
    auto& hooks = *static_cast<Hooks*>(user);
    hooks.run([&] { return hooks.print(Bytes(text, size)), true; });
  }
  static void on_mark(void* user, uint64_t cycle, uint32_t mark) {
    auto& hooks = *static_cast<Hooks*>(user);
    hooks.run([&] { return hooks.mark(cycle, mark), true; });
  }
  // These two are always set, because they can end a call for the others.
  static int32_t on_cycles(void* user, uint64_t cycles) {
    auto& hooks = *static_cast<Hooks*>(user);
    return hooks.run([&] { return !hooks.cycles || hooks.cycles(cycles); }) ? 0 : 1;
  }
  static int32_t on_progress(void* user, const mipzk_progress* at) {
    auto& hooks = *static_cast<Hooks*>(user);
    return hooks.run([&] { return !hooks.progress || hooks.progress(*at); }) ? 0 : 1;
  }
  static int64_t on_read(void* user, uint8_t* buffer, size_t size) {
    auto& hooks = *static_cast<Hooks*>(user);
    int64_t taken = -1;
    hooks.run([&] { return taken = hooks.read({buffer, size}), true; });
    return taken;
  }
  static int32_t on_ask(void* user, const uint8_t* name, size_t size, mipzk_write_fn take,
                        void* take_user) {
    auto& hooks = *static_cast<Hooks*>(user);
    return hooks.run([&] {
      const auto answer = hooks.ask(Bytes(name, size));
      return !answer || take(take_user, answer->data(), answer->size()) == 0;
    })
               ? 0
               : 1;
  }
  static int32_t on_write(void* user, const uint8_t* data, size_t size) {
    auto& hooks = *static_cast<Hooks*>(user);
    return hooks.run([&] { return hooks.write(Bytes(data, size)); }) ? 0 : 1;
  }
};

}  // namespace detail

// One run of a program, and its proof.
class Job {
 public:
  explicit Job(mipzk_job* job) : job_(job), hooks_(std::make_unique<detail::Hooks>()) {
    mipzk_job_on_cycles(job, detail::Hooks::on_cycles, hooks_.get(), nullptr);
  }
  mipzk_job* get() const noexcept { return job_.get(); }

  // From any thread and from signal handlers: ends the job's calls, under way or begun later, until
  // resume().
  void cancel() const noexcept { mipzk_job_cancel(get()); }
  void resume() const noexcept { mipzk_job_resume(get()); }

  // Inputs are copied; setting one forgets the results of a run.
  Result<void> try_public_input(Bytes data) { return give(mipzk_job_public_input, data); }
  void public_input(Bytes data) { try_public_input(data).value(); }
  Result<void> try_private_input(Bytes data) { return give(mipzk_job_private_input, data); }
  void private_input(Bytes data) { try_private_input(data).value(); }
  // Of Linux programs: see mipzk_job_argument and the functions behind it.
  Result<void> try_argument(const char* text) {
    return detail::call([&](mipzk_error* e) { return mipzk_job_argument(get(), text, e); });
  }
  void argument(const char* text) { try_argument(text).value(); }
  Result<void> try_environment(const char* text) {
    return detail::call([&](mipzk_error* e) { return mipzk_job_environment(get(), text, e); });
  }
  void environment(const char* text) { try_environment(text).value(); }
  Result<void> try_file(const char* name, Bytes data, uint32_t flags = 0) {
    return detail::call([&](mipzk_error* e) {
      return mipzk_job_file(get(), name, data.data(), data.size(), flags, e);
    });
  }
  void file(const char* name, Bytes data, uint32_t flags = 0) {
    try_file(name, data, flags).value();
  }
  Result<void> try_clock(uint64_t seconds) {
    return detail::call([&](mipzk_error* e) { return mipzk_job_clock(get(), seconds, e); });
  }
  void clock(uint64_t seconds) { try_clock(seconds).value(); }
  Result<void> try_random(std::span<const uint8_t, 32> seed) {
    return detail::call([&](mipzk_error* e) { return mipzk_job_random(get(), seed.data(), e); });
  }
  void random(std::span<const uint8_t, 32> seed) { try_random(seed).value(); }
  // The public input that a proof of this job claims.
  Bytes claimed_input() const noexcept {
    size_t size = 0;
    const uint8_t* data = mipzk_job_claimed_input(get(), &size);
    return {data, size};
  }
  Result<void> try_hints(Bytes data) { return give(mipzk_job_hints, data); }
  void hints(Bytes data) { try_hints(data).value(); }
  Result<void> try_shape(Bytes data) { return give(mipzk_job_shape, data); }
  void shape(Bytes data) { try_shape(data).value(); }
  Result<void> try_seed(std::span<const uint8_t, 32> seed) {
    return detail::call([&](mipzk_error* e) { return mipzk_job_seed(get(), seed.data(), e); });
  }
  void seed(std::span<const uint8_t, 32> seed) { try_seed(seed).value(); }

  // For all calls from now on; an empty function removes the callback.
  Result<void> try_on_print(PrintFn fn) {
    return hook(&detail::Hooks::print, std::move(fn), mipzk_job_on_print, detail::Hooks::on_print);
  }
  void on_print(PrintFn fn) { try_on_print(std::move(fn)).value(); }
  Result<void> try_on_mark(MarkFn fn) {
    return hook(&detail::Hooks::mark, std::move(fn), mipzk_job_on_mark, detail::Hooks::on_mark);
  }
  void on_mark(MarkFn fn) { try_on_mark(std::move(fn)).value(); }
  // See mipzk_job_on_ask: asked once, and as secret as the private input.
  Result<void> try_on_ask(AskFn fn) {
    return hook(&detail::Hooks::ask, std::move(fn), mipzk_job_on_ask, detail::Hooks::on_ask);
  }
  void on_ask(AskFn fn) { try_on_ask(std::move(fn)).value(); }
  void on_cycles(CyclesFn fn) {
    if (hooks_) hooks_->cycles = std::move(fn);
  }

  Result<Run> try_execute() {
    Run result;
    auto done = run([&](mipzk_error* err) {
      return mipzk_job_execute(get(), &result.cycles, &result.exit_code, err);
    });
    if (!done) return done.error();
    result.output = output();
    return result;
  }
  Run execute() { return try_execute().value(); }

  Result<mipzk_estimate> try_estimate() {
    mipzk_estimate out{};
    out.struct_size = sizeof out;
    auto done = run([&](mipzk_error* err) { return mipzk_job_estimate(get(), &out, err); });
    if (!done) return done.error();
    return out;
  }
  mipzk_estimate estimate() { return try_estimate().value(); }
  // The shape that a proof of the run has, for the shape of others.
  Result<std::vector<uint8_t>> try_estimate_shape() {
    mipzk_blob* blob = nullptr;
    auto done = run([&](mipzk_error* err) { return mipzk_job_estimate_shape(get(), &blob, err); });
    const Proof shape(blob);
    if (!done) return done.error();
    return std::vector<uint8_t>(shape.begin(), shape.end());
  }
  std::vector<uint8_t> estimate_shape() { return try_estimate_shape().value(); }
  // Milliseconds that proving will take here and now, about.
  Result<uint64_t> try_estimate_time() {
    uint64_t out = 0;
    auto done = run([&](mipzk_error* err) { return mipzk_job_estimate_time(get(), &out, err); });
    if (!done) return done.error();
    return out;
  }
  uint64_t estimate_time() { return try_estimate_time().value(); }

  Result<Proof> try_prove(ProgressFn progress = {}) {
    if (hooks_) hooks_->progress = std::move(progress);
    mipzk_blob* blob = nullptr;
    auto done = run([&](mipzk_error* err) {
      return mipzk_job_prove(get(), detail::Hooks::on_progress, hooks_.get(), &blob, err);
    });
    Proof proof(blob);
    if (!done) return done.error();
    return proof;
  }
  Proof prove(ProgressFn progress = {}) { return try_prove(std::move(progress)).value(); }

  // Gives the proof piece by piece, so that it is never whole in memory. What was written before a
  // failure is of no use.
  Result<void> try_prove_to(WriteFn write, ProgressFn progress = {}) {
    if (hooks_) {
      hooks_->progress = std::move(progress);
      hooks_->write = std::move(write);
    }
    return run([&](mipzk_error* err) {
      const bool given = hooks_ && hooks_->write;
      return mipzk_job_prove_to(get(), detail::Hooks::on_progress, hooks_.get(),
                                given ? detail::Hooks::on_write : nullptr, hooks_.get(), err);
    });
  }
  void prove_to(WriteFn write, ProgressFn progress = {}) {
    try_prove_to(std::move(write), std::move(progress)).value();
  }

  // Of the last successful run; no data before.
  Bytes output() const noexcept {
    size_t size = 0;
    const uint8_t* data = mipzk_job_output(get(), &size);
    return {data, size};
  }
  // Why the last run stopped; empty if it did not fail.
  std::string_view fault_text() const noexcept { return mipzk_job_fault_text(get()); }

 private:
  template <class F>
  Result<void> give(F function, Bytes data) {
    return detail::call(
        [&](mipzk_error* err) { return function(get(), data.data(), data.size(), err); });
  }
  template <class Fn, class Set, class Trampoline>
  Result<void> hook(Fn detail::Hooks::*place, Fn fn, Set set, Trampoline trampoline) {
    auto done = detail::call(
        [&](mipzk_error* err) { return set(get(), fn ? trampoline : nullptr, hooks_.get(), err); });
    if (done) (*hooks_).*place = std::move(fn);
    return done;
  }
  template <class F>
  Result<void> run(const F& f) {
    auto done = detail::call(f);
    if (hooks_) {
      hooks_->progress = nullptr;
      hooks_->write = nullptr;
      hooks_->rethrow();
    }
    return done;
  }

  detail::Handle<mipzk_job, mipzk_job_free> job_;
  std::unique_ptr<detail::Hooks> hooks_;  // freeing a job calls none of them
};

// What a proof states that was read once: the spans of the claim are parts of the front.
struct StreamClaim {
  Claim claim;
  Proof front;
};

// Options, threads, cancellation.
class Context {
 public:
  Context() : Context(try_new().value()) {}
  static Result<Context> try_new() {
    return detail::make<Context, mipzk_ctx>([](mipzk_ctx** out, mipzk_error* err) {
      return mipzk_ctx_new(MIPZK_ABI_VERSION, out, err);
    });
  }
  explicit Context(mipzk_ctx* ctx) noexcept : ctx_(ctx) {}
  mipzk_ctx* get() const noexcept { return ctx_.get(); }

  // MIPZK_OPT_*, for programs and jobs that are made afterwards.
  Result<void> try_set(mipzk_option option, uint64_t value) {
    return detail::call([&](mipzk_error* e) { return mipzk_ctx_set_u64(get(), option, value, e); });
  }
  void set(mipzk_option option, uint64_t value) { try_set(option, value).value(); }

  // From any thread, and from signal handlers.
  void cancel() const noexcept { mipzk_ctx_cancel(get()); }
  void resume() const noexcept { mipzk_ctx_resume(get()); }

  Result<Program> try_load(Bytes elf) {
    return detail::make<Program, mipzk_program>([&](mipzk_program** out, mipzk_error* err) {
      return mipzk_program_load_elf(get(), elf.data(), elf.size(), out, err);
    });
  }
  Program load(Bytes elf) { return try_load(elf).value(); }

  Result<Job> try_job(const Program& program) {
    return detail::make<Job, mipzk_job>([&](mipzk_job** out, mipzk_error* err) {
      return mipzk_job_new(get(), program.get(), out, err);
    });
  }
  Job job(const Program& program) { return try_job(program).value(); }

  // verify() on all threads, for proofs of many shards.
  Result<Claim> try_verify(std::span<const uint8_t, 32> program_id, Bytes proof,
                           const Policy& policy = {}) {
    const mipzk_verify_policy p = policy.c();
    auto claim = detail::fill<mipzk_claim>([&](mipzk_claim* out, mipzk_error* err) {
      return mipzk_ctx_verify(get(), program_id.data(), proof.data(), proof.size(), &p, out, err);
    });
    if (!claim) return claim.error();
    return detail::claim_in(proof, *claim);
  }
  Claim verify(std::span<const uint8_t, 32> program_id, Bytes proof, const Policy& policy = {}) {
    return try_verify(program_id, proof, policy).value();
  }
  // The same for a proof that is read once, in order, in memory that does not grow with its shards.
  Result<StreamClaim> try_verify_stream(std::span<const uint8_t, 32> program_id, ReadFn read,
                                        const Policy& policy = {}) {
    detail::Hooks hooks;
    hooks.read = std::move(read);
    const mipzk_verify_policy p = policy.c();
    mipzk_blob* blob = nullptr;
    auto claim = detail::fill<mipzk_claim>([&](mipzk_claim* out, mipzk_error* err) {
      return mipzk_ctx_verify_stream(get(), program_id.data(),
                                     hooks.read ? detail::Hooks::on_read : nullptr, &hooks, &p,
                                     &blob, out, err);
    });
    Proof front(blob);
    hooks.rethrow();
    if (!claim) return claim.error();
    const Claim found = detail::claim_in(Bytes(front), *claim);
    return StreamClaim{found, std::move(front)};
  }
  StreamClaim verify_stream(std::span<const uint8_t, 32> program_id, ReadFn read,
                            const Policy& policy = {}) {
    return try_verify_stream(program_id, std::move(read), policy).value();
  }

 private:
  detail::Handle<mipzk_ctx, mipzk_ctx_free> ctx_;
};

#endif  // MIPZK_VERIFY_ONLY

}  // namespace api
}  // namespace mipzk

#endif  // MIPZK_MIPZK_HPP_
