// SPDX-License-Identifier: Apache-2.0
#include "hash/transcript.hpp"

namespace mipzk::hash {

namespace {

Blake3Output stream(const Digest& state, uint32_t label) {
  Blake3 h(kChallengeKey);
  h.update(state);
  h.update_word(label);
  return h.output();
}

}  // namespace

Challenges::Challenges(const Digest& state, uint32_t label, DrawObserver* observer)
    : output_(stream(state, label)), observer_(observer) {}

uint32_t Challenges::word() {
  if (used_ == sizeof block_) {
    output_.block(next_block_++, block_);
    used_ = 0;
  }
  uint32_t w = load_le32(block_ + used_);
  used_ += 4;
  return w;
}

field::Fp Challenges::fp() {
  for (;;) {
    uint32_t v = word() & 0x7fffffffu;
    if (v < field::kP) return field::Fp(v);
  }
}

field::Fp5 Challenges::fp5() {
  field::Fp5 x;
  for (field::Fp& c : x.c) c = fp();
  if (observer_ != nullptr) observer_->take(x);
  return x;
}

uint32_t Challenges::index(unsigned bits) {
  uint32_t w = word();
  return bits >= 32 ? w : w & ((uint32_t{1} << bits) - 1);
}

void Transcript::Message::update_fp5(const field::Fp5& x) {
  for (field::Fp c : x.c) update_fp(c);
}

Transcript::Message Transcript::begin(uint32_t label, uint64_t length) {
  Message m(*this);
  m.update(state_);
  m.update_u32(label);
  m.update_u64(length);
  return m;
}

void Transcript::absorb(uint32_t label, ByteView data) {
  Message m = begin(label, data.size());
  m.update(data);
  m.end();
}

void Transcript::absorb_fp5s(uint32_t label, std::span<const field::Fp5> xs) {
  Message m = begin(label, uint64_t{4} * field::kExtDegree * xs.size());
  for (const field::Fp5& x : xs) m.update_fp5(x);
  m.end();
}

void Transcript::absorb_u64(uint32_t label, uint64_t v) {
  Message m = begin(label, 8);
  m.update_u64(v);
  m.end();
}

Challenges Transcript::challenges(uint32_t label) const {
  return observer_ != nullptr ? observer_->draw(state_, label) : Challenges(state_, label);
}

bool Transcript::work_done(unsigned bits, uint64_t nonce) const {
  if (bits > kMaxWorkBits) return false;
  Blake3 h(kGrindKey);
  h.update(state_);
  h.update_u64(nonce);
  Digest d = h.digest();
  return (load_le64(d.data()) & ((uint64_t{1} << bits) - 1)) == 0;
}

bool Transcript::check_work(uint32_t label, unsigned bits, uint64_t nonce) {
  bool done = work_done(bits, nonce);
  absorb_u64(label, nonce);
  return done;
}

}  // namespace mipzk::hash
