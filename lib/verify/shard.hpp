// SPDX-License-Identifier: Apache-2.0
// The checks of one shard, each a function of what it checks.
#pragma once

#include <span>

#include "proof/protocol.hpp"
#include "verify/workspace.hpp"

namespace mipzk::verify {

// Reads what the shard commits to and publishes, after its head, and draws its challenges. The
// shape, the pass-1 root and the global challenges are there. `proof`: what `r` reads, here and
// below.
Status read_commitments(Reader& r, ByteView proof, const proof::Profile& profile,
                        const proof::ShardHead& head, Shard& shard);

// Reads the openings, which are committed to before the weights of the batch are drawn; these are
// then in `scratch`.
Status read_openings(Reader& r, ByteView proof, const proof::Profile& profile, Shard& shard,
                     Scratch& scratch);

// Of the buses that belong to the shard.
Status check_balance(std::span<const air::Published> published);

// The factor that a shard has in the global balance.
Fp5 global_product(std::span<const air::Published> published);

// The quotient identity at zeta of every height. `index`: of the shard; `published` by instance,
// `openings` by pair; `values`: room for air::kMaxOperands.
Status check_quotients(uint32_t index, const proof::Shape& shape, const proof::Profile& profile,
                       const proof::Challenges& challenges, const air::Published* published,
                       const Fp5* openings, Fp5* values);

// From FRI to the last byte of the shard: the openings are those of the committed columns, and
// these are of low degree.
Status check_openings(Reader& r, const proof::Profile& profile, Shard& shard, Scratch& scratch);

}  // namespace mipzk::verify
