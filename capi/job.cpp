// SPDX-License-Identifier: Apache-2.0
// Jobs: inputs, runs and proofs.
#include "answers.hpp"
#include "base/random.hpp"
#include "guard.hpp"
#include "hash/blake3.hpp"
#include "jobs.hpp"
#include "linux_inputs.hpp"
#include "proof/shape.hpp"
#include "prove/writer.hpp"

namespace mipzk::capi {

void forget_plan(mipzk_job& job) {
  job.plan = nullptr;
  job.kept = nullptr;
  job.works = nullptr;
}

void forget_run(mipzk_job& job) {
  job.result = {};
  forget_plan(job);
  job.shown = false;
}

void forget(mipzk_job& job) {
  forget_run(job);
  job.answered = {};
  job.is_answered = false;
}

namespace {

constexpr hash::Key kSeedKey = hash::key_from_text("mipzk v0 job seed");

static_assert(MIPZK_PHASE_TRACE == static_cast<uint32_t>(prove::Phase::kTrace) + 1);
static_assert(MIPZK_PHASE_COMMIT == static_cast<uint32_t>(prove::Phase::kCommit) + 1);
static_assert(MIPZK_PHASE_QUOTIENT == static_cast<uint32_t>(prove::Phase::kQuotient) + 1);
static_assert(MIPZK_PHASE_OPEN == static_cast<uint32_t>(prove::Phase::kOpen) + 1);
static_assert(MIPZK_PHASE_QUERY == static_cast<uint32_t>(prove::Phase::kQuery) + 1);

Status check_input(const uint8_t* data, size_t size) {
  if (!buffer_ok(data, size)) return Error(Errc::kArgument, "data is NULL but its size is not 0");
  if (size > isa::kMaxWindowBytes)
    return Error(Errc::kInput, "an input holds at most 67108860 bytes", isa::kMaxWindowBytes);
  return {};
}

}  // namespace

StopFlags flags_of(const mipzk_job& job) { return {job.settings.cancel.get(), &job.cancel}; }

vm::Inputs inputs_of(const mipzk_job& job) {
  return {job.private_input, job.public_input, hints_of(job)};
}

namespace {

// The first run for these inputs prints and marks; later ones are silent.
vm::Hooks hooks_of(mipzk_job& job) {
  vm::Hooks hooks;
  hooks.cancel = flags_of(job);
  hooks.watch = [&job, last = uint64_t{0}](const vm::Progress& p) mutable -> Status {
    if (job.cycles == nullptr || p.cycles == last) return {};  // a shard begins where one ended
    last = p.cycles;
    if (job.cycles(job.cycles_user, p.cycles) == 0) return {};
    return Error(Errc::kCancelled, "cancelled");
  };
  if (job.shown) return hooks;
  if (job.print != nullptr)
    hooks.print = [&job](ByteView text) { job.print(job.print_user, text.data(), text.size()); };
  if (job.mark != nullptr)
    hooks.cycle = [&job](uint64_t cycle, uint32_t mark) { job.mark(job.mark_user, cycle, mark); };
  return hooks;
}

Status execute(mipzk_job& job) {
  forget_run(job);
  vm::FaultReport report;
  vm::Hooks hooks = hooks_of(job);
  Answers answers(job);
  if (job.ask != nullptr && !job.is_answered) {
    hooks.ask = std::ref(answers);
    hooks.cancel = hooks.cancel.with(answers.stop);
  }
  auto outcome = vm::run(job.elf->program(), inputs_of(job), job.settings.limits, hooks, &report);
  if (Status s = answers.status(); !s) return s;
  if (!outcome) {
    job.result.fault_text = std::move(report.text);
    return outcome.error();
  }
  if (hooks.ask) {
    job.answered = std::move(answers.hints);
    job.is_answered = true;
  }
  job.result.outcome = std::move(*outcome);
  job.result.valid = job.shown = true;
  return {};
}

}  // namespace

Status ask_for_answers(mipzk_job& job) {
  return job.ask == nullptr || job.is_answered ? Status() : execute(job);
}

namespace {

// The shape of one shard.
Status read_shard_shape(Reader& reader, std::vector<air::Instance>& out) {
  proof::Instance instances[proof::kMaxInstances];
  uint32_t count = 0;
  if (Status s = proof::read_instances(reader, instances, count); !s)
    return Error(Errc::kArgument, "these bytes are not a shape");
  if (count == 0) return Error(Errc::kArgument, "the shape has no tables");
  for (uint32_t i = 0; i < count; ++i) {
    const proof::Instance& in = instances[i];
    if (air::find_table(in.table) == nullptr)
      return Error(Errc::kArgument, "the shape has a table that does not exist");
    if (in.log_height < air::kMinLogHeight || in.log_height > air::kMaxLogHeight)
      return Error(Errc::kArgument, "the shape has a height that no table may have");
    if (i > 0 &&
        (in.table < instances[i - 1].table ||
         (in.table == instances[i - 1].table && in.log_height > instances[i - 1].log_height)))
      return Error(Errc::kArgument, "the tables of the shape are out of order");
    out.push_back(in);
  }
  return {};
}

Status read_shape(ByteView bytes, std::vector<std::vector<air::Instance>>& out) {
  if (!buffer_ok(bytes.data(), bytes.size()))
    return Error(Errc::kArgument, "shape is NULL but its size is not 0");
  Reader reader(bytes);
  while (!reader.at_end()) {
    if (out.size() == proof::kMaxShards)
      return Error(Errc::kArgument, "the shape has more than 65535 shards");
    if (Status s = read_shard_shape(reader, out.emplace_back()); !s) return s;
  }
  return {};
}

}  // namespace

// The prover's seed: the caller's or the system's, bound to the job, so that neither a weak
// generator nor a seed used twice shows the same randomness for two different jobs.
Status derive_seed(const mipzk_job& job, prove::Seed& out) {
  hash::Key key;
  if (!job.seed.empty()) {
    std::memcpy(key.bytes.data(), job.seed.data(), key.bytes.size());
  } else if (!system_random(key.bytes)) {
    return Error(Errc::kInternal, "the system's random generator does not work");
  }
  hash::Blake3 h(key);
  h.update(kSeedKey.bytes);
  h.update(job.elf->loaded().id);
  h.update_word(job.settings.profile->id);
  for (ByteView input : {ByteView(job.public_input), ByteView(job.private_input), hints_of(job)}) {
    h.update_u64(input.size());
    h.update(input);
  }
  out = prove::Seed(32);
  h.finalize(out.data(), out.size());
  secure_zero(key.bytes.data(), key.bytes.size());
  secure_zero(&h, sizeof h);
  wipe_stack();
  return {};
}

// What the job may take beyond what the process has. `most`: of the process; 0: the default.
MemoryBound memory_of(uint64_t most) {
  if (most == UINT64_MAX) return {};
  const uint64_t in_use = resident_memory();
  if (most == 0) {
    MemoryBound bound = available_memory();
    if (bound.bytes == MemoryBound::kNone) return bound;
    bound.bytes /= 2;
    bound.halved = true;
    bound.in_use = in_use;
    return bound;
  }
  return {most - std::min(most, in_use), "MIPZK_OPT_MAX_MEMORY allows", in_use, false};
}

prove::Options options_of(const mipzk_job& job) {
  prove::Options options;
  options.profile = job.settings.profile;
  options.shapes = job.shapes;
  if (!job.settings.hiding) options.masks = prove::Masks::none();
  options.memory = memory_of(job.settings.max_memory);
  options.smaller_shards = job.settings.max_memory != 0;
  return options;
}

namespace {

prove::Run run_of(const mipzk_job& job) { return {inputs_of(job), job.settings.limits}; }

// Runs the program for a proof.
Status plan_run(mipzk_job& job, const prove::Options& options) {
  vm::FaultReport report;
  auto plan = prove::plan_run(*job.settings.pool, job.elf->loaded(), run_of(job), hooks_of(job),
                              options, &report);
  if (!plan) {
    forget_run(job);
    job.result.fault_text = std::move(report.text);
    return plan.error();
  }
  job.shown = true;
  set_plan(job, std::make_shared<const prove::RunPlan>(std::move(*plan)));
  return {};
}

}  // namespace

void set_plan(mipzk_job& job, std::shared_ptr<const prove::RunPlan> plan) {
  job.result.outcome = plan->outcome;
  job.result.fault_text.clear();
  job.result.valid = true;
  job.plan = std::move(plan);
}

Status plan(mipzk_job& job, const prove::Options& options) {
  job.elf->loaded(job.settings.pool.get());  // by the job's threads
  if (Status s = ask_for_answers(job); !s) return s;
  if (Status s = find_kept_plan(job, options); !s) return s;
  const auto proof_bytes = [&] { return options.keeps_proof ? job.plan->proof_bytes : 0; };
  // The workers of a kept plan are for as many threads as there were.
  if (job.plan == nullptr || job.plan->memory_bytes + proof_bytes() > options.memory.bytes ||
      (job.kept != nullptr && job.kept->threads != job.settings.pool->threads())) {
    job.plan = nullptr;
    if (Status s = plan_run(job, options); !s) return s;
  }
  return keep_plan(job, options);
}

namespace {

Status estimate(mipzk_job& job, mipzk_estimate& out) {
  const prove::Options options = options_of(job);
  if (Status s = plan(job, options); !s) return s;
  out.exit_code = job.plan->outcome.exit_code;
  out.cycles = job.plan->outcome.cycles;
  out.memory_bytes = job.plan->memory_bytes + options.memory.in_use;
  const bool bounded = options.memory.bytes != MemoryBound::kNone;
  out.available_memory = options.memory.bytes + (bounded ? options.memory.in_use : 0);
  out.proof_bytes = job.plan->proof_bytes;
  out.cells = job.plan->cells;
  out.shard_cells = job.shapes.empty() ? job.plan->limits.shard_size.cells : 0;
  out.shards = static_cast<uint32_t>(job.plan->shards.size());
  out.workers = job.plan->workers;
  return {};
}

Status estimate_shape(mipzk_job& job, std::vector<uint8_t>& out) {
  if (Status s = plan(job, options_of(job)); !s) return s;
  for (const prove::RunPlan::Shard& shard : job.plan->shards)
    prove::append_shape(out, shard.instances);
  return {};
}

// `keeps`: the proof stays in memory.
Status prove(mipzk_job& job, mipzk_progress_fn fn, void* user, bool keeps,
             const prove::ProofSink& sink) {
  const auto call = [&](uint32_t phase, uint64_t done, uint64_t total) {
    const mipzk_progress progress = {sizeof progress, phase, done, total};
    return fn != nullptr && fn(user, &progress) != 0;
  };
  if (call(MIPZK_PHASE_EXECUTE, 0,
           job.plan != nullptr ? prove::progress_units(job.plan->cells) : 0) ||
      flags_of(job).any())
    return Error(Errc::kCancelled, "cancelled");
  prove::Options options = options_of(job);
  options.keeps_proof = keeps;
  if (Status s = plan(job, options); !s) return s;
  options.progress = [&](prove::Phase phase, uint64_t done, uint64_t total) {
    return call(static_cast<uint32_t>(phase) + 1, done, total);
  };
  options.cancel = flags_of(job);
  if (Status s = derive_seed(job, options.seed); !s) return s;
  if (job.kept != nullptr) return prove_kept(job, options, sink);
  return prove::prove_run(*job.settings.pool, job.elf->loaded(), run_of(job), *job.plan, options,
                          sink);
}

Status estimate_time(mipzk_job& job, uint64_t& milliseconds) {
  prove::Options options = options_of(job);
  if (Status s = plan(job, options); !s) return s;
  options.cancel = flags_of(job);
  const auto seconds = prove::proving_seconds(*job.settings.pool, *job.plan, options);
  if (!seconds) return seconds.error();
  milliseconds = static_cast<uint64_t>(*seconds * 1000);
  return {};
}

}  // namespace
}  // namespace mipzk::capi

