// SPDX-License-Identifier: Apache-2.0
// What the masks of a run depend on besides the seed: the statement and all that they hide, so that
// a repeated seed repeats masks only for the very same proof.
#pragma once

#include <span>
#include <vector>

#include "air/instance.hpp"
#include "base/pool.hpp"
#include "prove/blinding.hpp"
#include "trace/build.hpp"
#include "vm/record.hpp"

namespace mipzk::prove {

// A digest of all that tells one witness from another; as secret as the witness.
using WitnessDigest = SecretVector<uint8_t>;

// Of a recorded shard: the words that it touched, and all that its instructions took from memory
// and hints. What the run made of them follows, up to the way in which it is laid out in tables.
WitnessDigest digest_of(Pool& pool, const vm::ShardRecord& shard);
// Of the tables of a shard.
WitnessDigest digest_of(std::span<const trace::InstanceTrace> traces);

// The masks of a run: the key, and how many instances of pass 1 each shard has, through all of
// which the ring of the global masks goes.
struct RunBlinding {
  Blinding key;
  std::vector<uint32_t> pass_one;

  // Those of a shard.
  ShardBlinding of_shard(uint32_t shard) const;
};

// Instances of pass 1 of a shard.
uint32_t pass_one_instances(std::span<const air::Instance> instances);

class Hedge {
 public:
  // Shards in their order.
  void add(std::span<const air::Instance> instances, ByteView witness_digest);
  // `statement`: the first bytes of the proof; `attempt`: counts restarts.
  RunBlinding blinding(ByteView seed, ByteView statement, uint32_t attempt) const;

 private:
  std::vector<uint8_t> shapes_;
  SecretVector<uint8_t> digests_;
  std::vector<uint32_t> pass_one_;
};

}  // namespace mipzk::prove
