// SPDX-License-Identifier: Apache-2.0
// The verifier: a total function from bytes to a verdict, in the caller's memory.
//
// It runs in bounded time, allocates nothing, throws nothing and depends only on base, field, hash,
// air, proof and the verify side of commit, so that it also links into firmware.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "hash/transcript.hpp"
#include "proof/profile.hpp"

namespace mipzk::verify {

// What the caller accepts; the proof never chooses its own security.
struct Policy {
  unsigned min_security_bits = 100;  // provable bits, the proof of work of each round included
  // What a run of 2^32 instructions takes, the next bound. The verifier's work grows with the
  // bytes.
  uint64_t max_proof_bytes = uint64_t{8} << 30;
  uint32_t max_shards = 4096;
  uint64_t max_cycles = uint64_t{1} << 32;  // against the bound that the tables' heights give
  bool allow_not_hiding = false;            // accept proofs that say that they hide nothing
  std::span<const proof::Profile> profiles = proof::profiles();  // parameter sets that it knows
};

// What an accepted proof states; offsets are into the proof.
struct Claim {
  uint32_t exit_code = 0;
  size_t public_offset = 0, public_size = 0;
  size_t output_offset = 0, output_size = 0;
  uint32_t shards = 0;
  uint32_t security_bits = 0;  // provable, rounded down
  bool not_hiding = false;     // the proof says so
  bool kernel = false;         // the program begins in the in-guest kernel
};

// Bytes of workspace that any proof within the policy needs, for a workspace aligned to 16 bytes.
size_t workspace_size(const Policy& policy);

// Ok only for a proof of the program with this id. Errors: kMalformed, kUnsupported, kPolicy,
// kWrongProgram, kRejected, kWorkspace. `detail` of kMalformed and kRejected is the number of the
// shard, from 1, whose part is wrong; 0 if it is the front or what the shards come to. `claim` is
// set only on success. Tests give an observer, who may decide what is drawn: then a verdict means
// nothing.
Status verify(const hash::Digest& program_id, ByteView proof, const Policy& policy, void* workspace,
              size_t workspace_bytes, Claim& claim, hash::DrawObserver* observer = nullptr);

}  // namespace mipzk::verify
