// SPDX-License-Identifier: Apache-2.0
// Proofs of given traces, verdicts on bytes, and the map of a proof's fields.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "adversarial/plain_transcript.hpp"
#include "adversarial/shards.hpp"
#include "proof/shape.hpp"
#include "support/verify_proof.hpp"

namespace mipzk::attack {

using Bytes = std::vector<uint8_t>;

// Proves whatever the shard says, true or not; its tail rows must be those of the profile. Masks
// write random tails; without them those of the shard are kept.
Bytes prove(const Shard& shard, const proof::Profile& profile = test::kTest2,
            const prove::Masks& masks = {});

struct Verdict {
  Errc code = Errc::kOk;
  std::string message;
  verify::Claim claim;
  bool accepted() const { return code == Errc::kOk; }
};
Verdict verdict(const hash::Digest& id, ByteView proof, const verify::Policy& policy,
                hash::DrawObserver* observer = nullptr);
// Under test::test_policy(), but proofs need not hide.
Verdict verdict(const hash::Digest& id, ByteView proof, hash::DrawObserver* observer = nullptr);

// A field of a proof. `label` is that of the transcript under which it is absorbed, 0 if it is not;
// fields of one message have one `message` number.
struct Field {
  std::string name;
  size_t offset = 0, size = 0;
  uint32_t label = 0;
  int message = -1;
};

// All challenges in the order in which they are drawn, as the first 32 bytes of their streams, and
// the transcript that they are drawn from.
struct Draw {
  std::string name;
  uint32_t label = 0;
  hash::Digest state{};  // that they are made from
  std::array<uint32_t, 8> words{};
  int after = -1;  // number of the last message absorbed before
  PlainTranscript transcript;
};

// Reads a proof as docs/FORMAT.md says and replays its transcript as docs/PROTOCOL.md says. Every
// byte belongs to exactly one field. `ok` is false when the bytes do not have that form.
struct ProofMap {
  bool ok = false;
  std::vector<Field> fields;
  std::vector<Draw> draws;
  proof::Shape shape;
  std::vector<uint32_t> indices;

  const Field& operator[](const std::string& name) const;  // fails the test when there is none
};
ProofMap map_proof(ByteView proof, const proof::Profile& profile);

}  // namespace mipzk::attack
