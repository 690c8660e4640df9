// SPDX-License-Identifier: Apache-2.0
// Proving in pieces: the steps of a proof as functions from bytes to bytes.
#include <algorithm>

#include "jobs.hpp"
#include "prove/proving.hpp"
#include "prove/session.hpp"
#include "prove/work.hpp"
#include "verify/part.hpp"

namespace mipzk::capi {

std::shared_ptr<const prove::PublicTrees> LoadedElf::trees(Pool& pool,
                                                           const proof::Profile& profile,
                                                           bool is_first) const {
  const prove::LoadedProgram& program = for_shards().program;
  const std::lock_guard lock(mutex_);
  auto& trees = trees_[is_first][profile.id];
  if (trees == nullptr)
    trees = is_first ? std::make_shared<const prove::PublicTrees>(pool, program, profile)
                     : std::make_shared<const prove::PublicTrees>(pool, profile);
  return trees;
}

LoadedElf::ForShards LoadedElf::for_shards() const {
  const std::lock_guard lock(mutex_);
  if (!hashed_) {
    if (!committed_) prove::make_tables(loaded_);
    tables_ = prove::digest_of_tables(loaded_);
    hashed_ = true;
  }
  return {loaded_, tables_};
}

namespace {

static_assert(MIPZK_PIECE_PLAN == static_cast<uint32_t>(prove::PieceKind::kPlan));
static_assert(MIPZK_PIECE_WORK == static_cast<uint32_t>(prove::PieceKind::kWork));
static_assert(MIPZK_PIECE_HEAD == static_cast<uint32_t>(prove::PieceKind::kHead));
static_assert(MIPZK_PIECE_CHALLENGE == static_cast<uint32_t>(prove::PieceKind::kChallenge));
static_assert(MIPZK_PIECE_PART == static_cast<uint32_t>(prove::PieceKind::kPart));

// Blobs are made after what is in them, so that one which cannot be made leaves nothing.
Status give(Result<prove::PieceBytes> bytes, mipzk_blob** out) {
  if (!bytes) return bytes.error();
  auto blob = std::make_unique<mipzk_blob>();
  blob->secret = std::move(*bytes);
  *out = blob.release();
  return {};
}

// A caller's piece: its bytes, taken piece by piece.
class GivenPieces {
 public:
  GivenPieces(mipzk_piece_fn fn, void* user) : fn_(fn), user_(user) {}

  Result<ByteView> operator()(uint32_t shard) {
    bytes_.clear();
    failure_ = nullptr;
    const int32_t code = fn_(user_, shard, take, this);
    if (failure_) std::rethrow_exception(failure_);
    if (code != 0) return Error(Errc::kCancelled, "the piece of a shard could not be given", shard);
    return ByteView(bytes_);
  }

 private:
  static int32_t take(void* user, const uint8_t* data, size_t size) noexcept {
    auto& self = *static_cast<GivenPieces*>(user);
    try {
      self.bytes_.insert(self.bytes_.end(), data, data + size);
      return 0;
    } catch (...) {
      self.failure_ = std::current_exception();
      return -1;
    }
  }

