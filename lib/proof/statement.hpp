// SPDX-License-Identifier: Apache-2.0
// The front of a proof: what it claims and about which program (docs/FORMAT.md).
#pragma once

#include <array>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "hash/blake3.hpp"
#include "proof/profile.hpp"

namespace mipzk::proof {

inline constexpr uint8_t kMagic[4] = {'M', 'P', 'Z', 'K'};
inline constexpr uint16_t kFormatVersion = 0;
// Flags of the header. Not hiding: the prover left masks out, and the proof may tell everything
// about the private input.
inline constexpr uint16_t kFlagNotHiding = 1;
inline constexpr uint32_t kMachineVersion = 0;
inline constexpr uint32_t kBigEndian = 0, kLittleEndian = 1;  // ProgramHeader::byte_order

// The numbers of shards, from 1, are differences of 16 bits in table BOUNDARY.
inline constexpr uint32_t kMaxShards = 0xffff;

// Commits to everything that is executed and to all initial data; its hash is the program id.
struct ProgramHeader {
  uint32_t machine_version = kMachineVersion;
  uint32_t byte_order = kBigEndian;
  uint32_t entry = 0;  // byte address
  uint8_t log_rom = 0, log_region = 0, log_image = 0;
  hash::Digest root[2]{};  // of the program tree at blowup 2 and 4

  static constexpr size_t kSize = 80;
  void write(uint8_t out[kSize]) const;
  hash::Digest id() const;
};

struct Statement {
  uint16_t flags = 0;
  const Profile* profile = nullptr;
  ProgramHeader program;
  ByteView public_input, output;  // views of the proof bytes
  uint32_t exit_code = 0;
  uint32_t shards = 0;
  ByteView bytes;  // all of it, as it is absorbed: from the magic up to and including `shards`
};

// Parses and checks the front of a proof, where `reader` stands, under one of the known profiles;
// leaves it at the heads of the shards. Distinct errors: kMalformed, kUnsupported (version,
// profile, machine).
Status read_statement(Reader& reader, Statement& out, std::span<const Profile> known = profiles());

}  // namespace mipzk::proof
