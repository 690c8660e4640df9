// SPDX-License-Identifier: Apache-2.0
// The pieces of a proof that is made step by step, as bytes that can be sent and kept
// (docs/UNITS.md). Reading them is total: any bytes give a piece or an error.
//
// All but heads and parts hold private data; those two do when the proof that they belong to is not
// published.
#pragma once

#include <span>
#include <string>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/secret_memory.hpp"
#include "hash/blake3.hpp"

namespace mipzk::prove {

// Changes with the layout of any piece.
inline constexpr uint16_t kPieceVersion = 0;

enum class PieceKind : uint16_t {
  kPlan = 1,       // what is proved, in which shards, and the key of the masks
  kWork = 2,       // what a shard begins with
  kHead = 3,       // what a shard commits to in pass 1
  kChallenge = 4,  // the proof up to the global challenges
  kPart = 5,       // a shard's part of the proof
};
inline constexpr unsigned kPieceKinds = 5;
// "plan"; for names of files and for messages.
const char* piece_name(PieceKind kind);

// What stands in front of each piece.
struct PieceHeader {
  PieceKind kind = PieceKind::kPlan;
  uint32_t shard = 0;        // from 1; 0: of all
  uint32_t shards = 0;       // of the run
  hash::Digest plan{};       // of the plan that it belongs to; of a plan zero
  hash::Digest challenge{};  // of the challenge that a part answers; otherwise zero
};

using PieceBytes = SecretVector<uint8_t>;

struct Piece {
  PieceHeader header;
  ByteView payload;       // of the bytes that were read
  hash::Digest digest{};  // of all of them
};

// Header, payload and digest.
PieceBytes write_piece(const PieceHeader& header, ByteView payload);
// Errors: kMalformed (damaged, cut short), kUnsupported (another version); the message names the
// kind that was wanted.
Result<Piece> read_piece(ByteView bytes, PieceKind kind);
// Of any kind.
Result<Piece> read_any_piece(ByteView bytes);

// What a piece is called where it is kept: "part-00012-" and, if `bytes` are given, 64 digits of
// its digest.
std::string piece_label(PieceKind kind, uint32_t shard);
std::string piece_label(const PieceHeader& header, ByteView bytes);

}  // namespace mipzk::prove
