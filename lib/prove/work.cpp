// SPDX-License-Identifier: Apache-2.0
#include "prove/work.hpp"

#include <algorithm>
#include <memory>

#include "base/format.hpp"
#include "prove/bounds.hpp"
#include "prove/byte_writer.hpp"
#include "prove/memory.hpp"
#include "prove/proving.hpp"
#include "prove/shard.hpp"
#include "prove/writer.hpp"

namespace mipzk::prove {
namespace {

constexpr uint32_t kNotHiding = 1, kHalted = 2;  // of the flags
constexpr uint32_t kWritableKey = 1u << 31;      // of a word
constexpr size_t kWordBytes = 10, kCodeBytes = 6;

Error damaged() {
  return Error(Errc::kMalformed, "the work says what no work says; make it again");
}

void write_image(const vm::ShardImage& image, ByteWriter& w) {
  w.u64(image.cycles);
  w.u32(image.pc);
  w.u32(image.npc);
  for (const uint32_t v : image.reg) w.u32(v);
  for (const uint16_t v : image.reg_shard) w.u16(v);
  w.u32(static_cast<uint32_t>(image.words.size()));
  w.out.reserve(w.out.size() + kWordBytes * image.words.size() + image.hints.size() + 4096);
  for (const vm::GivenWord& word : image.words) {
    w.u32(word.key | (word.writable ? kWritableKey : 0));
    w.u32(word.value);
    w.u16(word.shard_in);
  }
  w.u32(static_cast<uint32_t>(image.code.size()));
  for (const vm::ShardImage::GivenCode& c : image.code) {
    w.u32(c.rom);
    w.u16(c.shard_in);
  }
  w.u32(static_cast<uint32_t>(image.hints.size()));
  w.bytes(image.hints);
}

Status read_image(Reader& r, vm::ShardImage& image) {
  image.cycles = r.u64();
  image.pc = r.u32();
  image.npc = r.u32();
  if (!r.ok() || image.cycles > vm::kMaxShardCycles || image.pc % 4 != 0 || image.npc % 4 != 0)
    return damaged();
  for (uint32_t& v : image.reg) v = r.u32();
  for (uint16_t& v : image.reg_shard) v = r.u16();
  const uint32_t words = r.u32();
  if (!r.ok() || words > r.remaining() / kWordBytes) return damaged();
  image.words.resize(words);
  int64_t last = -1;
  for (vm::GivenWord& word : image.words) {
    const uint32_t key = r.u32();
    word = {key & ~kWritableKey, r.u32(), r.u16(), (key & kWritableKey) != 0};
    if (word.key >= vm::kRegisterKeyBase || word.key <= last) return damaged();
    last = word.key;
  }
  const uint32_t code = r.u32();
  if (!r.ok() || code > r.remaining() / kCodeBytes) return damaged();
  image.code.resize(code);
  for (vm::ShardImage::GivenCode& c : image.code) c = {r.u32(), r.u16()};
  const ByteView hints = r.take(r.u32());
  if (!r.ok()) return damaged();
  image.hints.assign(hints.begin(), hints.end());
  return {};
}

Options options_of(const Workshop& shop, const Work& work) {
  Options options;
  options.profile = work.profile;
  if (!work.hiding) options.masks = Masks::none();
  options.memory = shop.memory;
  options.cancel = shop.cancel;
  options.seed.assign(32, 0);  // not used: the work has a key
  return options;
}

Error not_planned(const char* why, uint32_t shard) { return Error(Errc::kRejected, why, shard); }

// Instructions that tables of this shape hold.
uint64_t room(const proof::Shape& shape) {
  uint64_t slots = 0;
  for (size_t i = 0; i < shape.instances().size(); ++i)
    slots += uint64_t{shape.info(i).slots} << shape.instances()[i].log_height;
  return slots;
}

// Executes the shard and calls f(shard), filled with the tables of the part.
template <class F>
Status with_shard(const Workshop& shop, const Work& work, trace::Part part, const F& f) {
  const uint32_t number = work.header.shard;
  const Options options = options_of(shop, work);
  auto shape = std::make_unique<proof::Shape>();
  if (Status s = proof::Shape::make(work.planned.instances, shop.program.header, *work.profile,
                                    *shape, number);
      !s)
    return damaged();
  // What the machine keeps while it executes is then bounded by the tables, as their memory is.
  if (work.image.cycles > room(*shape))
    return not_planned("the work has more instructions than its tables have room for", number);
  const uint64_t bytes =
      shard_bytes(*shape, *work.profile) +
      shared_bytes(shop.program.header, shape->height_mask(), *work.profile, shop.pool.threads());
  if (Status s = check_memory(bytes, options.memory, "about"); !s) return s;
  const uint64_t cells = committed_cells(*shape);
  return proving(options, cells, [&](const Options& seeded, Progress& progress) -> Status {
    auto record =
        vm::record_image(shop.program.program, work.image, shop.max_guest_memory, shop.cancel);
    if (!record) return record.error();
    if (digest_of(shop.pool, *record) != work.planned.witness_digest)
      return not_planned("the work does not give the shard that was planned", number);
    const auto shard =
        std::make_unique<Shard>(shop.pool, shop.program, shop.trees, seeded, number, progress);
    if (Status s = fill_from_record(*shard, shop.pool, shop.program,
                                    {*record, number, work.sources, work.code_last}, work.planned,
                                    *work.profile, part);
        !s) {
      // The tables or the words of the run are others than those of a plan.
      if (s.error().code == Errc::kInternal || s.error().code == Errc::kUnprovable)
        return not_planned("the work does not fill the tables that it says were planned", number);
      return s;
    }
    record = vm::ShardRecord();
    return f(*shard);
  });
}

// A piece that must be that of a shard; errors have its number.
Result<Piece> of_shard(ByteView bytes, PieceKind kind, uint32_t shard, const ProofPlan& plan,
                       const Piece* challenge) {
  auto piece = read_piece(bytes, kind);
  Error error;
  if (!piece) {
    error = piece.error();
  } else if (Status s = check_belongs(*piece, plan, challenge); !s) {
    error = s.error();
  } else if (piece->header.shard != shard) {
    error = format_error(Errc::kRejected, "the %s of shard %u where that of shard %u is wanted",
                         piece_name(kind), piece->header.shard, shard);
  } else {
    return piece;
  }
  error.detail = shard;
  return error;
}

}  // namespace

PieceBytes write_work(const ProofPlan& plan, const hash::Digest& tables, uint32_t shard,
                      const vm::ShardRecord& record, ByteView hints) {
  const RunPlan& run = *plan.run;
  const vm::ShardImage image = vm::image_of(record, shard, hints);
  const RunPlan::Shard& planned = run.shards[shard - 1];
  ByteWriter w;
  w.u32(trace::kTraceVersion);
  w.u32(proof::kFormatVersion);
  w.bytes(plan.request.program);
  w.bytes(tables);
  w.u32(plan.profile->id);
  w.u32((plan.hiding ? 0 : kNotHiding) | (image.halted ? kHalted : 0));
  const ShardBlinding masks = plan.blinding.of_shard(shard);
  w.bytes(masks.own.key());
  w.bytes(masks.ring_before);
  std::vector<uint8_t> shape;
  append_shape(shape, planned.instances);
  w.bytes(shape);
  w.bytes(planned.witness_digest);
  write_image(image, w);
  if (shard == 1) write_sources(run, w);
  return write_piece({PieceKind::kWork, shard, plan.shards(), plan.digest, {}}, w.out);
}

Result<Work> read_work(ByteView bytes, const LoadedProgram& program, const hash::Digest& tables) {
  const auto piece = read_piece(bytes, PieceKind::kWork);
  if (!piece) return piece.error();
  Reader r(piece->payload);
  if (r.u32() != trace::kTraceVersion || r.u32() != proof::kFormatVersion)
    return Error(Errc::kUnsupported, "the work is of another version of the library");
  Work work;
  hash::Digest of_tables{};
  take(r, work.program_id);
  take(r, of_tables);
  if (r.ok() && of_tables != tables)
    return Error(Errc::kWrongProgram, "the work is about another program");
  work.header = piece->header;
  const uint32_t profile = r.u32(), flags = r.u32();
  work.profile = proof::find_profile(profile);
  const ByteView key = r.take(sizeof(hash::Digest));
  const ByteView ring = r.take(sizeof(hash::Digest));
  const uint32_t number = work.header.shard, shards = work.header.shards;
  if (!r.ok() || work.profile == nullptr || flags > (kNotHiding | kHalted) || number == 0 ||
      number > shards || shards > proof::kMaxShards)
    return damaged();
  work.hiding = (flags & kNotHiding) == 0;
  work.masks = {Blinding::of_key(key, number), secret_copy(ring)};
  proof::Instance instances[proof::kMaxInstances];
  uint32_t count = 0;
  if (!proof::read_instances(r, instances, count)) return damaged();
  work.planned.instances.assign(instances, instances + count);
  work.planned.witness_digest.resize(sizeof(hash::Digest));
  take(r, work.planned.witness_digest);
  work.image.number = number;
  work.image.halted = (flags & kHalted) != 0;
  if (Status s = read_image(r, work.image); !s) return s.error();
  work.planned.cycles = work.image.cycles;
  if (number == 1 &&
      !read_sources(r, shards, program.program.code_rows(), work.sources, work.code_last))
    return damaged();
  if (!r.at_end()) return damaged();
  return work;
}

Result<PieceBytes> commit_work(const Workshop& shop, const Work& work) {
  std::vector<uint8_t> head;
  const Status s = with_shard(shop, work, trace::Part::kPassOne, [&](Shard& shard) {
    head = commit_step(shard, work.masks);
    return Status();
  });
  if (!s) return s.error();
  PieceHeader header = work.header;
  header.kind = PieceKind::kHead;
  return write_piece(header, head);
}

Status check_belongs(const Piece& piece, const ProofPlan& plan, const Piece* challenge) {
  const PieceHeader& h = piece.header;
  const auto wrong = [&](const char* what) {
    Error e = format_error(Errc::kRejected, "the %s of shard %u is %s", piece_name(h.kind), h.shard,
                           what);
    e.detail = h.shard;
    return e;
  };
  if (h.plan != plan.digest) {
    if (h.shard == 0) return Error(Errc::kRejected, "the challenge belongs to another plan");
    return wrong("one of another plan");
  }
  const bool is_whole = h.kind == PieceKind::kChallenge;
  if ((h.shard == 0) != is_whole || h.shard > plan.shards() || h.shards != plan.shards())
    return Error(Errc::kMalformed, "the piece has the number of a shard that the plan has not",
                 h.shard);
  if (is_whole && (piece.payload.size() < plan.statement.size() ||
                   !std::ranges::equal(piece.payload.first(plan.statement.size()), plan.statement)))
    return Error(Errc::kRejected, "the challenge states something else than the plan");
  if (h.kind == PieceKind::kPart && challenge != nullptr && h.challenge != challenge->digest)
    return wrong("one for another challenge");
  if (h.kind != PieceKind::kHead) return {};
  std::vector<uint8_t> shape;
  append_shape(shape, plan.run->shards[h.shard - 1].instances);
  if (piece.payload.size() != shape.size() + sizeof(hash::Digest) ||
      !std::ranges::equal(piece.payload.first(shape.size()), shape))
    return wrong("not laid out as it was planned");
  return {};
}

Result<PieceBytes> draw_challenge(Pool& pool, const LoadedProgram& program, const ProofPlan& plan,
                                  const PieceSource& heads) {
  const proof::Statement statement = plan.statement_of();
  Options options;
  options.profile = plan.profile;
  if (!plan.hiding) options.masks = Masks::none();
  Session session(pool, program, options,
                  {statement.public_input, statement.output, statement.exit_code}, plan.shards());
  for (uint32_t shard = 1; shard <= plan.shards(); ++shard) {
    const auto given = heads(shard);
    if (!given) return given.error();
    const auto head = of_shard(*given, PieceKind::kHead, shard, plan, nullptr);
    if (!head) return head.error();
    session.add_head(head->payload);
  }
  try {
    session.draw_challenges();
  } catch (const Restart&) {
    return Error(Errc::kState, "the challenges do not serve: plan the next attempt",
                 plan.attempt + 1);
  }
  return write_piece({PieceKind::kChallenge, 0, plan.shards(), plan.digest, {}}, session.bytes());
}

Result<PieceBytes> prove_work(const Workshop& shop, const Work& work, ByteView bytes) {
  const auto challenge = read_piece(bytes, PieceKind::kChallenge);
  if (!challenge) return challenge.error();
  const uint32_t number = work.header.shard;
  if (challenge->header.plan != work.header.plan)
    return Error(Errc::kRejected, "the challenge belongs to another plan than the work");
  auto session = Session::read(shop.pool, *work.profile, challenge->payload);
  if (!session) return session.error();
  std::vector<uint8_t> part;
  const Status s = with_shard(shop, work, trace::Part::kAll, [&](Shard& shard) -> Status {
    auto made = prove_step(shard, work.masks, *session, session->head(number));
    if (!made) {
      if (made.error().code != Errc::kInternal) return made.error();
      return Error(Errc::kRejected, "the head of the shard in the challenge is another one",
                   number);
    }
    part = std::move(*made);
    return {};
  });
  if (!s) return s.error();
  return write_piece(
      {PieceKind::kPart, number, work.header.shards, work.header.plan, challenge->digest}, part);
}

Status assemble(const ProofPlan& plan, ByteView bytes, const PieceSource& parts,
                const ProofSink& sink) {
  const auto challenge = read_piece(bytes, PieceKind::kChallenge);
  if (!challenge) return challenge.error();
  if (Status s = check_belongs(*challenge, plan, nullptr); !s) return s;
  if (Status s = sink(challenge->payload); !s) return s;
  for (uint32_t shard = 1; shard <= plan.shards(); ++shard) {
    const auto given = parts(shard);
    if (!given) return given.error();
    const auto part = of_shard(*given, PieceKind::kPart, shard, plan, &*challenge);
    if (!part) return part.error();
    if (Status s = sink(part->payload); !s) return s;
  }
  return {};
}

}  // namespace mipzk::prove