  const mipzk_piece_fn fn_;
  void* const user_;
  prove::PieceBytes bytes_;
  std::exception_ptr failure_;
};

// A call that needs a context and a program; f(pool, elf).
template <class F>
mipzk_status with_program(mipzk_ctx* ctx, const mipzk_program* program, mipzk_error* err,
                          const F& f) noexcept {
  return wiping_stack([&] {
    return guarded(err, [&]() -> Status {
      if (ctx == nullptr || program == nullptr)
        return Error(Errc::kArgument, "ctx or program is NULL");
      const Use use(ctx->in_use);
      if (Status s = use.status(); !s) return s;
      return f(pool_of(*ctx), *program->elf);
    });
  });
}

// `f(workshop, work)` gives a piece.
template <class F>
Status with_work(mipzk_ctx& ctx, Pool& pool, const LoadedElf& elf, ByteView bytes, mipzk_blob** out,
                 const F& f) {
  const prove::ScratchScope scratch;
  // Not elf.loaded(): committing to a large program takes a good part of the time of a shard.
  const auto [program, tables] = elf.for_shards();
  const auto work = prove::read_work(bytes, program, tables);
  if (!work) return work.error();
  const auto trees = elf.trees(pool, *work->profile, work->header.shard == 1);
  const Settings& settings = ctx.settings;
  const prove::Workshop shop{pool,
                             program,
                             *trees,
                             memory_of(settings.max_memory),
                             settings.limits.max_memory_bytes,
                             settings.cancel.get()};
  return give(f(shop, *work), out);
}

Status check_buffers(std::initializer_list<ByteView> buffers) {
  for (const ByteView b : buffers)
    if (!buffer_ok(b.data(), b.size()))
      return Error(Errc::kArgument, "the bytes of a piece are NULL but their size is not 0");
  return {};
}

Status make_work(mipzk_job& job, ByteView bytes, uint32_t shard, mipzk_blob** out) {
  const auto piece = prove::read_piece(bytes, prove::PieceKind::kPlan);
  if (!piece) return piece.error();
  if (Status s = ask_for_answers(job); !s) return s;
  if (job.works == nullptr || job.works->plan_digest != piece->digest) {
    job.works = nullptr;
    auto plan = prove::read_plan(bytes, job.elf->loaded());
    if (!plan) return plan.error();
    const std::vector<uint8_t> shape = shape_bytes(job);
    if (Status s = prove::check_request(*plan, request_of(job, shape), options_of(job)); !s)
      return s;
    auto works = std::make_unique<WorkMaker>();
    works->plan_digest = piece->digest;
    works->plan = std::move(*plan);
    works->run = {inputs_of(job), works->plan.run->limits};
    job.works = std::move(works);
  }
  WorkMaker& works = *job.works;
  if (shard == 0 || shard > works.plan.shards())
    return Error(Errc::kArgument, "the plan has no shard with this number", works.plan.shards());
  if (works.source == nullptr || shard < works.made) {
    works.source = nullptr;
    auto source = std::make_unique<prove::RepeatedRun>(job.elf->program(), works.run,
                                                       *works.plan.run, flags_of(job));
    if (Status s = source->begin(); !s) return s;
    works.source = std::move(source);
    works.made = 0;
  }
  while (works.made < shard) {
    // After an error or an exception nobody knows where it stands: then it begins again.
    auto source = std::move(works.source);
    auto record = source->next();
    if (!record) return record.error();
    works.source = std::move(source);
    works.record = std::move(*record);
    ++works.made;
  }
  return give(prove::write_work(works.plan, job.elf->for_shards().tables, shard, *works.record,
                                hints_of(job)),
              out);
}

// Whether a part is valid under the challenge.
Status verify_part(ByteView front, const hash::Digest& id, ByteView part, uint32_t shard) {
  const auto session = std::make_unique<verify::Session>();
  const auto space = std::make_unique<verify::Workspace>();
  verify::Policy any;
  any.min_security_bits = 0;
  any.max_shards = UINT32_MAX;
  any.max_cycles = UINT64_MAX;
  any.allow_not_hiding = true;
  Reader r(front);
  if (Status s = verify::read_front(r, front, id, any, *session, space->shard); !s) return s;
  uint32_t length = 0;
  if (Status s = verify::read_length(part, length); !s) return s;
  if (length != part.size() - 4)
    return Error(Errc::kMalformed, "a shard's part is not as long as it says");
  verify::Part opened;
  if (Status s = verify::open_part(part.subspan(4), length, shard, *session, opened); !s) return s;
  Reader in(opened.bytes);
  field::Fp5 product;
  if (Status s = verify::begin_part(opened, in, *session, *space, product); !s) return s;
  return verify::finish_part(opened, in, *session, *space);
}

Status check_part(Pool& pool, const prove::ProofPlan& plan, const hash::Digest& id,
                  const prove::Piece& challenge, const prove::Piece& part) {
  const uint32_t shard = part.header.shard;
  const auto session = prove::Session::read(pool, *plan.profile, challenge.payload);
  if (!session) return session.error();
  const ByteView head = session->head(shard), bytes = part.payload;
  if (bytes.size() < 4 + head.size() || !std::ranges::equal(bytes.subspan(4, head.size()), head))
    return Error(Errc::kRejected, "the part begins with another head than the challenge has",
                 shard);
  const Status s = verify_part(challenge.payload, id, bytes, shard);
  if (s) return {};
  Error error = s.error();
  error.detail = shard;
  return error;
}

Status check_work(const prove::ProofPlan& plan, const LoadedElf& elf, ByteView bytes) {
  const auto [program, tables] = elf.for_shards();
  const auto work = prove::read_work(bytes, program, tables);
  if (!work) return work.error();
  const prove::RunPlan::Shard& planned = plan.run->shards[work->header.shard - 1];
  if (prove::is_same(work->planned, planned) && work->profile == plan.profile &&
      work->program_id == plan.request.program)
    return {};
  return Error(Errc::kRejected, "the work is not that of the planned shard", work->header.shard);
}

Status check_piece(Pool& pool, const LoadedElf& elf, ByteView plan_bytes, ByteView challenge_bytes,
                   ByteView bytes) {
  const auto plan = prove::read_plan(plan_bytes, elf.loaded());
  if (!plan) return plan.error();
  const auto piece = prove::read_any_piece(bytes);
  if (!piece) return piece.error();
  if (piece->header.kind == prove::PieceKind::kPlan) {
    const auto other = prove::read_plan(bytes, elf.loaded());
    if (!other) return other.error();
    if (other->digest == plan->digest) return {};
    return Error(Errc::kRejected, "the piece is another plan");
  }
  if (piece->header.kind != prove::PieceKind::kPart) {
    if (Status s = prove::check_belongs(*piece, *plan, nullptr); !s) return s;
    if (piece->header.kind == prove::PieceKind::kWork) return check_work(*plan, elf, bytes);
    if (piece->header.kind == prove::PieceKind::kHead) return {};
    const auto session = prove::Session::read(pool, *plan->profile, piece->payload);
    return session ? Status() : session.error();
  }
  const auto challenge = prove::read_piece(challenge_bytes, prove::PieceKind::kChallenge);
  if (!challenge) return challenge.error();
  if (Status s = prove::check_belongs(*challenge, *plan, nullptr); !s) return s;
  if (Status s = prove::check_belongs(*piece, *plan, &*challenge); !s) return s;
  return check_part(pool, *plan, elf.loaded().id, *challenge, *piece);
}

}  // namespace
}  // namespace mipzk::capi

