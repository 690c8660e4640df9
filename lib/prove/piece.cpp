// SPDX-License-Identifier: Apache-2.0
#include "prove/piece.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/format.hpp"

namespace mipzk::prove {
namespace {

constexpr uint8_t kMagic[4] = {'M', 'P', 'Z', 'U'};
constexpr hash::Key kPieceKey = hash::key_from_text("mipzk v0 piece");
constexpr size_t kDigest = sizeof(hash::Digest);
constexpr size_t kHeader = 4 + 2 + 2 + 4 + 4 + 8 + 2 * kDigest;

constexpr const char* kNames[kPieceKinds] = {"plan", "work", "head", "challenge", "part"};

void take_digest(Reader& r, hash::Digest& out) {
  const ByteView b = r.take(out.size());
  if (b.size() == out.size()) std::copy(b.begin(), b.end(), out.begin());
}

}  // namespace

const char* piece_name(PieceKind kind) { return kNames[static_cast<unsigned>(kind) - 1]; }

PieceBytes write_piece(const PieceHeader& header, ByteView payload) {
  PieceBytes out(kHeader + payload.size() + kDigest);
  std::copy_n(kMagic, 4, out.begin());
  store_le32(&out[4], kPieceVersion | static_cast<uint32_t>(header.kind) << 16);
  store_le32(&out[8], header.shard);
  store_le32(&out[12], header.shards);
  store_le64(&out[16], payload.size());
  std::copy(header.plan.begin(), header.plan.end(), &out[24]);
  std::copy(header.challenge.begin(), header.challenge.end(), &out[24 + kDigest]);
  std::copy(payload.begin(), payload.end(), out.begin() + kHeader);
  const size_t signed_bytes = kHeader + payload.size();
  const hash::Digest digest = hash::keyed_hash(kPieceKey, ByteView(out).first(signed_bytes));
  std::copy(digest.begin(), digest.end(), out.end() - kDigest);
  return out;
}

Result<Piece> read_any_piece(ByteView bytes) {
  Reader r(bytes);
  const ByteView magic = r.take(4);
  if (magic.size() != 4 || std::memcmp(magic.data(), kMagic, 4) != 0)
    return Error(Errc::kMalformed,
                 "these bytes are no piece of a proof: they do not begin with MPZU");
  const uint16_t version = r.u16(), kind = r.u16();
  if (r.ok() && version != kPieceVersion)
    return Error(Errc::kUnsupported, "the piece is of another version of the library", version);
  Piece piece;
  piece.header.shard = r.u32();
  piece.header.shards = r.u32();
  const uint64_t size = r.u64();
  take_digest(r, piece.header.plan);
  take_digest(r, piece.header.challenge);
  if (!r.ok() || kind == 0 || kind > kPieceKinds || r.remaining() < kDigest ||
      r.remaining() - kDigest != size)
    return Error(Errc::kMalformed, "the piece is damaged or cut short; make it again");
  piece.header.kind = static_cast<PieceKind>(kind);
  piece.payload = r.take(static_cast<size_t>(size));
  take_digest(r, piece.digest);
  if (hash::keyed_hash(kPieceKey, bytes.first(bytes.size() - kDigest)) != piece.digest)
    return Error(Errc::kMalformed, "the piece is damaged: it has another digest; make it again");
  return piece;
}

Result<Piece> read_piece(ByteView bytes, PieceKind kind) {
  auto piece = read_any_piece(bytes);
  if (!piece) {
    Error error = piece.error();
    const std::string text = error.message;
    return format_error(error.code, "the %s: %s", piece_name(kind), text.c_str());
  }
  if (piece->header.kind == kind) return piece;
  return format_error(Errc::kMalformed, "a piece of kind %s where one of kind %s is wanted",
                      piece_name(piece->header.kind), piece_name(kind));
}

std::string piece_label(PieceKind kind, uint32_t shard) {
  std::string label = piece_name(kind);
  char number[16] = "-";
  if (shard != 0) std::snprintf(number, sizeof number, "-%05u-", shard);
  return label + number;
}

std::string piece_label(const PieceHeader& header, ByteView bytes) {
  std::string label = piece_label(header.kind, header.shard);
  for (const uint8_t b : bytes.last(kDigest)) {
    label += "0123456789abcdef"[b >> 4];
    label += "0123456789abcdef"[b & 15];
  }
  return label;
}

}  // namespace mipzk::prove
