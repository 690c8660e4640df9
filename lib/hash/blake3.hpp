// SPDX-License-Identifier: Apache-2.0
// BLAKE3: hash, keyed hash and extendable output, from its specification. No heap; any endianness.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"

namespace mipzk::hash {

using Digest = std::array<uint8_t, 32>;

struct Key {
  std::array<uint8_t, 32> bytes{};
};

// The words that BLAKE3 computes with.
void key_words(const Key& key, uint32_t words[8]);

// A key that is ASCII text of at most 32 bytes, padded with zeros.
template <size_t kN>
constexpr Key key_from_text(const char (&text)[kN]) {
  static_assert(kN <= 33);
  Key key;
  for (size_t i = 0; i + 1 < kN; ++i) key.bytes[i] = static_cast<uint8_t>(text[i]);
  return key;
}

// The last compression of a hash, from which any part of the output follows.
class Blake3Output {
 public:
  // Output bytes 64 * index .. 64 * index + 63.
  void block(uint64_t index, uint8_t out[64]) const;
  // Output bytes seek .. seek + n - 1.
  void read(uint8_t* out, size_t n, uint64_t seek = 0) const;

 private:
  friend class Blake3;
  uint32_t chain_[8];
  uint32_t block_[16];
  uint32_t length_;
  uint32_t flags_;
};

// Incremental hasher of fixed size (about 2 KB).
class Blake3 {
 public:
  Blake3();                         // plain hash
  explicit Blake3(const Key& key);  // keyed hash

  void update(ByteView data);
  void update_word(uint32_t word);  // four bytes, little endian
  void update_u64(uint64_t word);   // eight bytes, little endian

  // The hasher stays as it is: more input may follow, and any number of outputs be taken.
  Blake3Output output() const;
  void finalize(uint8_t* out, size_t n, uint64_t seek = 0) const { output().read(out, n, seek); }
  Digest digest() const;

 private:
  void start_chunk();
  void compress_buffer();
  void push(const uint32_t chain[8], uint64_t chunks);

  static constexpr unsigned kMaxDepth = 54;  // 2^54 chunks of 2^10 bytes

  uint32_t key_[8];
  uint32_t chain_[8];  // of the current chunk
  uint8_t buffer_[64];
  uint32_t mode_;      // kKeyedHash or 0
  uint32_t buffered_;  // bytes in buffer_; a full buffer waits until more input comes
  uint32_t blocks_;    // blocks of the current chunk that were compressed
  uint64_t chunk_;     // index of the current chunk
  uint32_t depth_;     // subtrees on the stack
  uint32_t stack_[kMaxDepth][8];
};

Digest blake3(ByteView data);
Digest keyed_hash(const Key& key, ByteView data);

// keyed_hash(key, left || right) in one compression.
Digest keyed_node(const Key& key, const Digest& left, const Digest& right);

}  // namespace mipzk::hash