using namespace mipzk;
using capi::with_job;

mipzk_status mipzk_job_new(mipzk_ctx* ctx, const mipzk_program* program, mipzk_job** out,
                           mipzk_error* err) noexcept {
  if (out != nullptr) *out = nullptr;
  return capi::guarded(err, [&]() -> Status {
    if (ctx == nullptr || program == nullptr || out == nullptr)
      return Error(Errc::kArgument, "ctx, program or out is NULL");
    const capi::Use use(ctx->in_use);
    if (Status s = use.status(); !s) return s;
    capi::pool_of(*ctx);
    auto job = std::make_unique<mipzk_job>();
    job->settings = ctx->settings;
    job->elf = program->elf;
    *out = job.release();
    return {};
  });
}

void mipzk_job_free(mipzk_job* job) noexcept { delete job; }

void mipzk_job_cancel(mipzk_job* job) noexcept {
  if (job != nullptr) job->cancel.test_and_set(std::memory_order_relaxed);
}

void mipzk_job_resume(mipzk_job* job) noexcept {
  if (job != nullptr) job->cancel.clear(std::memory_order_relaxed);
}

mipzk_status mipzk_job_public_input(mipzk_job* job, const uint8_t* data, size_t size,
                                    mipzk_error* err) noexcept {
  return with_job(job, err, [&]() -> Status {
    if (Status s = capi::check_input(data, size); !s) return s;
    if (capi::is_linux(*job)) return capi::set_stream(*job, {data, size}, true);
    std::vector<uint8_t> copy(data, data + size);
    capi::forget(*job);
    job->public_input = std::move(copy);
    return {};
  });
}

