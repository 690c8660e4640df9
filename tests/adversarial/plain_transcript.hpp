// SPDX-License-Identifier: Apache-2.0
// The transcript written again from docs/PROTOCOL.md, section 8, on the hash alone. Draws can be
// frozen, as in support/watched_draws.hpp.
#pragma once

#include <cstring>

#include "air/bus.hpp"
#include "field/fp5.hpp"
#include "hash/blake3.hpp"
#include "support/watched_draws.hpp"

namespace mipzk::attack {

class PlainTranscript {
 public:
  // The words of one draw.
  class Stream {
   public:
    explicit Stream(hash::Blake3 h) : hash_(h) {}
    uint32_t word() {
      uint8_t b[4];
      hash_.finalize(b, 4, at_);
      at_ += 4;
      return load_le32(b);
    }
    field::Fp fp() {
      uint32_t v;
      do v = word() & 0x7fffffffu;
      while (v >= field::kP);
      return field::Fp(v);
    }
    field::Fp5 fp5() {
      field::Fp5 x;
      for (field::Fp& c : x.c) c = fp();
      return x;
    }
    uint32_t index(unsigned bits) { return word() & ((1u << bits) - 1); }
    air::Challenges challenges() {
      air::Challenges c;
      c.alpha = fp5();
      for (field::Fp5& b : c.beta) b = fp5();
      return c;
    }

   private:
    hash::Blake3 hash_;
    uint64_t at_ = 0;
  };

  void absorb(uint32_t label, ByteView message) {
    hash::Blake3 h(hash::key_from_text("mipzk v0 transcript"));
    h.update(state_);
    uint8_t head[12];
    store_le32(head, label);
    store_le64(head + 4, message.size());
    h.update(head);
    h.update(message);
    state_ = h.digest();
  }
  // The state that a draw under this label is made from.
  const hash::Digest& source(uint32_t label) const {
    const auto f = frozen.find(label);
    return f == frozen.end() ? state_ : f->second;
  }
  Stream draw(uint32_t label) const {
    hash::Blake3 h(hash::key_from_text("mipzk v0 challenge"));
    h.update(source(label));
    uint8_t b[4];
    store_le32(b, label);
    h.update(b);
    return Stream(h);
  }
  // The least nonce that does the work.
  uint64_t work(unsigned bits) const {
    for (uint64_t nonce = 0;; ++nonce) {
      uint8_t b[8], d[8];
      store_le64(b, nonce);
      hash::Blake3 h(hash::key_from_text("mipzk v0 grind"));
      h.update(state_);
      h.update(b);
      h.finalize(d, 8);
      if ((load_le64(d) & ((uint64_t{1} << bits) - 1)) == 0) return nonce;
    }
  }

  test::Frozen frozen;

 private:
  hash::Digest state_{};
};

}  // namespace mipzk::attack
