// SPDX-License-Identifier: Apache-2.0
// Verification of many shards on the threads of a pool. The verdict, message and number of the
// shard included, is that of verify() for the same bytes, whatever the number of threads.
//
// Not part of the verifier's closure: it allocates, and may throw std::bad_alloc.
#pragma once

#include <atomic>
#include <functional>
#include <vector>

#include "base/pool.hpp"
#include "verify/verify.hpp"

namespace mipzk::verify {

// A proof in memory. `cancel`, if given, is looked at before each shard: kCancelled.
Status verify_parallel(Pool& pool, const hash::Digest& program_id, ByteView proof,
                       const Policy& policy, const std::atomic_flag* cancel, Claim& claim);

// Gives the next 1 .. size bytes of a proof, 0 at its end, a negative number when it gives up.
using ReadFunction = std::function<int64_t(uint8_t* out, size_t size)>;

// A proof that is read once, in order, on the caller's thread. In memory at a time are its front
// and as many shards' parts as kPartsPerThread says, of at most kMaxPartBytes each. `front` becomes
// the bytes before the first part, in which the claim's ranges lie. The verdict is that of
// verify(), but that a proof longer than the policy allows is refused when that is seen. kCancelled
// also when `read` gives up.
Status verify_stream(Pool& pool, const hash::Digest& program_id, const ReadFunction& read,
                     const Policy& policy, const std::atomic_flag* cancel,
                     std::vector<uint8_t>& front, Claim& claim);

// Parts that are checked between two times when the caller's thread takes new ones: enough that
// all threads have work most of the time.
inline constexpr unsigned kPartsPerThread = 2;

}  // namespace mipzk::verify
