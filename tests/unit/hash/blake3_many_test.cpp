// SPDX-License-Identifier: Apache-2.0
#include "hash/blake3_many.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/pool.hpp"
#include "hash/grind.hpp"
#include "support/cpu_tiers.hpp"

namespace mipzk::hash {
namespace {

constexpr Key kKey = key_from_text("a key of the test");

std::vector<uint8_t> noise(size_t n) {
  std::vector<uint8_t> v(n);
  uint64_t x = 88172645463325252u;
  for (uint8_t& b : v) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    b = static_cast<uint8_t>(x >> 32);
  }
  return v;
}

void expect_scalar_results(const std::vector<uint8_t>& in, size_t stride, size_t length,
                           size_t count, const std::vector<uint8_t>& out) {
  for (size_t i = 0; i < count; ++i) {
    Digest d = keyed_hash(kKey, ByteView(in).subspan(i * stride, length));
    ASSERT_TRUE(std::equal(d.begin(), d.end(), out.begin() + static_cast<long>(32 * i)))
        << "input " << i << " of " << count << ", length " << length;
  }
}

TEST(Blake3Many, EveryTierEqualsTheScalarHash) {
  const size_t lengths[] = {0,    1,    4,    40,   63,   64,   65,   96,   127,
                            128,  200,  960,  1023, 1024, 1025, 1500, 2048, 2049,
                            3072, 3100, 4096, 5000, 7168, 8192, 8196, 9217};
  std::vector<uint8_t> in = noise(40 * 9300);
  test::on_each_tier([&](const CpuTier&) {
    const size_t lanes = hash_many_lanes();
    for (size_t length : lengths)
      for (size_t count : {size_t{1}, size_t{3}, lanes - 1, lanes, lanes + 1, 2 * lanes + 3})
        for (size_t stride : {length, length + 5}) {
          std::vector<uint8_t> out(32 * count + 1, 0xee);
          keyed_hash_many(kKey, in.data(), stride, length, count, out.data());
          expect_scalar_results(in, stride, length, count, out);
          EXPECT_EQ(out.back(), 0xee);
        }
  });
}

TEST(Blake3Many, DispatchEqualsTheScalarHash) {
  std::vector<uint8_t> in = noise(100 * 80);
  for (size_t count : {0, 1, 2, 3, 15, 16, 17, 64, 100}) {
    std::vector<uint8_t> out(32 * count + 1, 0xee);
    keyed_hash_many(kKey, in.data(), 80, 77, count, out.data());
    expect_scalar_results(in, 80, 77, count, out);
    EXPECT_EQ(out.back(), 0xee);
  }
}

TEST(Grind, FindsTheSmallestNonceWithAnyPool) {
  Pool one(1), three(3);
  Transcript t;
  for (uint64_t round = 0; round < 20; ++round) {
    t.absorb_u64(1, round);
    for (unsigned bits : {0u, 1u, 7u, 11u}) {
      uint64_t smallest = 0;
      while (!t.work_done(bits, smallest)) ++smallest;
      EXPECT_EQ(find_nonce(t, bits), smallest);
      EXPECT_EQ(find_nonce(t, bits, &one), smallest);
      EXPECT_EQ(find_nonce(t, bits, &three), smallest);
    }
  }
  // Far beyond one window of the search.
  uint64_t nonce = find_nonce(t, 20, &three);
  EXPECT_TRUE(t.work_done(20, nonce));
  EXPECT_EQ(find_nonce(t, 20), nonce);
}

}  // namespace
}  // namespace mipzk::hash
