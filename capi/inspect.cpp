// SPDX-License-Identifier: Apache-2.0
// What a proof says about itself, without verifying it; part of the verifier library.
#include "boundary.hpp"
#include "proof/protocol.hpp"
#include "proof/security.hpp"
#include "proof/shape.hpp"
#include "proof/statement.hpp"

namespace mipzk::capi {
namespace {

uint32_t millibits(double bits) {
  if (!(bits > 0)) return 0;
  return bits < 4e6 ? static_cast<uint32_t>(bits * 1000) : 4000000000u;
}

mipzk_range range_in(ByteView whole, ByteView part) {
  if (part.empty()) return {};
  return {static_cast<uint64_t>(part.data() - whole.data()), part.size()};
}

// The front of a proof, what the heads of its shards come to, and that their parts are there.
struct Front {
  proof::Statement statement;
  proof::SecurityInput security;
  uint32_t tables = 0;
  uint64_t cycles = 0;
  mipzk_range shape_bytes{};  // of the first shard
};

// Takes the shapes of the shards, as far as there is room.
struct ShapeSink {
  uint8_t* out = nullptr;
  size_t capacity = 0;
  size_t size = 0;  // of all of them

  void take(ByteView shape) {
    if (size <= capacity && shape.size() <= capacity - size)
      std::memcpy(out + size, shape.data(), shape.size());
    size += shape.size();
  }
};

Status read_front(ByteView proof, Front& out, ShapeSink* shapes = nullptr) {
  if (!buffer_ok(proof.data(), proof.size()))
    return Error(Errc::kArgument, "proof is NULL but its size is not 0");
  Reader reader(proof);
  if (Status s = proof::read_statement(reader, out.statement); !s) return s;
  for (uint32_t shard = 1; shard <= out.statement.shards; ++shard) {
    const size_t start = reader.position();
    proof::Shape shape;
    if (Status s = proof::read_shape(reader, out.statement, shard, shape); !s) return s;
    if (shard == 1) out.shape_bytes = {start, reader.position() - start};
    if (shapes != nullptr) shapes->take(proof.subspan(start, reader.position() - start));
    out.tables += static_cast<uint32_t>(shape.instances().size());
    out.cycles += shape.slots();
    out.security.add(shape);
    reader.take(sizeof(hash::Digest));  // the pass-1 root
  }
  if (proof::global_work(*out.statement.profile).bits != 0) reader.u64();
  for (uint32_t shard = 1; shard <= out.statement.shards; ++shard) reader.take(reader.u32());
  if (!reader.at_end())
    return Error(Errc::kMalformed, "the proof is cut short, or has bytes after its end");
  return {};
}

Status inspect(ByteView proof, mipzk_proof_info& out) {
  Front front;
  if (Status s = read_front(proof, front); !s) return s;
  const proof::Statement& statement = front.statement;
  out.format_version = proof::kFormatVersion;
  out.profile_id = statement.profile->id;
  copy_name(out.profile_name, statement.profile->name);
  out.exit_code = statement.exit_code;
  const hash::Digest id = statement.program.id();
  std::memcpy(out.program_id, id.data(), sizeof out.program_id);
  out.public_input = range_in(proof, statement.public_input);
  out.output = range_in(proof, statement.output);
  out.shape = front.shape_bytes;
  out.machine_version = statement.program.machine_version;
  out.entry = statement.program.entry;
  out.shards = statement.shards;
  out.tables = front.tables;
  out.log_height = front.security.log_height;
  out.max_cycles = front.cycles;
  out.flags = (statement.flags & proof::kFlagNotHiding) != 0 ? MIPZK_PROOF_NO_HIDING : 0;
  if (statement.program.entry >> 28 == 8) out.flags |= MIPZK_PROOF_LINUX;
  const proof::Security bits = proof::security(*statement.profile, front.security);
  out.security_bits = millibits(bits.total) / 1000;
  return {};
}

Status copy_shape(ByteView proof, uint8_t* out, size_t capacity, size_t& size) {
  if (out == nullptr && capacity != 0)
    return Error(Errc::kArgument, "out is NULL but its capacity is not 0");
  Front front;
  ShapeSink shapes{out, capacity};
  if (Status s = read_front(proof, front, &shapes); !s) return s;
  if (shapes.size > capacity)
    return Error(Errc::kWorkspace, "the shape of the proof has more bytes than there is room for",
                 static_cast<uint32_t>(shapes.size));
  size = shapes.size;
  return {};
}

static_assert(MIPZK_MAX_FOLDS == proof::kMaxFolds);
static_assert(MIPZK_MAX_TABLES == proof::kMaxInstances);
static_assert(MIPZK_MAX_SHARDS == proof::kMaxShards);

Status security(ByteView proof, uint32_t regime, mipzk_security& out) {
  if (regime > MIPZK_REGIME_JOHNSON) return Error(Errc::kArgument, "there is no such regime");
  Front front;
  if (Status s = read_front(proof, front); !s) return s;
  const proof::Security bits = proof::security(
      *front.statement.profile, front.security,
      regime == MIPZK_REGIME_JOHNSON ? proof::Regime::kJohnson : proof::Regime::kUniqueDecoding);
  out.regime = regime;
  out.multiplicity = bits.multiplicity;
  out.millibits_lookup = millibits(bits.lookup);
  out.millibits_constraints = millibits(bits.constraints);
  out.millibits_deep = millibits(bits.deep);
  out.millibits_batch = millibits(bits.batch);
  out.folds = bits.folds;
  for (unsigned i = 0; i < bits.folds; ++i) out.millibits_fold[i] = millibits(bits.fold[i]);
  out.millibits_query = millibits(bits.query);
  out.millibits_hash = millibits(bits.hash);
  out.millibits_total = millibits(bits.total);
  return {};
}

}  // namespace
}  // namespace mipzk::capi

mipzk_status mipzk_proof_inspect(const uint8_t* proof, size_t proof_size,
                                 mipzk_proof_info* out_info, mipzk_error* err) noexcept {
  using namespace mipzk;
  return capi::report(err, capi::fill_struct(out_info, [&](mipzk_proof_info& info) {
                        return capi::inspect({proof, proof_size}, info);
                      }));
}

mipzk_status mipzk_proof_shape(const uint8_t* proof, size_t proof_size, uint8_t* out,
                               size_t capacity, size_t* out_size, mipzk_error* err) noexcept {
  using namespace mipzk;
  if (out_size != nullptr) *out_size = 0;
  if (out_size == nullptr) return capi::report(err, Error(Errc::kArgument, "out_size is NULL"));
  return capi::report(err, capi::copy_shape({proof, proof_size}, out, capacity, *out_size));
}

mipzk_status mipzk_proof_security(const uint8_t* proof, size_t proof_size, uint32_t regime,
                                  mipzk_security* out_security, mipzk_error* err) noexcept {
  using namespace mipzk;
  return capi::report(err, capi::fill_struct(out_security, [&](mipzk_security& bits) {
                        return capi::security({proof, proof_size}, regime, bits);
                      }));
}
