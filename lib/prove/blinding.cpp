// SPDX-License-Identifier: Apache-2.0
#include "prove/blinding.hpp"

#include <algorithm>
#include <cstring>

#include "hash/blake3_many.hpp"

namespace mipzk::prove {
namespace {

using field::Fp;

constexpr hash::Key kBlindingKey = hash::key_from_text("mipzk v0 blinding");
constexpr hash::Key kShardKey = hash::key_from_text("mipzk v0 blinding shard");
constexpr hash::Key kTranscriptKey = hash::key_from_text("mipzk v0 blinding transcript");
constexpr hash::Key kStreamKey = hash::key_from_text("mipzk v0 blinding stream");

hash::Key key_from(ByteView bytes) {
  hash::Key key;
  std::copy_n(bytes.begin(), key.bytes.size(), key.bytes.begin());
  return key;
}

constexpr size_t kBlock = size_t{1} << 14;  // elements of a block of fill_blocks

}  // namespace

Blinding::Blinding(ByteView seed, ByteView context)
    : key_(secret_copy(ByteView(kBlindingKey.bytes))) {
  hash::Blake3 h(key_from(seed));
  h.update(kBlindingKey.bytes);
  h.update(context);
  h.finalize(key_.data(), key_.size());
}

Blinding Blinding::of_shard(uint32_t shard) const {
  hash::Blake3 h(key_from(key_));
  h.update(kShardKey.bytes);
  h.update_word(shard);
  Blinding b = *this;
  b.shard_ = shard;
  h.finalize(b.key_.data(), b.key_.size());
  return b;
}

Blinding Blinding::of_transcript(ByteView state) const {
  hash::Blake3 h(key_from(key_));
  h.update(kTranscriptKey.bytes);
  h.update(state);
  Blinding b = *this;
  h.finalize(b.key_.data(), b.key_.size());
  return b;
}

hash::Key Blinding::stream_key(BlindingUse use, uint64_t index) const {
  hash::Blake3 h(key_from(key_));
  h.update_word(static_cast<uint32_t>(use) | attempt_ << 16);
  h.update_u64(uint64_t{shard_ - 1} << 32 | index);
  hash::Key key;
  h.finalize(key.bytes.data(), key.bytes.size());
  return key;
}

SecretVector<uint8_t> Blinding::stream(BlindingUse use, uint64_t index) const {
  return secret_copy(ByteView(stream_key(use, index).bytes));
}

void Blinding::fill(BlindingUse use, uint64_t index, std::span<Fp> out) const {
  fill_from(stream_key(use, index).bytes, out);
}

void Blinding::fill_from(ByteView key, std::span<Fp> out) {
  hash::Blake3 h(key_from(key));
  h.update(kStreamKey.bytes);
  const hash::Blake3Output stream = h.output();
  uint8_t block[64];
  size_t used = sizeof block;
  uint64_t next = 0;
  for (Fp& x : out) {
    uint32_t word;
    do {
      if (used == sizeof block) {
        stream.block(next++, block);
        used = 0;
      }
      word = load_le32(block + used) & 0x7fffffffu;
      used += 4;
    } while (word >= field::kP);
    x = Fp::from_raw(word);
  }
}

void Blinding::fill_blocks(Pool& pool, BlindingUse use, std::span<Fp> out) const {
  pool.parallel_for((out.size() + kBlock - 1) / kBlock, 1, [&](size_t begin, size_t end) {
    for (size_t b = begin; b < end; ++b)
      fill(use, b, out.subspan(b * kBlock, std::min(kBlock, out.size() - b * kBlock)));
  });
}

commit::SaltFunction Blinding::salts(unsigned tree) const {
  return [this, tree](uint64_t first, size_t count, uint8_t* out) {
    const hash::Key key = stream_key(BlindingUse::kSalt, tree);
    uint8_t rows[commit::kSaltBatch * 8], digests[commit::kSaltBatch * sizeof(hash::Digest)];
    for (size_t i = 0; i < count; ++i) store_le64(rows + 8 * i, first + i);
    hash::keyed_hash_many(key, rows, 8, 8, count, digests);
    for (size_t i = 0; i < count; ++i)
      std::memcpy(out + i * commit::kSaltBytes, digests + i * sizeof(hash::Digest),
                  commit::kSaltBytes);
  };
}

bool independent(std::span<const field::Fp5> five) {
  std::array<field::Fp5, 5> m;
  std::copy_n(five.begin(), 5, m.begin());
  for (size_t col = 0; col < 5; ++col) {
    size_t pivot = col;
    while (pivot < 5 && m[pivot].c[col] == Fp::zero()) ++pivot;
    if (pivot == 5) return false;
    std::swap(m[col], m[pivot]);
    const Fp inverse = m[col].c[col].inverse();
    for (size_t row = col + 1; row < 5; ++row) m[row] -= m[col] * (m[row].c[col] * inverse);
  }
  return true;
}

}  // namespace mipzk::prove
