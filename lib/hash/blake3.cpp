// SPDX-License-Identifier: Apache-2.0
#include "hash/blake3.hpp"

#include <cstring>

#include "hash/blake3_rounds.hpp"

namespace mipzk::hash {
namespace {

// out[0..7] is the chaining value; all sixteen words are a block of output.
[[gnu::noinline]] void compress(const uint32_t (&chain)[8], const uint32_t (&block)[16],
                                uint64_t counter, uint32_t length, uint32_t flags,
                                uint32_t (&out)[16]) {
  uint32_t v[16];
  blake3_state(v, chain, block, counter, length, flags);
  for (unsigned i = 0; i < 8; ++i) {
    out[i] = v[i] ^ v[i + 8];
    out[i + 8] = v[i + 8] ^ chain[i];
  }
}

void load_words(uint32_t* words, const uint8_t* bytes, unsigned count) {
  for (unsigned i = 0; i < count; ++i) words[i] = load_le32(bytes + 4 * i);
}

void store_words(uint8_t* bytes, const uint32_t* words, unsigned count) {
  for (unsigned i = 0; i < count; ++i) store_le32(bytes + 4 * i, words[i]);
}

}  // namespace

void key_words(const Key& key, uint32_t words[8]) { load_words(words, key.bytes.data(), 8); }

void Blake3Output::block(uint64_t index, uint8_t out[64]) const {
  uint32_t words[16];
  compress(chain_, block_, index, length_, flags_, words);
  store_words(out, words, 16);
}

void Blake3Output::read(uint8_t* out, size_t n, uint64_t seek) const {
  while (n != 0) {
    uint8_t bytes[64];
    block(seek / 64, bytes);
    size_t skip = static_cast<size_t>(seek % 64);
    size_t part = 64 - skip < n ? 64 - skip : n;
    std::memcpy(out, bytes + skip, part);
    out += part;
    n -= part;
    seek += part;
  }
}

Blake3::Blake3() : mode_(0), chunk_(0), depth_(0) {
  std::memcpy(key_, kBlake3Iv, sizeof key_);
  start_chunk();
}

Blake3::Blake3(const Key& key) : mode_(kKeyedHash), chunk_(0), depth_(0) {
  key_words(key, key_);
  start_chunk();
}

void Blake3::start_chunk() {
  std::memcpy(chain_, key_, sizeof chain_);
  buffered_ = 0;
  blocks_ = 0;
}

// Compresses the full buffer; it is not the last block of the input.
void Blake3::compress_buffer() {
  const bool last = blocks_ == kChunkSize / kBlockSize - 1;
  uint32_t words[16];
  uint32_t out[16];
  load_words(words, buffer_, 16);
  compress(chain_, words, chunk_, kBlockSize, mode_ | chunk_flags(blocks_ == 0, last), out);
  buffered_ = 0;
  if (last) {
    push(out, ++chunk_);
    start_chunk();
  } else {
    std::memcpy(chain_, out, sizeof chain_);
    ++blocks_;
  }
}

// Adds the chaining value of a finished chunk; `chunks` counts it. A subtree is complete for every
// trailing zero bit of that count.
void Blake3::push(const uint32_t chain[8], uint64_t chunks) {
  uint32_t node[16];
  std::memcpy(node, chain, 32);
  for (; (chunks & 1) == 0; chunks >>= 1) {
    uint32_t block[16];
    parent_block(block, stack_[--depth_], node);
    compress(key_, block, 0, kBlockSize, mode_ | kParent, node);
  }
  std::memcpy(stack_[depth_++], node, 32);
}

void Blake3::update(ByteView data) {
  const uint8_t* p = data.data();
  size_t n = data.size();
  while (n != 0) {
    if (buffered_ == kBlockSize) compress_buffer();
    size_t part = kBlockSize - buffered_;
    if (part > n) part = n;
    std::memcpy(buffer_ + buffered_, p, part);
    buffered_ += static_cast<uint32_t>(part);
    p += part;
    n -= part;
  }
}

void Blake3::update_word(uint32_t word) {
  uint8_t bytes[4];
  store_le32(bytes, word);
  update(bytes);
}

void Blake3::update_u64(uint64_t word) {
  uint8_t bytes[8];
  store_le64(bytes, word);
  update(bytes);
}

Blake3Output Blake3::output() const {
  Blake3Output o;
  uint8_t padded[kBlockSize] = {};
  std::memcpy(padded, buffer_, buffered_);
  std::memcpy(o.chain_, chain_, sizeof chain_);
  load_words(o.block_, padded, 16);
  o.length_ = buffered_;
  o.flags_ = mode_ | chunk_flags(blocks_ == 0, true);
  uint64_t counter = chunk_;
  for (uint32_t d = depth_; d != 0; --d) {
    uint32_t node[16];
    compress(o.chain_, o.block_, counter, o.length_, o.flags_, node);
    std::memcpy(o.chain_, key_, sizeof key_);
    parent_block(o.block_, stack_[d - 1], node);
    o.length_ = kBlockSize;
    o.flags_ = mode_ | kParent;
    counter = 0;
  }
  o.flags_ |= kRoot;
  return o;
}

Digest Blake3::digest() const {
  Digest d;
  finalize(d.data(), d.size());
  return d;
}

Digest blake3(ByteView data) {
  Blake3 h;
  h.update(data);
  return h.digest();
}

Digest keyed_hash(const Key& key, ByteView data) {
  Blake3 h(key);
  h.update(data);
  return h.digest();
}

Digest keyed_node(const Key& key, const Digest& left, const Digest& right) {
  uint32_t chain[8];
  uint32_t block[16];
  uint32_t out[16];
  key_words(key, chain);
  load_words(block, left.data(), 8);
  load_words(block + 8, right.data(), 8);
  compress(chain, block, 0, kBlockSize, chunk_flags(true, true) | kRoot | kKeyedHash, out);
  Digest d;
  store_words(d.data(), out, 8);
  return d;
}

}  // namespace mipzk::hash