using namespace mipzk;

mipzk_status mipzk_job_plan(mipzk_job* job, uint32_t attempt, mipzk_blob** out_plan,
                            mipzk_error* err) noexcept {
  if (out_plan != nullptr) *out_plan = nullptr;
  return capi::with_job(job, err, [&]() -> Status {
    if (out_plan == nullptr) return Error(Errc::kArgument, "out_plan is NULL");
    prove::Options options = capi::options_of(*job);
    if (Status s = capi::plan(*job, options); !s) return s;
    if (Status s = capi::derive_seed(*job, options.seed); !s) return s;
    const std::vector<uint8_t> shape = capi::shape_bytes(*job);
    const prove::ProofPlan plan =
        prove::make_plan(*job->settings.pool, job->elf->loaded(), capi::request_of(*job, shape),
                         job->plan, options, attempt);
    return capi::give(prove::write_plan(plan), out_plan);
  });
}

mipzk_status mipzk_job_work(mipzk_job* job, const uint8_t* plan, size_t plan_size, uint32_t shard,
                            mipzk_blob** out_work, mipzk_error* err) noexcept {
  if (out_work != nullptr) *out_work = nullptr;
  return capi::with_job(job, err, [&]() -> Status {
    if (out_work == nullptr) return Error(Errc::kArgument, "out_work is NULL");
    if (Status s = capi::check_buffers({{plan, plan_size}}); !s) return s;
    return capi::make_work(*job, {plan, plan_size}, shard, out_work);
  });
}

mipzk_status mipzk_work_commit(mipzk_ctx* ctx, const mipzk_program* program, const uint8_t* work,
                               size_t work_size, mipzk_blob** out_head, mipzk_error* err) noexcept {
  if (out_head != nullptr) *out_head = nullptr;
  return capi::with_program(ctx, program, err, [&](Pool& pool, const auto& elf) -> Status {
    if (out_head == nullptr) return Error(Errc::kArgument, "out_head is NULL");
    if (Status s = capi::check_buffers({{work, work_size}}); !s) return s;
    return capi::with_work(*ctx, pool, elf, {work, work_size}, out_head,
                           [](const auto& shop, const auto& w) { return commit_work(shop, w); });
  });
}

mipzk_status mipzk_ctx_hold_memory(mipzk_ctx* ctx, uint32_t hold, mipzk_error* err) noexcept {
  return capi::guarded(err, [&]() -> Status {
    if (ctx == nullptr || hold > 1) return Error(Errc::kArgument, "ctx is NULL, or hold above 1");
    const capi::Use use(ctx->in_use);
    if (Status s = use.status(); !s) return s;
    if (hold == 0)
      ctx->held_memory = nullptr;
    else if (ctx->held_memory == nullptr)
      ctx->held_memory = std::make_unique<Arena>();
    return {};
  });
}

