// SPDX-License-Identifier: Apache-2.0
// A forger for each shard of a run, and what they say together. Lies are told in the shards; what
// the front of the proof says is what the first of them says.
#pragma once

#include "adversarial/forger.hpp"

namespace mipzk::attack {

class RunForger {
 public:
  // `all` must outlive it.
  explicit RunForger(const std::vector<Shard>& all, const proof::Profile& profile = test::kTest2);

  Bytes prove();

  Forger& operator[](size_t shard) { return *shards_[shard]; }
  // Another one in its place.
  void replace(size_t shard, std::unique_ptr<Forger> by) { shards_[shard] = std::move(by); }
  // The factor of G that is missing for the balance over all shards, from the global challenges on.
  Fp5 missing_g();

 private:
  std::vector<std::unique_ptr<Forger>> shards_;
};

}  // namespace mipzk::attack