mipzk_status mipzk_job_private_input(mipzk_job* job, const uint8_t* data, size_t size,
                                     mipzk_error* err) noexcept {
  return with_job(job, err, [&]() -> Status {
    if (Status s = capi::check_input(data, size); !s) return s;
    if (capi::is_linux(*job)) return capi::set_stream(*job, {data, size}, false);
    SecretVector<uint8_t> copy = secret_copy(ByteView(data, size));
    capi::forget(*job);
    job->private_input = std::move(copy);
    return {};
  });
}

mipzk_status mipzk_job_hints(mipzk_job* job, const uint8_t* data, size_t size,
                             mipzk_error* err) noexcept {
  return with_job(job, err, [&]() -> Status {
    if (Status s = capi::check_input(data, size); !s) return s;
    SecretVector<uint8_t> copy = secret_copy(ByteView(data, size));
    capi::forget(*job);
    job->hints = std::move(copy);
    return {};
  });
}

mipzk_status mipzk_job_seed(mipzk_job* job, const uint8_t* seed, mipzk_error* err) noexcept {
  return with_job(job, err, [&]() -> Status {
    if (seed == nullptr) return Error(Errc::kArgument, "seed is NULL");
    job->seed = secret_copy(ByteView(seed, 32));
    job->kept = nullptr;
    job->works = nullptr;
    return {};
  });
}

