// SPDX-License-Identifier: Apache-2.0
// Search for the nonce of a proof of work. Prover only.
#pragma once

#include <cstdint>

#include "hash/transcript.hpp"

namespace mipzk {
class Pool;
}

namespace mipzk::hash {

// The smallest nonce with transcript.work_done(bits, nonce), bits <= kMaxWorkBits; about 2^bits
// hashes. The result does not depend on the pool, which may be null.
uint64_t find_nonce(const Transcript& transcript, unsigned bits, Pool* pool = nullptr);

}  // namespace mipzk::hash
