// SPDX-License-Identifier: Apache-2.0
// The Fiat-Shamir transcript: a 32-byte state to which everything public is absorbed, and from
// which challenges and proofs of work are derived. Labels (any 32-bit numbers) separate the uses.
//
// - absorb(label, data): state = keyed("mipzk v0 transcript", state || le32 label || le64 length ||
//   data)
// - challenges(label): the output stream of keyed("mipzk v0 challenge", state || le32 label)
// - work of a nonce: the first 8 bytes of keyed("mipzk v0 grind", state || le64 nonce)
//
// Field elements are absorbed as the le32 of their Montgomery word, raw().
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "field/fp5.hpp"
#include "hash/blake3.hpp"

namespace mipzk::hash {

inline constexpr Key kTranscriptKey = key_from_text("mipzk v0 transcript");
inline constexpr Key kChallengeKey = key_from_text("mipzk v0 challenge");
inline constexpr Key kGrindKey = key_from_text("mipzk v0 grind");

inline constexpr unsigned kMaxWorkBits = 60;

class DrawObserver;

// Reads challenges from one stream of little-endian words, challenges(label) of a state.
class Challenges {
 public:
  Challenges(const Digest& state, uint32_t label, DrawObserver* observer = nullptr);

  uint32_t word();
  // Uniform: the low 31 bits of the first word for which they are < p, taken as canonical value.
  field::Fp fp();
  field::Fp5 fp5();  // c[0] first
  // The low `bits` bits (0..32) of one word.
  uint32_t index(unsigned bits);

 private:
  Blake3Output output_;
  DrawObserver* observer_;
  uint64_t next_block_ = 0;
  unsigned used_ = 64;  // bytes of block_ already handed out
  uint8_t block_[64];
};

// Stands between a transcript and who draws from it. For tests: it sees the challenges, and may
// make them from another state.
class DrawObserver {
 public:
  // What challenges(label) of a transcript in this state gives.
  virtual Challenges draw(const Digest& state, uint32_t label) = 0;
  // An element was taken from challenges that this observes.
  virtual void take(const field::Fp5& x) = 0;

 protected:
  ~DrawObserver() = default;
};

class Transcript {
 public:
  explicit Transcript(DrawObserver* observer = nullptr) : observer_(observer) {}

  void absorb(uint32_t label, ByteView data);
  void absorb_digest(uint32_t label, const Digest& digest) { absorb(label, digest); }
  void absorb_fp5(uint32_t label, const field::Fp5& x) { absorb_fp5s(label, {&x, 1}); }
  void absorb_fp5s(uint32_t label, std::span<const field::Fp5> xs);  // one message of 20 n bytes
  void absorb_u64(uint32_t label, uint64_t v);

  // Streaming form of absorb, for data that is not in one piece: begin, updates of together
  // `length` bytes, end. The transcript takes the message at end(); do not absorb anything else
  // before.
  class Message {
   public:
    void update(ByteView data) { hasher_.update(data); }
    void update_u32(uint32_t v) { hasher_.update_word(v); }
    void update_u64(uint64_t v) { hasher_.update_u64(v); }
    void update_fp(field::Fp x) { hasher_.update_word(x.raw()); }
    void update_fp5(const field::Fp5& x);
    void end() { transcript_.state_ = hasher_.digest(); }

   private:
    friend class Transcript;
    explicit Message(Transcript& t) : transcript_(t), hasher_(kTranscriptKey) {}
    Transcript& transcript_;
    Blake3 hasher_;
  };
  Message begin(uint32_t label, uint64_t length);

  // Does not change the state: equal labels give equal streams until something is absorbed.
  Challenges challenges(uint32_t label) const;

  // True when the nonce does work of `bits` (at most kMaxWorkBits) bits on the current state.
  bool work_done(unsigned bits, uint64_t nonce) const;
  // Tells whether the work is done, then absorbs the nonce, also when there was none to do.
  bool check_work(uint32_t label, unsigned bits, uint64_t nonce);

  const Digest& state() const { return state_; }

 private:
  Digest state_{};
  DrawObserver* observer_;
};

}  // namespace mipzk::hash
