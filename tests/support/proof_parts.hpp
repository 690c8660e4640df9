// SPDX-License-Identifier: Apache-2.0
// Takes a proof apart, as docs/FORMAT.md says, for tests that put it together in another way.
#pragma once

#include <vector>

#include "proof/protocol.hpp"
#include "proof/statement.hpp"
#include "support/test_profiles.hpp"

namespace mipzk::test {

struct ProofParts {
  using Bytes = std::vector<uint8_t>;
  Bytes front, nonce;         // up to and including the number of shards; of the global work
  std::vector<Bytes> heads;   // those in front
  std::vector<Bytes> bodies;  // the shards' parts, their lengths included

  // `proof`: a well-formed one.
  static ProofParts of(ByteView proof) {
    ProofParts p;
    Reader r(proof);
    const auto bytes = [](ByteView b) { return Bytes(b.begin(), b.end()); };
    proof::Statement s;
    if (!proof::read_statement(r, s, kProfiles)) return p;
    p.front = bytes(s.bytes);
    for (uint32_t i = 0; i < s.shards; ++i) {
      Reader head = r;
      const size_t size = 4 + size_t{2} * r.u32() + 32;
      p.heads.push_back(bytes(head.take(size)));
      r = head;
    }
    if (proof::global_work(*s.profile).bits != 0) p.nonce = bytes(r.take(8));
    for (uint32_t i = 0; i < s.shards; ++i) {
      Reader part = r;
      const size_t size = size_t{4} + r.u32();
      p.bodies.push_back(bytes(part.take(size)));
      r = part;
    }
    return p;
  }

  Bytes join() const {
    Bytes out = front;
    for (const Bytes& head : heads) out.insert(out.end(), head.begin(), head.end());
    out.insert(out.end(), nonce.begin(), nonce.end());
    for (const Bytes& body : bodies) out.insert(out.end(), body.begin(), body.end());
    return out;
  }
  void set_number_of_shards(uint32_t n) { store_le32(&front[front.size() - 4], n); }
  // Where the part of shard `i`, from 0, begins: with its length.
  size_t part(size_t i) const {
    size_t at = front.size() + nonce.size();
    for (const Bytes& head : heads) at += head.size();
    for (size_t k = 0; k < i; ++k) at += bodies[k].size();
    return at;
  }
};

}  // namespace mipzk::test
