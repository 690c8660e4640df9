// SPDX-License-Identifier: Apache-2.0
#include "hash/transcript.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mipzk::hash {
namespace {

using field::Fp;
using field::Fp5;

std::vector<uint8_t> bytes_of(const Digest& d) { return {d.begin(), d.end()}; }

void put(std::vector<uint8_t>& v, uint64_t x, int bytes) {
  for (int i = 0; i < bytes; ++i) v.push_back(static_cast<uint8_t>(x >> (8 * i)));
}

// The definition, written out with one buffer.
Digest absorbed(const Digest& state, uint32_t label, const std::vector<uint8_t>& data) {
  std::vector<uint8_t> v = bytes_of(state);
  put(v, label, 4);
  put(v, data.size(), 8);
  v.insert(v.end(), data.begin(), data.end());
  return keyed_hash(key_from_text("mipzk v0 transcript"), v);
}

TEST(Transcript, AbsorbsAsDefined) {
  Transcript t;
  Digest s{};
  EXPECT_EQ(t.state(), s);
  std::vector<uint8_t> data(3000);
  for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<uint8_t>(i * 7);
  t.absorb(5, data);
  s = absorbed(s, 5, data);
  EXPECT_EQ(t.state(), s);

  t.absorb(6, {});
  s = absorbed(s, 6, {});
  EXPECT_EQ(t.state(), s);

  Digest d = blake3(data);
  t.absorb_digest(7, d);
  s = absorbed(s, 7, bytes_of(d));
  EXPECT_EQ(t.state(), s);

  t.absorb_u64(0xfffffff0u, 0x0102030405060708u);
  std::vector<uint8_t> v;
  put(v, 0x0102030405060708u, 8);
  s = absorbed(s, 0xfffffff0u, v);
  EXPECT_EQ(t.state(), s);

  Fp5 x(std::array<Fp, 5>{Fp(1), Fp(2), Fp(field::kP - 1), Fp(4), Fp(1u << 30)});
  v.clear();
  // x * 2^32 mod p
  for (uint64_t c :
       {uint64_t{1}, uint64_t{2}, uint64_t{field::kP - 1}, uint64_t{4}, uint64_t{1} << 30})
    put(v, ((c << 32) % field::kP), 4);
  t.absorb_fp5(9, x);
  s = absorbed(s, 9, v);
  EXPECT_EQ(t.state(), s);

  Fp5 two[2] = {x, x};
  v.insert(v.end(), v.begin(), v.begin() + 20);
  t.absorb_fp5s(10, two);
  s = absorbed(s, 10, v);
  EXPECT_EQ(t.state(), s);

  Transcript::Message m = t.begin(11, 16 + 24);
  std::vector<uint8_t> w = {1, 2, 3, 4};
  m.update(w);
  m.update_u32(0x11223344u);
  m.update_u64(0x5566778899aabbccu);
  m.update_fp(Fp(2));
  m.update_fp5(x);
  EXPECT_EQ(t.state(), s);
  m.end();
  put(w, 0x11223344u, 4);
  put(w, 0x5566778899aabbccu, 8);
  put(w, (uint64_t{2} << 32) % field::kP, 4);
  w.insert(w.end(), v.begin(), v.begin() + 20);
  ASSERT_EQ(w.size(), 40u);
  EXPECT_EQ(t.state(), absorbed(s, 11, w));
}

TEST(Transcript, EveryPartOfAMessageCounts) {
  Transcript a, b, c, d;
  const uint8_t one[] = {1}, two[] = {1, 0};
  a.absorb(1, one);
  b.absorb(2, one);
  c.absorb(1, two);
  d.absorb(1, {one, 1});
  EXPECT_NE(a.state(), b.state());
  EXPECT_NE(a.state(), c.state());
  EXPECT_EQ(a.state(), d.state());
  // Two messages are not one message of the same bytes.
  Transcript e, f;
  e.absorb(1, two);
  f.absorb(1, {two, 1});
  f.absorb(1, {two + 1, 1});
  EXPECT_NE(e.state(), f.state());
}

TEST(Transcript, DrawsAsDefined) {
  Transcript t;
  t.absorb_u64(1, 42);
  std::vector<uint8_t> in = bytes_of(t.state());
  put(in, 77, 4);
  Blake3 h(key_from_text("mipzk v0 challenge"));
  h.update(in);
  std::vector<uint8_t> stream(64 * 1024);
  h.finalize(stream.data(), stream.size());

  Digest before = t.state();
  Challenges c = t.challenges(77);
  size_t at = 0, rejected = 0;
  auto word = [&] { return load_le32(stream.data() + 4 * at++); };
  auto element = [&] {
    for (;;) {
      uint32_t v = word() & 0x7fffffff;
      if (v < 0x7f000001) return v;
      ++rejected;
    }
  };
  for (int round = 0; round < 1000; ++round) {
    EXPECT_EQ(c.fp().value(), element());
    Fp5 x = c.fp5();
    for (int i = 0; i < 5; ++i) EXPECT_EQ(x.c[static_cast<size_t>(i)].value(), element());
    EXPECT_EQ(c.index(13), word() & 0x1fff);
    EXPECT_EQ(c.index(0), word() & 0);
    EXPECT_EQ(c.index(32), word());
  }
  EXPECT_GT(rejected, 0u);  // about 6000 / 128
  EXPECT_EQ(t.state(), before);
  EXPECT_NE(t.challenges(78).word(), t.challenges(77).word());
}

TEST(Transcript, WorkIsCheckedAsDefined) {
  Transcript t;
  t.absorb_u64(1, 43);
  unsigned done = 0;
  for (uint64_t nonce = 0; nonce < 4096; ++nonce) {
    std::vector<uint8_t> in = bytes_of(t.state());
    put(in, nonce, 8);
    uint64_t v = load_le64(keyed_hash(key_from_text("mipzk v0 grind"), in).data());
    EXPECT_EQ(t.work_done(6, nonce), v % 64 == 0);
    EXPECT_TRUE(t.work_done(0, nonce));
    EXPECT_FALSE(t.work_done(kMaxWorkBits + 1, nonce));
    Transcript u = t, w = t;
    EXPECT_EQ(u.check_work(3, 6, nonce), v % 64 == 0);
    w.absorb_u64(3, nonce);
    EXPECT_EQ(u.state(), w.state());
    done += v % 64 == 0;
  }
  EXPECT_GT(done, 20u);  // 64 are expected
  EXPECT_LT(done, 200u);
}

// A pin, computed once with this code: a change of the protocol must not go unnoticed.
TEST(Transcript, IsStable) {
  Transcript t;
  t.absorb_u64(1, 2);
  Challenges c = t.challenges(3);
  Fp5 x = c.fp5();
  std::string s;
  for (Fp e : x.c) s += std::to_string(e.value()) + " ";
  EXPECT_EQ(s, "674651182 467413414 1229724460 588628824 576754827 ");
}

}  // namespace
}  // namespace mipzk::hash