mipzk_status mipzk_job_shape(mipzk_job* job, const uint8_t* shape, size_t size,
                             mipzk_error* err) noexcept {
  return with_job(job, err, [&]() -> Status {
    std::vector<std::vector<air::Instance>> shapes;
    if (Status s = capi::read_shape({shape, size}, shapes); !s) return s;
    job->shapes = std::move(shapes);
    capi::forget_plan(*job);
    return {};
  });
}

mipzk_status mipzk_job_on_print(mipzk_job* job, mipzk_print_fn fn, void* user,
                                mipzk_error* err) noexcept {
  return with_job(job, err, [&]() -> Status {
    job->print = fn;
    job->print_user = user;
    return {};
  });
}

mipzk_status mipzk_job_on_mark(mipzk_job* job, mipzk_mark_fn fn, void* user,
                               mipzk_error* err) noexcept {
  return with_job(job, err, [&]() -> Status {
    job->mark = fn;
    job->mark_user = user;
    return {};
  });
}

mipzk_status mipzk_job_on_cycles(mipzk_job* job, mipzk_cycles_fn fn, void* user,
                                 mipzk_error* err) noexcept {
  return with_job(job, err, [&]() -> Status {
    job->cycles = fn;
    job->cycles_user = user;
    return {};
  });
}

mipzk_status mipzk_job_estimate(mipzk_job* job, mipzk_estimate* out_estimate,
                                mipzk_error* err) noexcept {
  return with_job(job, err, [&]() -> Status {
    return capi::fill_struct(out_estimate,
                             [&](mipzk_estimate& e) { return capi::estimate(*job, e); });
  });
}

mipzk_status mipzk_job_estimate_shape(mipzk_job* job, mipzk_blob** out_shape,
                                      mipzk_error* err) noexcept {
  if (out_shape != nullptr) *out_shape = nullptr;
  return with_job(job, err, [&]() -> Status {
    if (out_shape == nullptr) return Error(Errc::kArgument, "out_shape is NULL");
    auto blob = std::make_unique<mipzk_blob>();
    if (Status s = capi::estimate_shape(*job, blob->bytes); !s) return s;
    *out_shape = blob.release();
    return {};
  });
}

