// SPDX-License-Identifier: Apache-2.0
#include "prove/plan_piece.hpp"

#include <algorithm>
#include <string>

#include "base/format.hpp"
#include "proof/shape.hpp"
#include "prove/byte_writer.hpp"
#include "prove/session.hpp"
#include "prove/writer.hpp"

namespace mipzk::prove {
namespace {

constexpr hash::Key kPlanKey = hash::key_from_text("mipzk v0 plan");
constexpr hash::Key kRequestKey = hash::key_from_text("mipzk v0 request");

constexpr uint32_t kNotHiding = 1;  // of the flags
constexpr size_t kLocalBytes = 2 * 4 + 3 * 8;

RequestDigests digests_of(const Request& request, ByteView key) {
  hash::Key request_key;
  {
    hash::Blake3 h(kRequestKey);
    h.update(key);
    h.finalize(request_key.bytes.data(), request_key.bytes.size());
  }
  // Each with a number of its own.
  const auto digest = [&](uint32_t number, ByteView bytes) {
    hash::Blake3 h(request_key);
    h.update_word(number);
    h.update(bytes);
    return h.digest();
  };
  RequestDigests d;
  d.program = request.program;
  d.shard_cells = request.shard_cells;
  d.shard_cycles = request.shard_cycles;
  d.public_input = digest(1, request.inputs.public_input);
  d.private_input = digest(2, request.inputs.private_input);
  d.hints = digest(3, request.inputs.hints);
  d.seed = digest(4, request.seed);
  d.shape = digest(5, request.shape);
  secure_zero(request_key.bytes.data(), request_key.bytes.size());
  return d;
}

// All but what depends on the machine: that by which pieces know the plan.
void write_lasting(const ProofPlan& plan, ByteWriter& w) {
  const RequestDigests& request = plan.request;
  w.u32(trace::kTraceVersion);
  w.u32(proof::kFormatVersion);
  w.bytes(request.program);
  w.u32(plan.profile->id);
  w.u32(plan.hiding ? 0 : kNotHiding);
  w.u64(request.shard_cells);
  w.u64(request.shard_cycles);
  for (const hash::Digest* d : {&request.public_input, &request.private_input, &request.hints,
                                &request.seed, &request.shape})
    w.bytes(*d);
  w.bytes(plan.blinding.key.key());
  w.u32(plan.attempt);
  const RunPlan& run = *plan.run;
  w.u64(run.limits.max_cycles);
  w.u64(run.limits.max_memory_bytes);
  w.u64(run.limits.max_shard_cycles);
  w.u64(run.limits.shard_size.cells);
  w.u64(run.outcome.cycles);
  w.u32(static_cast<uint32_t>(plan.statement.size()));
  w.bytes(plan.statement);
  for (const RunPlan::Shard& shard : run.shards) {
    std::vector<uint8_t> shape;
    append_shape(shape, shard.instances);
    w.bytes(shape);
    w.u64(shard.cycles);
    w.bytes(shard.witness_digest);
  }
  write_sources(run, w);
}

hash::Digest plan_digest(ByteView lasting) { return hash::keyed_hash(kPlanKey, lasting); }

Error damaged() {
  return Error(Errc::kMalformed, "the plan says what no plan says; make it again");
}

Status read_shards(Reader& r, const LoadedProgram& program, uint32_t count, ProofPlan& plan,
                   RunPlan& run) {
  auto shape = std::make_unique<proof::Shape>();
  for (uint32_t number = 1; number <= count; ++number) {
    RunPlan::Shard& shard = run.shards.emplace_back();
    proof::Instance instances[proof::kMaxInstances];
    uint32_t instance_count = 0;
    if (!proof::read_instances(r, instances, instance_count)) return damaged();
    shard.instances.assign(instances, instances + instance_count);
    if (!proof::Shape::make(shard.instances, program.header, *plan.profile, *shape, number))
      return damaged();
    shard.cycles = r.u64();
    shard.witness_digest.resize(sizeof(hash::Digest));
    take(r, shard.witness_digest);
    if (!r.ok() || shard.cycles > vm::kMaxShardCycles) return damaged();
    plan.blinding.pass_one.push_back(pass_one_instances(shard.instances));
  }
  return {};
}

Status read_payload(ByteView payload, const LoadedProgram& program, ProofPlan& plan) {
  const auto made = std::make_shared<RunPlan>();
  plan.run = made;
  RunPlan& run = *made;
  Reader r(payload);
  if (const uint32_t version = r.u32(); version != trace::kTraceVersion)
    return Error(Errc::kUnsupported, "the plan is of another version of the library", version);
  if (const uint32_t version = r.u32(); version != proof::kFormatVersion)
    return Error(Errc::kUnsupported, "the plan is for another version of proofs", version);
  RequestDigests& request = plan.request;
  take(r, request.program);
  if (r.ok() && request.program != program.id)
    return Error(Errc::kWrongProgram, "the plan is about another program");
  const uint32_t profile = r.u32(), flags = r.u32();
  plan.profile = proof::find_profile(profile);
  if (plan.profile == nullptr || flags > kNotHiding) return damaged();
  plan.hiding = flags == 0;
  request.shard_cells = r.u64();
  request.shard_cycles = r.u64();
  for (hash::Digest* d : {&request.public_input, &request.private_input, &request.hints,
                          &request.seed, &request.shape})
    take(r, *d);
  const ByteView key = r.take(sizeof(hash::Digest));
  if (!r.ok()) return damaged();
  plan.blinding.key = Blinding::of_key(key);
  plan.attempt = r.u32();
  run.limits.max_cycles = r.u64();
  run.limits.max_memory_bytes = r.u64();
  run.limits.max_shard_cycles = r.u64();
  const uint64_t cells = r.u64();
  if (cells != UINT64_MAX) run.limits.shard_size = shard_size(cells);
  run.limits.max_shards = proof::kMaxShards;
  run.outcome.cycles = r.u64();
  const ByteView statement = r.take(r.u32());
  if (!r.ok()) return damaged();
  plan.statement.assign(statement.begin(), statement.end());
  Reader front(plan.statement);
  proof::Statement s;
  if (!proof::read_statement(front, s) || !front.at_end() || s.profile != plan.profile ||
      s.program.id() != program.id || (s.flags != 0) == plan.hiding)
    return damaged();
  run.outcome.exit_code = s.exit_code;
  run.outcome.output.assign(s.output.begin(), s.output.end());
  if (Status read = read_shards(r, program, s.shards, plan, run); !read) return read;
  if (!read_sources(r, s.shards, program.program.code_rows(), run.sources, run.code_last))
    return damaged();
  if (r.remaining() != kLocalBytes) return damaged();
  plan.digest = plan_digest(payload.first(r.position()));
  plan.threads = r.u32();
  run.workers = std::clamp(r.u32(), 1u, Pool::kMaxThreads);
  run.memory_bytes = r.u64();
  run.proof_bytes = r.u64();
  run.cells = r.u64();
  return {};
}

}  // namespace

void write_sources(const RunPlan& run, ByteWriter& w) {
  w.u64(run.sources.size());
  w.out.reserve(w.out.size() + sizeof(vm::SourceWord) * run.sources.size() +
                sizeof(uint16_t) * run.code_last.size());
  for (const vm::SourceWord& s : run.sources)
    for (const uint32_t v : {s.key, s.value_init, s.value_final, s.shard_last}) w.u32(v);
  for (const uint16_t shard : run.code_last) w.u16(shard);
}

bool read_sources(Reader& r, uint32_t shards, size_t rows, SecretVector<vm::SourceWord>& sources,
                  SecretVector<uint16_t>& code_last) {
  const uint64_t count = r.u64();
  if (!r.ok() || count > r.remaining() / sizeof(vm::SourceWord)) return false;
  sources.resize(static_cast<size_t>(count));
  int64_t last = -1;
  for (vm::SourceWord& s : sources) {
    s = {r.u32(), r.u32(), r.u32(), r.u32()};
    if (s.key <= last || s.shard_last > shards) return false;
    last = s.key;
  }
  if (rows > r.remaining() / sizeof(uint16_t)) return false;
  code_last.resize(rows);
  for (uint16_t& shard : code_last) {
    shard = r.u16();
    if (shard > shards) return false;
  }
  return r.ok();
}

proof::Statement ProofPlan::statement_of() const {
  Reader r(statement);
  proof::Statement s;
  (void)proof::read_statement(r, s);
  return s;
}

void set_attempt(ProofPlan& plan, const Request& request, ByteView seed, uint32_t attempt) {
  Hedge hedge;
  for (const RunPlan::Shard& shard : plan.run->shards)
    hedge.add(shard.instances, shard.witness_digest);
  plan.attempt = attempt;
  plan.blinding = hedge.blinding(seed, plan.statement, attempt);
  plan.request = digests_of(request, plan.blinding.key.key());
  ByteWriter w;
  write_lasting(plan, w);
  plan.digest = plan_digest(w.out);
}

ProofPlan make_plan(Pool& pool, const LoadedProgram& program, const Request& request,
                    std::shared_ptr<const RunPlan> run, const Options& options, uint32_t attempt) {
  ProofPlan plan;
  plan.run = std::move(run);
  plan.profile = options.profile;
  plan.hiding = options.masks.all();
  plan.threads = pool.threads();
  const vm::Outcome& outcome = plan.run->outcome;
  const Session session(pool, program, options,
                        {request.inputs.public_input, outcome.output, outcome.exit_code},
                        static_cast<uint32_t>(plan.run->shards.size()));
  plan.statement.assign(session.bytes().begin(), session.bytes().end());
  set_attempt(plan, request, options.seed, attempt);
  return plan;
}

PieceBytes write_plan(const ProofPlan& plan) {
  ByteWriter w;
  write_lasting(plan, w);
  w.u32(plan.threads);
  w.u32(plan.run->workers);
  w.u64(plan.run->memory_bytes);
  w.u64(plan.run->proof_bytes);
  w.u64(plan.run->cells);
  return write_piece({PieceKind::kPlan, 0, plan.shards(), {}, {}}, w.out);
}

Result<ProofPlan> read_plan(ByteView bytes, const LoadedProgram& program) {
  const auto piece = read_piece(bytes, PieceKind::kPlan);
  if (!piece) return piece.error();
  ProofPlan plan;
  if (Status s = read_payload(piece->payload, program, plan); !s) return s.error();
  if (piece->header.shards != plan.shards()) return damaged();
  return plan;
}

bool is_same(const RunPlan::Shard& a, const RunPlan::Shard& b) {
  const auto equal = [](const air::Instance& x, const air::Instance& y) {
    return x.table == y.table && x.log_height == y.log_height;
  };
  return a.cycles == b.cycles && a.witness_digest == b.witness_digest &&
         std::ranges::equal(a.instances, b.instances, equal);
}

Status check_request(const ProofPlan& plan, const Request& request, const Options& options) {
  const RequestDigests& was = plan.request;
  const RequestDigests is = digests_of(request, plan.blinding.key.key());
  const struct {
    bool same;
    const char* what;
  } items[] = {
      {was.program == is.program, "the program"},
      {was.public_input == is.public_input, "the public input"},
      {was.private_input == is.private_input, "the private input"},
      {was.hints == is.hints, "the hints"},
      {was.seed == is.seed, "the seed"},
      {was.shape == is.shape, "the fixed shape"},
      {plan.profile->id == options.profile->id, "the parameter set"},
      {plan.hiding == options.masks.all(), "whether the proof hides the private input"},
      {was.shard_cells == is.shard_cells, "the cells of a shard"},
      {was.shard_cycles == is.shard_cycles, "the instructions of a shard"},
  };
  std::string changed;
  for (const auto& item : items)
    if (!item.same) changed += (changed.empty() ? "" : ", ") + std::string(item.what);
  if (changed.empty()) return {};
  return format_error(Errc::kArgument,
                      "the plan is for another proof; what differs: %s. Ask for the same, or plan "
                      "anew",
                      changed.c_str());
}

}  // namespace mipzk::prove
