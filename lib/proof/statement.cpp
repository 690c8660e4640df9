// SPDX-License-Identifier: Apache-2.0
#include "proof/statement.hpp"

#include <cstring>

#include "air/layout.hpp"
#include "isa/program.hpp"

namespace mipzk::proof {
namespace {

constexpr hash::Key kProgramKey = hash::key_from_text("mipzk v0 program");

constexpr bool height_ok(unsigned log) {
  return log >= air::kMinLogHeight && log <= air::kMaxLogHeight;
}

}  // namespace

void ProgramHeader::write(uint8_t out[kSize]) const {
  store_le32(out, machine_version);
  store_le32(out + 4, byte_order);
  store_le32(out + 8, entry);
  out[12] = log_rom;
  out[13] = log_region;
  out[14] = log_image;
  out[15] = 0;
  std::memcpy(out + 16, root[0].data(), 32);
  std::memcpy(out + 48, root[1].data(), 32);
}

hash::Digest ProgramHeader::id() const {
  uint8_t bytes[kSize];
  write(bytes);
  hash::Blake3 h(kProgramKey);
  h.update(ByteView(bytes, kSize));
  hash::Digest id;
  h.finalize(id.data(), id.size());
  return id;
}

Status read_statement(Reader& r, Statement& out, std::span<const Profile> known) {
  Reader whole = r;
  const size_t start = r.position();
  ByteView magic = r.take(4);
  if (!r.ok() || std::memcmp(magic.data(), kMagic, 4) != 0)
    return Error(Errc::kMalformed, "not a mipzk proof: it does not start with MPZK");
  uint16_t version = r.u16();
  out.flags = r.u16();
  if (!r.ok()) return Error(Errc::kMalformed, "the proof ends inside its header");
  if (version != kFormatVersion)
    return Error(Errc::kUnsupported, "the proof has another format version than this library",
                 version);
  if ((out.flags & ~kFlagNotHiding) != 0)
    return Error(Errc::kMalformed, "unknown flags in the proof header");
  uint32_t profile_id = r.u32();
  out.profile = find_profile(profile_id, known);
  if (r.ok() && out.profile == nullptr)
    return Error(Errc::kUnsupported, "unknown parameter set", profile_id);

  ProgramHeader& p = out.program;
  p.machine_version = r.u32();
  p.byte_order = r.u32();
  p.entry = r.u32();
  p.log_rom = r.u8();
  p.log_region = r.u8();
  p.log_image = r.u8();
  uint8_t pad = r.u8();
  for (hash::Digest& root : p.root) {
    ByteView b = r.take(32);
    if (b.size() == 32) std::memcpy(root.data(), b.data(), 32);
  }
  if (!r.ok()) return Error(Errc::kMalformed, "the proof ends inside its program header");
  if (p.machine_version != kMachineVersion)
    return Error(Errc::kUnsupported, "the program is for another version of the machine");
  if (p.byte_order > kLittleEndian || pad != 0 || p.entry % 4 != 0 || !height_ok(p.log_rom) ||
      !height_ok(p.log_region) || !height_ok(p.log_image))
    return Error(Errc::kMalformed, "the program header is out of range");

  uint32_t n = r.u32();
  if (!r.ok() || n > isa::kMaxWindowBytes)
    return Error(Errc::kMalformed, "the public input is longer than its window");
  out.public_input = r.take(n);
  n = r.u32();
  if (!r.ok() || n > isa::kMaxWindowBytes)
    return Error(Errc::kMalformed, "the output is longer than its window");
  out.output = r.take(n);
  out.exit_code = r.u32();
  out.shards = r.u32();
  if (!r.ok()) return Error(Errc::kMalformed, "the proof ends inside its statement");
  if (out.shards == 0 || out.shards > kMaxShards)
    return Error(Errc::kMalformed, "the number of shards is out of range");
  out.bytes = whole.take(r.position() - start);
  return {};
}

}  // namespace mipzk::proof