mipzk_status mipzk_job_estimate_time(mipzk_job* job, uint64_t* out_milliseconds,
                                     mipzk_error* err) noexcept {
  if (out_milliseconds != nullptr) *out_milliseconds = 0;
  return with_job(job, err, [&]() -> Status {
    if (out_milliseconds == nullptr) return Error(Errc::kArgument, "out_milliseconds is NULL");
    return capi::estimate_time(*job, *out_milliseconds);
  });
}

mipzk_status mipzk_job_execute(mipzk_job* job, uint64_t* out_cycles, uint32_t* out_exit_code,
                               mipzk_error* err) noexcept {
  if (out_cycles != nullptr) *out_cycles = 0;
  if (out_exit_code != nullptr) *out_exit_code = 0;
  return with_job(job, err, [&]() -> Status {
    if (Status s = capi::execute(*job); !s) return s;
    if (out_cycles != nullptr) *out_cycles = job->result.outcome.cycles;
    if (out_exit_code != nullptr) *out_exit_code = job->result.outcome.exit_code;
    return {};
  });
}

const uint8_t* mipzk_job_output(const mipzk_job* job, size_t* out_size) noexcept {
  static constexpr uint8_t kEmpty[1] = {};
  if (out_size != nullptr) *out_size = 0;
  if (job == nullptr || job->in_use.test() || !job->result.valid) return nullptr;
  const std::vector<uint8_t>& output = job->result.outcome.output;
  if (out_size != nullptr) *out_size = output.size();
  return output.empty() ? kEmpty : output.data();
}

const char* mipzk_job_fault_text(const mipzk_job* job) noexcept {
  return job != nullptr && !job->in_use.test() ? job->result.fault_text.c_str() : "";
}

const char* mipzk_phase_name(uint32_t phase) noexcept {
  switch (phase) {
    case MIPZK_PHASE_EXECUTE:
      return "execute";
    case MIPZK_PHASE_TRACE:
      return "trace";
    case MIPZK_PHASE_COMMIT:
      return "commit";
    case MIPZK_PHASE_QUOTIENT:
      return "quotient";
    case MIPZK_PHASE_OPEN:
      return "open";
    case MIPZK_PHASE_QUERY:
      return "query";
    default:
      return "unknown";
  }
}

mipzk_status mipzk_job_prove(mipzk_job* job, mipzk_progress_fn fn, void* user,
                             mipzk_blob** out_proof, mipzk_error* err) noexcept {
  if (out_proof != nullptr) *out_proof = nullptr;
  return with_job(job, err, [&]() -> Status {
    if (out_proof == nullptr) return Error(Errc::kArgument, "out_proof is NULL");
    auto blob = std::make_unique<mipzk_blob>();
    const Status s = capi::prove(*job, fn, user, true, [&](ByteView bytes) {
      // Growing step by step would take half as much again.
      if (blob->bytes.empty()) blob->bytes.reserve(job->plan->proof_bytes / 32 * 33 + bytes.size());
      blob->bytes.insert(blob->bytes.end(), bytes.begin(), bytes.end());
      return Status();
    });
    if (s) *out_proof = blob.release();
    return s;
  });
}

mipzk_status mipzk_job_prove_to(mipzk_job* job, mipzk_progress_fn fn, void* user,
                                mipzk_write_fn write, void* write_user, mipzk_error* err) noexcept {
  return with_job(job, err, [&]() -> Status {
    if (write == nullptr) return Error(Errc::kArgument, "write is NULL");
    return capi::prove(*job, fn, user, false, [&](ByteView bytes) -> Status {
      if (write(write_user, bytes.data(), bytes.size()) == 0) return {};
      return Error(Errc::kCancelled, "the proof could not be written");
    });
  });
}

const uint8_t* mipzk_blob_data(const mipzk_blob* blob) noexcept {
  if (blob == nullptr) return nullptr;
  return blob->secret.empty() ? blob->bytes.data() : blob->secret.data();
}

size_t mipzk_blob_size(const mipzk_blob* blob) noexcept {
  return blob != nullptr ? blob->bytes.size() + blob->secret.size() : 0;
}

void mipzk_blob_free(mipzk_blob* blob) noexcept { delete blob; }
