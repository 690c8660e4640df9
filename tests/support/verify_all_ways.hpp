// SPDX-License-Identifier: Apache-2.0
// Verification in every way that there is, which must give one verdict: in memory, on several
// threads, and of a stream in pieces.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "support/verify_proof.hpp"
#include "verify/parallel.hpp"

namespace mipzk::test {

// Code, detail, message and claim.
inline std::string verdict_text(const Status& s, const verify::Claim& c) {
  std::string t = std::string(errc_name(s.error().code)) + " ";
  t += std::to_string(s.error().detail) + " " + s.error().message;
  for (const size_t n :
       {size_t{c.exit_code}, c.public_offset, c.public_size, c.output_offset, c.output_size,
        size_t{c.shards}, size_t{c.security_bits}, size_t{c.not_hiding}})
    t += " " + std::to_string(n);
  return t;
}

// Gives the bytes in pieces of random sizes up to `most`. The proof must stay.
inline verify::ReadFunction read_in_pieces(ByteView proof, size_t most, uint32_t seed) {
  return [proof, most, at = size_t{0}, random = std::mt19937(seed)](uint8_t* out,
                                                                    size_t size) mutable {
    const size_t n = std::min({proof.size() - at, size, 1 + random() % most});
    std::copy_n(proof.begin() + static_cast<ptrdiff_t>(at), n, out);
    at += n;
    return static_cast<int64_t>(n);
  };
}

inline Status verify_all_ways(const hash::Digest& id, ByteView proof, const verify::Policy& policy,
                              verify::Claim& claim) {
  static Pool pools[] = {Pool(1), Pool(2), Pool(5)};
  const Status s = verify_proof(id, proof, policy, claim);
  const std::string expected = verdict_text(s, claim);
  for (Pool& pool : pools) {
    verify::Claim other;
    const Status p = verify::verify_parallel(pool, id, proof, policy, nullptr, other);
    EXPECT_EQ(verdict_text(p, other), expected) << pool.threads() << " threads";
    for (const size_t most : {size_t{5000}, SIZE_MAX}) {
      std::vector<uint8_t> front;
      const Status t = verify::verify_stream(pool, id, read_in_pieces(proof, most, 7), policy,
                                             nullptr, front, other);
      EXPECT_EQ(verdict_text(t, other), expected) << pool.threads() << " threads, as a stream";
      EXPECT_EQ(front.empty(), !t.ok());
      EXPECT_TRUE(std::equal(front.begin(), front.end(), proof.begin()));
    }
  }
  return s;
}

}  // namespace mipzk::test