mipzk_status mipzk_plan_challenge(mipzk_ctx* ctx, const mipzk_program* program, const uint8_t* plan,
                                  size_t plan_size, mipzk_piece_fn head, void* user,
                                  mipzk_blob** out_challenge, mipzk_error* err) noexcept {
  if (out_challenge != nullptr) *out_challenge = nullptr;
  return capi::with_program(ctx, program, err, [&](Pool& pool, const auto& elf) -> Status {
    if (out_challenge == nullptr || head == nullptr)
      return Error(Errc::kArgument, "head or out_challenge is NULL");
    if (Status s = capi::check_buffers({{plan, plan_size}}); !s) return s;
    const auto read = prove::read_plan({plan, plan_size}, elf.loaded());
    if (!read) return read.error();
    capi::GivenPieces heads(head, user);
    return capi::give(prove::draw_challenge(pool, elf.loaded(), *read, std::ref(heads)),
                      out_challenge);
  });
}

mipzk_status mipzk_work_prove(mipzk_ctx* ctx, const mipzk_program* program, const uint8_t* work,
                              size_t work_size, const uint8_t* challenge, size_t challenge_size,
                              mipzk_blob** out_part, mipzk_error* err) noexcept {
  if (out_part != nullptr) *out_part = nullptr;
  return capi::with_program(ctx, program, err, [&](Pool& pool, const auto& elf) -> Status {
    if (out_part == nullptr) return Error(Errc::kArgument, "out_part is NULL");
    if (Status s = capi::check_buffers({{work, work_size}, {challenge, challenge_size}}); !s)
      return s;
    return capi::with_work(*ctx, pool, elf, {work, work_size}, out_part,
                           [&](const auto& shop, const auto& w) {
                             return prove_work(shop, w, {challenge, challenge_size});
                           });
  });
}

mipzk_status mipzk_plan_assemble(mipzk_ctx* ctx, const mipzk_program* program, const uint8_t* plan,
                                 size_t plan_size, const uint8_t* challenge, size_t challenge_size,
                                 mipzk_piece_fn part, void* user, mipzk_write_fn write,
                                 void* write_user, mipzk_error* err) noexcept {
  return capi::with_program(ctx, program, err, [&](Pool&, const auto& elf) -> Status {
    if (part == nullptr || write == nullptr) return Error(Errc::kArgument, "part or write is NULL");
    if (Status s = capi::check_buffers({{plan, plan_size}, {challenge, challenge_size}}); !s)
      return s;
    const auto read = prove::read_plan({plan, plan_size}, elf.loaded());
    if (!read) return read.error();
    capi::GivenPieces parts(part, user);
    return prove::assemble(*read, {challenge, challenge_size}, std::ref(parts),
                           [&](ByteView bytes) -> Status {
                             if (write(write_user, bytes.data(), bytes.size()) == 0) return {};
                             return Error(Errc::kCancelled, "the proof could not be written");
                           });
  });
}

mipzk_status mipzk_piece_check(mipzk_ctx* ctx, const mipzk_program* program, const uint8_t* plan,
                               size_t plan_size, const uint8_t* challenge, size_t challenge_size,
                               const uint8_t* piece, size_t piece_size, mipzk_error* err) noexcept {
  return capi::with_program(ctx, program, err, [&](Pool& pool, const auto& elf) -> Status {
    const ByteView whole(piece, piece_size), front(challenge, challenge_size);
    if (Status s = capi::check_buffers({{plan, plan_size}, front, whole}); !s) return s;
    return capi::check_piece(pool, elf, {plan, plan_size}, front, whole);
  });
}

mipzk_status mipzk_piece_inspect(const uint8_t* piece, size_t piece_size, uint32_t* out_kind,
                                 uint32_t* out_shard, uint32_t* out_shards,
                                 mipzk_error* err) noexcept {
  for (uint32_t* out : {out_kind, out_shard, out_shards})
    if (out != nullptr) *out = 0;
  return capi::guarded(err, [&]() -> Status {
    if (Status s = capi::check_buffers({{piece, piece_size}}); !s) return s;
    const auto read = prove::read_any_piece({piece, piece_size});
    if (!read) return read.error();
    if (out_kind != nullptr) *out_kind = static_cast<uint32_t>(read->header.kind);
    if (out_shard != nullptr) *out_shard = read->header.shard;
    if (out_shards != nullptr) *out_shards = read->header.shards;
    return {};
  });
}
