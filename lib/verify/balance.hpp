// SPDX-License-Identifier: Apache-2.0
// The verifier's own terms of the global product: start and end of the machine, and the public
// words.
#pragma once

#include "air/constraints.hpp"
#include "isa/program.hpp"
#include "proof/statement.hpp"

namespace mipzk::verify {

using field::Fp;
using field::Fp5;

// Products of the messages that the verifier sends and receives (docs/PROTOCOL.md, section 11).
struct Terms {
  Fp5 sent = Fp5::one(), received = Fp5::one();
};

inline void receive_public(const air::FormBases& fb, uint32_t direction, uint32_t key,
                           uint32_t word, Terms& t) {
  air::Msg<Fp> m{air::Form::kPublic, {Fp(direction), Fp(key), Fp(word & 0xffff), Fp(word >> 16)}};
  t.received *= air::fingerprint(fb, m);
}

// A window: its length word, then the bytes as words in the program's byte order, the last one
// padded with zeros.
inline void receive_window(const air::FormBases& fb, uint32_t direction, uint32_t base,
                           ByteView bytes, uint32_t byte_order, Terms& t) {
  receive_public(fb, direction, base / 4, static_cast<uint32_t>(bytes.size()), t);
  for (size_t i = 0; i < bytes.size(); i += 4) {
    uint32_t word = 0;
    for (size_t k = 0; k < 4 && i + k < bytes.size(); ++k) {
      const size_t place = byte_order == proof::kLittleEndian ? k : 3 - k;
      word |= uint32_t{bytes[i + k]} << (8 * place);
    }
    receive_public(fb, direction, base / 4 + 1 + static_cast<uint32_t>(i / 4), word, t);
  }
}

inline Terms global_terms(const air::FormBases& fb, const proof::Statement& s) {
  Terms t;
  auto token = [&](uint32_t lo, uint32_t hi, uint32_t shard) {
    air::Msg<Fp> m{air::Form::kToken, {Fp(air::kStateKey), Fp(lo), Fp(hi), Fp(1u), Fp(shard)}};
    return air::fingerprint(fb, m);
  };
  auto order = [&](uint32_t key) {
    return air::fingerprint(fb, air::Msg<Fp>{air::Form::kOrder, {Fp(key)}});
  };
  uint32_t pc4 = s.program.entry / 4;
  t.sent = token(pc4, pc4 + 1, 0) * order(0);
  t.received = token(air::kHaltedPc4, 0, s.shards) * order(air::kLastKey);
  receive_window(fb, 0, isa::kPublicBase, s.public_input, s.program.byte_order, t);
  receive_window(fb, 1, isa::kOutputBase, s.output, s.program.byte_order, t);
  receive_public(fb, 1, air::kRegisterKeyBase + isa::kExitCode, s.exit_code, t);
  return t;
}

}  // namespace mipzk::verify
