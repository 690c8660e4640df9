// What a proof says about itself, without verifying it; part of the verifier library.
#include "boundary.hpp"
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

Status inspect(ByteView proof, mipzk_proof_info& out) {
  if (!buffer_ok(proof.data(), proof.size()))
    return Error(Errc::kArgument, "proof is NULL but its size is not 0");
  Reader reader(proof);
  proof::Statement statement;
  if (Status s = proof::read_statement(reader, proof.size(), statement); !s) return s;
  proof::Instance instances[proof::kMaxInstances];
  uint32_t count = 0;
  if (Status s = proof::read_instances(reader, instances, count); !s) return s;
  proof::Shape shape;
  if (Status s =
          proof::Shape::make({instances, count}, statement.program, *statement.profile, shape);
      !s)
    return s;

  out.format_version = proof::kFormatVersion;
  out.profile_id = statement.profile->id;
  copy_name(out.profile_name, statement.profile->name);
  out.exit_code = statement.exit_code;
  const hash::Digest id = statement.program.id();
  std::memcpy(out.program_id, id.data(), sizeof out.program_id);
  out.public_input = range_in(proof, statement.public_input);
  out.output = range_in(proof, statement.output);
  out.machine_version = statement.program.machine_version;
  out.entry = statement.program.entry;
  out.shards = statement.shards;
  out.tables = count;
  out.log_height = shape.max_log_height();
  out.max_cycles = shape.slots();

  const proof::Security bits = proof::security(*statement.profile, proof::security_input(shape));
  double fold = bits.folds == 0 ? bits.hash : bits.fold[0];
  for (unsigned i = 1; i < bits.folds; ++i) fold = bits.fold[i] < fold ? bits.fold[i] : fold;
  out.millibits_lookup = millibits(bits.lookup);
  out.millibits_constraints = millibits(bits.constraints);
  out.millibits_deep = millibits(bits.deep);
  out.millibits_batch = millibits(bits.batch);
  out.millibits_fold = millibits(fold);
  out.millibits_query = millibits(bits.query);
  out.millibits_hash = millibits(bits.hash);
  out.millibits_total = millibits(bits.total);
  out.security_bits = out.millibits_total / 1000;
  return {};
}

}  // namespace
}  // namespace mipzk::capi

mipzk_status mipzk_proof_inspect(const uint8_t* proof, size_t proof_size,
                                 mipzk_proof_info* out_info, mipzk_error* err) noexcept {
  using namespace mipzk;
  if (Status s = capi::clear_struct(out_info); !s) return capi::report(err, s);
  return capi::report(err, capi::inspect({proof, proof_size}, *out_info));
}
