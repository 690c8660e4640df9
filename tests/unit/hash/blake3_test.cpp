// SPDX-License-Identifier: Apache-2.0
#include "hash/blake3.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "unit/hash/blake3_vectors.hpp"

namespace mipzk::hash {
namespace {

std::vector<uint8_t> counting_bytes(size_t n) {
  std::vector<uint8_t> v(n);
  for (size_t i = 0; i < n; ++i) v[i] = static_cast<uint8_t>(i % 251);
  return v;
}

std::string hex(const uint8_t* p, size_t n) {
  static const char digits[] = "0123456789abcdef";
  std::string s;
  for (size_t i = 0; i < n; ++i) {
    s += digits[p[i] >> 4];
    s += digits[p[i] & 15];
  }
  return s;
}

std::string finish(const Blake3& h, size_t n = 131) {
  std::vector<uint8_t> out(n);
  h.finalize(out.data(), n);
  return hex(out.data(), n);
}

TEST(Blake3, MatchesThePublishedVectors) {
  const Key key = key_from_text(kBlake3TestKey);
  for (const Blake3Vector& v : kBlake3Vectors) {
    std::vector<uint8_t> in = counting_bytes(v.length);
    Blake3 plain;
    plain.update(in);
    EXPECT_EQ(finish(plain), v.hash) << v.length;
    Blake3 keyed(key);
    keyed.update(in);
    EXPECT_EQ(finish(keyed), v.keyed_hash) << v.length;
    EXPECT_EQ(hex(blake3(in).data(), 32), std::string(v.hash).substr(0, 64));
    EXPECT_EQ(hex(keyed_hash(key, in).data(), 32), std::string(v.keyed_hash).substr(0, 64));
  }
}

TEST(Blake3, TheSplitOfTheInputDoesNotMatter) {
  const Key key = key_from_text(kBlake3TestKey);
  for (const Blake3Vector& v : kBlake3Vectors) {
    if (v.length > 9000) continue;
    std::vector<uint8_t> in = counting_bytes(v.length);
    for (size_t step : {1, 3, 63, 64, 65, 1000, 1024, 1025}) {
      Blake3 h(key);
      for (size_t at = 0; at < in.size(); at += step) {
        h.update(ByteView(in).subspan(at, std::min(step, in.size() - at)));
        if (step == 1000) (void)h.digest();  // taking an output changes nothing
      }
      EXPECT_EQ(finish(h), v.keyed_hash) << v.length << " by " << step;
    }
  }
}

TEST(Blake3, WordsAreLittleEndian) {
  Blake3 a;
  a.update_word(0x04030201u);
  a.update_u64(0x0c0b0a0908070605u);
  const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  EXPECT_EQ(a.digest(), blake3(bytes));
}

TEST(Blake3, OutputMayBeReadAnywhere) {
  for (size_t length : {size_t{7}, size_t{5000}}) {
    std::vector<uint8_t> in = counting_bytes(length);
    Blake3 h;
    h.update(in);
    std::vector<uint8_t> whole(1000);
    h.finalize(whole.data(), whole.size());
    for (size_t seek : {0, 1, 63, 64, 65, 127, 300, 640})
      for (size_t n : {0, 1, 31, 64, 65, 200, 360}) {
        std::vector<uint8_t> part(n + 1, 0xee);
        h.finalize(part.data(), n, seek);
        EXPECT_EQ(part[n], 0xee);
        part.pop_back();
        EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + static_cast<long>(seek)));
      }
    uint8_t block[64];
    h.output().block(3, block);
    EXPECT_EQ(std::memcmp(block, whole.data() + 192, 64), 0);
  }
}

TEST(Blake3, NodeIsTheKeyedHashOfBothHalves) {
  const Key key = key_from_text(kBlake3TestKey);
  std::vector<uint8_t> in = counting_bytes(64);
  Digest left, right;
  std::memcpy(left.data(), in.data(), 32);
  std::memcpy(right.data(), in.data() + 32, 32);
  EXPECT_EQ(keyed_node(key, left, right), keyed_hash(key, in));
  EXPECT_NE(keyed_node(key, right, left), keyed_hash(key, in));
}

TEST(Blake3, KeyTextIsPaddedWithZeros) {
  constexpr Key key = key_from_text("ab");
  Key expected;
  expected.bytes[0] = 'a';
  expected.bytes[1] = 'b';
  EXPECT_EQ(key.bytes, expected.bytes);
}

}  // namespace
}  // namespace mipzk::hash
